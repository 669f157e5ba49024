//! A definition checked and taken apart, ready to be sent but not sent.

use super::body::{self, BodyPlan};
use super::definition::{Field, RequestDefinition, SendOptions};
use super::multipart;
use super::problem::FieldProblem;
use super::target::Target;
use super::variables::{Variables, substitute};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use std::borrow::Cow;

/// What Pushpull calls itself.
const USER_AGENT: &str = concat!("pushpull/", env!("CARGO_PKG_VERSION"));

/// The content codings that the viewers can take off.
const CODINGS: &str = "gzip, deflate, br, zstd";

/// A request that can be sent: URL, header list and body plan, all checked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Prepared {
    /// The method.
    pub method: String,
    /// Where it goes.
    pub target: Target,
    /// The header fields that the user wrote, in order.
    pub(super) written: Vec<(String, String)>,
    /// What the body is made from.
    pub(super) body: BodyPlan,
    /// How it is sent.
    pub options: SendOptions,
}

/// A header line as it goes out.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Line {
    /// The name in its own case.
    pub name: String,
    /// The value.
    pub value: String,
    /// True if the user did not write it.
    pub added: bool,
}

/// Makes a definition ready. `random` gives 16 random bytes; only a multipart body asks for them.
///
/// # Errors
/// The first field that can't be sent.
pub fn prepare(
    definition: &RequestDefinition,
    variables: &Variables,
    random: impl FnOnce() -> [u8; 16],
) -> Result<Prepared, FieldProblem> {
    let variables = Substitution(variables);
    let method = variables.put_in(definition.method.trim(), || "method".into())?.into_owned();
    if !is_token(&method) {
        let message = format!("{method:?} is not a method. Write one word, like GET or POST.");
        return Err(FieldProblem::new("method", message));
    }
    Ok(Prepared {
        method,
        target: target(definition, variables)?,
        written: headers(&definition.headers, variables)?,
        body: body::plan(&definition.body, variables, || multipart::boundary(random()))?,
        options: definition.options.clone(),
    })
}

/// Puts in the variables and says at which field one is missing.
#[derive(Debug, Clone, Copy)]
pub(super) struct Substitution<'v>(&'v Variables);

impl Substitution<'_> {
    /// The text with the variables put in.
    pub(super) fn put_in<'t>(self, text: &'t str, field: impl Fn() -> String) -> Result<Cow<'t, str>, FieldProblem> {
        substitute(text, self.0).map_err(|name| {
            let message = format!(
                "There is no variable {{{{{name}}}}}. Define it, or write \\{{{{{name}}}}} to send it as it is."
            );
            FieldProblem::new(field(), message)
        })
    }

    /// The same for a text that goes into a header line.
    pub(super) fn value<'t>(self, text: &'t str, field: impl Fn() -> String) -> Result<Cow<'t, str>, FieldProblem> {
        let value = self.put_in(text, &field)?;
        match value.chars().find(|&c| c != '\t' && c.is_ascii_control()) {
            Some(control) => Err(FieldProblem::new(
                field(),
                format!("The value has {}, which can't stand in a header line. Take it out.", control_name(control)),
            )),
            None => Ok(value),
        }
    }
}

fn control_name(control: char) -> String {
    match control {
        '\n' | '\r' => "a line break".into(),
        '\0' => "a NUL byte".into(),
        other => format!("the control character U+{:04X}", other as u32),
    }
}

impl Field {
    /// True if it is on and not an empty row.
    pub(super) fn is_sent(&self) -> bool {
        self.on && !(self.name.is_empty() && self.value.is_empty())
    }
}

fn target(definition: &RequestDefinition, variables: Substitution<'_>) -> Result<Target, FieldProblem> {
    let url = variables.put_in(&definition.url, || "url".into())?;
    let mut target = Target::parse(&url).map_err(|message| FieldProblem::new("url", message))?;
    let mut fields = Vec::new();
    for (at, field) in definition.query.iter().enumerate().filter(|(_, field)| field.is_sent()) {
        let place = || format!("query.{at}");
        fields.push((variables.put_in(&field.name, place)?, variables.put_in(&field.value, place)?));
    }
    target.add_query(fields.into_iter());
    Ok(target)
}

fn headers(fields: &[Field], variables: Substitution<'_>) -> Result<Vec<(String, String)>, FieldProblem> {
    let mut written = Vec::with_capacity(fields.len());
    for (at, field) in fields.iter().enumerate().filter(|(_, field)| field.is_sent()) {
        let place = || format!("headers.{at}");
        let name = variables.put_in(&field.name, place)?;
        if !is_token(&name) {
            let message = format!("{name:?} is not a header name. Use letters, digits and - only.");
            return Err(FieldProblem::new(place(), message));
        }
        written.push((name.into_owned(), variables.value(&field.value, place)?.into_owned()));
    }
    Ok(written)
}

/// RFC 9110, section 5.6.2.
fn is_token(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|b| b.is_ascii_alphanumeric() || b"!#$%&'*+-.^_`|~".contains(&b))
}

impl Prepared {
    /// The header lines in the order they go out in: Host, what the user wrote, what else is needed.
    pub(super) fn lines(&self, body_length: Option<u64>) -> Vec<Line> {
        let mut lines = Vec::with_capacity(self.written.len() + 6);
        self.add(&mut lines, "Host", || Some(self.target.authority.clone()));
        let written = self.written.iter().cloned();
        lines.extend(written.map(|(name, value)| Line { name, value, added: false }));
        self.add(&mut lines, "Authorization", || self.target.credentials.as_deref().map(basic));
        self.add(&mut lines, "User-Agent", || Some(USER_AGENT.into()));
        self.add(&mut lines, "Accept", || Some("*/*".into()));
        self.add(&mut lines, "Accept-Encoding", || Some(CODINGS.into()));
        self.add(&mut lines, "Content-Type", || self.body.content_type.clone());
        if !self.is_chunked() && (self.body.present || expects_body(&self.method)) {
            self.add(&mut lines, "Content-Length", || body_length.map(|length| length.to_string()));
        }
        lines
    }

    fn add(&self, lines: &mut Vec<Line>, name: &str, value: impl FnOnce() -> Option<String>) {
        if self.header(name).is_none()
            && let Some(value) = value()
        {
            lines.push(Line { name: name.into(), value, added: true });
        }
    }

    /// The first line of the head.
    pub(super) fn request_line(&self) -> String {
        format!("{} {} HTTP/1.1", self.method, self.target.path)
    }

    /// The value of the last field of this name that the user wrote.
    pub(super) fn header(&self, name: &str) -> Option<&str> {
        let mut fields = self.written.iter().rev();
        fields.find(|(n, _)| n.eq_ignore_ascii_case(name)).map(|(_, value)| value.as_str())
    }

    /// True if the user's headers say that the body goes out in chunks (RFC 9112, section 6.1).
    pub(super) fn is_chunked(&self) -> bool {
        let last = self.header("Transfer-Encoding").and_then(|value| value.rsplit(',').next());
        last.is_some_and(|coding| coding.trim().eq_ignore_ascii_case("chunked"))
    }
}

/// Methods whose requests say that they have no body (RFC 9110, section 8.6).
fn expects_body(method: &str) -> bool {
    matches!(method, "POST" | "PUT" | "PATCH")
}

fn basic(credentials: &str) -> String {
    let credentials =
        if credentials.contains(':') { Cow::Borrowed(credentials) } else { format!("{credentials}:").into() };
    format!("Basic {}", STANDARD.encode(credentials.as_bytes()))
}
