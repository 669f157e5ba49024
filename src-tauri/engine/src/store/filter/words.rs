//! Terms as they are written: parted by white space, quotes group, `*` stands for anything.

use super::fold::is_of_a_word;

/// A term with its place in the text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Word<'t> {
    /// Its first byte.
    pub(super) at: usize,
    pub(super) text: &'t str,
}

impl Word<'_> {
    pub(super) fn end(self) -> usize {
        self.at + self.text.len()
    }
}

/// Cuts a filter into terms. Quotes that are not closed reach to the end.
pub(super) fn words(text: &str) -> Vec<Word<'_>> {
    let mut found = Vec::new();
    let mut start = None;
    let mut quotes = Quotes::default();
    for (at, character) in text.char_indices() {
        if quotes.take(character) || !character.is_whitespace() {
            start.get_or_insert(at);
        } else if let Some(start) = start.take() {
            found.push(Word { at: start, text: &text[start..at] });
        }
    }
    if let Some(start) = start {
        found.push(Word { at: start, text: &text[start..] });
    }
    found
}

/// Follows quotes through a text; inside of them `\"` and `\\` stand for a quote and a backslash.
#[derive(Default)]
struct Quotes {
    open: bool,
    escaped: bool,
}

impl Quotes {
    /// True if the character is inside of quotes or is one.
    fn take(&mut self, character: char) -> bool {
        if self.escaped {
            self.escaped = false;
            return true;
        }
        match character {
            '"' => {
                self.open = !self.open;
                return true;
            }
            '\\' if self.open => self.escaped = true,
            _ => {}
        }
        self.open
    }
}

/// The key before the colon and what is behind it; None for free text. A body's path may have colons in brackets.
pub(super) fn keyed(text: &str) -> Option<(&str, &str)> {
    let mut depth = 0_usize;
    for (at, character) in text.char_indices() {
        match character {
            '[' if text.starts_with("body.") => depth += 1,
            ']' => depth = depth.saturating_sub(1),
            '"' if depth == 0 => return None,
            ':' if depth == 0 => return (at > 0).then(|| (&text[..at], &text[at + 1..])),
            _ => {}
        }
    }
    None
}

/// A text with places where anything may stand: the parts between them. Case does not matter.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::store) struct Pattern {
    parts: Vec<String>,
}

impl Pattern {
    /// Reads a value: stars outside of quotes stand for anything.
    pub(in crate::store) fn read(value: &str) -> Self {
        let mut parts = vec![String::new()];
        let mut quotes = Quotes::default();
        let mut characters = value.chars().peekable();
        while let Some(character) = characters.next() {
            let inside = quotes.take(character);
            let part = parts.last_mut().unwrap_or_else(|| unreachable!("there is always one"));
            match character {
                '"' => {}
                '\\' if inside => {
                    let escape = characters.next_if(|next| matches!(next, '"' | '\\'));
                    quotes.escaped = false;
                    part.push(escape.unwrap_or('\\'));
                }
                '*' if !inside => parts.push(String::new()),
                other => part.push(other),
            }
        }
        Self { parts }
    }

    /// A text as it stands.
    pub(super) fn literal(text: &str) -> Self {
        Self { parts: vec![text.to_owned()] }
    }

    /// Without the stars at its ends, for what may stand anywhere.
    pub(super) fn anywhere(mut self) -> Self {
        self.parts.retain(|part| !part.is_empty());
        self
    }

    /// True if it says nothing: no text and no star.
    pub(super) fn is_empty(&self) -> bool {
        self.parts.iter().all(String::is_empty) && self.parts.len() <= 1
    }

    /// True for a star alone: whatever is there.
    pub(in crate::store) fn is_anything(&self) -> bool {
        self.parts.len() > 1 && self.parts.iter().all(String::is_empty)
    }

    /// The text, if it has no star.
    pub(super) fn exact(&self) -> Option<&str> {
        match &self.parts[..] {
            [text] => Some(text),
            _ => None,
        }
    }

    /// For SQLite's GLOB over text whose ASCII letters are in lower case: SQLite knows no case beyond them, so of other
    /// letters each case is named. None if it has neither a star nor such letters.
    pub(super) fn glob(&self) -> Option<String> {
        let escape = |text: &String| text.chars().map(any_case).collect::<String>();
        let is_simple = self.exact().is_some_and(str::is_ascii);
        (!is_simple).then(|| self.parts.iter().map(escape).collect::<Vec<_>>().join("*"))
    }

    /// What a whole text must fit.
    pub(in crate::store) fn whole(&self) -> String {
        format!("(?is)^{}$", self.parts.iter().map(|part| regex::escape(part)).collect::<Vec<_>>().join(".*"))
    }

    /// What must stand somewhere in a text, within a line; JSON may have written it with escapes.
    pub(in crate::store) fn somewhere(&self) -> String {
        format!("(?i){}", self.parts.iter().map(|part| regex::escape(part)).collect::<Vec<_>>().join(".*?"))
    }

    pub(super) fn parts(&self) -> &[String] {
        &self.parts
    }
}

/// A character for GLOB, in any case.
fn any_case(character: char) -> String {
    if character.is_ascii() {
        let lower = character.to_ascii_lowercase();
        return if matches!(lower, '[' | '?' | '*') { format!("[{lower}]") } else { lower.to_string() };
    }
    let mut cases = vec![character];
    let (upper, lower) = (character.to_uppercase(), character.to_lowercase());
    let back = character.to_uppercase().flat_map(char::to_lowercase);
    // What has more than one letter in another case has no class of its own.
    if upper.len() == 1 {
        cases.extend(upper.chain(back));
    }
    if lower.len() == 1 {
        cases.extend(lower);
    }
    format!("[{}]", cases.into_iter().collect::<String>())
}

impl std::fmt::Display for Pattern {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        for (place, part) in self.parts.iter().enumerate() {
            if place > 0 {
                f.write_str("*")?;
            }
            if part.is_empty() && self.parts.len() > 1 {
                continue;
            }
            if is_plain(part) { f.write_str(part)? } else { write_quoted(part, f)? }
        }
        Ok(())
    }
}

/// True if it reads the same without quotes wherever it stands in a value.
fn is_plain(text: &str) -> bool {
    let plain = |character: char| character.is_alphanumeric() || matches!(character, '_' | '-' | '.' | '/' | '@' | '#');
    !text.is_empty() && text.chars().all(plain) && !text.contains("..")
}

/// In quotes, so that it is read as it stands.
pub(super) fn write_quoted(text: &str, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
    write!(f, "\"{}\"", text.replace('\\', "\\\\").replace('"', "\\\""))
}

impl Pattern {
    /// Words that the index must have of anything that fits. Left out are those beside a star or at an end that is
    /// open, which may be cut; those that JSON may write otherwise; those whose letters the index folds; and, where the
    /// ends are open, those of a part that would not be taken for a text among other bytes.
    pub(super) fn sure_words(&self, open_ends: bool) -> Vec<String> {
        let last = self.parts.len() - 1;
        let mut sure = Vec::new();
        let is_sure = |part: &&String| !open_ends || part.len() >= TEXT_LEAST && part.chars().all(is_of_a_text);
        for (place, part) in self.parts.iter().enumerate().filter(|(_, part)| is_sure(part)) {
            let cut_start = place > 0 || open_ends;
            let cut_end = place < last || open_ends;
            sure.extend(words_within(part, cut_start, cut_end));
        }
        sure
    }
}

/// Bytes of a text among other bytes at least: shorter ones are chance.
pub(in crate::store) const TEXT_LEAST: usize = 6;

/// True for what can stand within a text among other bytes.
pub(in crate::store) fn is_of_a_text(character: char) -> bool {
    !character.is_control() || character.is_ascii_whitespace()
}

/// The whole ASCII words of a text; those at a cut end are left out, and those behind a character that JSON or HTML
/// writers like to escape.
fn words_within(text: &str, cut_start: bool, cut_end: bool) -> Vec<String> {
    let mut found = Vec::new();
    let mut start = None;
    let mut before = None;
    let mut previous = None;
    for (at, character) in text.char_indices().chain([(text.len(), '\0')]) {
        let is_end = at == text.len();
        if !is_end && is_of_a_word(character) {
            if start.is_none() {
                start = Some(at);
                before = previous;
            }
        } else if let Some(from) = start.take() {
            let word = &text[from..at];
            let is_cut = from == 0 && cut_start || is_end && cut_end;
            let is_safe = before.is_none_or(|character: char| " -_./:@#=?,;()[]{}|!%~^$`".contains(character));
            if !is_cut && is_safe && word.is_ascii() {
                found.push(word.to_ascii_lowercase());
            }
        }
        previous = Some(character);
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    fn texts(text: &str) -> Vec<&str> {
        words(text).into_iter().map(|word| word.text).collect()
    }

    #[test]
    fn terms_are_parted_at_white_space_outside_of_quotes() {
        assert_eq!(texts(r#"a  "b c" header.X:"d \" e" -f"#), ["a", r#""b c""#, r#"header.X:"d \" e""#, "-f"]);
        assert_eq!(words("ab  \"open end")[1].at, 4);
        assert_eq!(texts("\"open end"), ["\"open end"]);
    }

    #[test]
    fn a_key_stands_before_the_first_colon_outside_of_quotes_and_brackets() {
        assert_eq!(keyed("body.a[\"x:y\"].b:c:d"), Some(("body.a[\"x:y\"].b", "c:d")));
        assert_eq!(keyed("\"a:b\""), None);
        assert_eq!(keyed(":b"), None);
    }

    #[test]
    fn stars_in_quotes_are_stars() {
        assert_eq!(Pattern::read("a*b").parts, ["a", "b"]);
        assert_eq!(Pattern::read("\"a*b\"").parts, ["a*b"]);
        assert_eq!(Pattern::read("\"a\\\"b\\\\c\\d\"").parts, ["a\"b\\c\\d"]);
        assert_eq!(Pattern::read("A[b]*\"?*\"").glob().unwrap(), "a[[]b]*[?][*]");
        assert_eq!(Pattern::read("A").glob(), None);
    }

    #[test]
    fn only_words_that_must_be_there_are_asked_of_the_index() {
        assert_eq!(Pattern::read("GitHub-Hookshot/*").sure_words(false), ["github", "hookshot"]);
        assert_eq!(Pattern::read("git*shot/abc\" d\"*").sure_words(false), ["abc"]);
        assert_eq!(Pattern::read("\"exact words\"").sure_words(false), ["exact", "words"]);
        assert_eq!(Pattern::read("\"rom start to en\"").sure_words(true), ["start", "to"]);
        assert!(Pattern::read("\"a b c\"").sure_words(true).is_empty(), "too short to be indexed among other bytes");
        assert_eq!(Pattern::read("\"a&b é caf c\"").sure_words(false), ["a", "caf", "c"]);
        assert!(Pattern::read("*").sure_words(false).is_empty());
    }

    proptest::proptest! {
        #[test]
        fn what_is_printed_is_read_as_it_was(value in ".{0,40}") {
            let pattern = Pattern::read(&value);
            proptest::prop_assert_eq!(Pattern::read(&pattern.to_string()), pattern);
        }
    }
}
