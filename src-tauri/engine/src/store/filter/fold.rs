//! Words as the index has them. Its tokenizer is SQLite's `unicode61` with `remove_diacritics 2`: letters, digits and
//! private characters make words, in lower case and without accents, all of it as Unicode 6.1 knew them.

use regex::Regex;
use std::sync::LazyLock;
use unicode_normalization::UnicodeNormalization as _;

/// The words of a text as the index has them.
pub(in crate::store) fn index_words(text: &str) -> Vec<String> {
    text.split(|character: char| !is_of_a_word(character)).map(folded).filter(|word| !word.is_empty()).collect()
}

/// A text with its words as the index has them; what stands between them stays.
pub(in crate::store) fn folded(text: &str) -> String {
    if text.is_ascii() { text.to_ascii_lowercase() } else { text.chars().filter_map(fold).collect() }
}

/// True for what the tokenizer takes for a part of a word, so that a word here is never two there.
pub(in crate::store) fn is_of_a_word(character: char) -> bool {
    // What Unicode 6.1 did not know counts as well. Named are those that it took for something else than today, and the
    // two that SQLite reads as damaged.
    static BEYOND_ASCII: LazyLock<Option<Regex>> = LazyLock::new(|| {
        let letters_then = r"\x{1885}\x{1886}";
        let others = r"\x{19B0}-\x{19C0}\x{19C8}\x{19C9}\x{1CF2}\x{1CF3}\x{FFFE}\x{FFFF}";
        let set = format!(r"[\p{{L}}\p{{N}}\p{{Co}}\p{{Cn}}\P{{Age=6.1}}{letters_then}--[{others}]]");
        Regex::new(&set).ok()
    });
    if character.is_ascii() {
        return character.is_ascii_alphanumeric();
    }
    is_accent(character) || is_one_of(&BEYOND_ASCII, character)
}

/// The character without case and accent; None for an accent that stands alone.
fn fold(character: char) -> Option<char> {
    if character.is_ascii() {
        return Some(character.to_ascii_lowercase());
    }
    if is_accent(character) {
        return None;
    }
    let lower = lower(character);
    let base = std::iter::once(lower).nfd().next().filter(char::is_ascii);
    Some(base.filter(|_| !KEPT.contains(&lower)).unwrap_or(lower))
}

/// Lower case, where Unicode 6.1 had both.
fn lower(character: char) -> char {
    static KNOWN: LazyLock<Option<Regex>> = LazyLock::new(|| Regex::new(r"\p{Age=6.1}").ok());
    if let Some((_, lower)) = VARIANTS.iter().find(|(variant, _)| *variant == character) {
        return *lower;
    }
    let lower = character.to_lowercase().next().unwrap_or(character);
    let is_known = lower == character || is_one_of(&KNOWN, character) && is_one_of(&KNOWN, lower);
    if is_known { lower } else { character }
}

fn is_one_of(set: &LazyLock<Option<Regex>>, character: char) -> bool {
    set.as_ref().is_some_and(|set| set.is_match(character.encode_utf8(&mut [0; 4])))
}

/// True for the accents that the tokenizer takes off letters.
fn is_accent(character: char) -> bool {
    let place = (character as u32).checked_sub(0x300);
    place.is_some_and(|place| place < 50 && ACCENTS >> place & 1 == 1)
}

/// Of the characters from U+0300 on, those that the tokenizer takes for accents, a bit each.
const ACCENTS: u64 = 0x0003_61f8_0802_9fdf;

/// Letters with accents that the tokenizer does not know.
const KEPT: [char; 1] = ['\u{1e1}'];

/// Letters that are others in another shape (the simple foldings of Unicode's CaseFolding.txt that are no lower case).
const VARIANTS: [(char, char); 12] = [
    ('\u{b5}', '\u{3bc}'),
    ('\u{17f}', 's'),
    ('\u{3c2}', '\u{3c3}'),
    ('\u{3d0}', '\u{3b2}'),
    ('\u{3d1}', '\u{3b8}'),
    ('\u{3d5}', '\u{3c6}'),
    ('\u{3d6}', '\u{3c0}'),
    ('\u{3f0}', '\u{3ba}'),
    ('\u{3f1}', '\u{3c1}'),
    ('\u{3f5}', '\u{3b5}'),
    ('\u{1e9b}', 's'),
    ('\u{1fbe}', '\u{3b9}'),
];

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::HashMap;

    /// All characters beyond ASCII of the planes in use, and some of the others.
    fn characters() -> impl Iterator<Item = char> {
        ('\u{80}'..'\u{30000}').chain(('\u{30000}'..=char::MAX).step_by(251))
    }

    /// Each of them between two letters, read by SQLite's tokenizer: the words of its text, by the character.
    fn as_sqlite_reads() -> HashMap<u32, Vec<String>> {
        let file = rusqlite::Connection::open_in_memory().unwrap();
        let tables = "CREATE VIRTUAL TABLE t USING fts5 (text, tokenize = 'unicode61 remove_diacritics 2');
                      CREATE VIRTUAL TABLE v USING fts5vocab (t, 'instance'); BEGIN;";
        file.execute_batch(tables).unwrap();
        let mut insert = file.prepare("INSERT INTO t (rowid, text) VALUES (?1, ?2)").unwrap();
        for character in characters() {
            insert.execute(rusqlite::params![character as u32, format!("x{character}y")]).unwrap();
        }
        let mut read = file.prepare("SELECT doc, term FROM v ORDER BY doc, offset").unwrap();
        let mut words: HashMap<u32, Vec<String>> = HashMap::new();
        for row in read.query_map([], |row| Ok((row.get(0)?, row.get(1)?))).unwrap() {
            let (doc, term) = row.unwrap();
            words.entry(doc).or_default().push(term);
        }
        words
    }

    #[test]
    fn words_are_those_of_the_tokenizer_whatever_the_character() {
        let read = as_sqlite_reads();
        let wrong: Vec<_> = characters()
            .filter(|character| index_words(&format!("x{character}y")) != read[&(*character as u32)])
            .collect();
        assert!(wrong.is_empty(), "{}: {:?}", wrong.len(), &wrong[..wrong.len().min(50)]);
    }

    #[test]
    fn a_word_is_never_two_in_the_index() {
        assert_eq!(index_words("Ab-1 \u{c9}t\u{e9} e\u{301}t\u{e9} \u{301}"), ["ab", "1", "ete", "ete"]);
        // A vowel mark parts words there, and so does a circled letter, though both count as alphabetic.
        assert_eq!(index_words("\u{623}\u{647}\u{651}\u{644} a\u{24d0}b"), ["\u{623}\u{647}", "\u{644}", "a", "b"]);
    }
}
