//! What the body of a request will be made from.

use super::definition::{Field, RequestBody};
use super::multipart;
use super::prepare::Substitution;
use super::problem::FieldProblem;
use bytes::Bytes;
use std::path::PathBuf;
use url::form_urlencoded;

/// The body of a prepared request: texts at hand and files that are read when it is sent.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct BodyPlan {
    /// Its pieces in order.
    pub(super) pieces: Vec<PlannedPiece>,
    /// The Content-Type, if the headers do not say it.
    pub(super) content_type: Option<String>,
    /// False if there is no body at all, which is not the same as one of no bytes.
    pub(super) present: bool,
}

/// A piece of a body.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum PlannedPiece {
    /// These bytes.
    Bytes(Bytes),
    /// The bytes of this file; the field is where its path was written.
    File { path: PathBuf, field: String },
}

impl BodyPlan {
    fn text(text: String, content_type: String) -> Self {
        let content_type = (!content_type.is_empty()).then_some(content_type);
        Self { pieces: vec![PlannedPiece::Bytes(text.into())], content_type, present: true }
    }
}

/// Plans a body. `boundary` is asked for only by a multipart body.
pub(super) fn plan(
    body: &RequestBody,
    variables: Substitution<'_>,
    boundary: impl FnOnce() -> String,
) -> Result<BodyPlan, FieldProblem> {
    Ok(match body {
        RequestBody::None => BodyPlan::default(),
        RequestBody::Json { text } => {
            BodyPlan::text(variables.put_in(text, || "body.text".into())?.into_owned(), "application/json".into())
        }
        RequestBody::Raw { text, content_type } => {
            let content_type = variables.value(content_type, || "body.contentType".into())?;
            BodyPlan::text(variables.put_in(text, || "body.text".into())?.into_owned(), content_type.into_owned())
        }
        RequestBody::Form { fields } => {
            BodyPlan::text(form(fields, variables)?, "application/x-www-form-urlencoded".into())
        }
        RequestBody::Multipart { parts } => multipart::plan(parts, variables, &boundary())?,
        RequestBody::File { path, content_type } => file(path, content_type, variables)?,
    })
}

fn form(fields: &[Field], variables: Substitution<'_>) -> Result<String, FieldProblem> {
    let mut text = form_urlencoded::Serializer::new(String::new());
    for (at, field) in fields.iter().enumerate().filter(|(_, field)| field.is_sent()) {
        let place = || format!("body.fields.{at}");
        text.append_pair(&variables.put_in(&field.name, place)?, &variables.put_in(&field.value, place)?);
    }
    Ok(text.finish())
}

fn file(path: &str, content_type: &str, variables: Substitution<'_>) -> Result<BodyPlan, FieldProblem> {
    let field = || "body.path".to_owned();
    let path = variables.put_in(path, field)?;
    if path.is_empty() {
        return Err(FieldProblem::new(field(), "No file is chosen. Choose the file to send."));
    }
    let content_type = variables.value(content_type, || "body.contentType".into())?;
    let content_type = if content_type.is_empty() { "application/octet-stream" } else { &content_type };
    Ok(BodyPlan {
        pieces: vec![PlannedPiece::File { path: PathBuf::from(path.as_ref()), field: field() }],
        content_type: Some(content_type.to_owned()),
        present: true,
    })
}
