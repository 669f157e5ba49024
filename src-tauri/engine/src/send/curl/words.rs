//! A command line split into words as a shell does it, without running anything.

use std::iter::Peekable;
use std::str::Chars;

/// The words of a command.
#[derive(Debug, Default)]
pub(super) struct Split {
    pub(super) words: Vec<String>,
    /// The text of `<<END … END`.
    pub(super) here_document: Option<String>,
    pub(super) notes: Vec<String>,
}

/// Splits the first command of a text. A pipe, a redirection or a second command ends it.
///
/// # Errors
/// A sentence if a quote is not closed.
pub(super) fn split(text: &str) -> Result<Split, String> {
    let windows = is_for_windows(text);
    let unescaped = if windows { without_carets(text) } else { String::new() };
    let text = if windows { unescaped.trim() } else { text.trim() };
    let mut splitter = Splitter {
        chars: text.chars().peekable(),
        windows,
        word: None,
        shell_words: Vec::new(),
        split: Split::default(),
    };
    splitter.run()?;
    let mut split = splitter.split;
    for name in splitter.shell_words {
        split
            .notes
            .push(format!("{name} is a variable or command of your shell and stays as written: put its value in."));
    }
    Ok(split)
}

/// True if carets escape quotes or line ends before any single quote, which cmd.exe does not know.
fn is_for_windows(text: &str) -> bool {
    let start = text.split('\'').next().unwrap_or_default();
    ["^\"", "^\n", "^\r\n"].iter().any(|mark| start.contains(mark))
}

/// Takes off what cmd.exe's carets escape. A caret at the end of a line joins it to the next; where that one is empty,
/// a line feed is meant.
fn without_carets(text: &str) -> String {
    let text = text.replace("\r\n", "\n");
    let mut out = String::with_capacity(text.len());
    let mut chars = text.chars().peekable();
    while let Some(c) = chars.next() {
        match (c, chars.peek()) {
            ('^', Some('\n')) => {
                chars.next();
                if chars.peek() == Some(&'\n') {
                    chars.next();
                    out.push('\n');
                }
            }
            ('^', Some(_)) => out.extend(chars.next()),
            _ => out.push(c),
        }
    }
    out
}

struct Splitter<'t> {
    chars: Peekable<Chars<'t>>,
    windows: bool,
    word: Option<String>,
    shell_words: Vec<String>,
    split: Split,
}

impl Splitter<'_> {
    fn run(&mut self) -> Result<(), String> {
        while let Some(c) = self.chars.next() {
            match c {
                '\'' if !self.windows => self.single_quoted()?,
                '"' => self.double_quoted()?,
                '\\' if self.windows => self.windows_backslash(),
                '\\' => self.backslash(),
                '$' if !self.windows => self.dollar()?,
                '\n' if self.word.is_none() && self.split.words.is_empty() => {}
                '\n' => {
                    self.end_word();
                    if self.ends_here() {
                        return Ok(());
                    }
                }
                c if c.is_whitespace() => self.end_word(),
                '#' if self.word.is_none() => while self.chars.next_if(|&c| c != '\n').is_some() {},
                '<' if self.word.is_none() && self.is_here_document() => self.here_document(),
                '|' | ';' | '>' | '<' | '(' | ')' if self.word.is_none() && !self.split.words.is_empty() => {
                    return self.rest(c);
                }
                '|' | ';' if !self.windows => {
                    self.end_word();
                    return self.rest(c);
                }
                '&' if self.word.is_none() && !self.split.words.is_empty() => return self.rest(c),
                c => self.push(c),
            }
        }
        self.end_word();
        Ok(())
    }

    fn push(&mut self, c: char) {
        self.word.get_or_insert_default().push(c);
    }

    fn end_word(&mut self) {
        self.split.words.extend(self.word.take());
    }

    /// At a line end: true unless the next line goes on with options, as commands do that lost their backslashes.
    fn ends_here(&mut self) -> bool {
        while self.chars.next_if(|c| c.is_whitespace()).is_some() {}
        !matches!(self.chars.peek(), Some('-' | '\'' | '"' | '|' | '>' | '<' | '#') | None)
            && self.split.words.iter().any(|word| word.contains("://"))
            && self.rest('\n').is_ok()
    }

    fn rest(&mut self, first: char) -> Result<(), String> {
        let rest: String = self.chars.by_ref().take(40).collect();
        let shown = format!("{first}{rest}").trim().to_owned();
        if !shown.is_empty() {
            self.split.notes.push(format!("What follows the command was dropped: {shown}"));
        }
        Ok(())
    }

    fn single_quoted(&mut self) -> Result<(), String> {
        self.word.get_or_insert_default();
        loop {
            match self.chars.next() {
                Some('\'') => return Ok(()),
                Some(c) => self.push(c),
                None => return Err("A single quote is not closed. Paste the whole command.".into()),
            }
        }
    }

    fn double_quoted(&mut self) -> Result<(), String> {
        self.word.get_or_insert_default();
        loop {
            match self.chars.next() {
                Some('"') => return Ok(()),
                Some('\\') if self.windows => self.windows_backslash(),
                Some('\\') => match self.chars.next() {
                    Some('\n') | None => {}
                    Some(c @ ('"' | '\\' | '$' | '`')) => self.push(c),
                    Some(c) => {
                        self.push('\\');
                        self.push(c);
                    }
                },
                Some('$') if !self.windows => self.variable(),
                Some(c) => self.push(c),
                None => return Err("A double quote is not closed. Paste the whole command.".into()),
            }
        }
    }

    fn backslash(&mut self) {
        if self.chars.next_if_eq(&'\r').is_some() {
            self.chars.next_if_eq(&'\n');
            return;
        }
        match self.chars.next() {
            Some('\n') | None => {}
            // A backslash that lost the line end behind it.
            Some(' ') if self.word.is_none() && self.chars.peek() == Some(&'-') => {}
            Some(c) => self.push(c),
        }
    }

    /// Windows programs take a backslash for an escape only before a double quote.
    fn windows_backslash(&mut self) {
        match self.chars.next_if_eq(&'"') {
            Some(quote) => self.push(quote),
            None if self.chars.peek() == Some(&'\\') => {
                self.chars.next();
                self.push('\\');
                if self.chars.peek() != Some(&'"') {
                    self.push('\\');
                }
            }
            None => self.push('\\'),
        }
    }

    fn dollar(&mut self) -> Result<(), String> {
        match self.chars.peek() {
            Some('\'') => {
                self.chars.next();
                self.ansi_quoted()
            }
            Some('"') => Ok(()),
            // The prompt in front of a command.
            Some(' ') if self.word.is_none() && self.split.words.is_empty() => Ok(()),
            _ => {
                self.variable();
                Ok(())
            }
        }
    }

    /// Keeps `$NAME`, `${…}` and `$(…)` as written and notes the name.
    fn variable(&mut self) {
        let rest: String = self.chars.clone().take(64).collect();
        let name: String = match rest.chars().next() {
            Some('{') => rest.chars().take_while(|&c| c != '}').chain(['}']).collect(),
            Some('(') => rest.chars().take_while(|&c| c != ')').chain([')']).collect(),
            _ => rest.chars().take_while(|&c| c.is_ascii_alphanumeric() || c == '_').collect(),
        };
        if !name.is_empty() && !name.starts_with(|c: char| c.is_ascii_digit()) {
            self.shell_words.push(format!("${name}"));
        }
        self.push('$');
    }

    /// `$'…'` with the escapes of ANSI C.
    fn ansi_quoted(&mut self) -> Result<(), String> {
        self.word.get_or_insert_default();
        let mut bytes = Vec::new();
        loop {
            let c = self.chars.next();
            match c {
                Some('\'') => break,
                Some('\\') => self.ansi_escape(&mut bytes),
                Some(c) => bytes.extend(c.encode_utf8(&mut [0; 4]).bytes()),
                None => return Err("A $' quote is not closed. Paste the whole command.".into()),
            }
        }
        if std::str::from_utf8(&bytes).is_err() {
            self.split.notes.push("Bytes that are not UTF-8 were replaced: put them into a file.".into());
        }
        self.word.get_or_insert_default().push_str(&String::from_utf8_lossy(&bytes));
        Ok(())
    }

    fn ansi_escape(&mut self, bytes: &mut Vec<u8>) {
        let Some(c) = self.chars.next() else { return };
        let plain = match c {
            'n' => b'\n',
            't' => b'\t',
            'r' => b'\r',
            'a' => 7,
            'b' => 8,
            'v' => 11,
            'f' => 12,
            'e' | 'E' => 27,
            '\\' | '\'' | '"' | '?' => c as u8,
            'x' => self.digits(16, 2) as u8,
            'u' | 'U' => return self.unicode(if c == 'u' { 4 } else { 8 }, bytes),
            '0'..='7' => self.octal(c),
            other => {
                bytes.push(b'\\');
                bytes.extend(other.encode_utf8(&mut [0; 4]).bytes());
                return;
            }
        };
        bytes.push(plain);
    }

    /// The character of `\uXXXX`; two halves of a surrogate pair make one.
    fn unicode(&mut self, digits: usize, bytes: &mut Vec<u8>) {
        let mut code = self.digits(16, digits);
        if (0xd800..0xdc00).contains(&code) {
            let rest: String = self.chars.clone().take(6).collect();
            let low = rest.strip_prefix("\\u").and_then(|hex| u32::from_str_radix(hex, 16).ok());
            if let Some(low @ 0xdc00..0xe000) = low {
                self.chars.nth(5);
                code = 0x10000 + ((code - 0xd800) << 10) + (low - 0xdc00);
            }
        }
        bytes.extend(char::from_u32(code).unwrap_or(char::REPLACEMENT_CHARACTER).encode_utf8(&mut [0; 4]).bytes());
    }

    /// Up to three octal digits, of which `first` is one.
    fn octal(&mut self, first: char) -> u8 {
        let mut value = first.to_digit(8).unwrap_or(0);
        for _ in 0..2 {
            let Some(digit) = self.chars.next_if(|c| c.is_digit(8)) else { break };
            value = value * 8 + digit.to_digit(8).unwrap_or(0);
        }
        value as u8
    }

    fn digits(&mut self, radix: u32, most: usize) -> u32 {
        let mut value = 0u32;
        for _ in 0..most {
            let Some(digit) = self.chars.next_if(|c| c.is_digit(radix)) else { break };
            value = value.wrapping_mul(radix).wrapping_add(digit.to_digit(radix).unwrap_or(0));
        }
        value
    }

    fn is_here_document(&self) -> bool {
        let mut ahead = self.chars.clone();
        ahead.next() == Some('<') && ahead.next().is_some_and(|c| c != '<')
    }

    /// `<<END`: the lines from the next one up to `END` are what `@-` reads.
    fn here_document(&mut self) {
        self.chars.next();
        let strip_tabs = self.chars.next_if_eq(&'-').is_some();
        let line: String = std::iter::from_fn(|| self.chars.next_if(|&c| c != '\n')).collect();
        let end = line.split_whitespace().next().unwrap_or_default().trim_matches(['\'', '"', '\\']).to_owned();
        self.chars.next();
        let rest: String = self.chars.by_ref().collect();
        let mut text = String::new();
        for line in rest.lines() {
            let line = if strip_tabs { line.trim_start_matches('\t') } else { line };
            if line == end {
                break;
            }
            text.push_str(line);
            text.push('\n');
        }
        self.split.here_document = Some(text);
    }
}
