//! Reads a media type, or any header value of the form `value; name=value; name="value"`.

/// A value and its parameters, names in lower case.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct MediaType {
    /// What stands before the first `;`, in lower case.
    pub(crate) essence: String,
    /// The parameters in order.
    params: Vec<(String, String)>,
}

impl MediaType {
    /// Reads a header value; whatever it holds, something is read (RFC 9110, section 5.6.6).
    pub(crate) fn parse(text: &str) -> Self {
        let (essence, mut rest) = text.split_once(';').unwrap_or((text, ""));
        let mut params = Vec::new();
        while !rest.is_empty() {
            let name_end = rest.find(['=', ';']).unwrap_or(rest.len());
            let name = rest[..name_end].trim().to_ascii_lowercase();
            let (value, left) = match rest[name_end..].strip_prefix('=') {
                Some(value) => param_value(value.trim_start()),
                None => (String::new(), &rest[name_end..]),
            };
            if !name.is_empty() {
                params.push((name, value));
            }
            rest = left.find(';').map_or("", |at| &left[at + 1..]);
        }
        Self { essence: essence.trim().to_ascii_lowercase(), params }
    }

    /// The first parameter of this lower-case name.
    pub(crate) fn param(&self, name: &str) -> Option<&str> {
        self.params.iter().find(|(key, _)| key == name).map(|(_, value)| value.as_str())
    }
}

/// Reads a token or a quoted string; returns what is left behind it. A backslash escapes only `"` and `\`: file names
/// come with the backslashes of Windows paths.
fn param_value(text: &str) -> (String, &str) {
    let Some(quoted) = text.strip_prefix('"') else {
        let end = text.find(';').unwrap_or(text.len());
        return (text[..end].trim_end().to_owned(), &text[end..]);
    };
    let mut value = String::new();
    let mut chars = quoted.char_indices().peekable();
    while let Some((at, char)) = chars.next() {
        match char {
            '"' => return (value, &quoted[at + 1..]),
            '\\' => match chars.next_if(|(_, next)| matches!(next, '"' | '\\')) {
                Some((_, escaped)) => value.push(escaped),
                None => value.push('\\'),
            },
            _ => value.push(char),
        }
    }
    (value, "")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_parameters_with_and_without_quotes() {
        let media = MediaType::parse("Multipart/Form-Data ; Boundary=\"a;b\\\"c\" ; charset = utf-8;;x");
        assert_eq!(media.essence, "multipart/form-data");
        assert_eq!(media.param("boundary"), Some("a;b\"c"));
        assert_eq!(media.param("charset"), Some("utf-8"));
        assert_eq!(media.param("x"), Some(""));
    }

    #[test]
    fn keeps_the_backslashes_of_a_path() {
        let media = MediaType::parse("form-data; filename=\"C:\\temp\\a.txt\"");
        assert_eq!(media.param("filename"), Some("C:\\temp\\a.txt"));
    }

    #[test]
    fn takes_an_open_quote_to_the_end() {
        assert_eq!(MediaType::parse("a; b=\"c; d").param("b"), Some("c; d"));
    }
}
