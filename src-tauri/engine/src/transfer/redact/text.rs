//! Secrets inside a text: query parameters, the user part of a URL, and words that have the shape of a token.

use super::{MASK, names};
use std::borrow::Cow;

/// The longest name of a query parameter that is looked at.
const NAME_LIMIT: usize = 128;

/// Beginnings of tokens, and how long such a word is at least.
const TOKENS: [(&str, usize); 27] = [
    ("sk_live_", 16),
    ("sk_test_", 16),
    ("rk_live_", 16),
    ("rk_test_", 16),
    ("whsec_", 14),
    ("ghp_", 20),
    ("gho_", 20),
    ("ghu_", 20),
    ("ghs_", 20),
    ("ghr_", 20),
    ("github_pat_", 24),
    ("glpat-", 20),
    ("xoxa-", 15),
    ("xoxb-", 15),
    ("xoxe.", 15),
    ("xoxp-", 15),
    ("xoxs-", 15),
    ("xapp-", 15),
    ("AKIA", 20),
    ("ASIA", 20),
    ("AIza", 30),
    ("SG.", 24),
    ("shpat_", 20),
    ("shpss_", 20),
    ("pat-", 36),
    ("npm_", 24),
    ("sk-", 24),
];

/// `text` with its secrets masked, also in parameters whose names are `known`; `found` is told the names of those that
/// held them.
pub(super) fn mask<'a>(text: &'a [u8], known: impl Fn(&str) -> bool, found: &mut impl FnMut(&str)) -> Cow<'a, [u8]> {
    let users = mask_users(text);
    let is_secret = |name: &str| names::is_secret_parameter(name) || known(name);
    let parameters = mask_parameters(users.as_deref().unwrap_or(text), is_secret, found);
    let tokens = mask_tokens(parameters.as_deref().or(users.as_deref()).unwrap_or(text));
    tokens.or(parameters).or(users).map_or(Cow::Borrowed(text), Cow::Owned)
}

/// Masks `user:password` in `scheme://user:password@host`. None if there is none.
fn mask_users(text: &[u8]) -> Option<Vec<u8>> {
    let mut out = Vec::new();
    let mut done = 0;
    for at in memchr::memmem::find_iter(text, b"://") {
        let start = at + 3;
        let authority = &text[start..];
        let end = authority.iter().position(|byte| b"/?# \t\r\n\"'<>".contains(byte)).unwrap_or(authority.len());
        if let Some(user) = memchr::memrchr(b'@', &authority[..end]).filter(|_| start >= done) {
            out.extend_from_slice(&text[done..start]);
            out.extend_from_slice(MASK.as_bytes());
            done = start + user;
        }
    }
    (done > 0).then(|| [&out, &text[done..]].concat())
}

/// Masks the values of parameters whose names promise a secret. None if there is none.
fn mask_parameters(text: &[u8], is_secret: impl Fn(&str) -> bool, found: &mut impl FnMut(&str)) -> Option<Vec<u8>> {
    let mut out = Vec::new();
    let (mut done, mut at) = (0, 0);
    while at < text.len() {
        let Some(delimiter) = delimiter_len(&text[at..]) else {
            at += 1;
            continue;
        };
        at += delimiter;
        let Some((name, value)) = parameter(text, at).filter(|(name, _)| is_secret(name)) else {
            continue;
        };
        let end = value + value_len(&text[value..]);
        if end > value {
            found(&name);
            out.extend_from_slice(&text[done..value]);
            out.extend_from_slice(MASK.as_bytes());
            done = end;
        }
        at = end;
    }
    (done > 0).then(|| [&out, &text[done..]].concat())
}

/// The decoded name of the parameter that starts at `at`, and where its value starts.
fn parameter(text: &[u8], at: usize) -> Option<(String, usize)> {
    let at = at + text[at..].iter().take_while(|&&byte| byte == b' ').count();
    let window = &text[at..text.len().min(at + NAME_LIMIT)];
    for (offset, &byte) in window.iter().enumerate() {
        let equals = match byte {
            b'=' => 1,
            b'%' if escape(&window[offset..]) == Some(b'=') => 3,
            b'?' | b'&' | b';' | b'#' | b' ' | b'\r' | b'\n' => return None,
            _ => continue,
        };
        let name = percent_encoding::percent_decode(&window[..offset]).decode_utf8_lossy().into_owned();
        return Some((name, at + offset + equals));
    }
    None
}

/// The length of what separates parameters, plain or as an escape (a URL inside a parameter of another).
fn delimiter_len(text: &[u8]) -> Option<usize> {
    match text[0] {
        b'?' | b'&' | b';' | b'#' => Some(1),
        b'%' => escape(text).filter(|byte| b"?&;#".contains(byte)).map(|_| 3),
        _ => None,
    }
}

/// How long a value is: up to the next parameter or the end of the URL. A `;` may stand in a value.
fn value_len(text: &[u8]) -> usize {
    let ends = |at: usize| match text[at] {
        b'&' | b'#' | b' ' | b'\t' | b'\r' | b'\n' | b'>' => true,
        b'%' => escape(&text[at..]).is_some_and(|byte| byte == b'&' || byte == b'#'),
        _ => false,
    };
    (0..text.len()).find(|&at| ends(at)).unwrap_or(text.len())
}

/// The byte that `%XX` at the start of `text` stands for.
fn escape(text: &[u8]) -> Option<u8> {
    let digits = std::str::from_utf8(text.get(1..3)?).ok()?;
    u8::from_str_radix(digits, 16).ok()
}

/// Masks words that have the shape of a token. None if there is none.
fn mask_tokens(text: &[u8]) -> Option<Vec<u8>> {
    let mut out = Vec::new();
    let (mut done, mut at) = (0, 0);
    while at < text.len() {
        if text[at] == b'%' && escape(&text[at..]).is_some() {
            at += 3;
            continue;
        }
        let len = text[at..].iter().take_while(|&&byte| is_word(byte)).count();
        if let Some(token) = token_start(&text[at..at + len]) {
            out.extend_from_slice(&text[done..at + token]);
            out.extend_from_slice(MASK.as_bytes());
            done = at + len;
        }
        at += len.max(1);
    }
    (done > 0).then(|| [&out, &text[done..]].concat())
}

fn is_word(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-' | b'.')
}

/// Where in a word a token starts. A word may have other things in front: `key-sk_live_…`.
fn token_start(word: &[u8]) -> Option<usize> {
    let starts = |at: &usize| *at == 0 || !word[at - 1].is_ascii_alphanumeric();
    (0..word.len()).filter(starts).find(|&at| is_jwt(&word[at..]) || has_token_shape(&word[at..]))
}

/// A JSON Web Token (RFC 7519): base64url of `{"…`, a dot, more.
fn is_jwt(word: &[u8]) -> bool {
    word.starts_with(b"eyJ") && memchr::memchr(b'.', word).is_some_and(|dot| dot >= 10 && dot + 1 < word.len())
}

fn has_token_shape(word: &[u8]) -> bool {
    TOKENS.iter().any(|(start, len)| word.len() >= *len && word.starts_with(start.as_bytes()))
}
