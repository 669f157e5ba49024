//! Cuts text into rows that can be asked for by number: one a line, several for a line that is too long to draw.

use super::{TextPage, TextRow};
use bytes::Bytes;
use memchr::memchr;

/// Characters of a row at most.
const ROW_CHARS: usize = 2_000;

/// Bytes of a row at most: [`ROW_CHARS`] characters of four bytes each.
const ROW_BYTES: usize = 4 * ROW_CHARS;

/// Every so many rows the place of one is kept.
const STRIDE: usize = 32;

/// Rows of a window at most.
pub(crate) const WINDOW_ROWS: u32 = 1_000;

/// A text with an index of its rows. Built once, then any window is cheap. Lines end at LF or CRLF.
#[derive(Debug)]
pub struct Rows {
    /// UTF-8, or bytes that are shown as if they were.
    text: Bytes,
    /// Every [`STRIDE`]th row.
    kept: Vec<Start>,
    total: usize,
}

/// Where a row starts.
#[derive(Debug, Clone, Copy)]
struct Start {
    offset: usize,
    line: usize,
    continued: bool,
}

/// A row: where its text ends and where the next row starts.
struct Cut {
    end: usize,
    next: Start,
}

impl Rows {
    /// Bytes of memory that the places of the rows take.
    pub(crate) fn weight(&self) -> usize {
        size_of_val(&*self.kept)
    }

    /// Indexes the rows of a text.
    pub(crate) fn new(text: Bytes) -> Self {
        let mut kept = Vec::new();
        let mut total = 0;
        let mut start = Start { offset: 0, line: 1, continued: false };
        while start.offset < text.len() {
            if total % STRIDE == 0 {
                kept.push(start);
            }
            total += 1;
            start = cut(&text, start).next;
        }
        Self { text, kept, total }
    }

    /// Indexes the bytes of a message as they were on the wire: head, framing and body. Bytes that are not UTF-8 are
    /// shown as ISO-8859-1, so that every byte stays visible.
    pub fn of_wire(bytes: Bytes) -> Self {
        if std::str::from_utf8(&bytes).is_ok() {
            return Self::new(bytes);
        }
        Self::new(bytes.iter().map(|&byte| char::from(byte)).collect::<String>().into())
    }

    /// Rows in all.
    pub fn total(&self) -> u64 {
        self.total as u64
    }

    /// A window of at most 1,000 rows.
    pub fn page(&self, from: u64, count: u32) -> TextPage {
        let mut rows = Vec::new();
        let from = usize::try_from(from).unwrap_or(usize::MAX);
        let count = count.min(WINDOW_ROWS) as usize;
        if let Some(&kept) = self.kept.get(from / STRIDE) {
            let mut start = kept;
            for row in (from / STRIDE * STRIDE..self.total).take(from % STRIDE + count) {
                let cut = cut(&self.text, start);
                if row >= from {
                    rows.push(TextRow {
                        line: start.line as u64,
                        continued: start.continued,
                        text: String::from_utf8_lossy(&self.text[start.offset..cut.end]).into_owned(),
                    });
                }
                start = cut.next;
            }
        }
        TextPage { total: self.total(), rows }
    }

    /// The row that holds the byte at `offset`.
    pub(crate) fn row_at(&self, offset: usize) -> u64 {
        self.walk().to(offset)
    }

    /// A walk down the rows, from the first.
    pub(crate) fn walk(&self) -> Walk<'_> {
        Walk { rows: self, row: 0, start: Start { offset: 0, line: 1, continued: false } }
    }

    /// The text that the rows are of.
    pub(crate) fn text(&self) -> &Bytes {
        &self.text
    }
}

/// A walk down the rows of a text: no row is read twice.
pub(crate) struct Walk<'a> {
    rows: &'a Rows,
    row: usize,
    start: Start,
}

impl Walk<'_> {
    /// Goes on to the row that holds the byte at `offset`, which does not stand before this row; its number.
    pub(crate) fn to(&mut self, offset: usize) -> u64 {
        let Rows { kept, total, .. } = self.rows;
        let block = kept.partition_point(|start| start.offset <= offset).saturating_sub(1);
        if let Some(&kept) = kept.get(block).filter(|_| block * STRIDE > self.row) {
            (self.row, self.start) = (block * STRIDE, kept);
        }
        while self.row + 1 < *total {
            let next = self.following();
            if next.offset > offset {
                break;
            }
            (self.row, self.start) = (self.row + 1, next);
        }
        self.row as u64
    }

    /// The byte that the next row starts at.
    pub(crate) fn next(&self) -> usize {
        self.following().offset
    }

    fn following(&self) -> Start {
        cut(&self.rows.text, self.start).next
    }
}

/// Finds the end of the row that starts at `start`, which is before the end of the text.
fn cut(text: &[u8], start: Start) -> Cut {
    let rest = &text[start.offset..];
    let window = &rest[..rest.len().min(ROW_BYTES)];
    let line = memchr(b'\n', window);
    let content = match line {
        Some(at) if at > 0 && window[at - 1] == b'\r' => at - 1,
        Some(at) => at,
        None => window.len(),
    };
    let end = if content <= ROW_CHARS { content } else { boundary(&window[..content]) };
    let ended = match &rest[end..] {
        [b'\n', ..] => Some(1),
        [b'\r', b'\n', ..] => Some(2),
        _ => None,
    };
    let (end, next) = (start.offset + end, start.offset + end + ended.unwrap_or(0));
    let line = start.line + usize::from(ended.is_some());
    Cut { end, next: Start { offset: next, line, continued: ended.is_none() } }
}

/// Where the character behind the first [`ROW_CHARS`] starts; the end if there are no more.
fn boundary(bytes: &[u8]) -> usize {
    let starts = bytes.iter().enumerate().filter(|(_, byte)| **byte & 0xc0 != 0x80);
    starts.map(|(at, _)| at).filter(|&at| at > 0).nth(ROW_CHARS - 1).unwrap_or(bytes.len())
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn rows(text: &str) -> Vec<(u64, bool, String)> {
        let rows = Rows::new(Bytes::copy_from_slice(text.as_bytes()));
        let page = rows.page(0, 1_000);
        assert_eq!(page.total, page.rows.len() as u64);
        page.rows.into_iter().map(|row| (row.line, row.continued, row.text)).collect()
    }

    #[test]
    fn ends_lines_at_lf_and_crlf() {
        assert_eq!(
            rows("a\r\n\nb\rc\n"),
            [(1, false, "a".into()), (2, false, String::new()), (3, false, "b\rc".into())]
        );
        assert_eq!(rows(""), []);
        assert_eq!(rows("x"), [(1, false, "x".into())]);
    }

    #[test]
    fn cuts_a_long_line_between_characters() {
        for (char, line_end) in [("a", "\n"), ("é", "\r\n"), ("あ", "\n"), ("😀", "\r\n"), ("😀", "")] {
            for len in [1_999, 2_000, 2_001, 4_000, 4_001] {
                let rows = rows(&format!("{}{line_end}", char.repeat(len)));
                assert_eq!(rows.len(), len.div_ceil(2_000), "{char} {len}");
                assert_eq!(rows.iter().map(|row| row.2.as_str()).collect::<String>(), char.repeat(len));
                assert!(rows.iter().all(|row| row.0 == 1 && row.2.chars().count() <= 2_000));
                assert_eq!(rows.iter().filter(|row| row.1).count(), rows.len() - 1);
            }
        }
    }

    #[test]
    fn bounds_a_row_of_bytes_that_start_no_character() {
        let rows = Rows::new(Bytes::from(vec![0x80; 100_000]));
        assert_eq!(rows.total(), 13);
        assert_eq!(Rows::of_wire(Bytes::from(vec![0x80; 100_000])).total(), 50);
    }

    #[test]
    fn gives_a_window_from_any_row_of_a_long_text() {
        let text: String = (0..100_000).map(|n| format!("line {n}\n")).collect();
        let rows = Rows::new(text.into());
        let page = rows.page(54_321, 3);
        assert_eq!((page.total, page.rows[2].text.as_str(), page.rows[2].line), (100_000, "line 54323", 54_324));
        assert_eq!(rows.page(99_999, 10).rows.len(), 1);
        assert!(rows.page(100_000, 10).rows.is_empty() && rows.page(u64::MAX, 10).rows.is_empty());
    }

    proptest! {
        #[test]
        fn finds_the_row_of_any_byte(lines in prop::collection::vec("[a-zé]{0,5}", 1..200), at in 0.0..1.0) {
            let text = lines.join("\n") + "\n";
            let offset = (text.len() as f64 * at) as usize;
            let expected = text.as_bytes()[..offset].iter().filter(|&&byte| byte == b'\n').count();
            prop_assert_eq!(Rows::new(text.into()).row_at(offset), expected as u64);
        }
    }
}
