//! `{{name}}` in what the user wrote, replaced in one pass. What is put in is never looked at again.

use std::borrow::Cow;
use std::collections::HashMap;

/// Names and values of the variables a send knows.
pub type Variables = HashMap<String, String>;

/// The longest name of a variable, white space included.
const LONGEST_NAME: usize = 128;

/// Replaces every `{{name}}` by its value. `\{{name}}` stands for `{{name}}` itself. Braces around anything that
/// can't be a name (letters, digits, `_`, `-`, `.`) are left alone.
///
/// # Errors
/// The first name that is not among the variables.
pub(super) fn substitute<'t>(text: &'t str, variables: &Variables) -> Result<Cow<'t, str>, String> {
    let mut out = String::new();
    let mut rest = text;
    while let Some((before, name, after)) = next_reference(rest) {
        if let Some(plain) = before.strip_suffix('\\') {
            out.push_str(plain);
            out.push_str(&rest[before.len()..rest.len() - after.len()]);
        } else {
            out.push_str(before);
            out.push_str(variables.get(name).ok_or_else(|| name.to_owned())?);
        }
        rest = after;
    }
    if out.is_empty() && rest.len() == text.len() {
        return Ok(Cow::Borrowed(text));
    }
    out.push_str(rest);
    Ok(Cow::Owned(out))
}

/// Writes a text so that [`substitute`] gives it back: for what was captured, which is never evaluated.
pub(super) fn literal(text: &str) -> Cow<'_, str> {
    let mut out = String::new();
    let mut rest = text;
    while let Some((before, _, after)) = next_reference(rest) {
        out.push_str(before);
        out.push('\\');
        out.push_str(&rest[before.len()..rest.len() - after.len()]);
        rest = after;
    }
    if rest.len() == text.len() {
        return Cow::Borrowed(text);
    }
    out.push_str(rest);
    Cow::Owned(out)
}

/// What stands before the first reference, its name, and what follows it.
fn next_reference(text: &str) -> Option<(&str, &str, &str)> {
    let mut from = 0;
    while let Some(at) = text[from..].find("{{") {
        let start = from + at;
        if let Some((name, length)) = reference(&text[start..]) {
            return Some((&text[..start], name, &text[start + length..]));
        }
        from = start + 1;
    }
    None
}

/// The name in a text that begins with `{{name}}`, and the bytes that it takes.
fn reference(text: &str) -> Option<(&str, usize)> {
    let inner = &text.as_bytes()[2..text.len().min(LONGEST_NAME + 4)];
    let end = inner.windows(2).position(|pair| pair == b"}}")?;
    let name = text[2..2 + end].trim_matches(' ');
    let is_name = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-' | b'.');
    (!name.is_empty() && name.bytes().all(is_name)).then_some((name, end + 4))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn known() -> Variables {
        [("id", "{{secret}}"), ("a.b-c_d", "x"), ("secret", "no")].map(|(n, v)| (n.to_owned(), v.to_owned())).into()
    }

    #[test]
    fn references_are_replaced_once() {
        let text = "/{{id}}?{{ a.b-c_d }}={{{id}}}\\{{id}}";
        assert_eq!(substitute(text, &known()).unwrap(), "/{{secret}}?x={{{secret}}}{{id}}");
    }

    #[test]
    fn an_unknown_name_is_named() {
        assert_eq!(substitute("{{id}} {{nope}}", &known()), Err("nope".into()));
    }

    #[test]
    fn what_is_no_reference_stays() {
        for text in ["", "{{", "}}", "{{}}", "{{ä}}", "{{#if x}}", "{\"a\":{\"b\":{}}}", "{{a b}}"] {
            assert_eq!(substitute(text, &known()).unwrap(), text);
        }
    }

    proptest! {
        #[test]
        fn literal_text_comes_back(text in "([{}a\\\\ ü]|\\{\\{a\\}\\}){0,20}") {
            let escaped = literal(&text);
            prop_assert_eq!(substitute(&escaped, &Variables::new()).unwrap(), &text[..]);
        }
    }
}
