//! How a source answers: the rules that a user writes, what is wrong with them, and the plan that is made of them.
//!
//! ```text
//! RuleSet ── check ── problems, told at their fields
//!    └─ Plan ── guards (preflight, method, content type, schema) ── rules in order, first match wins ── plain answer
//! ```
//!
//! A plan decides before the commit, so that what is stored is what is answered; delays and faults come after it.

mod check;
mod cors;
mod document;
mod glob;
mod plan;
mod schema;
mod template;
#[cfg(test)]
mod tests;

pub use check::{RULES_BYTES, RuleProblem, check};
pub use plan::{Plan, RuleCount};

pub(super) use document::{DOCUMENT_BYTES, read_payload};
pub(super) use plan::{Decided, Decision, Pushed, Turn};

use crate::exchange::{Fault, Header};
use serde::{Deserialize, Serialize};
use ts_rs::TS;

/// How a source answers.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(default, deny_unknown_fields, rename_all = "camelCase")]
pub struct RuleSet {
    /// The methods it takes; all if there is none. Others are answered with 405.
    pub methods: Vec<String>,
    /// The content types it takes, `application/json` or `image/*`; all if there is none. Others are answered with 415.
    pub content_types: Vec<String>,
    /// Pages of every origin may call it: preflights are answered, answers carry the headers.
    pub cors: bool,
    /// What payloads must be.
    pub schema: SchemaCheck,
    /// The rules in order; the first that fits answers.
    pub rules: Vec<Rule>,
}

/// A JSON Schema that payloads are held against.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(default, deny_unknown_fields, rename_all = "camelCase")]
pub struct SchemaCheck {
    /// It is in use.
    pub enabled: bool,
    /// The schema as it was typed. References to other documents are not followed.
    pub text: String,
    /// The answer to a payload that does not fit.
    pub reply: Reply,
}

impl Default for SchemaCheck {
    fn default() -> Self {
        Self { enabled: false, text: String::new(), reply: Reply { status: 422, ..Reply::default() } }
    }
}

/// One rule.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(default, deny_unknown_fields, rename_all = "camelCase")]
pub struct Rule {
    /// Tells it from the others of its source, whatever its place; given when it is saved if it is empty.
    pub id: String,
    /// What it is called.
    pub name: String,
    /// It is in use.
    pub enabled: bool,
    /// The requests it fits.
    pub when: RuleMatch,
    /// The answers, one a request; at least one.
    pub steps: Vec<Reply>,
    /// What follows the last of them.
    pub then: AfterLast,
}

impl Default for Rule {
    fn default() -> Self {
        Self {
            id: String::new(),
            name: String::new(),
            enabled: true,
            when: RuleMatch::default(),
            steps: vec![Reply::default()],
            then: AfterLast::default(),
        }
    }
}

/// Which requests a rule fits. What is empty fits all; `*` stands for any text, `?` for one character.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(default, deny_unknown_fields, rename_all = "camelCase")]
pub struct RuleMatch {
    /// One of these methods.
    pub methods: Vec<String>,
    /// The path behind `/in/NAME`: `/orders/*`.
    pub path: String,
    /// What the provider calls the event: `invoice.*`.
    pub event: String,
}

/// What follows the last answer of a rule.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub enum AfterLast {
    /// The first one again.
    Repeat,
    /// The last one for ever.
    #[default]
    Stay,
}

/// One answer. Header values and the body may hold `{{method}}`, `{{path}}`, `{{query.NAME}}`, `{{header.NAME}}`,
/// `{{body.PATH}}`, `{{time}}` and `{{uuid}}`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(default, deny_unknown_fields, rename_all = "camelCase")]
pub struct Reply {
    /// 200 to 599.
    pub status: u16,
    /// In order. Pushpull adds those that say where the answer ends, and `X-Content-Type-Options: nosniff`.
    pub headers: Vec<Header>,
    /// The body.
    pub body: String,
    /// How long it is held back after the push was stored, ms.
    pub delay_ms: u32,
    /// What is made wrong on purpose.
    pub fault: Option<Fault>,
}

impl Default for Reply {
    fn default() -> Self {
        Self { status: 200, headers: Vec::new(), body: String::new(), delay_ms: 0, fault: None }
    }
}

/// True if a status comes without a body (RFC 9110, sections 15.3.5 and 15.4.5).
pub(super) fn is_bodiless(status: u16) -> bool {
    matches!(status, 204 | 205 | 304)
}
