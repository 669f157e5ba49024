//! A body ready to be read: its codings off, its charset known, its indices made when they are first asked for.

use super::charset::Charset;
use super::decode::{DECODED_LIMIT, Decoded, decode};
use super::derived::{Derived, xml_laid_out, xml_laid_out_size, xpath};
use super::find::Needle;
use super::json::{INDENT_LEVELS, Json, LAID_OUT_LIMIT, ReadError, laid_out, laid_out_size, read};
use super::kind::{Evidence, kind};
use super::media::MediaType;
use super::rows::Rows;
use super::searched::{LEVELS, SEARCHED, values};
use super::table::{self, Table};
use super::tree::{self, Visible};
use super::{
    BodyInfo, BodyKind, FindResult, FindView, Lens, NodePlace, Preview, SyntaxProblem, TableInfo, TablePage, TextPage,
    TreePage, preview,
};
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
    is_whole: bool,
    charset: Charset,
    notices: Vec<String>,
    text: OnceLock<(Bytes, bool)>,
    json: OnceLock<Result<Json, ReadError>>,
    kind: OnceLock<BodyKind>,
    rows: OnceLock<Rows>,
    /// Bytes that its text takes at most once it is laid out anew; None if it can't be.
    laid_out_size: OnceLock<Option<usize>>,
    pretty: OnceLock<Option<Rows>>,
    visible: Mutex<Option<Arc<Visible>>>,
    derived: OnceLock<Option<Derived>>,
    tables: OnceLock<Vec<TableInfo>>,
    table: Mutex<Option<Arc<Table>>>,
    seen: Mutex<Vec<(Lens, Arc<Document>)>>,
}

/// Documents in a document that are kept.
const SEEN: usize = 4;

impl Document {
    /// Takes the codings off. `raw` is the body as it came, without chunked framing, or its first [`VIEW_LIMIT`] bytes;
    /// `size` is the size of the whole; `codings` are in the order they were applied (see
    /// [`super::content_codings`]).
    pub fn new(content_type: Option<&str>, codings: &[String], raw: Bytes, size: u64) -> Self {
        let Decoded { bytes: decoded, notice } = decode(&raw, codings);
        let media = content_type.map(MediaType::parse).unwrap_or_default();
        let charset = Charset::detect(media.param("charset"), &decoded);
        let is_cut = (raw.len() as u64) < size;
        let is_whole = !is_cut && notice.is_none();
        let mut notices: Vec<String> = Vec::new();
        if is_cut {
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
            is_whole,
            charset,
            notices,
            text: OnceLock::new(),
            json: OnceLock::new(),
            kind: OnceLock::new(),
            rows: OnceLock::new(),
            laid_out_size: OnceLock::new(),
            pretty: OnceLock::new(),
            visible: Mutex::new(None),
            derived: OnceLock::new(),
            tables: OnceLock::new(),
            table: Mutex::new(None),
            seen: Mutex::default(),
        }
    }

    /// What its type says that it is.
    pub(super) fn media(&self) -> &MediaType {
        &self.media
    }

    /// Bytes of the body as it came.
    pub fn size(&self) -> u64 {
        self.size
    }

    /// Bytes of memory that it takes by now: the body, and the indices that were asked for.
    pub(crate) fn weight(&self) -> usize {
        let json = self.json.get().and_then(|json| json.as_ref().ok()).map_or(0, |json| size_of_val(json.nodes()));
        let text = self.text.get().map_or(0, |(text, _)| text.len());
        let rows = self.rows.get().map_or(0, Rows::weight);
        let pretty = self.pretty.get().and_then(Option::as_ref).map_or(0, |rows| rows.weight() + rows.text().len());
        let derived = self.derived.get().and_then(Option::as_ref).map_or(0, Derived::weight);
        let seen = self.seen.lock().unwrap_or_else(PoisonError::into_inner);
        let seen: usize = seen.iter().map(|(_, document)| document.weight()).sum();
        let copied = if self.charset.is_utf8() { 0 } else { text };
        self.decoded.len() + json + copied + rows + pretty + derived + seen
    }

    /// The body with its content codings off, as far as the views read it.
    pub fn decoded(&self) -> &Bytes {
        &self.decoded
    }

    /// False if what the views read is not all of the body: it is long, or its codings could not be taken off to its end.
    pub fn is_whole(&self) -> bool {
        self.is_whole
    }

    /// True if the body came with content codings.
    pub fn is_coded(&self) -> bool {
        !self.codings.is_empty()
    }

    /// What the body turned out to be.
    pub fn kind(&self) -> BodyKind {
        *self.kind.get_or_init(|| {
            let (text, valid) = self.text_and_validity();
            let evidence = Evidence { essence: &self.media.essence, bytes: &self.decoded, text, valid: *valid };
            kind(&evidence, || self.read_json().is_ok())
        })
    }

    /// What the viewers need to know before they ask for a window.
    pub fn info(&self) -> BodyInfo {
        let kind = self.kind();
        let mut notices = self.notices.clone();
        if self.is_text() && kind != BodyKind::Empty && !self.text_and_validity().1 {
            let charset = self.charset.encoding.name();
            notices.push(format!("Some bytes are not valid {charset}; replacement characters stand for them."));
        }
        notices.extend(self.json_notice());
        notices.extend(self.derived().and_then(|derived| derived.notice.clone()));
        if self.laid_out_size().is_some_and(|size| size > LAID_OUT_LIMIT) {
            let limit = LAID_OUT_LIMIT / 1024 / 1024;
            notices.push(format!("The text is shown as it came: laid out anew it would take more than {limit} MiB."));
        }
        let problem = self.problem();
        BodyInfo {
            kind,
            size: self.size,
            decoded_size: self.decoded.len() as u64,
            content_type: self.content_type.clone(),
            codings: self.codings.clone(),
            charset: self.charset.encoding.name().to_owned(),
            bom: self.charset.bom > 0,
            notice: (!notices.is_empty()).then(|| notices.join(" ")),
            unsearched: self.unsearched().map(|why| format!("The list {why}.")),
            tree: self.tree().is_some(),
            pretty: problem.is_none() && self.laid_out_size().is_some_and(|size| size <= LAID_OUT_LIMIT),
            tables: self.tables().to_vec(),
            preview: self.preview(),
            problem,
        }
    }

    /// A window of the text view. `pretty` lays JSON and XML out anew, unless it would take too much; any other body is
    /// shown as it came.
    pub fn text_rows(&self, pretty: bool, from: u64, count: u32) -> TextPage {
        self.rows(pretty).page(from, count)
    }

    /// The row of the text view, as it came, that holds the byte `offset` of the body.
    pub fn row_at(&self, offset: u64) -> u64 {
        self.rows(false).row_at(usize::try_from(offset).unwrap_or(usize::MAX).saturating_sub(self.ahead()))
    }

    /// Bytes of the body that stand before its text, where the text is the body's own bytes.
    fn ahead(&self) -> usize {
        if self.charset.is_utf8() { self.charset.bom } else { 0 }
    }

    /// A window of the tree view: see [`super::TreeQuery`]. None if the body has no tree.
    pub fn tree_rows(&self, depth: u32, toggled: &[u64], from: u64, count: u32) -> Option<TreePage> {
        let json = self.tree()?;
        Some(self.visible(json, depth, toggled).page(json, self.derived(), from, count))
    }

    /// Where the value that starts at the byte `node` of the tree stands. None if none does.
    pub fn node_place(&self, node: u64) -> Option<NodePlace> {
        let json = self.tree()?;
        let place = tree::place(json, node)?;
        let is_xml = self.kind() == BodyKind::Xml;
        Some(match json.starting_at(node).filter(|_| is_xml) {
            Some(at) => place.with_xpath(xpath(json, at)),
            None => place,
        })
    }

    /// A window of the table of the array that starts at the byte `node` of the tree. None if none does.
    pub fn table_rows(&self, node: u64, from: u64, count: u32) -> Option<TablePage> {
        let json = self.tree()?;
        let mut last = self.table.lock().unwrap_or_else(PoisonError::into_inner);
        let table = match &*last {
            Some(table) if table.is_of(json, node) => Arc::clone(table),
            _ => Arc::clone(last.insert(Arc::new(Table::new(json, node)?))),
        };
        drop(last);
        Some(table.page(json, from, count))
    }

    /// HTML or SVG as a document that can do nothing: see [`super::Preview::Markup`]. None for other bodies.
    pub fn harmless_markup(&self) -> Option<Vec<u8>> {
        matches!(self.preview()?, Preview::Markup { .. }).then(|| preview::harmless(self.text()))
    }

    /// The tree as JSON, for filters. None if the body has no tree, or not a whole one.
    pub(crate) fn filter_input(&self) -> Option<Bytes> {
        let json = if self.kind() == BodyKind::Json { self.json()? } else { self.tree()? };
        let root = json.node(0);
        Some(json.text().slice(root.start as usize..root.end as usize))
    }

    /// A document that was seen in this one.
    pub(crate) fn seen(&self, lens: &Lens) -> Option<Arc<Self>> {
        let seen = self.seen.lock().unwrap_or_else(PoisonError::into_inner);
        seen.iter().find(|(known, _)| known == lens).map(|(_, document)| Arc::clone(document))
    }

    /// Keeps a document that was seen in this one, in place of the oldest.
    pub(crate) fn keep(&self, lens: &Lens, document: Arc<Self>) {
        let mut seen = self.seen.lock().unwrap_or_else(PoisonError::into_inner);
        seen.retain(|(known, _)| known != lens);
        if seen.len() == SEEN {
            seen.remove(0);
        }
        seen.push((lens.clone(), document));
    }

    /// Where a text stands; an empty one nowhere. None if it is too long to be looked for.
    pub fn find(&self, needle: &str, view: FindView) -> Option<FindResult> {
        let none = FindResult { hits: Vec::new(), more: false };
        if needle.is_empty() {
            return Some(none);
        }
        let needle = Needle::new(needle)?;
        Some(match view {
            FindView::Text => needle.rows(self.rows(false)),
            FindView::Pretty => needle.rows(self.rows(true)),
            FindView::Tree => self.tree().map_or(none, |json| needle.nodes(json)),
            FindView::Parts => needle.parts(self.texts_of_parts()),
        })
    }

    /// The bytes that the fields of a form are read from, and what their escapes stand for.
    pub(super) fn form(&self) -> (&Bytes, Charset) {
        if self.charset.encoding.is_ascii_compatible() {
            (&self.decoded, self.charset)
        } else {
            (self.text(), Charset::UTF_8)
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

    /// The tree of the body: its own values if it is JSON, as far as it can be read, else those that say the same.
    pub(crate) fn tree(&self) -> Option<&Json> {
        if self.kind() != BodyKind::Json {
            return self.derived().map(|derived| &derived.json);
        }
        match self.read_json() {
            Ok(json) => Some(json),
            Err(ReadError::Syntax(_, front)) => front.as_deref(),
            Err(ReadError::TooMany) => None,
        }
    }

    fn derived(&self) -> Option<&Derived> {
        let derive = || Derived::of(self.kind(), &self.media, &self.decoded, self.text());
        self.derived.get_or_init(derive).as_ref()
    }

    fn tables(&self) -> &[TableInfo] {
        self.tables.get_or_init(|| self.tree().map(table::tables).unwrap_or_default())
    }

    fn preview(&self) -> Option<Preview> {
        match self.kind() {
            BodyKind::Image => preview::image(&self.decoded),
            BodyKind::Html => Some(preview::markup(self.text())),
            BodyKind::Xml if self.tree().is_some_and(is_svg) => Some(preview::markup(self.text())),
            _ => None,
        }
    }

    /// True if the body can be compared by lines.
    pub(crate) fn is_text(&self) -> bool {
        self.kind().is_text()
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
            let mut problem = self.derived().and_then(|derived| derived.problem.clone());
            if let Some(problem) = problem.as_mut().filter(|_| self.is_text()) {
                problem.offset += self.ahead() as u64;
            }
            return problem;
        }
        match self.read_json() {
            Err(ReadError::Syntax(problem, _)) => Some(problem.clone()),
            _ => None,
        }
    }

    /// Why its values are not read where the list is filtered or has a column.
    fn unsearched(&self) -> Option<&'static str> {
        if self.kind() != BodyKind::Json {
            return Some("reads values of JSON bodies only");
        }
        if self.size.max(self.decoded.len() as u64) > SEARCHED {
            return Some("reads values of bodies up to 1 MiB only");
        }
        match self.read_json() {
            Err(ReadError::Syntax(..)) => Some("can't read values of broken JSON"),
            _ if values(self.text()).is_some() => None,
            Ok(json) if json.deepest() >= LEVELS => Some("can't read values of JSON over 127 levels deep"),
            _ => Some("can't read values of JSON whose text is not valid Unicode"),
        }
    }

    fn laid_out_size(&self) -> Option<usize> {
        *self.laid_out_size.get_or_init(|| match self.kind() {
            BodyKind::Json => self.json().map(laid_out_size),
            BodyKind::Xml => xml_laid_out_size(self.text()),
            _ => None,
        })
    }

    fn rows(&self, pretty: bool) -> &Rows {
        let laid_out = || {
            self.laid_out_size().filter(|&size| size <= LAID_OUT_LIMIT)?;
            let text = if self.kind() == BodyKind::Xml { xml_laid_out(self.text()) } else { self.json().map(laid_out) };
            text.map(|text| Rows::new(text.into()))
        };
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

fn is_svg(json: &Json) -> bool {
    json.children(0).any(|child| json.key(json.node(child)).as_deref().is_some_and(|key| key == b"svg"))
}
