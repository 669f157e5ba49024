//! Words of a shell command: quoted so that bash and zsh hand on exactly these bytes.

/// One word. Text goes between single quotes; what a terminal would act on, hide or turn around, and bytes that are no
/// text, go as `$'\xNN'`. None if there is a NUL: no argument can hold one.
pub(super) fn quote(bytes: &[u8]) -> Option<String> {
    if bytes.contains(&0) {
        return None;
    }
    match std::str::from_utf8(bytes) {
        Ok(text) if !text.chars().any(is_unsafe) => Some(format!("'{}'", text.replace('\'', "'\\''"))),
        Ok(text) => Some(ansi(text)),
        Err(_) => Some(format!("$'{}'", bytes.iter().map(|&byte| escaped_byte(byte)).collect::<String>())),
    }
}

/// Text as `$'…'`: what is safe to show stays readable.
fn ansi(text: &str) -> String {
    let mut out = String::from("$'");
    for char in text.chars() {
        if char.is_ascii() || is_unsafe(char) {
            out.extend(char.encode_utf8(&mut [0; 4]).bytes().map(escaped_byte));
        } else {
            out.push(char);
        }
    }
    out + "'"
}

fn escaped_byte(byte: u8) -> String {
    match byte {
        b'\'' => "\\'".into(),
        b'\\' => "\\\\".into(),
        b'\n' => "\\n".into(),
        b'\r' => "\\r".into(),
        b'\t' => "\\t".into(),
        b' '..=b'~' => char::from(byte).to_string(),
        _ => format!("\\x{byte:02x}"),
    }
}

/// Control characters but for line feeds, and those that have no width or turn the direction of text.
fn is_unsafe(char: char) -> bool {
    (char.is_control() && char != '\n')
        || matches!(char, '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{feff}')
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use std::process::Command;

    /// What bash makes of the quoted words.
    fn through_bash(words: &[Vec<u8>]) -> Vec<u8> {
        let quoted: Vec<String> = words.iter().map(|word| quote(word).unwrap()).collect();
        let output =
            Command::new("bash").arg("-c").arg(format!("printf '%s\\0' {}", quoted.join(" "))).output().unwrap();
        assert!(output.status.success());
        output.stdout
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(64))]
        #[test]
        fn bash_hands_on_the_same_bytes(
            bytes in proptest::collection::vec(1_u8.., 0..60),
            text in "\\PC{0,40}",
            nasty in "['\"\\\\$`!\n\r\t \u{202e}a-f0-9]{0,40}",
        ) {
            let words = [bytes, text.replace('\0', "").into_bytes(), nasty.into_bytes()];
            let expected: Vec<u8> = words.iter().flat_map(|word| word.iter().copied().chain([0])).collect();
            prop_assert_eq!(through_bash(&words), expected);
        }
    }

    #[test]
    fn a_nul_can_t_be_in_a_word() {
        assert_eq!(quote(b"a\0b"), None);
    }
}
