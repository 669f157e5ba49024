//! JSON as it stands: a strict reader (RFC 8259) that keeps the bytes and an index of the values in them. Digits,
//! escapes, order, duplicate keys, lone surrogates and invalid UTF-8 all survive, and nothing recurses on depth.

mod escape;
mod index;
mod pretty;
mod read;

pub(crate) use escape::{escaped, escaped_string, unescaped};
pub(crate) use index::{Json, NONE, Node};
pub(crate) use pretty::{INDENT_LEVELS, LAID_OUT_LIMIT, compact, indent, laid_out, laid_out_size};
pub(crate) use read::{ReadError, problem, read};

#[cfg(test)]
mod tests;
#[cfg(test)]
pub(crate) use tests::any_json;
