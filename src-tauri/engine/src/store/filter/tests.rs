//! The language as text: what is read, printed and refused.

use super::*;

fn one(text: &str) -> Wanted {
    let filter = Filter::parse(text).unwrap_or_else(|problem| panic!("{text}: {problem}"));
    assert_eq!(filter.terms.len(), 1, "{text}");
    filter.terms[0].wanted.clone()
}

#[test]
fn urls_times_and_json_are_text() {
    for text in ["https://a.b/c?d=e", "12:30", "{id:5}", "Source:x", "::", "a:"] {
        assert!(matches!(one(text), Wanted::Words(_) | Wanted::Somewhere(_)), "{text}");
    }
}

#[test]
fn what_came_lately_is_looked_for_anew_every_minute() {
    const MINUTE: i64 = 60_000_000;
    let now = 29_916_667 * MINUTE;
    let stamp = |text: &str, now| {
        let mut plan = Filter::parse(text).unwrap().plan(0, now);
        plan.take_state(false, 0, 0, 0);
        plan.stamp()
    };
    for lately in ["since:15m needle", "before:2h needle", "-since:15m needle", "-before:2h needle"] {
        assert_eq!(stamp(lately, now), stamp(lately, now + MINUTE - 1), "the pages of a list are of one search");
        assert_ne!(stamp(lately, now), stamp(lately, now + MINUTE), "{lately}");
    }
    for always in ["needle", "since:2026-11-22T12:00:00Z needle", "-since:2026-11-22T12:00:00Z needle"] {
        assert_eq!(stamp(always, now), stamp(always, now + MINUTE), "{always}");
    }
}

#[test]
fn bare_words_are_words_and_quotes_look_inside() {
    assert_eq!(one("invoice"), Wanted::Words("invoice".into()));
    assert_eq!(one("\"voice\""), one("*voice*"));
    assert_eq!(one("\"voice\"").to_string(), "\"voice\"");
    assert_eq!(one("in*oice").to_string(), "\"in\"*\"oice\"");
    assert_eq!(one("+++").to_string(), "\"+++\"");
}

#[test]
fn every_key_reads_its_values() {
    for (text, printed) in [
        ("status:4xx", "status:4xx"),
        ("status:>399", "status:>=400"),
        ("status:400..499", "status:400..499"),
        ("status:none", "status:none"),
        ("larger:10kb", "larger:10240"),
        ("smaller:2", "smaller:2"),
        ("since:2h", "since:2h"),
        ("since:1970-01-01T00:00:01Z", "since:1970-01-01T00:00:01Z"),
        ("before:today", "before:today"),
        ("direction:pull", "direction:pull"),
        ("is:unread", "is:unread"),
        ("has:note", "has:note"),
        ("tag:\"to check\"", "tag:\"to check\""),
        ("body.data.id:x", "body.data.id:x"),
        ("body.a[\"b c\"][0]:>=-1.50e3", "body.a[\"b c\"][0]:>=-1.50e3"),
        ("body..amount:1..2", "body..amount:1..2"),
        ("body.a:\"1..2\"", "body.a:\"1..2\""),
        ("header.X-Kind:push*", "header.X-Kind:push*"),
    ] {
        assert_eq!(one(text).to_string(), printed);
    }
}

#[test]
fn what_cannot_be_read_is_named_with_its_place_and_what_it_could_be() {
    for (text, part) in [
        ("status:many", "status:404"),
        ("is:lost", "is:failed"),
        ("larger:big", "larger:10k"),
        ("since:noon", "since:15m"),
        ("direction:up", "direction:push"),
        ("has:money", "has:note"),
        ("sorce:stripe", "source:stripe"),
        ("header:x", "header.User-Agent"),
        ("source:", "source:stripe"),
        ("body.amount:>lots", "number"),
        ("body.a[:1]:x", "is not a path"),
        ("header.:x", "header.User-Agent"),
        ("request:mine", "request:12"),
        ("**", "everything"),
    ] {
        let problem = Filter::parse(&format!("ok {text} -ok")).unwrap_err();
        assert!(problem.message.contains(part), "{text}: {problem}");
        assert_eq!((problem.from, problem.to), (3, 3 + text.len()), "{text}");
    }
}

/// Texts that are made of what the language is made of.
fn likely() -> impl proptest::strategy::Strategy<Value = String> {
    let piece = proptest::sample::select(vec![
        "source:",
        "status:",
        "body.",
        "header.X:",
        "since:",
        "is:",
        "tag:",
        "larger:",
        "-",
        "\"",
        "\\",
        "*",
        " ",
        ">=",
        "<",
        "..",
        "4xx",
        "10k",
        "15m",
        "failed",
        "a",
        "é",
        "[0]",
        "[\"",
        "\"]",
        "$",
        ":",
        "1e5",
        "today",
        "b c",
        "\u{3000}",
    ]);
    proptest::strategy::Strategy::prop_map(proptest::collection::vec(piece, 0..12), |pieces| pieces.concat())
}

proptest::proptest! {
    #[test]
    fn no_text_breaks_the_reader(text in ".{0,80}") {
        let _ = Filter::parse(&text).map(|filter| filter.plan(0, 0));
    }

    #[test]
    fn what_is_printed_is_read_as_it_was(text in likely()) {
        if let Ok(filter) = Filter::parse(&text) {
            let printed = filter.to_string();
            proptest::prop_assert_eq!(Filter::parse(&printed), Ok(filter), "{}", printed);
        }
    }

    #[test]
    fn any_text_is_printed_as_it_is_read(text in ".{0,60}") {
        if let Ok(filter) = Filter::parse(&text) {
            proptest::prop_assert_eq!(Filter::parse(&filter.to_string()), Ok(filter));
        }
    }
}
