//! What decided the answer to a push, where it was not the plain one.

use serde::{Deserialize, Serialize};
use ts_rs::TS;

/// What decided an answer, and what was done with it on purpose.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct Answered {
    /// What decided it.
    pub by: AnsweredBy,
    /// How long the answer was held back after the push was stored, ms.
    pub delay_ms: u32,
    /// What was made wrong on purpose.
    pub fault: Option<Fault>,
    /// True if too many answers were being held back already, so that this one left without waiting.
    pub at_once: bool,
    /// Why the payload did not fit the schema, one sentence each.
    pub reasons: Vec<String>,
}

/// What decided an answer.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase", rename_all_fields = "camelCase", tag = "type")]
pub enum AnsweredBy {
    /// A rule of the source.
    Rule {
        /// Its key among the rules of the source.
        id: String,
        /// What it was called.
        name: String,
        /// Which of its answers this was, from 1.
        step: u32,
        /// How many answers it had.
        steps: u32,
    },
    /// The source does not take this method.
    Method,
    /// The source does not take this content type.
    ContentType,
    /// The payload does not fit the schema of the source.
    Schema,
    /// The source lets pages of other origins call it, and a browser asked whether they may.
    Preflight,
}

/// What is made wrong with an answer on purpose, so that the sender's way of coping can be seen.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase", rename_all_fields = "camelCase", tag = "type")]
pub enum Fault {
    /// No answer; the connection stays open until the sender gives up.
    Hang,
    /// No answer; the connection is cut (RST).
    Reset,
    /// No answer; our side of the connection is closed, the sender's stays open.
    HalfClose,
    /// The head, then the end of the connection.
    CloseAfterHeaders,
    /// The whole answer, so many bytes a second.
    Drip {
        /// 1 or more.
        bytes_per_second: u32,
    },
    /// Content-Length says so many bytes more (or fewer, if negative) than there are; then the connection ends.
    WrongLength {
        /// Never 0.
        by: i32,
    },
}

impl Fault {
    /// True if not a byte is answered.
    pub fn is_silent(self) -> bool {
        matches!(self, Self::Hang | Self::Reset | Self::HalfClose)
    }

    /// What the sender gets, in one sentence; None if it gets a whole answer.
    pub fn sentence(self) -> Option<&'static str> {
        match self {
            Self::Hang => Some("A rule of the source left it without an answer."),
            Self::Reset => Some("A rule of the source cut the connection."),
            Self::HalfClose => Some("A rule of the source closed its side of the connection without an answer."),
            Self::CloseAfterHeaders => Some("A rule of the source ended the connection after the head."),
            Self::WrongLength { .. } => Some("A rule of the source gave a Content-Length that is wrong."),
            Self::Drip { .. } => None,
        }
    }
}
