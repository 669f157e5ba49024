//! Secrets of the vault, wherever they stand in a text: as they are, escaped for URLs, forms and JSON, and as base64,
//! also in the middle of other base64.

use super::MASK;
use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE};
use memchr::memmem::Finder;
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use secrecy::{ExposeSecret as _, SecretString};
use std::sync::Arc;

/// The shortest text that is taken for a secret, bytes: shorter ones stand everywhere.
const SHORTEST: usize = 6;

/// All but what never needs an escape in a URL (RFC 3986, section 2.3).
const RESERVED: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~');

/// Texts that are masked. Never shown.
#[derive(Clone, Default)]
pub struct KnownSecrets {
    forms: Arc<Vec<Finder<'static>>>,
    locked: u64,
    /// Header fields and query parameters in which services of the user's own send their secrets.
    names: Arc<Vec<String>>,
}

impl KnownSecrets {
    /// From the secrets of a vault.
    pub fn new(secrets: &[SecretString]) -> Self {
        let mut forms: Vec<Vec<u8>> = secrets.iter().flat_map(|secret| forms(secret.expose_secret())).collect();
        // The longest first, so that none is masked only in part.
        forms.sort_by(|a, b| b.len().cmp(&a.len()).then_with(|| a.cmp(b)));
        forms.dedup();
        Self { forms: Arc::new(forms.iter().map(|form| Finder::new(form).into_owned()).collect()), ..Self::default() }
    }

    /// The same, where the values of header fields and query parameters of these names are secrets as well; a `*` at the end
    /// of one stands for any end.
    #[must_use]
    pub fn beside_names(self, names: Vec<String>) -> Self {
        Self { names: Arc::new(names), ..self }
    }

    pub(super) fn has_name(&self, name: &[u8]) -> bool {
        self.names.iter().any(|known| match known.strip_suffix('*') {
            Some(start) => name.get(..start.len()).is_some_and(|front| front.eq_ignore_ascii_case(start.as_bytes())),
            None => name.eq_ignore_ascii_case(known.as_bytes()),
        })
    }

    /// The same, where so many others can't be read now.
    #[must_use]
    pub fn beside_locked(self, locked: u64) -> Self {
        Self { locked, ..self }
    }

    /// Secrets that can't be read now, and are not recognised wherever only their value tells them.
    pub fn locked(&self) -> u64 {
        self.locked
    }

    /// The text with every known secret in it masked; None if there is none.
    pub(super) fn mask(&self, text: &[u8]) -> Option<Vec<u8>> {
        let mut masked: Option<Vec<u8>> = None;
        for finder in self.forms.iter() {
            let looked = masked.as_deref().unwrap_or(text);
            if finder.find(looked).is_some() {
                masked = Some(replaced(looked, finder));
            }
        }
        masked
    }
}

fn replaced(text: &[u8], finder: &Finder<'_>) -> Vec<u8> {
    let mut out = Vec::with_capacity(text.len());
    let mut done = 0;
    while let Some(at) = finder.find(&text[done..]) {
        out.extend_from_slice(&text[done..done + at]);
        out.extend_from_slice(MASK.as_bytes());
        done += at + finder.needle().len();
    }
    out.extend_from_slice(&text[done..]);
    out
}

/// Every way in which a secret may be written.
fn forms(secret: &str) -> Vec<Vec<u8>> {
    let secret = secret.trim();
    // What stands behind a prefix such as `whsec_` is the secret as well.
    let core = secret.split_once('_').map_or("", |(_, core)| core);
    let mut all = Vec::new();
    for text in [secret, core].into_iter().filter(|text| text.len() >= SHORTEST) {
        let percent = utf8_percent_encode(text, RESERVED).to_string();
        let json = serde_json::to_string(text).unwrap_or_default();
        let json = json.trim_matches('"').to_owned();
        all.extend([
            text.to_owned(),
            percent.replace("%20", "+"),
            lower_escapes(&percent),
            percent,
            json.replace('/', "\\/"),
            json,
        ]);
        all.extend((0..3).flat_map(|shift| base64_within(text.as_bytes(), shift)));
    }
    all.into_iter().filter(|form| form.len() >= SHORTEST).map(String::into_bytes).collect()
}

/// `%2F` as `%2f`.
fn lower_escapes(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut escape = 0;
    for character in text.chars() {
        if character == '%' {
            escape = 3;
        }
        out.push(if escape > 0 { character.to_ascii_lowercase() } else { character });
        escape = if escape > 0 { escape - 1 } else { 0 };
    }
    out
}

/// What is sure to stand in the base64 of any text that has `secret` behind `shift` other bytes (of each three).
fn base64_within(secret: &[u8], shift: usize) -> [String; 2] {
    let padded = [&[0, 0][..shift], secret].concat();
    [STANDARD.encode(&padded), URL_SAFE.encode(&padded)].map(|text| {
        let start = [0, 2, 3][shift];
        // The last character depends on what follows, unless the secret ends with its group.
        let end = padded.len() / 3 * 4 + [0, 1, 2][padded.len() % 3];
        text[start.min(end)..end].to_owned()
    })
}

impl PartialEq for KnownSecrets {
    fn eq(&self, other: &Self) -> bool {
        self.locked == other.locked && self.forms.iter().map(Finder::needle).eq(other.forms.iter().map(Finder::needle))
    }
}

impl Eq for KnownSecrets {}

impl std::fmt::Debug for KnownSecrets {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "KnownSecrets({})", self.forms.len())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn known(secret: &str) -> KnownSecrets {
        KnownSecrets::new(&[SecretString::from(secret)])
    }

    #[test]
    fn a_secret_is_masked_in_every_form() {
        let secret = "whsec_a/b+c d\"e=ü";
        let known = known(secret);
        let encoded = |text: &str| STANDARD.encode(text);
        for text in [
            secret.to_owned(),
            "a/b+c d\"e=ü".to_owned(),
            "whsec_a%2Fb%2Bc%20d%22e%3D%C3%BC".to_owned(),
            "whsec_a%2fb%2bc%20d%22e%3d%c3%bc".to_owned(),
            "whsec_a%2Fb%2Bc+d%22e%3D%C3%BC".to_owned(),
            "whsec_a/b+c d\\\"e=ü".to_owned(),
            "whsec_a\\/b+c d\\\"e=ü".to_owned(),
        ] {
            let masked = known.mask(format!("x {text} y").as_bytes());
            assert_eq!(masked.as_deref(), Some(&b"x [masked] y"[..]), "{text}");
        }
        for before in ["", "a", "ab", "abc", "user:"] {
            let text = encoded(&format!("{before}{secret}:rest"));
            let masked = known.mask(text.as_bytes()).unwrap_or_else(|| panic!("{text}"));
            assert!(memchr::memmem::find(&masked, MASK.as_bytes()).is_some());
        }
    }

    #[test]
    fn short_secrets_and_other_texts_stay() {
        assert_eq!(known("abc").mask(b"abc abc"), None);
        assert_eq!(known("whsec_0123456789").mask(b"whsec_012345678"), None);
        assert_eq!(KnownSecrets::default().mask(b"anything"), None);
    }

    proptest::proptest! {
        #[test]
        fn no_base64_around_a_secret_lets_it_through(
            before in ".{0,9}", secret in "[!-~]{6,40}", after in ".{0,9}",
        ) {
            let text = STANDARD.encode(format!("{before}{secret}{after}"));
            proptest::prop_assert!(known(&secret).mask(text.as_bytes()).is_some(), "{}", text);
            let text = URL_SAFE.encode(format!("{before}{secret}{after}"));
            proptest::prop_assert!(known(&secret).mask(text.as_bytes()).is_some(), "{}", text);
        }
    }
}
