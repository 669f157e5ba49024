//! Reading an exchange: what a body is, and windows of it as text, tree, bytes, form and parts. Pure functions over
//! bytes; nothing here alters what is stored.

mod charset;
mod chips;
mod decode;
pub(crate) mod delivery;
mod derived;
mod document;
mod filter;
mod find;
mod form;
mod hex;
mod json;
mod kind;
mod lens;
mod media;
mod multipart;
mod parts;
mod path;
mod preview;
pub mod provider;
mod rows;
mod searched;
pub mod signature;
mod table;
mod tree;
mod view;

pub use decode::{DECODED_LIMIT, Decoded, content_codings, decode};
pub use delivery::{Attempt, Delivery};
pub use document::{Document, VIEW_LIMIT};
pub use filter::{Filter, FilterLanguage, FilterProblem, Filtered, WORKER_ARGUMENT, filter_worker, worker_program};
pub(crate) use filter::{Outcome, Question, ask_here};
pub use form::query_fields;
pub use hex::{HEX_ROW, hex_rows, hex_total};
pub use provider::{PEEK_LIMIT, Recognition, recognise};
pub use rows::Rows;
pub use view::*;

pub(crate) use charset::as_utf8;
pub(crate) use decode::decode_front;
pub(crate) use form::decoded as form_decoded;
#[cfg(test)]
pub(crate) use json::any_json;
pub(crate) use json::{Json, Node, escaped};
pub(crate) use path::JsonPath;
pub(crate) use searched::{SEARCHED, values};
pub(crate) use tree::cut_text;

#[cfg(test)]
mod foreign;
#[cfg(test)]
mod tests;
