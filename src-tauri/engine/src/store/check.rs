//! What can only be told by reading an exchange: words not indexed yet, texts, headers, values in bodies.

use super::filter::{Decimal, Pattern, TEXT_LEAST, Test, folded, is_of_a_text, is_of_a_word};
use crate::exchange::ExchangeId;
use crate::inspect::{JsonPath, form_decoded, values};
use crate::wire::LooseHead;
use bytes::Bytes;
use regex::Regex;
use serde_json::Value;

/// What is looked at.
#[derive(Debug, Clone)]
pub(super) enum Check {
    /// Each stands at the start of a word, as the index has them.
    Words(Vec<String>),
    /// It stands somewhere.
    Somewhere(Option<regex::bytes::Regex>),
    /// A header of either message passes.
    Header { name: String, test: ValueTest },
    /// A value in either body, taken as JSON, passes.
    Body { path: JsonPath, test: ValueTest },
    /// The index has answered for exchanges up to this one.
    UnlessIndexed(ExchangeId, Box<Check>),
    /// It does not hold.
    Not(Box<Check>),
}

/// A test made ready.
#[derive(Debug, Clone)]
pub(super) enum ValueTest {
    /// Whatever is there.
    There,
    Fits(Option<Regex>),
    Number(Test),
}

impl ValueTest {
    fn new(test: &Test) -> Self {
        match test {
            Test::Fits(fits) if fits.is_anything() => Self::There,
            Test::Fits(fits) => Self::Fits(Regex::new(&fits.whole()).ok()),
            number => Self::Number(number.clone()),
        }
    }

    fn holds_for_text(&self, text: &str) -> bool {
        match self {
            Self::There => true,
            Self::Fits(fits) => fits.as_ref().is_some_and(|fits| fits.is_match(text)),
            Self::Number(test) => Decimal::read(text).and_then(|number| test.holds_for(&number)).unwrap_or(false),
        }
    }

    /// A number that is written as a string counts as the number.
    fn holds_for(&self, value: &Value) -> bool {
        match value {
            Value::String(text) => self.holds_for_text(text),
            Value::Object(_) | Value::Array(_) => matches!(self, Self::There),
            scalar => self.holds_for_text(&scalar.to_string()),
        }
    }
}

/// An exchange as far as checks read it.
#[derive(Debug, Default)]
pub(super) struct Candidate {
    pub(super) id: ExchangeId,
    /// Method, URL, source and event types.
    pub(super) about: String,
    /// The heads of the request and of the response.
    pub(super) heads: [Bytes; 2],
    /// The starts of the bodies, decoded.
    pub(super) bodies: [Bytes; 2],
}

impl Candidate {
    /// Everything that is searched, as text.
    pub(super) fn text(&self) -> String {
        let mut text = self.about.clone();
        for (head, body) in self.heads.iter().zip(&self.bodies) {
            text.push('\n');
            text.push_str(&String::from_utf8_lossy(head));
            if is_text(body) {
                text.push_str(&String::from_utf8_lossy(body));
                if let Some(plain) = plain(head, body) {
                    text.push('\n');
                    text.push_str(&plain);
                }
            } else {
                texts_within(body, &mut text);
            }
        }
        text
    }

    /// The bodies that read otherwise than they came.
    fn plain(&self) -> impl Iterator<Item = String> {
        self.heads.iter().zip(&self.bodies).filter_map(|(head, body)| plain(head, body))
    }

    fn has(&self, wanted: &regex::bytes::Regex) -> bool {
        wanted.is_match(self.about.as_bytes())
            || self.heads.iter().chain(&self.bodies).any(|bytes| wanted.is_match(bytes))
            || self.plain().any(|plain| wanted.is_match(plain.as_bytes()))
    }
}

/// True if each word of `words` stands at the start of one in `text`.
pub(super) fn has_words(text: &str, words: &[String]) -> bool {
    let text = folded(text);
    words.iter().all(|word| starts_a_word(&text, word))
}

/// Text has no NUL in it.
fn is_text(body: &[u8]) -> bool {
    memchr::memchr(0, &body[..body.len().min(1024)]).is_none()
}

/// Adds the texts in a body of bytes: the fields beside a file, the strings of a binary format. Short ones would only be
/// noise.
fn texts_within(body: &[u8], text: &mut String) {
    for chunk in body.utf8_chunks() {
        for run in chunk.valid().split(|character| !is_of_a_text(character)).filter(|run| run.len() >= TEXT_LEAST) {
            text.push('\n');
            text.push_str(run);
        }
    }
}

/// A body as it reads; None if that is how it came.
fn plain(head: &Bytes, body: &[u8]) -> Option<String> {
    let escapes = memchr::memchr2(b'%', b'+', body).is_some();
    if escapes && is_form(head) { Some(form_decoded(body)) } else { unescaped(body) }
}

fn is_form(head: &Bytes) -> bool {
    const FORM: &str = "application/x-www-form-urlencoded";
    let headers = LooseHead::parse(head).headers;
    let media = headers.text("content-type").and_then(|media| media.trim().get(..FORM.len()));
    media.is_some_and(|media| media.eq_ignore_ascii_case(FORM))
}

/// JSON with the escapes in its strings taken off: many senders write `é` and `&` as `\u00e9` and `\u0026`. None if it
/// has none.
fn unescaped(body: &[u8]) -> Option<String> {
    let is_json = matches!(body.trim_ascii_start().first(), Some(b'{' | b'['));
    if !is_json || memchr::memchr(b'\\', body).is_none() {
        return None;
    }
    let text = String::from_utf8_lossy(body);
    let mut plain = String::with_capacity(text.len());
    let mut rest = text.as_ref();
    while let Some(at) = rest.find('\\') {
        plain.push_str(&rest[..at]);
        let (character, length) = escape(&rest[at..]);
        plain.push(character);
        rest = &rest[at + length..];
    }
    plain.push_str(rest);
    Some(plain)
}

/// The character that an escape stands for, and its bytes; a backslash for what is no escape.
fn escape(text: &str) -> (char, usize) {
    let unit = |at: usize| text.get(at..at + 4).and_then(|digits| u32::from_str_radix(digits, 16).ok());
    match text.as_bytes().get(1) {
        Some(b'u') => match (unit(2), text.get(6..8), unit(8)) {
            (Some(high @ 0xd800..0xdc00), Some("\\u"), Some(low @ 0xdc00..0xe000)) => {
                let character = char::from_u32(0x10000 + ((high - 0xd800) << 10) + (low - 0xdc00));
                (character.unwrap_or('\u{fffd}'), 12)
            }
            (Some(unit), ..) => (char::from_u32(unit).unwrap_or('\u{fffd}'), 6),
            _ => ('\\', 1),
        },
        Some(b'n') => ('\n', 2),
        Some(b'r') => ('\r', 2),
        Some(b't') => ('\t', 2),
        Some(b'b' | b'f') => (' ', 2),
        Some(other @ (b'"' | b'\\' | b'/')) => (char::from(*other), 2),
        _ => ('\\', 1),
    }
}

impl Check {
    pub(super) fn not(check: Self) -> Self {
        Self::Not(Box::new(check))
    }

    pub(super) fn somewhere(text: &Pattern) -> Self {
        Self::Somewhere(regex::bytes::Regex::new(&text.somewhere()).ok())
    }

    pub(super) fn header(name: &str, test: &Test) -> Self {
        Self::Header { name: name.to_owned(), test: ValueTest::new(test) }
    }

    pub(super) fn body(path: &JsonPath, test: &Test) -> Self {
        Self::Body { path: path.clone(), test: ValueTest::new(test) }
    }

    /// Whether it can be told without reading the exchange.
    pub(super) fn is_answered(&self, id: ExchangeId) -> bool {
        matches!(self, Self::UnlessIndexed(upto, _) if id <= *upto)
    }

    pub(super) fn holds(&self, candidate: &Candidate) -> bool {
        match self {
            Self::Words(words) => has_words(&candidate.text(), words),
            Self::Somewhere(wanted) => wanted.as_ref().is_some_and(|wanted| candidate.has(wanted)),
            Self::Header { name, test } => candidate.heads.iter().any(|head| {
                let headers = LooseHead::parse(head).headers;
                headers.all(name).any(|value| test.holds_for_text(&String::from_utf8_lossy(value)))
            }),
            Self::Body { path, test } => candidate.bodies.iter().any(|body| {
                let document = values(body);
                document.is_some_and(|document| path.find(&document).into_iter().any(|value| test.holds_for(value)))
            }),
            Self::UnlessIndexed(upto, check) => candidate.id <= *upto || check.holds(candidate),
            Self::Not(check) => !check.holds(candidate),
        }
    }
}

fn starts_a_word(text: &str, word: &str) -> bool {
    text.match_indices(word).any(|(at, _)| !text[..at].chars().next_back().is_some_and(is_of_a_word))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn holds(path: &str, value: &str, text: &'static str) -> bool {
        let candidate =
            Candidate { bodies: [Bytes::from_static(text.as_bytes()), Bytes::new()], ..Candidate::default() };
        let plan = crate::store::Filter::parse(&format!("body.{path}:{value}")).unwrap().plan(0, 0);
        plan.checks.iter().all(|check| check.holds(&candidate))
    }

    #[test]
    fn a_body_value_is_compared_digit_by_digit() {
        let text = r#"{"a":{"id":9007199254740993,"list":[{"n":"x"},{"n":"Yes"}],"price":"19.90","none":null}}"#;
        assert!(holds("a.id", "9007199254740993", text));
        assert!(!holds("a.id", "9007199254740992", text));
        assert!(holds("a.id", ">9007199254740992", text));
        assert!(!holds("a.id", ">9007199254740993", text));
        assert!(holds("a.id", "9007199254740993..9007199254740993", text));
        assert!(holds("$.a.list[1].n", "yes", text));
        assert!(holds("a.list.*.n", "y*", text));
        assert!(holds(".n", "yes", text));
        assert!(holds("a.price", "<20", text), "a number in a string");
        assert!(!holds("a.list[0].n", ">1", text), "no number at all");
        assert!(holds("a", "*", text), "it is there");
        assert!(holds("a.none", "null", text));
        assert!(!holds("b", "*", text));
    }

    #[test]
    fn escapes_in_json_are_taken_off() {
        let plain = |text: &str| unescaped(text.as_bytes());
        assert_eq!(plain(r#"{"a":"\u00e9\u0026b\n\ud83d\ude00\"\\x"}"#).unwrap(), "{\"a\":\"é&b\n😀\"\\x\"}");
        assert_eq!(plain(r#"{"a":"\ud83d\u12"}"#).unwrap(), "{\"a\":\"\u{fffd}\\u12\"}");
        assert_eq!(plain(r#"{"a":1}"#), None);
        assert_eq!(plain(r"no json \n"), None);
        assert_eq!(plain("{\\").unwrap(), "{\\");
    }

    proptest::proptest! {
        #[test]
        fn no_text_breaks_the_taking_off(text in "[{][\\\\u\"0-9a-f\u{e9}dn]{0,30}") {
            let _ = unescaped(text.as_bytes());
        }
    }
}
