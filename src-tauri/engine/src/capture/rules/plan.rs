//! The rules of a source made ready, and what they say to one push. Decided before the commit.

use super::document::{Document, read_payload};
use super::glob;
use super::schema::Schema;
use super::template::{Template, Values};
use super::{AfterLast, Reply, Rule, RuleMatch, RuleSet, cors};
use crate::exchange::{Answered, AnsweredBy, Fault, Micros};
use crate::wire::{BodyFraming, RequestHead, behind_source};
use bytes::Bytes;
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use ts_rs::TS;

/// Bytes of a header value once it is filled in.
const FILLED_VALUE_BYTES: usize = 8 * 1024;

/// The rules of a source, ready to answer.
#[derive(Debug, Clone)]
pub struct Plan {
    methods: Vec<String>,
    content_types: Vec<String>,
    cors: bool,
    schema: Option<(Schema, Arc<Prepared>)>,
    rules: Vec<PreparedRule>,
    /// How far each rule is, by its key: also those that are off, which may be switched on again.
    sequences: Vec<(String, Arc<Sequence>)>,
    reads_body: bool,
    resets: i64,
}

/// How often a rule has answered since its sequence began.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct RuleCount {
    /// The key of the rule.
    pub rule: String,
    /// How often.
    #[ts(type = "number")]
    pub count: u64,
}

#[derive(Debug, Clone)]
struct PreparedRule {
    id: String,
    name: String,
    when: RuleMatch,
    steps: Vec<Arc<Prepared>>,
    then: AfterLast,
    sequence: Arc<Sequence>,
}

/// How far a rule is: one place a push.
#[derive(Debug, Default)]
struct Sequence(Mutex<Places>);

#[derive(Debug, Default)]
struct Places {
    next: u64,
    /// Those before it that were given back.
    back: BTreeSet<u64>,
}

/// The place of one push in the sequence of a rule. It is given back, for the next push, unless the answer was given.
#[derive(Debug)]
pub(in crate::capture) struct Turn {
    sequence: Arc<Sequence>,
    place: u64,
    is_over: bool,
}

#[derive(Debug, Clone)]
struct Prepared {
    status: u16,
    headers: Vec<(String, Template)>,
    body: Template,
    delay_ms: u32,
    fault: Option<Fault>,
}

/// What a plan looks at.
pub(in crate::capture) struct Pushed {
    pub(in crate::capture) head: Arc<RequestHead>,
    /// What its service calls its events; one suffices. Empty if nobody asked for them.
    pub(in crate::capture) events: BTreeSet<String>,
    /// The body as it came; None if it is too large to be looked into, or nobody asked for it.
    pub(in crate::capture) body: Option<Bytes>,
    pub(in crate::capture) now: Micros,
}

/// What a plan says to a push.
pub(in crate::capture) enum Decision {
    /// The plain answer, with these headers.
    Plain(&'static [(&'static str, &'static str)]),
    /// Another one.
    Decided(Decided),
}

/// An answer that is not the plain one.
pub(in crate::capture) struct Decided {
    pub(in crate::capture) status: u16,
    pub(in crate::capture) headers: Vec<(String, Vec<u8>)>,
    pub(in crate::capture) body: Vec<u8>,
    pub(in crate::capture) answered: Answered,
    /// Its place in a sequence; None if no rule said it.
    pub(in crate::capture) turn: Option<Turn>,
}

impl Plan {
    /// Makes rules ready that [`super::check`] has found no blocking problem in; what can't be used of others is left
    /// out. Sequences go on where they are in `before`, unless they were reset since.
    pub fn new(set: &RuleSet, resets: i64, before: Option<&Self>) -> Self {
        let counted = before.filter(|before| before.resets == resets);
        let schema = Some(&set.schema).filter(|schema| schema.enabled);
        let schema =
            schema.and_then(|check| Some((Schema::read(&check.text).ok()?, Arc::new(Prepared::new(&check.reply)))));
        let known = counted.map_or(&[][..], |before| &before.sequences);
        let sequence = |rule: &Rule| known.iter().find(|(id, _)| *id == rule.id).map(|(_, sequence)| sequence.clone());
        let sequences: Vec<(String, Arc<Sequence>)> =
            set.rules.iter().map(|rule| (rule.id.clone(), sequence(rule).unwrap_or_default())).collect();
        let placed = (1_usize..).zip(set.rules.iter().zip(&sequences));
        let usable = placed.filter(|(_, (rule, _))| rule.enabled && !rule.steps.is_empty());
        let rules: Vec<PreparedRule> =
            usable.map(|(place, (rule, (_, sequence)))| PreparedRule::new(place, rule, sequence.clone())).collect();
        let mut replies = schema.iter().map(|(_, reply)| reply).chain(rules.iter().flat_map(|rule| &rule.steps));
        let reads_body = schema.is_some() || replies.any(|reply| reply.reads_body());
        Self {
            methods: set.methods.clone(),
            content_types: set.content_types.iter().map(|kind| kind.to_ascii_lowercase()).collect(),
            cors: set.cors,
            schema,
            rules,
            sequences,
            reads_body,
            resets,
        }
    }

    /// True if it says the same to every push as if it were not there.
    pub fn is_plain(&self) -> bool {
        self.methods.is_empty()
            && self.content_types.is_empty()
            && !self.cors
            && self.schema.is_none()
            && self.rules.is_empty()
    }

    /// How often its rules have answered.
    pub fn counts(&self) -> Vec<RuleCount> {
        let count = |rule: &PreparedRule| RuleCount { rule: rule.id.clone(), count: rule.sequence.count() };
        self.rules.iter().map(count).collect()
    }

    /// True if a rule that a push with this head may come to asks for the event.
    pub(in crate::capture) fn reads_event(&self, head: &RequestHead) -> bool {
        let comes_to = |rule: &PreparedRule| !rule.when.event.is_empty() && rule.fits_head(head);
        self.refused(head).is_none() && self.rules.iter().any(comes_to)
    }

    /// True if the body must be at hand to decide.
    pub(in crate::capture) fn reads_body(&self) -> bool {
        self.reads_body
    }

    /// What it says to a push. Takes as long as holding the payload against the schema may take.
    pub(in crate::capture) async fn decide(&self, pushed: Pushed) -> Decision {
        let head = &pushed.head;
        if self.cors && cors::is_preflight(head) {
            return Decision::Decided(guard(AnsweredBy::Preflight, 204, "", cors::leave(head, &self.methods)));
        }
        let mut decided = match self.refused(head) {
            Some(refused) => refused,
            None => match self.by_content(&pushed).await {
                Some(decided) => decided,
                None => return Decision::Plain(if self.cors { &cors::HEADERS } else { &[] }),
            },
        };
        if self.cors {
            decided.headers.retain(|(name, _)| !cors::HEADERS.iter().any(|(own, _)| name.eq_ignore_ascii_case(own)));
            decided.headers.extend(cors::HEADERS.map(|(name, value)| (name.to_owned(), value.into())));
        }
        Decision::Decided(decided)
    }

    /// What the head alone is refused for.
    fn refused(&self, head: &RequestHead) -> Option<Decided> {
        if !self.methods.is_empty() && !self.methods.contains(&head.method) {
            let allow = vec![("Allow".to_owned(), self.methods.join(", "))];
            return Some(guard(AnsweredBy::Method, 405, "This source does not take this method.\n", allow));
        }
        let has_body = head.framing != BodyFraming::None;
        if has_body && !self.content_types.is_empty() && !self.takes(head.headers.text("content-type")) {
            let line = "This source does not take this content type.\n";
            return Some(guard(AnsweredBy::ContentType, 415, line, Vec::new()));
        }
        None
    }

    fn takes(&self, content_type: Option<&str>) -> bool {
        let essence = content_type.unwrap_or_default().split(';').next().unwrap_or_default();
        let essence = essence.trim().to_ascii_lowercase();
        self.content_types.iter().any(|kind| glob::fits(kind, &essence))
    }

    /// What the schema or a rule says.
    async fn by_content(&self, pushed: &Pushed) -> Option<Decided> {
        // The question of a browser or a monitor has no payload that could fit or not.
        let asks = matches!(&pushed.head.method[..], "GET" | "HEAD" | "OPTIONS" | "DELETE");
        let checked = self.schema.as_ref().filter(|_| !(asks && pushed.head.framing == BodyFraming::None));
        if let Some((schema, reply)) = checked {
            let reasons = schema.reasons(pushed.head.clone(), pushed.body.clone()).await;
            if !reasons.is_empty() {
                return Some(filled(reply, pushed, AnsweredBy::Schema, reasons).await);
            }
        }
        let rule = self.rules.iter().find(|rule| rule.fits(&pushed.head, &pushed.events))?;
        let turn = Turn::next(&rule.sequence);
        let step = rule.step(turn.place);
        let by = AnsweredBy::Rule {
            id: rule.id.clone(),
            name: rule.name.clone(),
            step: step as u32 + 1,
            steps: rule.steps.len() as u32,
        };
        let decided = filled(&rule.steps[step], pushed, by, Vec::new()).await;
        Some(Decided { turn: Some(turn), ..decided })
    }
}

impl PreparedRule {
    /// One without a name is called by its place, as where it is written.
    fn new(place: usize, rule: &Rule, sequence: Arc<Sequence>) -> Self {
        let name = if rule.name.is_empty() { format!("Rule {place}") } else { rule.name.clone() };
        Self {
            id: rule.id.clone(),
            name,
            when: RuleMatch {
                path: rule.when.path.trim().to_owned(),
                event: rule.when.event.trim().to_owned(),
                ..rule.when.clone()
            },
            steps: rule.steps.iter().map(|reply| Arc::new(Prepared::new(reply))).collect(),
            then: rule.then,
            sequence,
        }
    }

    fn fits(&self, head: &RequestHead, events: &BTreeSet<String>) -> bool {
        let wanted = &self.when.event;
        self.fits_head(head) && (wanted.is_empty() || events.iter().any(|event| glob::fits(wanted, event)))
    }

    fn fits_head(&self, head: &RequestHead) -> bool {
        let RuleMatch { methods, path, .. } = &self.when;
        (methods.is_empty() || methods.contains(&head.method))
            && (path.is_empty() || glob::fits(path, path_behind(head)))
    }

    /// The step that answers at this place of the sequence.
    fn step(&self, place: u64) -> usize {
        let steps = self.steps.len() as u64;
        let step = match self.then {
            AfterLast::Repeat => place % steps,
            AfterLast::Stay => place.min(steps - 1),
        };
        step as usize
    }
}

impl Sequence {
    fn places(&self) -> MutexGuard<'_, Places> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// How many places are taken.
    fn count(&self) -> u64 {
        let places = self.places();
        places.next - places.back.len() as u64
    }
}

impl Turn {
    /// The first place that no other push has.
    fn next(sequence: &Arc<Sequence>) -> Self {
        let mut places = sequence.places();
        let place = places.back.pop_first().unwrap_or_else(|| {
            places.next += 1;
            places.next - 1
        });
        drop(places);
        Self { sequence: sequence.clone(), place, is_over: false }
    }

    /// The answer is given: the place is used.
    pub(in crate::capture) fn end(mut self) {
        self.is_over = true;
    }
}

impl Drop for Turn {
    fn drop(&mut self) {
        if !self.is_over {
            self.sequence.places().back.insert(self.place);
        }
    }
}

impl Prepared {
    fn new(reply: &Reply) -> Self {
        let header = |header: &crate::exchange::Header| (header.name.clone(), Template::read(&header.value));
        Self {
            status: reply.status,
            headers: reply.headers.iter().map(header).collect(),
            body: Template::read(&reply.body),
            delay_ms: reply.delay_ms,
            fault: reply.fault,
        }
    }

    fn reads_body(&self) -> bool {
        self.body.reads_body() || self.headers.iter().any(|(_, value)| value.reads_body())
    }

    fn fill(
        &self,
        head: &RequestHead,
        document: &Document,
        now: Micros,
        by: AnsweredBy,
        reasons: Vec<String>,
    ) -> Decided {
        let values = Values::new(head, document, now);
        let header = |(name, value): &(String, Template)| (name.clone(), one_line(value.fill(&values)));
        Decided {
            status: self.status,
            headers: self.headers.iter().map(header).collect(),
            body: self.body.fill(&values),
            answered: Answered { by, delay_ms: self.delay_ms, fault: self.fault, at_once: false, reasons },
            turn: None,
        }
    }
}

/// A reply with the values put in. Payloads are decoded and read off the threads that capture.
async fn filled(reply: &Arc<Prepared>, pushed: &Pushed, by: AnsweredBy, reasons: Vec<String>) -> Decided {
    let (reply, head, now) = (reply.clone(), pushed.head.clone(), pushed.now);
    let Some(body) = pushed.body.clone().filter(|_| reply.reads_body()) else {
        return reply.fill(&head, &Document::default(), now, by, reasons);
    };
    let on_failure = by.clone();
    let filled = read_payload(move || reply.fill(&head, &Document::open(&head, &body), now, by, reasons)).await;
    filled.unwrap_or_else(|| guard(on_failure, 500, "The answer could not be made.\n", Vec::new()))
}

/// The path behind `/in/NAME`; that of the source's own address is `/`.
fn path_behind(head: &RequestHead) -> &str {
    match behind_source(head.path()) {
        None | Some("") => "/",
        Some(path) => path,
    }
}

/// What a captured value can't do in a header: begin another line.
fn one_line(mut value: Vec<u8>) -> Vec<u8> {
    value.truncate(FILLED_VALUE_BYTES);
    for byte in &mut value {
        if byte.is_ascii_control() && *byte != b'\t' {
            *byte = b' ';
        }
    }
    value
}

fn guard(by: AnsweredBy, status: u16, body: &str, headers: Vec<(String, String)>) -> Decided {
    Decided {
        status,
        headers: headers.into_iter().map(|(name, value)| (name, value.into_bytes())).collect(),
        body: body.into(),
        answered: Answered { by, delay_ms: 0, fault: None, at_once: false, reasons: Vec::new() },
        turn: None,
    }
}
