//! `multipart/form-data` (RFC 7578), names quoted as the WHATWG's form submission does it.

use super::body::{BodyPlan, PlannedPiece};
use super::definition::MultipartField;
use super::prepare::Substitution;
use super::problem::FieldProblem;
use bytes::Bytes;
use std::path::{Path, PathBuf};

/// Plans the body. Texts and part heads stand together in one piece; files are pieces of their own.
pub(super) fn plan(
    parts: &[MultipartField],
    variables: Substitution<'_>,
    boundary: &str,
) -> Result<BodyPlan, FieldProblem> {
    let mut pieces = Vec::new();
    let mut text = String::new();
    for (at, part) in parts.iter().enumerate().filter(|(_, part)| part.on) {
        let place = || format!("body.parts.{at}");
        let name = variables.put_in(&part.name, place)?;
        let value = variables.put_in(&part.value, place)?;
        let content_type = variables.value(&part.content_type, place)?;
        if name.is_empty() && value.is_empty() {
            continue;
        }
        text.push_str(&format!("--{boundary}\r\nContent-Disposition: form-data; name=\"{}\"", quoted(&name)));
        if part.file {
            if value.is_empty() {
                return Err(FieldProblem::new(place(), "No file is chosen. Choose the file to send in this part."));
            }
            let content_type = if content_type.is_empty() { "application/octet-stream" } else { &content_type };
            let file_name = quoted(&file_name(&value));
            text.push_str(&format!("; filename=\"{file_name}\"\r\nContent-Type: {content_type}\r\n\r\n"));
            pieces.push(PlannedPiece::Bytes(Bytes::from(std::mem::take(&mut text))));
            pieces.push(PlannedPiece::File { path: PathBuf::from(value.as_ref()), field: place() });
        } else {
            if !content_type.is_empty() {
                text.push_str(&format!("\r\nContent-Type: {content_type}"));
            }
            text.push_str("\r\n\r\n");
            text.push_str(&value);
        }
        text.push_str("\r\n");
    }
    text.push_str(&format!("--{boundary}--\r\n"));
    pieces.push(PlannedPiece::Bytes(Bytes::from(text)));
    Ok(BodyPlan { pieces, content_type: Some(format!("multipart/form-data; boundary={boundary}")), present: true })
}

/// A boundary from random bytes.
pub(super) fn boundary(random: [u8; 16]) -> String {
    format!("pushpull-{:032x}", u128::from_be_bytes(random))
}

/// A name as it stands between quotes (HTML standard, "multipart/form-data encoding algorithm").
fn quoted(name: &str) -> String {
    name.replace('\r', "%0D").replace('\n', "%0A").replace('"', "%22")
}

fn file_name(path: &str) -> String {
    Path::new(path).file_name().map_or_else(String::new, |name| name.to_string_lossy().into_owned())
}
