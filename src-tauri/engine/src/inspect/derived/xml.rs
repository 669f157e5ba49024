//! XML as a tree: elements are keys, attributes are keys with `@`, text is `#text`. Entities of the document are never
//! expanded, so that nothing can grow; nothing is fetched.

use super::{Draft, write};
use crate::inspect::json::{Json, NONE, indent};
use quick_xml::Reader;
use quick_xml::XmlVersion;
use quick_xml::events::{BytesStart, Event};
use std::fmt::Write as _;

/// Elements in elements that are read.
const LEVELS: usize = 1_000_000;

/// An element that is open.
struct Open {
    name: String,
    /// What is written of it.
    state: State,
    /// Text that stands in it and is not written yet.
    text: String,
    /// Where it starts in the document.
    at: usize,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum State {
    /// Its key alone: it may still become a string.
    Key,
    /// An object without members.
    Empty,
    /// An object with members.
    Members,
}

struct Writer<'a> {
    draft: &'a mut Draft,
    open: Vec<Open>,
    /// True once an element was closed at the outermost level.
    rooted: bool,
}

pub(super) fn read_elements(text: &[u8], draft: &mut Draft) {
    let text = String::from_utf8_lossy(text);
    let mut reader = Reader::from_str(&text);
    let document = Open { name: String::new(), state: State::Empty, text: String::new(), at: 0 };
    draft.text.push(b'{');
    let mut writer = Writer { draft, open: vec![document], rooted: false };
    while !writer.draft.is_over() {
        let at = usize::try_from(reader.buffer_position()).unwrap_or(usize::MAX);
        match reader.read_event() {
            Ok(Event::Eof) => {
                writer.end_of_document(text.len());
                break;
            }
            Ok(event) => {
                if let Err(problem) = writer.take(event, at) {
                    writer.draft.broken = Some((at, problem));
                    break;
                }
            }
            Err(error) => {
                let at = usize::try_from(reader.error_position()).unwrap_or(at);
                writer.draft.broken = Some((at, format!("This is not well-formed XML: {error}.")));
                break;
            }
        }
    }
    writer.finish();
}

impl Writer<'_> {
    fn take(&mut self, event: Event<'_>, at: usize) -> Result<(), String> {
        match event {
            Event::Start(element) => self.start(&element, at),
            Event::Empty(element) => self.start(&element, at).map(|()| self.end()),
            Event::End(element) if self.open.len() < 2 => {
                Err(format!("</{}> closes an element that is not open.", element.name().as_ref()))
            }
            Event::End(_) => {
                self.end();
                Ok(())
            }
            Event::Text(text) => self.text(&text.xml10_content()),
            Event::CData(text) => self.text(&text.xml10_content()),
            Event::GeneralRef(name) => self.reference(&name),
            Event::Comment(text) => {
                self.member("#comment", &text.xml10_content());
                Ok(())
            }
            Event::PI(instruction) => {
                self.member(&format!("?{}", instruction.target()), instruction.content().trim());
                Ok(())
            }
            Event::Decl(declaration) => {
                self.member("?xml", declaration.trim_start_matches("xml").trim());
                Ok(())
            }
            Event::DocType(text) => {
                self.member("!DOCTYPE", text.trim());
                Ok(())
            }
            Event::Eof => Ok(()),
        }
    }

    fn start(&mut self, element: &BytesStart<'_>, at: usize) -> Result<(), String> {
        let name = element.name().as_ref().to_owned();
        if self.open.len() == 1 {
            if self.rooted {
                return Err(format!("<{name}> stands beside the root element: a document has one."));
            }
            self.rooted = true;
        }
        if self.open.len() > LEVELS {
            return Err(format!("This is deeper than the {LEVELS} levels that are read."));
        }
        self.key(&name);
        self.open.push(Open { name, state: State::Key, text: String::new(), at });
        for attribute in element.attributes() {
            // A whole document may be attributes of one element.
            if self.draft.is_over() {
                break;
            }
            let attribute = attribute.map_err(|error| format!("An attribute is not well-formed: {error}."))?;
            // An entity that the document declares stays as it stands.
            let value = attribute.normalized_value(XmlVersion::Implicit1_0).unwrap_or_else(|_| attribute.value.clone());
            self.member(&format!("@{}", attribute.key.as_ref()), &value);
        }
        Ok(())
    }

    fn end(&mut self) {
        let text = self.take_text();
        let Some(open) = self.open.pop() else { return };
        match open.state {
            State::Key => write::string(&mut self.draft.text, &text),
            state => {
                if !text.trim().is_empty() {
                    self.raw_member(state, "#text", &text);
                }
                self.draft.text.push(b'}');
            }
        }
    }

    fn text(&mut self, text: &str) -> Result<(), String> {
        if self.open.len() == 1 && !text.trim().is_empty() {
            return Err("Text stands outside the root element.".into());
        }
        if let Some(open) = self.open.last_mut() {
            open.text.push_str(text);
        }
        Ok(())
    }

    fn reference(&mut self, name: &quick_xml::events::BytesRef<'_>) -> Result<(), String> {
        let char = name.resolve_char_ref().map_err(|error| format!("A character reference is wrong: {error}."))?;
        let text = match (char, &**name) {
            (Some(char), _) => char.to_string(),
            (None, "lt") => "<".into(),
            (None, "gt") => ">".into(),
            (None, "amp") => "&".into(),
            (None, "apos") => "'".into(),
            (None, "quot") => "\"".into(),
            (None, other) => format!("&{other};"),
        };
        self.text(&text)
    }

    /// Writes a member of the innermost element.
    fn member(&mut self, name: &str, value: &str) {
        self.key(name);
        write::string(&mut self.draft.text, value);
    }

    /// Writes the key of a member of the innermost element, after the text before it.
    fn key(&mut self, name: &str) {
        let text = self.take_text();
        let Some(mut state) = self.open.last().map(|open| open.state) else { return };
        if state == State::Key {
            self.draft.text.push(b'{');
            state = State::Empty;
        }
        if !text.trim().is_empty() {
            self.raw_member(state, "#text", &text);
            state = State::Members;
        }
        if state == State::Members {
            self.draft.text.push(b',');
        }
        write::string(&mut self.draft.text, name);
        self.draft.text.push(b':');
        if let Some(open) = self.open.last_mut() {
            open.state = State::Members;
        }
    }

    fn raw_member(&mut self, state: State, name: &str, value: &str) {
        if state == State::Members {
            self.draft.text.push(b',');
        }
        write::string(&mut self.draft.text, name);
        self.draft.text.push(b':');
        write::string(&mut self.draft.text, value);
    }

    fn take_text(&mut self) -> String {
        self.open.last_mut().map(|open| std::mem::take(&mut open.text)).unwrap_or_default()
    }

    fn end_of_document(&mut self, len: usize) {
        if let [_, .., open] = &self.open[..] {
            self.draft.broken = Some((open.at, format!("<{}> starts here and is never closed.", open.name)));
        } else if !self.rooted {
            self.draft.broken = Some((len, "The document has no element.".into()));
        }
    }

    /// Closes what is open.
    fn finish(mut self) {
        while !self.open.is_empty() {
            self.end();
        }
    }
}

/// The XPath of a value of such a tree.
pub(crate) fn xpath(json: &Json, at: u32) -> String {
    let mut path = String::new();
    let above = json.above(at);
    for &step in above.iter().skip(1).chain((at != 0).then_some(&at)) {
        let node = json.node(step);
        let name = json.key(node).unwrap_or_default();
        let (mut same, mut place) = (0, 0);
        if node.parent != NONE {
            for child in
                json.children(node.parent).filter(|&child| json.key(json.node(child)).as_deref() == Some(&*name))
            {
                same += 1;
                if child == step {
                    place = same;
                }
            }
        }
        let name = String::from_utf8_lossy(&name);
        let name = match &*name {
            "#text" => "text()",
            "#comment" => "comment()",
            name => name,
        };
        // Writing to a String cannot fail.
        let _ = if same > 1 { write!(path, "/{name}[{place}]") } else { write!(path, "/{name}") };
    }
    if path.is_empty() { "/".into() } else { path }
}

/// What stood before a token, for its place in the layout.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Before {
    Nothing,
    Start,
    /// Text on the line of its element.
    Text,
    Line,
}

/// Lays XML out anew, two spaces a level; tags, text and references stay as they stand but for the space between
/// elements. To be asked only where [`laid_out_size`] is within [`LAID_OUT_LIMIT`](crate::inspect::json::LAID_OUT_LIMIT).
/// None if it is not well-formed.
pub(crate) fn laid_out(text: &[u8]) -> Option<Vec<u8>> {
    let mut out = Vec::with_capacity(text.len() * 5 / 4);
    lay_out(text, |piece| out.extend_from_slice(piece))?;
    Some(out)
}

/// Bytes that the layout takes. None if the XML is not well-formed.
pub(crate) fn laid_out_size(text: &[u8]) -> Option<usize> {
    let mut size = 0;
    lay_out(text, |piece| size += piece.len())?;
    Some(size)
}

/// Gives the layout piece by piece, up to where the XML is not well-formed; None then.
fn lay_out(text: &[u8], mut put: impl FnMut(&[u8])) -> Option<()> {
    let text = std::str::from_utf8(text).ok()?;
    let mut reader = Reader::from_str(text);
    let (mut depth, mut before) = (0_usize, Before::Nothing);
    loop {
        let start = usize::try_from(reader.buffer_position()).ok()?;
        let event = reader.read_event().ok()?;
        let token = text.get(start..usize::try_from(reader.buffer_position()).ok()?)?;
        match event {
            Event::Eof => return Some(()),
            Event::Start(_) => {
                line(&mut put, depth, before);
                put(token.as_bytes());
                depth += 1;
                before = Before::Start;
            }
            Event::End(_) => {
                depth = depth.saturating_sub(1);
                if before == Before::Line {
                    line(&mut put, depth, before);
                }
                put(token.as_bytes());
                before = Before::Line;
            }
            Event::Text(_) | Event::GeneralRef(_) | Event::CData(_) => {
                if token.trim().is_empty() && before != Before::Text {
                    continue;
                }
                if before == Before::Line {
                    line(&mut put, depth, before);
                    put(token.trim().as_bytes());
                } else {
                    put(token.as_bytes());
                    before = if depth == 0 { Before::Line } else { Before::Text };
                }
            }
            _ => {
                line(&mut put, depth, before);
                put(token.as_bytes());
                before = Before::Line;
            }
        }
    }
}

fn line(put: &mut impl FnMut(&[u8]), depth: usize, before: Before) {
    if before != Before::Nothing {
        put(b"\n");
        put(indent(depth));
    }
}
