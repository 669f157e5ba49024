//! What a reader of a format writes down, and how much that may be.

use super::patience::Patience;
use std::borrow::Cow;

/// Bytes that a draft may take for each byte of the body: a row repeats the names of its columns, so that answers of
/// one character to questions of sixty become as much.
const GROWTH: usize = 64;

/// Bytes that it may take whatever the size of the body, and that none takes more of: as many as the index of the most
/// values that are read.
const LEAST: usize = 16 * MIB;
const MOST: usize = 256 * MIB;

const MIB: usize = 1024 * 1024;

/// What a reader writes down. Once it is over, a reader closes what is open and leaves the rest.
#[derive(Debug)]
pub(super) struct Draft {
    /// A JSON document.
    pub(super) text: Vec<u8>,
    /// The byte of the body where its rules are broken, and how.
    pub(super) broken: Option<(usize, String)>,
    pub(super) notice: Option<String>,
    pub(super) remarks: Remarks,
    /// Bytes that text and remarks may take.
    limit: usize,
    patience: Patience,
    over: bool,
}

/// What is to be said of values, by the byte of the text where they start.
#[derive(Debug, Default)]
pub(super) struct Remarks {
    pub(super) said: Vec<(u32, Cow<'static, str>)>,
    /// Bytes of those that are no constants.
    owned: usize,
}

/// How much of a draft is written.
#[derive(Debug, Clone, Copy)]
pub(super) struct Mark {
    text: usize,
    said: usize,
    owned: usize,
}

impl Draft {
    /// An empty one for a body of so many bytes.
    pub(super) fn of(body: usize) -> Self {
        Self::up_to(body.saturating_mul(GROWTH).clamp(LEAST, MOST))
    }

    /// An empty one that may take so many bytes.
    pub(super) fn up_to(limit: usize) -> Self {
        Self {
            text: Vec::new(),
            broken: None,
            notice: None,
            remarks: Remarks::default(),
            limit,
            patience: Patience::default(),
            over: false,
        }
    }

    /// True once it takes as much as it may, or the time is up; the notice then says so. To be asked before each value
    /// is written, so that it takes one value more at most.
    pub(super) fn is_over(&mut self) -> bool {
        let written = self.text.len() + self.remarks.weight();
        if !self.over {
            let why = if written >= self.limit {
                Some(format!("The tree stopped at {} MiB; it shows what was read by then.", self.limit / MIB))
            } else {
                self.patience.is_over(written).then(Patience::notice)
            };
            self.over = why.is_some();
            self.notice = why.or(self.notice.take());
        }
        self.over
    }

    /// Notes something of the value that is written next.
    pub(super) fn remark(&mut self, words: impl Into<Cow<'static, str>>) {
        self.remarks.push(u32::try_from(self.text.len()).unwrap_or(u32::MAX), words.into());
    }

    /// How much is written.
    pub(super) fn mark(&self) -> Mark {
        Mark { text: self.text.len(), said: self.remarks.said.len(), owned: self.remarks.owned }
    }

    /// Takes back what was written since.
    pub(super) fn back_to(&mut self, mark: Mark) {
        self.text.truncate(mark.text);
        self.remarks.said.truncate(mark.said);
        self.remarks.owned = mark.owned;
    }
}

impl Remarks {
    /// Bytes of memory that they take.
    pub(super) fn weight(&self) -> usize {
        size_of_val(&*self.said) + self.owned
    }

    fn push(&mut self, start: u32, words: Cow<'static, str>) {
        if let Cow::Owned(words) = &words {
            self.owned += words.len();
        }
        self.said.push((start, words));
    }
}
