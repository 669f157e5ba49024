//! What the listener asks the engine. Every answer is given at once, from memory.

use super::rules::Plan;
use crate::exchange::{Headers, Micros, Origin};
use crate::inspect::provider::Recognisers;
use crate::inspect::signature::Reply;
use crate::inspect::{Recognition, recognise};
use crate::wire::RequestHead;
use std::collections::BTreeSet;
use std::sync::Arc;

/// A push that came whole, as far as a handshake is told by it.
#[derive(Debug, Clone, Copy)]
pub struct Arrived<'a> {
    /// The source.
    pub source: &'a str,
    /// The provider that this push was recognised as.
    pub recognised: Option<&'a str>,
    /// The head.
    pub head: &'a RequestHead,
    /// The whole body; None if it is too large to be looked into, or nobody asked for it.
    pub body: Option<&'a [u8]>,
    /// When it came.
    pub at: Micros,
}

/// How a source stands that takes a push.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Presence {
    /// It was there before: if it is not any more when the push is stored, it went.
    Known,
    /// It is not known to be there yet.
    New,
}

/// The engine as the listener sees it.
pub trait Hooks: Send + Sync + 'static {
    /// The time.
    fn now(&self) -> Micros;

    /// The most bytes of a body at this moment; None for what the limits say.
    fn body_cap(&self) -> Option<u64> {
        None
    }

    /// Whether pushes to this source are taken: it is there, or a first request makes it at this moment.
    fn accepts(&self, source: &str) -> bool;

    /// The same at a later moment, without making it: None if it was taken away since.
    fn still_takes(&self, source: &str) -> Option<Presence>;

    /// Which service sent a push to this source, and what it calls the event.
    fn recognise(&self, _source: &str, headers: &Headers, body_start: &[u8]) -> Recognition {
        recognise(headers, body_start)
    }

    /// What the service that sent a push to this source calls the events of its body, which is decoded.
    fn events(&self, _source: &str, headers: &Headers, body: &[u8]) -> BTreeSet<String> {
        Recognisers::default()
            .of_push(None, headers, body)
            .map(|reader| reader.events(headers, body))
            .unwrap_or_default()
    }

    /// What the provider of the source wants to be answered, if this is its handshake. Known from memory: nothing is
    /// waited for.
    fn handshake(&self, _push: &Arrived<'_>) -> Option<Reply> {
        None
    }

    /// True if the body must be at hand for [`Self::handshake`] however large it is, since the provider of the source
    /// answers every push, and by its body.
    fn answers_by_body(&self, _source: &str, _recognised: Option<&str>) -> bool {
        false
    }

    /// How a source answers, if not plainly.
    fn plan(&self, _source: &str) -> Option<Arc<Plan>> {
        None
    }

    /// A request came to a path that no source has.
    fn unknown_path(&self);

    /// What made this request happen: [`Origin::Sample`] for one that the engine sent to itself.
    fn origin(&self, _head: &RequestHead) -> Origin {
        Origin::Captured
    }

    /// The host (and port, if the URL has one) of the tunnel's public URL, if there is one now.
    fn public_host(&self) -> Option<Arc<str>> {
        None
    }

    /// Notes that a probe arrived; false if this nonce was not issued.
    fn probed(&self, _nonce: &str) -> bool {
        false
    }

    /// The id of this instance in [`super::LOOP_HEADER`].
    fn instance(&self) -> &str;
}
