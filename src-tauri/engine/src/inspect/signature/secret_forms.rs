//! What a secret's text becomes as a key, and what it becomes by mistake.

use super::digest::{from_base64, from_hex};
use super::keys;
use crate::inspect::provider::SecretForm;
use unicode_normalization::UnicodeNormalization;

/// The key that a secret stands for. None if it is not of this form, or empty: everybody has that one.
pub(super) fn key(secret: &str, form: SecretForm) -> Option<Vec<u8>> {
    if secret.is_empty() {
        return None;
    }
    let key = match form {
        SecretForm::Text | SecretForm::UserPassword | SecretForm::PublicKey => Some(secret.as_bytes().to_vec()),
        SecretForm::Hex => from_hex(secret),
        SecretForm::Base64 => from_base64(secret),
        SecretForm::Whsec => {
            let text = secret.strip_prefix("whsec_").unwrap_or(secret);
            // Some services give a text instead; their libraries take it as it is.
            from_base64(text).or_else(|| (text == secret).then(|| secret.as_bytes().to_vec()))
        }
        SecretForm::Ampersand => Some(format!("{secret}&").into_bytes()),
        SecretForm::Nfkd => Some(secret.nfkd().collect::<String>().into_bytes()),
    };
    key.filter(|key| !key.is_empty())
}

/// The key of a keyed hash. None of a public key, too: who knows it, and everybody may, could sign with it.
pub(super) fn shared(secret: &str, form: SecretForm) -> Option<Vec<u8>> {
    if keys::is_public(secret) { None } else { key(secret, form) }
}

/// The keys that the secret becomes if it is taken in the wrong form, with what was done to it.
pub(super) fn mistakes(secret: &str) -> Vec<(Vec<u8>, &'static str)> {
    let bytes = |text: &str| text.as_bytes().to_vec();
    let mut found = vec![(bytes(secret), "as text, just as it is")];
    let trimmed = secret.trim();
    if trimmed != secret {
        found.push((bytes(trimmed), "without the white space around it"));
    }
    for (ending, what) in
        [("\n", "with a newline behind it"), ("\r\n", "with CR LF behind it"), (" ", "with a space behind it")]
    {
        found.push((bytes(&format!("{trimmed}{ending}")), what));
    }
    for quote in ['"', '\''] {
        if let Some(inner) = trimmed.strip_prefix(quote).and_then(|rest| rest.strip_suffix(quote)) {
            found.push((bytes(inner), "without the quotes around it"));
        }
    }
    let decoded = [(from_base64(trimmed), "decoded from base64"), (from_hex(trimmed), "decoded from hexadecimal")];
    found.extend(decoded.into_iter().filter_map(|(key, what)| Some((key?, what))));
    if let Some((prefix, rest)) =
        trimmed.split_once('_').filter(|(prefix, rest)| prefix.len() <= 12 && !rest.is_empty())
    {
        let known = prefix == "whsec";
        found.push((
            bytes(rest),
            if known { "without its prefix whsec_, as text" } else { "without its prefix, as text" },
        ));
        found.extend(from_base64(rest).map(|key| (key, "without its prefix, decoded from base64")));
        found.extend(from_hex(rest).map(|key| (key, "without its prefix, decoded from hexadecimal")));
    }
    found.push((bytes(&format!("whsec_{trimmed}")), "with the prefix whsec_ before it"));
    found.push((bytes(&format!("{trimmed}&")), "with a & behind it"));
    found.push((trimmed.nfkd().collect::<String>().into_bytes(), "after Unicode normalization"));
    found.push((bytes(&trimmed.to_lowercase()), "in lower case"));
    found.push((bytes(&trimmed.to_uppercase()), "in upper case"));
    found
}
