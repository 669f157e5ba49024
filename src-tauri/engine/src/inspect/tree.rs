//! Windows of the tree view: the nodes that are visible with some containers open, without ever listing all of them.

use super::chips;
use super::derived::Derived;
use super::json::{Json, Node, escaped};
use super::rows::WINDOW_ROWS;
use super::{NodePlace, TreePage, TreeRow};
use std::fmt::Write;

/// Characters of a scalar that a row shows.
const ROW_TEXT: usize = 500;

/// Characters of a name that a row shows: a key, a column, a field.
const NAME: usize = 200;

/// Bytes of a value, and of a path, that a node's place shows.
const PLACE_TEXT: usize = 1024 * 1024;

/// Characters of a longer path that it shows.
const PATH_FRONT: usize = 300;

/// Every so many visible rows the node of one is kept.
const STRIDE: usize = 512;

/// Which containers are open, and every [`STRIDE`]th node that is visible then.
#[derive(Debug)]
pub(crate) struct Visible {
    depth: u32,
    toggled: Vec<u64>,
    kept: Vec<u32>,
    total: usize,
}

impl Visible {
    /// Walks the visible nodes once. Containers less deep than `depth` are open, those that start at a byte in
    /// `toggled`, which is sorted, the other way round.
    pub(crate) fn new(json: &Json, depth: u32, toggled: Vec<u64>) -> Self {
        let mut visible = Self { depth, toggled, kept: Vec::new(), total: 0 };
        let mut at = 0;
        while (at as usize) < json.nodes().len() {
            if visible.total.is_multiple_of(STRIDE) {
                visible.kept.push(at);
            }
            visible.total += 1;
            at = visible.next(json, at);
        }
        visible
    }

    /// True if this is the same set of open containers.
    pub(crate) fn is_for(&self, depth: u32, toggled: &[u64]) -> bool {
        self.depth == depth && self.toggled == toggled
    }

    fn is_open(&self, node: &Node) -> bool {
        node.children > 0 && (node.depth() < self.depth) != self.toggled.binary_search(&u64::from(node.start)).is_ok()
    }

    /// The visible node that follows.
    fn next(&self, json: &Json, at: u32) -> u32 {
        let node = json.node(at);
        at + if self.is_open(node) { 1 } else { node.size }
    }

    /// A window of at most 1,000 rows.
    pub(crate) fn page(&self, json: &Json, derived: Option<&Derived>, from: u64, count: u32) -> TreePage {
        let mut rows = Vec::new();
        let from = usize::try_from(from).unwrap_or(usize::MAX);
        if let Some(&kept) = self.kept.get(from / STRIDE) {
            let mut at = kept;
            let last = from.saturating_add(count.min(WINDOW_ROWS) as usize).min(self.total);
            for row in from / STRIDE * STRIDE..last {
                if row >= from {
                    rows.push(tree_row(json, derived, at, self.is_open(json.node(at))));
                }
                at = self.next(json, at);
            }
        }
        TreePage { total: self.total as u64, rows }
    }
}

fn tree_row(json: &Json, derived: Option<&Derived>, at: u32, open: bool) -> TreeRow {
    let node = json.node(at);
    let key = json.key(node);
    let (text, cut) = if node.is_container() { (String::new(), false) } else { cut_text(json.bytes(node), ROW_TEXT) };
    let mut chips = chips::chips(node.kind(), json.bytes(node), key.as_deref());
    chips.extend(derived.into_iter().flat_map(|derived| derived.chips(node.start)));
    if key.is_some() && json.is_duplicate(at) {
        chips.push(chips::duplicate());
    }
    let (key, key_cut) = key.map_or((None, false), |key| {
        let (front, cut) = cut_name(&key);
        (Some(front), cut)
    });
    TreeRow {
        node: u64::from(node.start),
        depth: node.depth(),
        key,
        key_cut,
        index: u64::from(node.index),
        kind: node.kind(),
        text,
        cut,
        children: u64::from(node.children),
        siblings: json.nodes().get(node.parent as usize).map_or(1, |parent| u64::from(parent.children)),
        open,
        chips,
    }
}

/// The front of a name, and whether there is more of it.
pub(crate) fn cut_name(bytes: &[u8]) -> (String, bool) {
    cut_text(bytes, NAME)
}

/// Bytes as text, cut after so many characters.
pub(crate) fn cut_text(bytes: &[u8], chars: usize) -> (String, bool) {
    let window = &bytes[..bytes.len().min(chars * 4)];
    let mut text = String::from_utf8_lossy(window).into_owned();
    let end = text.char_indices().nth(chars).map(|(at, _)| at);
    if let Some(end) = end {
        text.truncate(end);
    }
    (text, end.is_some() || window.len() < bytes.len())
}

/// Where the value that starts at the byte `offset` stands.
pub(crate) fn place(json: &Json, offset: u64) -> Option<NodePlace> {
    let at = json.starting_at(offset)?;
    let above = json.above(at);
    let (mut pointer, mut json_path) = (String::new(), String::from("$"));
    for &step in above.iter().skip(1).chain((at != 0).then_some(&at)) {
        let node = json.node(step);
        // Writing to a String cannot fail.
        let _ = match json.key(node) {
            Some(key) => {
                let key = String::from_utf8_lossy(&key);
                write!(json_path, "['{}']", escaped(&key))
                    .and_then(|()| write!(pointer, "/{}", key.replace('~', "~0").replace('/', "~1")))
            }
            None => write!(json_path, "[{}]", node.index).and_then(|()| write!(pointer, "/{}", node.index)),
        };
        if is_long(&json_path) || is_long(&pointer) {
            break;
        }
    }
    let path_cut = is_long(&json_path) || is_long(&pointer);
    let bytes = json.bytes(json.node(at));
    let mut end = bytes.len().min(PLACE_TEXT);
    while end < bytes.len() && end > 0 && bytes[end] & 0xc0 == 0x80 {
        end -= 1;
    }
    Some(NodePlace {
        pointer: shown_path(pointer),
        json_path: shown_path(json_path),
        xpath: None,
        path_cut,
        text: String::from_utf8_lossy(&bytes[..end]).into_owned(),
        cut: end < bytes.len(),
        above: above.into_iter().map(|node| u64::from(json.node(node).start)).collect(),
    })
}

/// A path that leads somewhere, or the front of one that is too long to be given.
fn shown_path(path: String) -> String {
    if is_long(&path) { cut_text(path.as_bytes(), PATH_FRONT).0 } else { path }
}

fn is_long(path: &str) -> bool {
    path.len() > PLACE_TEXT
}

impl NodePlace {
    /// The same with the XPath of the node.
    pub(super) fn with_xpath(mut self, xpath: String) -> Self {
        self.path_cut |= is_long(&xpath);
        self.xpath = Some(shown_path(xpath));
        self
    }
}
