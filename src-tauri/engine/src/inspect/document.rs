//! A body ready to be read: its codings off, its charset known, its indices made when they are first asked for.

use super::charset::Charset;
use super::decode::{DECODED_LIMIT, Decoded, decode};
use super::find::Needle;
use super::json::{INDENT_LEVELS, Json, ReadError, laid_out, read};
use super::kind::{Evidence, kind};
use super::media::MediaType;
use super::rows::Rows;
use super::tree::{self, Visible};
use super::{BodyInfo, BodyKind, FindResult, FindView, NodePlace, Parts, SyntaxProblem, TextPage, TreePage};
use bytes::Bytes;
use std::sync::{Arc, Mutex, OnceLock, PoisonError};

/// Bytes of a body that the views read, at most; of a longer body they show the front.
pub const VIEW_LIMIT: u64 = DECODED_LIMIT as u64;

/// A body that can be asked for windows. Make it once and keep it: the first question of a kind builds an index (up to
/// a second for 64 MiB, so ask on a thread that may block), every later one is cheap.
#[derive(Debug)]
pub struct Document {
    content_type: Option<String>,
    media: MediaType,
    codings: Vec<String>,
    size: u64,
    decoded: Bytes,
    charset: Charset,
    notices: Vec<String>,
    text: OnceLock<(Bytes, bool)>,
    json: OnceLock<Result<Json, ReadError>>,
    kind: OnceLock<BodyKind>,
    rows: OnceLock<Rows>,
    pretty: OnceLock<Option<Rows>>,
    visible: Mutex<Option<Arc<Visible>>>,
}

impl Document {
    /// Takes the codings off. `raw` is the body as it came, without chunked framing, or its first [`VIEW_LIMIT`] bytes;
    /// `size` is the size of the whole; `codings` are in the order they were applied (see
    /// [`super::content_codings`]).
    pub fn new(content_type: Option<&str>, codings: &[String], raw: Bytes, size: u64) -> Self {
        let Decoded { bytes: decoded, notice } = decode(&raw, codings);
        let media = content_type.map(MediaType::parse).unwrap_or_default();
        let charset = Charset::detect(media.param("charset"), &decoded);
        let mut notices: Vec<String> = Vec::new();
        if (raw.len() as u64) < size {
            notices.push(format!("The body has {size} bytes; the views read the first {}.", raw.len()));
        } else {
            notices.extend(notice);
        }
        if charset.unknown {
            notices.push("The charset that the Content-Type names is not known; the body is read as UTF-8.".into());
        }
        Self {
            content_type: content_type.map(str::to_owned),
            media,
            codings: codings.to_vec(),
            size,
            decoded,
            charset,
            notices,
            text: OnceLock::new(),
            json: OnceLock::new(),
            kind: OnceLock::new(),
            rows: OnceLock::new(),
            pretty: OnceLock::new(),
            visible: Mutex::new(None),
        }
    }

    /// Bytes of the body as it came.
    pub fn size(&self) -> u64 {
        self.size
    }

    /// Bytes of memory that it takes by now: the body, and the indices that were asked for.
    pub(crate) fn weight(&self) -> usize {
        let json = self.json.get().and_then(|json| json.as_ref().ok()).map_or(0, |json| size_of_val(json.nodes()));
        let text = self.text.get().map_or(0, |(text, _)| text.len());
        let pretty = self.pretty.get().and_then(Option::as_ref).map_or(0, |rows| rows.text().len());
        let copied = if self.charset.is_utf8() { 0 } else { text };
        self.decoded.len() + json + copied + pretty
    }

    /// The body with its content codings off, as far as the views read it.
    pub fn decoded(&self) -> &Bytes {
        &self.decoded
    }

    /// What the body turned out to be.
    pub fn kind(&self) -> BodyKind {
        *self.kind.get_or_init(|| {
            let (text, valid) = self.text_and_validity();
            let evidence = Evidence { essence: &self.media.essence, text, valid: *valid };
            kind(&evidence, || self.read_json().is_ok())
        })
    }

    /// What the viewers need to know before they ask for a window.
    pub fn info(&self) -> BodyInfo {
        let kind = self.kind();
        let mut notices = self.notices.clone();
        if !matches!(kind, BodyKind::Binary | BodyKind::Empty) && !self.text_and_validity().1 {
            let charset = self.charset.encoding.name();
            notices.push(format!("Some bytes are not valid {charset}; replacement characters stand for them."));
        }
        notices.extend(self.json_notice());
        BodyInfo {
            kind,
            size: self.size,
            decoded_size: self.decoded.len() as u64,
            content_type: self.content_type.clone(),
            codings: self.codings.clone(),
            charset: self.charset.encoding.name().to_owned(),
            notice: (!notices.is_empty()).then(|| notices.join(" ")),
            problem: self.problem(),
        }
    }

    /// A window of the text view. `pretty` lays JSON out anew; any other body is shown as it came.
    pub fn text_rows(&self, pretty: bool, from: u64, count: u32) -> TextPage {
        self.rows(pretty).page(from, count)
    }

    /// A window of the tree view: see [`super::TreeQuery`]. None if the body is not a JSON document.
    pub fn tree_rows(&self, depth: u32, toggled: &[u64], from: u64, count: u32) -> Option<TreePage> {
        let json = self.json()?;
        Some(self.visible(json, depth, toggled).page(json, from, count))
    }

    /// Where the value that starts at the byte `node` stands. None if none does.
    pub fn node_place(&self, node: u64) -> Option<NodePlace> {
        tree::place(self.json()?, node)
    }

    /// Where a text stands.
    pub fn find(&self, needle: &str, view: FindView) -> FindResult {
        let none = FindResult { hits: Vec::new(), more: false };
        let Some(needle) = Needle::new(needle) else { return none };
        match view {
            FindView::Text => needle.rows(self.rows(false)),
            FindView::Pretty => needle.rows(self.rows(true)),
            FindView::Tree => self.json().map_or(none, |json| needle.nodes(json)),
        }
    }

    /// The fields of a form or the parts of a multipart body; none for any other.
    pub fn parts(&self) -> Parts {
        match self.kind() {
            BodyKind::Form => super::form::parts(self.text()),
            BodyKind::Multipart => super::multipart::parts(&self.media, &self.decoded),
            _ => Parts { parts: Vec::new(), notice: None },
        }
    }

    /// The whole text of the side-by-side view, UTF-8 where the body is. `pretty` lays JSON out anew.
    pub fn whole_text(&self, pretty: bool) -> &Bytes {
        self.rows(pretty).text()
    }

    /// The index of the values. None if the body is not a JSON document.
    pub(crate) fn json(&self) -> Option<&Json> {
        if self.kind() == BodyKind::Json { self.read_json().ok() } else { None }
    }

    /// True if the body can be compared by lines.
    pub(crate) fn is_text(&self) -> bool {
        self.kind() != BodyKind::Binary
    }

    /// The text without its byte order mark: UTF-8, or bytes that are shown as if they were.
    pub(crate) fn text(&self) -> &Bytes {
        &self.text_and_validity().0
    }

    fn text_and_validity(&self) -> &(Bytes, bool) {
        self.text.get_or_init(|| self.charset.text(&self.decoded))
    }

    /// Nodes are named by their bytes in the decoded body, so UTF-8 is read with its byte order mark in place.
    fn read_json(&self) -> Result<&Json, &ReadError> {
        let read = || if self.charset.is_utf8() { read(&self.decoded, self.charset.bom) } else { read(self.text(), 0) };
        self.json.get_or_init(read).as_ref()
    }

    fn json_notice(&self) -> Option<String> {
        if self.kind() != BodyKind::Json {
            return None;
        }
        match self.read_json() {
            Ok(json) if json.deepest() as usize > INDENT_LEVELS => Some(format!(
                "The document is {} levels deep; the text view indents the first {INDENT_LEVELS}.",
                json.deepest()
            )),
            Err(ReadError::TooMany) => {
                Some("The document has too many values for the tree; it is shown as text.".into())
            }
            _ => None,
        }
    }

    fn problem(&self) -> Option<SyntaxProblem> {
        if self.kind() != BodyKind::Json {
            return None;
        }
        match self.read_json() {
            Err(ReadError::Syntax(problem)) => Some(problem.clone()),
            _ => None,
        }
    }

    fn rows(&self, pretty: bool) -> &Rows {
        let laid_out = || self.json().and_then(laid_out).map(|text| Rows::new(text.into()));
        match pretty.then(|| self.pretty.get_or_init(laid_out).as_ref()).flatten() {
            Some(rows) => rows,
            None => self.rows.get_or_init(|| Rows::new(self.text().clone())),
        }
    }

    /// Scrolling asks with the same open containers again and again: the last set is remembered.
    fn visible(&self, json: &Json, depth: u32, toggled: &[u64]) -> Arc<Visible> {
        let mut toggled = toggled.to_vec();
        toggled.sort_unstable();
        toggled.dedup();
        let mut last = self.visible.lock().unwrap_or_else(PoisonError::into_inner);
        match &*last {
            Some(visible) if visible.is_for(depth, &toggled) => Arc::clone(visible),
            _ => Arc::clone(last.insert(Arc::new(Visible::new(json, depth, toggled)))),
        }
    }
}
