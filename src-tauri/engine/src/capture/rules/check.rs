//! What is wrong with rules, told at the fields, before they come into force.

use super::schema::Schema;
use super::template::{KNOWN, PLACES, Template, unknown};
use super::{Reply, Rule, RuleSet, is_bodiless};
use crate::capture::HELD_TIME;
use crate::exchange::{Fault, Header};
use serde::{Deserialize, Serialize};
use std::collections::HashSet;
use ts_rs::TS;

/// Bytes of the rules of one source, as JSON.
pub const RULES_BYTES: usize = 4 * 1024 * 1024;

/// Rules of one source.
const RULES: usize = 200;

/// Answers of one rule.
const STEPS: usize = 100;

/// Headers of one answer.
const HEADERS: usize = 50;

/// Bytes of a body, and of the value of a header.
const BODY_BYTES: usize = 256 * 1024;
const VALUE_BYTES: usize = 8 * 1024;

/// Bytes of a schema.
const SCHEMA_BYTES: usize = 1024 * 1024;

/// Characters of a name, a key or a pattern.
const SHORT_TEXT: usize = 200;

/// Headers that say where an answer ends and how it may be read: Pushpull's own.
const OWN_HEADERS: [&str; 5] =
    ["content-length", "transfer-encoding", "connection", "upgrade", "x-content-type-options"];

/// What is wrong with one field.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct RuleProblem {
    /// `methods.0`, `schema.text`, `rules.2.steps.0.headers.1.value` …
    pub field: String,
    /// What is wrong and what would be right: one sentence.
    pub message: String,
    /// True if the rules can't come into force with it; false if it is only seldom meant.
    pub blocks: bool,
}

/// All problems of the rules of a source, in their order. They can come into force if none blocks.
pub fn check(set: &RuleSet) -> Vec<RuleProblem> {
    let mut found = Found(Vec::new());
    for (place, method) in set.methods.iter().enumerate() {
        found.method(format!("methods.{place}"), method);
    }
    for (place, kind) in set.content_types.iter().enumerate() {
        if !is_media_type(kind) {
            let message = format!("{kind:?} is no content type. Write application/json or image/*.");
            found.wrong(format!("contentTypes.{place}"), message);
        }
    }
    found.schema(set);
    if set.rules.len() > RULES {
        found.wrong("rules".into(), format!("A source has at most {RULES} rules."));
    }
    let mut ids = HashSet::new();
    for (place, rule) in set.rules.iter().enumerate() {
        if !rule.id.is_empty() && !ids.insert(&rule.id) {
            found.wrong(format!("rules.{place}.id"), format!("Two rules have the key {:?}.", rule.id));
        }
        found.rule(&format!("rules.{place}"), rule);
    }
    found.0
}

struct Found(Vec<RuleProblem>);

impl Found {
    fn wrong(&mut self, field: String, message: String) {
        self.0.push(RuleProblem { field, message, blocks: true });
    }

    fn method(&mut self, field: String, method: &str) {
        if !is_token(method) {
            self.wrong(field, format!("{method:?} is no method. Write GET, POST, PUT …"));
        }
    }

    fn short(&mut self, field: String, text: &str) {
        if text.chars().count() > SHORT_TEXT {
            self.wrong(field, format!("That is longer than {SHORT_TEXT} characters."));
        }
    }

    /// One that is off is not shown, and not used.
    fn schema(&mut self, set: &RuleSet) {
        if !set.schema.enabled {
            return;
        }
        let field = || "schema.text".to_owned();
        match set.schema.text.len() {
            0 => self.wrong(field(), "There is no schema. Write one, or switch the check off.".into()),
            len if len > SCHEMA_BYTES => {
                self.wrong(field(), format!("A schema has at most {} KiB.", SCHEMA_BYTES >> 10));
            }
            _ => {
                if let Err(message) = Schema::read(&set.schema.text) {
                    self.wrong(field(), message);
                }
            }
        }
        self.reply("schema.reply", &set.schema.reply);
    }

    fn rule(&mut self, field: &str, rule: &Rule) {
        let before = self.0.len();
        self.short(format!("{field}.id"), &rule.id);
        self.short(format!("{field}.name"), &rule.name);
        self.short(format!("{field}.when.path"), &rule.when.path);
        self.short(format!("{field}.when.event"), &rule.when.event);
        for (place, method) in rule.when.methods.iter().enumerate() {
            self.method(format!("{field}.when.methods.{place}"), method);
        }
        let path = rule.when.path.trim();
        if !path.is_empty() && !path.starts_with(['/', '*']) {
            self.wrong(format!("{field}.when.path"), "A path starts with / or *.".into());
        }
        if rule.steps.is_empty() || rule.steps.len() > STEPS {
            self.wrong(format!("{field}.steps"), format!("A rule has 1 to {STEPS} answers."));
        }
        for (place, reply) in rule.steps.iter().enumerate() {
            self.reply(&format!("{field}.steps.{place}"), reply);
        }
        // What is wrong with a rule that is off is said, and holds no other up.
        if !rule.enabled {
            self.0[before..].iter_mut().for_each(|problem| problem.blocks = false);
        }
    }

    fn reply(&mut self, field: &str, reply: &Reply) {
        if u128::from(reply.delay_ms) > HELD_TIME.as_millis() {
            self.wrong(format!("{field}.delayMs"), format!("A delay is at most {} s.", HELD_TIME.as_secs()));
        }
        self.fault(format!("{field}.fault"), reply);
        if !reply.fault.is_some_and(Fault::is_silent) {
            self.sent(field, reply);
        }
    }

    /// What of an answer goes out.
    fn sent(&mut self, field: &str, reply: &Reply) {
        if !(200..=599).contains(&reply.status) {
            self.wrong(format!("{field}.status"), "A status is 200 to 599.".into());
        }
        if is_bodiless(reply.status) && !reply.body.is_empty() {
            let message = format!("An answer with status {} has no body. Take the body out.", reply.status);
            self.wrong(format!("{field}.body"), message);
        }
        if reply.body.len() > BODY_BYTES {
            self.wrong(format!("{field}.body"), format!("A body has at most {} KiB.", BODY_BYTES >> 10));
        }
        self.template(format!("{field}.body"), &reply.body);
        if reply.headers.len() > HEADERS {
            self.wrong(format!("{field}.headers"), format!("An answer has at most {HEADERS} headers."));
        }
        for (place, header) in reply.headers.iter().enumerate() {
            self.header(&format!("{field}.headers.{place}"), header);
        }
    }

    fn header(&mut self, field: &str, header: &Header) {
        let name = format!("{field}.name");
        if header.name.is_empty() {
            self.wrong(name, "The header has no name.".into());
        } else if !is_token(&header.name) {
            self.wrong(name, format!("{:?} is no name of a header.", header.name));
        } else if OWN_HEADERS.iter().any(|own| header.name.eq_ignore_ascii_case(own)) {
            self.wrong(name, format!("{} is written by Pushpull itself. Take it out.", header.name));
        }
        let value = format!("{field}.value");
        if header.value.len() > VALUE_BYTES {
            self.wrong(value, format!("The value of a header has at most {} KiB.", VALUE_BYTES >> 10));
        } else if header.value.chars().any(|c| c.is_control() && c != '\t') {
            self.wrong(value, "The value of a header is one line without control characters.".into());
        } else {
            self.template(value, &header.value);
        }
    }

    fn template(&mut self, field: String, text: &str) {
        if Template::read(text).places() > PLACES {
            self.wrong(field, format!("A text has at most {PLACES} places."));
        } else if let Some(unknown) = unknown(text) {
            let shown: String = unknown.chars().take(40).collect();
            let message = format!("{shown} goes out as it is written. Places are {KNOWN}.");
            self.0.push(RuleProblem { field, message, blocks: false });
        }
    }

    fn fault(&mut self, field: String, reply: &Reply) {
        match reply.fault {
            Some(Fault::Drip { bytes_per_second: 0 }) => {
                self.wrong(format!("{field}.bytesPerSecond"), "Write 1 byte a second or more.".into());
            }
            Some(Fault::WrongLength { by: 0 }) => {
                self.wrong(format!("{field}.by"), "With 0 the length would be right. Write 10 or -10.".into());
            }
            Some(Fault::WrongLength { .. } | Fault::CloseAfterHeaders) if is_bodiless(reply.status) => {
                self.wrong(field, format!("An answer with status {} has no length that could be wrong.", reply.status));
            }
            _ => {}
        }
    }
}

/// RFC 9110, section 5.6.2.
fn is_token(text: &str) -> bool {
    let allowed = |byte: u8| byte.is_ascii_alphanumeric() || b"!#$%&'*+-.^_`|~".contains(&byte);
    (1..=SHORT_TEXT).contains(&text.len()) && text.bytes().all(allowed)
}

fn is_media_type(text: &str) -> bool {
    text.split_once('/').is_some_and(|(kind, subtype)| is_token(kind) && is_token(subtype))
}
