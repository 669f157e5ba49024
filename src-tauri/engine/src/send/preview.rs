//! The head that would be sent, for the eye.

use super::body::PlannedPiece;
use super::definition::RequestDefinition;
use super::failure;
use super::prepare::{Prepared, prepare};
use super::problem::FieldProblem;
use super::variables::Variables;
use crate::api::{HeadPreview, PreviewHeader};
use crate::exchange::Header;

/// The head that would be sent, or what keeps it from being sent. Looks at the sizes of the body's files, which may
/// take as long as the disk does. The boundary of a multipart body is another one at each send.
pub fn preview_head(definition: &RequestDefinition) -> HeadPreview {
    match prepare(definition, &Variables::new(), || [0; 16]) {
        Ok(prepared) => {
            let (length, problem) = match body_length(&prepared) {
                Ok(length) => (Some(length), None),
                Err(problem) => (None, Some(problem.into())),
            };
            let headers = prepared
                .lines(length)
                .into_iter()
                .map(|line| PreviewHeader { field: Header { name: line.name, value: line.value }, added: line.added });
            HeadPreview { line: prepared.request_line(), headers: headers.collect(), problem }
        }
        Err(problem) => HeadPreview { line: String::new(), headers: Vec::new(), problem: Some(problem.into()) },
    }
}

fn body_length(prepared: &Prepared) -> Result<u64, FieldProblem> {
    let mut length = 0;
    for piece in &prepared.body.pieces {
        length += match piece {
            PlannedPiece::Bytes(bytes) => bytes.len() as u64,
            PlannedPiece::File { path, field } => failure::file_length(path, std::fs::metadata(path))
                .map_err(|failure| FieldProblem::new(field.clone(), failure.message))?,
        };
    }
    Ok(length)
}
