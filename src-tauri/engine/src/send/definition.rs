//! The definition of a call, as it is written, saved and found again.

use serde::{Deserialize, Serialize};
use ts_rs::TS;

/// What is to be sent. Nothing in it is altered on saving.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct RequestDefinition {
    /// The method as written: any token (RFC 9110, section 9.1).
    pub method: String,
    /// The URL as written; a query may stand in it.
    pub url: String,
    /// Parameters that are added to the query of `url`, in order.
    #[serde(default)]
    pub query: Vec<Field>,
    /// Header fields in the order and case they go out in.
    #[serde(default)]
    pub headers: Vec<Field>,
    /// The body.
    #[serde(default)]
    pub body: RequestBody,
    /// How it is sent.
    #[serde(default)]
    pub options: SendOptions,
}

/// A name and a value that can be switched off without being lost.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct Field {
    /// Off: kept, not sent.
    pub on: bool,
    /// The name.
    pub name: String,
    /// The value.
    pub value: String,
    /// The user's own words about it.
    #[serde(default)]
    pub note: String,
}

/// What the body of a request is made from.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase", rename_all_fields = "camelCase", tag = "type")]
pub enum RequestBody {
    /// No body.
    #[default]
    None,
    /// JSON text, sent as written; Content-Type `application/json` unless the headers say otherwise.
    Json {
        /// The text.
        text: String,
    },
    /// Any text, sent as written.
    Raw {
        /// The text.
        text: String,
        /// The Content-Type, if the headers do not say it; empty for none.
        content_type: String,
    },
    /// `application/x-www-form-urlencoded`.
    Form {
        /// The fields in order.
        fields: Vec<Field>,
    },
    /// `multipart/form-data`.
    Multipart {
        /// The parts in order.
        parts: Vec<MultipartField>,
    },
    /// The bytes of a file, as they are when it is sent.
    File {
        /// Its path.
        path: String,
        /// The Content-Type, if the headers do not say it; empty for `application/octet-stream`.
        content_type: String,
    },
}

/// One part of a multipart body: a text or a file.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct MultipartField {
    /// Off: kept, not sent.
    pub on: bool,
    /// The name of the field.
    pub name: String,
    /// The text, or the path of the file.
    pub value: String,
    /// True if `value` is the path of a file.
    pub file: bool,
    /// The part's Content-Type; empty for none (text) or `application/octet-stream` (file).
    #[serde(default)]
    pub content_type: String,
}

/// How a request is sent.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct SendOptions {
    /// Give up after so many milliseconds without the whole answer. 0: never.
    pub timeout_ms: u32,
    /// Follow redirects, each hop an exchange of its own. At most 10.
    pub follow_redirects: bool,
}

impl Default for SendOptions {
    fn default() -> Self {
        Self { timeout_ms: 30_000, follow_redirects: true }
    }
}
