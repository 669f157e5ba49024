//! Real payloads as a workspace comes to hold them: the same events again and again, with other numbers in them.

use crate::github_payloads;
use anyhow::{Result, ensure};
use pushpull_engine::exchange::{Body, Direction, Message, Origin};
use pushpull_engine::store::NewExchange;
use std::collections::HashMap;
use std::ops::Range;

/// Words of which each exchange holds one in a header.
const WORDS: [&str; 8] = ["alpha", "bravo", "charlie", "delta", "echo", "foxtrot", "golf", "hotel"];
/// One exchange in so many holds the rare word and was answered 500.
const RARE: u64 = 10_000;
/// Runs of digits from this length on are numbers that differ from event to event; of hexadecimal digits, hashes.
const NUMBER: usize = 4;
const HASH: usize = 16;

/// A payload with the places at which events of its kind differ.
#[derive(Debug)]
struct Template {
    event: String,
    body: String,
    /// Where a value stands, and which of the different values it is: an id stays the same all over a payload.
    values: Vec<(Range<usize>, u64)>,
}

/// All payloads as templates.
#[derive(Debug)]
pub struct Events(Vec<Template>);

impl Events {
    /// Reads the payloads.
    ///
    /// # Errors
    /// If the package is not installed or is not what it was.
    pub fn read() -> Result<Self> {
        let templates: Vec<Template> =
            github_payloads()?.into_iter().map(|one| template(one.event, one.body)).collect();
        ensure!(!templates.is_empty(), "there are no payloads");
        Ok(Self(templates))
    }

    /// The body of this number: always the same.
    #[must_use]
    pub fn body(&self, number: u64) -> Vec<u8> {
        self.template(number).filled(number)
    }

    /// Bytes of both heads of the exchange of this number.
    #[must_use]
    pub fn head_bytes(&self, number: u64) -> u64 {
        let exchange = self.exchange(number);
        (exchange.request.head.len() + exchange.response.map_or(0, |response| response.head.len())) as u64
    }

    fn template(&self, number: u64) -> &Template {
        &self.0[(mixed(number) % self.0.len() as u64) as usize]
    }

    /// The exchange of this number: always the same.
    #[must_use]
    pub fn exchange(&self, number: u64) -> NewExchange {
        let template = self.template(number);
        let body = template.filled(number);
        let source = if number.is_multiple_of(3) { "beta" } else { "alpha" };
        let status = if number.is_multiple_of(RARE) { 500 } else { 200 };
        let event = template.event.as_str();
        let id = mixed(number ^ 0x5eed);
        let word = WORDS[(number / 7) as usize % WORDS.len()];
        let rare = if number % RARE == 17 { "needle" } else { "straw" };
        let head = format!(
            "POST /in/{source} HTTP/1.1\r\nHost: hooks.example.com\r\nUser-Agent: GitHub-Hookshot/{:07x}\r\n\
             Accept: */*\r\nContent-Type: application/json\r\nX-GitHub-Delivery: {:08x}-cc78-11e3-81ab-{:012x}\r\n\
             X-GitHub-Event: {event}\r\nX-GitHub-Hook-ID: 292430182\r\nX-Hub-Signature-256: sha256={:016x}{:016x}{:016x}{:016x}\r\n\
             X-Note: {word} {rare}\r\nContent-Length: {}\r\n\r\n",
            number / 100_000,
            id as u32,
            id >> 16,
            mixed(id),
            mixed(id ^ 1),
            mixed(id ^ 2),
            mixed(id ^ 3),
            body.len()
        );
        NewExchange {
            direction: Direction::Push,
            origin: Origin::Captured,
            started_at: 1_700_000_000_000_000 + number as i64 * 1_000_000,
            duration: Some(900),
            method: "POST".into(),
            url: format!("/in/{source}"),
            source: Some(source.into()),
            makes_source: true,
            event_type: Some(event.into()),
            provider: Some("github".into()),
            status: Some(status),
            request: Message { head: head.into(), body: Body::Inline(body.into()), ..Message::default() },
            response: Some(Message {
                head: format!(
                    "HTTP/1.1 {status} OK\r\nContent-Type: text/plain; charset=utf-8\r\nContent-Length: 3\r\n\r\n"
                )
                .into(),
                body: Body::Inline("ok\n".into()),
                ..Message::default()
            }),
            timing: None,
            failure: None,
            peer: Some("127.0.0.1:50000".into()),
            parent: None,
            request_id: None,
            answered: None,
            marks: Vec::new(),
        }
    }
}

impl Template {
    /// The body with the values of this number.
    fn filled(&self, number: u64) -> Vec<u8> {
        let mut body = self.body.clone().into_bytes();
        for (place, which) in &self.values {
            let mut random = mixed(number.wrapping_mul(0x9e37_79b9).wrapping_add(*which));
            for (at, byte) in body[place.clone()].iter_mut().enumerate() {
                random = if at % 8 == 7 { mixed(random) } else { random.rotate_right(8) };
                *byte = match *byte {
                    // A number does not begin with 0.
                    b'0'..=b'9' if at == 0 => b'1' + (random % 9) as u8,
                    b'0'..=b'9' => b'0' + (random % 10) as u8,
                    b'a'..=b'f' => b'a' + (random % 6) as u8,
                    other => other,
                };
            }
        }
        body
    }
}

fn template(event: String, body: String) -> Template {
    let mut values = Vec::new();
    let mut known: HashMap<&str, u64> = HashMap::new();
    let mut start = 0;
    let bytes = body.as_bytes();
    for at in 0..=bytes.len() {
        if bytes.get(at).is_some_and(|byte| byte.is_ascii_alphanumeric() || !byte.is_ascii()) {
            continue;
        }
        let word = &body[start..at];
        let is_number = word.len() >= NUMBER && word.bytes().all(|byte| byte.is_ascii_digit());
        let is_hash = word.len() >= HASH && word.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'));
        if is_number || is_hash {
            let next = known.len() as u64;
            values.push((start..at, *known.entry(word).or_insert(next)));
        }
        start = at + 1;
    }
    Template { event, body: body.clone(), values }
}

/// A number that looks like chance and is always the same.
fn mixed(number: u64) -> u64 {
    let mut z = number.wrapping_add(0x9e37_79b9_7f4a_7c15);
    z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    z ^ (z >> 31)
}
