//! What values mean, and which ones mean nothing.

use super::*;

fn text(kind: JsonKind, value: &str) -> Option<String> {
    chips(kind, value.as_bytes(), None).pop().map(|chip| chip.text)
}

#[test]
fn marks_numbers_that_a_double_changes() {
    for (value, exact) in [
        ("9007199254740992", false),
        ("9007199254740993", true),
        ("-9007199254740993", true),
        ("123456789012345678901234567890", true),
        ("0.1", false),
        ("1.10", false),
        ("0.1234567890123456789", true),
        ("1e20", false),
        ("1e400", true),
        ("1e-400", true),
        ("0e-400", false),
        ("-0.000", false),
        ("1.7976931348623157e308", false),
        ("1e99999999999999999999", true),
    ] {
        let chips = chips(JsonKind::Number, value.as_bytes(), None);
        assert_eq!(chips.iter().any(|chip| chip.kind == ChipKind::Exact), exact, "{value}");
    }
    assert_eq!(text(JsonKind::Number, "9007199254740993").as_deref(), Some("exact, beyond 53 bits"));
}

#[test]
fn reads_moments() {
    let shown = Some("12:04:08.917, 22 Nov 2026 UTC");
    assert_eq!(text(JsonKind::String, "\"2026-11-22T12:04:08.917Z\"").as_deref(), shown);
    assert_eq!(text(JsonKind::String, "\"2026-11-22T13:04:08.917+01:00\"").as_deref(), shown);
    assert_eq!(text(JsonKind::Number, "1795349048917").as_deref(), shown);
    assert_eq!(text(JsonKind::Number, "1795349048").as_deref(), Some("12:04:08, 22 Nov 2026 UTC"));
}

#[test]
fn leaves_what_is_no_moment() {
    for value in ["\"2026-11-22\"", "\"2026-11-22T12:04:08\"", "\"2026-13-22T12:04:08Z\"", "\"\"", "\"éééééééééééé\""]
    {
        assert_eq!(text(JsonKind::String, value), None, "{value}");
    }
    for value in ["0", "-1795349048", "4102444800", "17953490489170", "1795349048.5"] {
        assert_eq!(text(JsonKind::Number, value), None, "{value}");
    }
    assert!(chips(JsonKind::Number, b"1795349048", Some(b"object_id")).is_empty());
}

#[test]
fn unpacks_base64_in_either_alphabet_with_its_padding_or_without() {
    for text in [
        "Pj4+Pz8/Pj4+Pz8/IEhlbGxvIQ==",
        "Pj4+Pz8/Pj4+Pz8/IEhlbGxvIQ",
        "Pj4-Pz8_Pj4-Pz8_IEhlbGxvIQ==",
        "Pj4-Pz8_Pj4-Pz8_IEhlbGxvIQ",
    ] {
        assert_eq!(unpacked(text).as_deref(), Some(&b">>>???>>>??? Hello!"[..]), "{text}");
    }
    assert_eq!(unpacked("Pj4-Pz8_Pj4-\r\nPz8_IEhlbGxvIQ==\n").as_deref(), Some(&b">>>???>>>??? Hello!"[..]));
    assert_eq!(unpacked("Pj4-Pz8/Pj4-Pz8_IEhlbGxvIQ"), None, "no alphabet has them all");
}

#[test]
fn names_what_a_string_holds() {
    let token = "eyJhbGciOiJIUzI1NiJ9.eyJleHAiOjE3OTUzNDkwNDh9.c2ln";
    for (value, kind, words) in [
        ("https://api.example.com/v1?a=b", ChipKind::Url, "api.example.com"),
        ("ada@example.com", ChipKind::Email, "e-mail"),
        ("0190163d-8694-739b-aea5-966c26f8ad91", ChipKind::Id, "UUID v7"),
        ("f47ac10b-58cc-4372-a567-0e02b2c3d479", ChipKind::Id, "UUID v4"),
        ("01HZ3C6X8QK5ZP7M2N4R6T8V9W", ChipKind::Id, "ULID"),
        (r#"{\"a\":1}"#, ChipKind::Json, "1 key"),
        ("SGVsbG8sIHdvcmxkISBIb3cgYXJlIHlvdT8=", ChipKind::Base64, "Hello, world!"),
        ("iVBORw0KGgoAAAANSUhEUgAAAAEAAAAB", ChipKind::Base64, "PNG image"),
        (r"SGVsbG8sIHdvcmxk\nISBIb3cgYXJlIHlv\ndT8=\n", ChipKind::Base64, "Hello, world!"),
        (token, ChipKind::Jwt, "JWT"),
    ] {
        let found = chips(JsonKind::String, format!("\"{value}\"").as_bytes(), None).pop();
        let found = found.unwrap_or_else(|| panic!("{value} means nothing"));
        assert_eq!(found.kind, kind, "{value}: {}", found.text);
        assert!(found.text.contains(words), "{value}: {}", found.text);
    }
    assert_eq!(string(token, None).unwrap().at, Some(1_795_349_048_000_000));
    let claims = |claims: &str| {
        let token = format!("eyJhbGciOiJIUzI1NiJ9.{}.c2ln", BASE64_URL_SAFE_NO_PAD.encode(claims));
        string(&token, None).unwrap().text
    };
    assert_eq!(claims("{}"), "JWT, never expires");
    for exp in ["1795349048000", "\"1795349048\"", "null", "-1", "[]"] {
        assert_eq!(claims(&format!("{{\"exp\":{exp}}}")), "JWT, exp is no time in seconds", "{exp}");
    }
    let at = |uuid: &str| string(uuid, None).unwrap().at;
    assert_eq!(at("0190163d-8694-739b-aea5-966c26f8ad91"), Some(0x0190_163d_8694 * 1_000), "milliseconds lead");
    assert_eq!(at("0190163d-8694-439b-aea5-966c26f8ad91"), None, "no time is in a UUID of version 4");
    assert_eq!(string("65f1a2b3c4d5e6f708192a3b", Some(b"_id")).unwrap().text, "ObjectId");
}

#[test]
fn judges_a_long_string_by_its_front() {
    let long = |text: &str| text.repeat(1 + 2 * STRING_LIMIT / text.len());
    let packed = |bytes: &[u8]| BASE64.encode(bytes);
    let lines = |text: &str| text.as_bytes().chunks(60).map(String::from_utf8_lossy).collect::<Vec<_>>().join("\\n");
    let image = [b"\x89PNG\r\n\x1a\n", long("\u{1}\u{2}\u{80}").as_bytes()].concat();
    for (value, kind, words) in [
        (packed(&image), ChipKind::Base64, "base64: PNG image"),
        (lines(&packed(&image)), ChipKind::Base64, "base64: PNG image"),
        (packed(long("caf\u{e9} cr\u{e8}me ").as_bytes()), ChipKind::Base64, "base64: caf\u{e9} cr"),
        (format!("[{}1]", long(r#"{\"a\":\"\\\"\\u00e9\"},"#)), ChipKind::Json, "JSON inside"),
        (long(r"caf\u00e9 "), ChipKind::Text, "caf\u{e9}"),
    ] {
        let found = chips(JsonKind::String, format!("\"{value}\"").as_bytes(), None).pop();
        let found = found.unwrap_or_else(|| panic!("{} means nothing", &value[..40]));
        assert_eq!(found.kind, kind, "{}", found.text);
        assert!(found.text.starts_with(words), "{}", found.text);
    }
    for text in [long("only text "), long("{no json} "), long("ABCdefGHIjklMNOpqrSTUvwxYZ")] {
        assert_eq!(chips(JsonKind::String, format!("\"{text}\"").as_bytes(), None), []);
    }
}

#[test]
fn leaves_a_string_that_is_only_text() {
    for value in [
        "hello",
        "a@b",
        "@octocat",
        "http://",
        "javascript:alert(1)",
        "6dcb09b5b57875f334f61aebed695e2e4193db5e",
        "ThisIsAVeryLongIdentifierName",
        "{not json}",
        "eyJ.a.b",
        "0190163d-8694-739b-aea5",
        "01hz3c6x8qk5zp7m2n4r6t8v9w",
    ] {
        assert_eq!(string(value, None), None, "{value}");
    }
}

proptest::proptest! {
    #[test]
    fn looks_into_any_string(text in "\\PC{0,80}") {
        let _ = string(&text, Some(b"id"));
    }
}
