//! Reads a JSON document in one pass into the index, or says where it stops being one (RFC 8259).

use super::index::{Json, NONE, Node};
use crate::inspect::SyntaxProblem;
use bytes::Bytes;
use std::sync::OnceLock;

/// The most values that are indexed: 32 bytes of memory each.
pub(crate) const VALUES_LIMIT: usize = 8_000_000;

const OBJECT: u32 = 0;
const ARRAY: u32 = 1;
const STRING: u32 = 2;
const NUMBER: u32 = 3;
const BOOLEAN: u32 = 4;
const NULL: u32 = 5;

/// Why there is no index.
#[derive(Debug)]
pub(crate) enum ReadError {
    /// It is not JSON: where it stops being that, and the values before, with what was open there closed.
    Syntax(SyntaxProblem, Option<Box<Json>>),
    /// It has more values than are indexed.
    TooMany,
}

/// Indexes the document that starts at the byte `from`.
pub(crate) fn read(bytes: &Bytes, from: usize) -> Result<Json, ReadError> {
    if u32::try_from(bytes.len()).is_err() {
        return Err(ReadError::TooMany);
    }
    let mut reader = Reader { bytes, at: from, nodes: Vec::new(), current: NONE, depth: 0, deepest: 0 };
    match reader.document() {
        Ok(()) => Ok(json(bytes, reader)),
        Err(Stop::At(offset, message)) => {
            reader.close_all();
            let front = (!reader.nodes.is_empty()).then(|| Box::new(json(bytes, reader)));
            Err(ReadError::Syntax(problem(bytes, from, offset, message), front))
        }
        Err(Stop::TooMany) => Err(ReadError::TooMany),
    }
}

fn json(bytes: &Bytes, reader: Reader<'_>) -> Json {
    let (mut nodes, deepest) = (reader.nodes, reader.deepest);
    nodes.shrink_to_fit();
    Json { bytes: bytes.clone(), nodes, deepest, duplicates: OnceLock::new() }
}

/// Where the byte `offset` of a text that starts at `from` stands.
pub(crate) fn problem(bytes: &[u8], from: usize, offset: usize, message: String) -> SyntaxProblem {
    let before = &bytes[from.min(offset)..offset];
    let line_start = memchr::memrchr(b'\n', before).map_or(0, |at| at + 1);
    let line = memchr::memchr_iter(b'\n', before).count() + 1;
    let column = before[line_start..].iter().filter(|&&byte| byte & 0xc0 != 0x80).count() + 1;
    SyntaxProblem { message, offset: offset as u64, line: line as u64, column: column as u64 }
}

enum Stop {
    At(usize, String),
    TooMany,
}

struct Reader<'a> {
    bytes: &'a [u8],
    at: usize,
    nodes: Vec<Node>,
    /// The innermost container that is open. Those around it are found through their parents, so no stack is needed.
    current: u32,
    depth: u32,
    deepest: u32,
}

impl Reader<'_> {
    fn document(&mut self) -> Result<(), Stop> {
        self.skip_space();
        if self.peek().is_none() {
            return Err(self.stop("The document is empty: there is no value."));
        }
        self.value(NONE)?;
        while self.current != NONE {
            self.skip_space();
            self.step()?;
        }
        self.skip_space();
        match self.peek() {
            Some(_) => Err(self.stop(format!("The document ends before this, but {} follows.", self.found()))),
            None => Ok(()),
        }
    }

    /// Reads the next member or element of the innermost container, or its end.
    fn step(&mut self) -> Result<(), Stop> {
        let node = self.nodes[self.current as usize];
        let object = node.depth_kind & 7 == OBJECT;
        let close = if object { b'}' } else { b']' };
        if self.peek() == Some(close) {
            self.close();
            return Ok(());
        }
        if node.children > 0 {
            if self.peek() != Some(b',') {
                let wanted = format!("A comma or {} was expected", char::from(close));
                return Err(self.stop(format!("{wanted}, but {} stands here.", self.found())));
            }
            self.at += 1;
            self.skip_space();
            if self.peek() == Some(close) {
                return Err(self.stop("A comma stands before the end: JSON has no trailing commas."));
            }
        }
        let key = if object { self.key()? } else { NONE };
        self.value(key)
    }

    fn key(&mut self) -> Result<u32, Stop> {
        if self.peek() != Some(b'"') {
            return Err(self.stop(format!("A key in double quotes was expected, but {} stands here.", self.found())));
        }
        let key = self.at as u32;
        self.string()?;
        self.skip_space();
        if self.peek() != Some(b':') {
            return Err(self.stop(format!("A colon was expected after the key, but {} stands here.", self.found())));
        }
        self.at += 1;
        self.skip_space();
        Ok(key)
    }

    fn value(&mut self, key: u32) -> Result<(), Stop> {
        match self.peek() {
            Some(b'"') => self.scalar(key, STRING, Self::string),
            Some(b'{') => self.open(key, OBJECT),
            Some(b'[') => self.open(key, ARRAY),
            Some(b'-' | b'0'..=b'9') => self.scalar(key, NUMBER, Self::number),
            Some(b't') => self.scalar(key, BOOLEAN, |reader| reader.word(b"true")),
            Some(b'f') => self.scalar(key, BOOLEAN, |reader| reader.word(b"false")),
            Some(b'n') => self.scalar(key, NULL, |reader| reader.word(b"null")),
            _ => Err(self.stop(format!("A value was expected, but {} stands here.", self.found()))),
        }
    }

    fn scalar(&mut self, key: u32, kind: u32, read: impl Fn(&mut Self) -> Result<(), Stop>) -> Result<(), Stop> {
        let start = self.at;
        read(self)?;
        self.push(key, kind, start)
    }

    fn open(&mut self, key: u32, kind: u32) -> Result<(), Stop> {
        let start = self.at;
        self.at += 1;
        self.push(key, kind, start)?;
        self.current = self.nodes.len() as u32 - 1;
        self.depth += 1;
        Ok(())
    }

    /// Ends what is open, for a document that breaks off here.
    fn close_all(&mut self) {
        self.at = self.at.min(self.bytes.len()).saturating_sub(1);
        while self.current != NONE {
            self.close();
            self.at -= 1;
        }
    }

    fn close(&mut self) {
        self.at += 1;
        let len = self.nodes.len() as u32;
        let node = &mut self.nodes[self.current as usize];
        node.end = self.at as u32;
        node.size = len - self.current;
        self.current = node.parent;
        self.depth -= 1;
    }

    fn push(&mut self, key: u32, kind: u32, start: usize) -> Result<(), Stop> {
        if self.nodes.len() >= VALUES_LIMIT {
            return Err(Stop::TooMany);
        }
        let mut index = 0;
        if let Some(parent) = self.nodes.get_mut(self.current as usize) {
            index = parent.children;
            parent.children += 1;
        }
        self.deepest = self.deepest.max(self.depth);
        self.nodes.push(Node {
            start: start as u32,
            end: self.at as u32,
            key,
            parent: self.current,
            index,
            children: 0,
            size: 1,
            depth_kind: self.depth << 3 | kind,
        });
        Ok(())
    }

    fn string(&mut self) -> Result<(), Stop> {
        let start = self.at;
        self.at += 1;
        loop {
            let rest = &self.bytes[self.at..];
            self.at += rest.iter().position(|&byte| SPECIAL[byte as usize]).unwrap_or(rest.len());
            match self.peek() {
                Some(b'"') => {
                    self.at += 1;
                    return Ok(());
                }
                Some(b'\\') => self.escape()?,
                Some(_) => return Err(self.stop(format!("{} must be escaped in a string.", self.found()))),
                None => return Err(Stop::At(start, "The string that starts here has no end.".into())),
            }
        }
    }

    fn escape(&mut self) -> Result<(), Stop> {
        let rest = &self.bytes[self.at + 1..];
        let len = match rest {
            [b'"' | b'\\' | b'/' | b'b' | b'f' | b'n' | b'r' | b't', ..] => 2,
            [b'u', digits @ ..] if digits.len() >= 4 && digits[..4].iter().all(u8::is_ascii_hexdigit) => 6,
            [b'u', ..] => return Err(self.stop("Four hexadecimal digits must follow \\u.")),
            _ => return Err(self.stop("This escape is not one of JSON's.")),
        };
        self.at += len;
        Ok(())
    }

    fn number(&mut self) -> Result<(), Stop> {
        if self.peek() == Some(b'-') {
            self.at += 1;
        }
        match self.peek() {
            Some(b'0') => {
                self.at += 1;
                if self.peek().is_some_and(|byte| byte.is_ascii_digit()) {
                    return Err(self.stop("A number has no zero in front."));
                }
            }
            _ => self.digits()?,
        }
        if self.peek() == Some(b'.') {
            self.at += 1;
            self.digits()?;
        }
        if let Some(b'e' | b'E') = self.peek() {
            self.at += 1;
            if let Some(b'+' | b'-') = self.peek() {
                self.at += 1;
            }
            self.digits()?;
        }
        Ok(())
    }

    fn digits(&mut self) -> Result<(), Stop> {
        let rest = &self.bytes[self.at..];
        let len = rest.iter().position(|byte| !byte.is_ascii_digit()).unwrap_or(rest.len());
        if len == 0 {
            return Err(self.stop(format!("A digit was expected, but {} stands here.", self.found())));
        }
        self.at += len;
        Ok(())
    }

    fn word(&mut self, word: &[u8]) -> Result<(), Stop> {
        if !self.bytes[self.at..].starts_with(word) {
            return Err(self.stop(format!("A value was expected, but {} stands here.", self.found())));
        }
        self.at += word.len();
        Ok(())
    }

    fn skip_space(&mut self) {
        while let Some(b' ' | b'\n' | b'\r' | b'\t') = self.peek() {
            self.at += 1;
        }
    }

    fn peek(&self) -> Option<u8> {
        self.bytes.get(self.at).copied()
    }

    fn stop(&self, message: impl Into<String>) -> Stop {
        Stop::At(self.at, message.into())
    }

    /// What stands at this place, in words.
    fn found(&self) -> String {
        let rest = &self.bytes[self.at..];
        let word = rest.iter().take(16).take_while(|byte| byte.is_ascii_alphanumeric()).count();
        match rest {
            [] => "the end of the document".into(),
            _ if word > 0 => String::from_utf8_lossy(&rest[..word]).into_owned(),
            [byte, ..] if byte.is_ascii_graphic() => char::from(*byte).into(),
            [byte, ..] if byte.is_ascii() => format!("the control character U+{byte:04X}"),
            _ => match String::from_utf8_lossy(&rest[..rest.len().min(4)]).chars().next() {
                Some(char) if char != char::REPLACEMENT_CHARACTER => format!("the character U+{:04X}", char as u32),
                _ => format!("the byte {:#04x}", rest[0]),
            },
        }
    }
}

/// The bytes that a string cannot hold as they are: its end, escapes and control characters.
static SPECIAL: [bool; 256] = {
    let mut table = [false; 256];
    let mut byte = 0;
    while byte < 0x20 {
        table[byte] = true;
        byte += 1;
    }
    table[b'"' as usize] = true;
    table[b'\\' as usize] = true;
    table
};
