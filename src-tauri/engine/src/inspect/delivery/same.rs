//! Whether a push is an event that was here before, and whether it was sent again because we failed or without need.

use super::{Accepts, Said, exact_hash, hash, stable_hash, stable_query};
use crate::exchange::{Micros, Repeat};
use crate::wire::{behind_source, origin_form, split_query};

const SECOND: Micros = 1_000_000;
const HOUR: Micros = 3_600 * SECOND;

/// How long a service may go on sending an event that it numbers. The longest known schedule takes 30 days (Adyen).
const NUMBERED: Micros = 35 * 24 * HOUR;

/// How long after a failure the same content counts as another try of an event that nobody numbered. The longest known
/// schedule of a service without numbers takes 36 hours (Meta).
const UNNUMBERED: Micros = 36 * HOUR;

/// How long after a success the very same bytes count as a duplicate. Longer, and a service that says the same every
/// hour would seem to repeat itself.
const ECHO: Micros = 600 * SECOND;

/// What comes again sooner, before we have answered, may be another event sent beside it. The shortest known patience of
/// a service is a second.
const SOONEST: Micros = SECOND;

/// What came of a push.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Came<'a> {
    pub(crate) method: &'a str,
    /// As it stood in the head.
    pub(crate) target: &'a str,
    /// Decoded; it may be cut at [`super::COMPARED`].
    pub(crate) body: &'a [u8],
    /// The length of the whole body.
    pub(crate) len: u64,
}

/// What a push tells of the event that it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Told {
    /// The same for all pushes that may be the same event.
    pub(crate) key: i64,
    /// True if the service numbers the event or the delivery.
    pub(crate) numbered: bool,
    /// A hash of the query and the body as they came.
    pub(crate) content: i64,
}

/// A push with the same key that was here before.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Earlier {
    /// When its first byte was read.
    pub(crate) at: Micros,
    /// What its sender got.
    pub(crate) answer: Given,
    /// The hash of its query and its body as they came.
    pub(crate) content: i64,
}

/// What we answered to a push.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Given {
    /// How long it took until we had answered; None: never.
    pub(crate) took: Option<Micros>,
    pub(crate) status: Option<u16>,
    /// True if it was no answer, or no whole one.
    pub(crate) failed: bool,
}

impl Told {
    /// Reads what tells the event of a push again, to the source of this number.
    pub(crate) fn of(source: i64, said: &Said<'_>, came: &Came<'_>) -> Self {
        let (path, query) = split_query(origin_form(came.target));
        let query = query.unwrap_or_default();
        let content = hash(&[query.as_bytes(), &exact_hash(came.body, came.len).to_le_bytes()]);
        let source = source.to_le_bytes();
        let number = said.delivery_id.as_deref().map(|id| (&b"delivery"[..], id));
        let number = number.or_else(|| said.event_id.as_deref().map(|id| (&b"event"[..], id)));
        let key = match number {
            Some((kind, number)) => hash(&[&source, kind, number.as_bytes()]),
            // A source may have got another name meanwhile, what follows it is the sender's.
            None => hash(&[
                &source,
                b"content",
                came.method.as_bytes(),
                behind_source(path).unwrap_or(path).as_bytes(),
                &stable_query(query).to_le_bytes(),
                &stable_hash(came.body, came.len).to_le_bytes(),
            ]),
        };
        Self { key, numbered: number.is_some(), content }
    }
}

impl Given {
    /// True if a sender that accepts this could take it for a success.
    pub(super) fn is_success(self, accepts: &Accepts) -> bool {
        let in_time = self.took.is_some_and(|took| accepts.patience.is_none_or(|patience| took <= patience));
        in_time && !self.failed && self.status.is_some_and(|status| accepts.statuses.contain(status))
    }

    /// True if this answer to a push that came at `from` was given before a moment.
    pub(super) fn is_there(self, from: Micros, moment: Micros) -> bool {
        self.took.is_some_and(|took| from.saturating_add(took) <= moment)
    }
}

impl Earlier {
    /// True if its sender had taken our answer for a success when the push at `at` was sent.
    fn was_accepted(&self, at: Micros, accepts: &Accepts) -> bool {
        self.answer.is_success(accepts) && self.answer.is_there(self.at, at)
    }
}

/// True if a push at `at` is the event of an earlier one with the same key.
pub(crate) fn same_event(told: &Told, earlier: &Earlier, at: Micros, accepts: &Accepts) -> bool {
    let gap = (at - earlier.at).abs();
    if told.numbered {
        return gap <= NUMBERED;
    }
    // The sender of what came sooner had not given up.
    let went_well = earlier.was_accepted(at, accepts) || (gap < SOONEST && earlier.answer.is_success(accepts));
    if went_well { gap <= ECHO && told.content == earlier.content } else { gap <= UNNUMBERED }
}

/// Why the event came again at `at`, after `earlier`. `further` says that the service counts this as a later attempt than
/// that.
pub(crate) fn repeat(earlier: &Earlier, at: Micros, further: bool, accepts: &Accepts) -> Repeat {
    if further || !earlier.was_accepted(at, accepts) { Repeat::Retry } else { Repeat::Duplicate }
}
