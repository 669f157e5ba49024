//! What filters find, and what they say where they can't.

use super::*;
use proptest::prelude::*;

fn ask(language: FilterLanguage, program: &str, input: &str) -> Outcome {
    ask_here(&Filter { language, program: program.into() }, &Bytes::copy_from_slice(input.as_bytes()))
}

fn found(language: FilterLanguage, program: &str, input: &str) -> String {
    let outcome = ask(language, program, input);
    assert_eq!(outcome.problem, None, "{program}");
    String::from_utf8(outcome.document()).unwrap()
}

use FilterLanguage::{Jq, JsonPath};

#[test]
fn keeps_digits_escapes_and_order() {
    let input = r#"{"b":9007199254740993,"a":[1.10,1E400,123456789012345678901234567890,"\u00e9\/"]}"#;
    assert_eq!(found(JsonPath, "$.a[*]", input), "[1.10,\n1E400,\n123456789012345678901234567890,\n\"\\u00e9\\/\"]");
    assert_eq!(found(JsonPath, "$", input), input);
    assert_eq!(found(Jq, ".a[0:3]", input), "[1.10,1E400,123456789012345678901234567890]");
    assert_eq!(found(Jq, ".b, .a[0]", input), "[9007199254740993,\n1.10]");
    assert_eq!(found(Jq, ".b + 1", input), "9007199254740994");
    assert_eq!(found(Jq, "keys_unsorted", input), r#"["b","a"]"#);
}

#[test]
fn says_where_the_result_is_not_exact() {
    let twice = r#"{"a":1,"a":2}"#;
    assert_eq!(found(JsonPath, "$", twice), twice);
    assert_eq!(found(JsonPath, "$.a", twice), "2");
    assert_eq!(found(Jq, ".a", twice), "2");
    for language in [Jq, JsonPath] {
        let program = if language == Jq { "." } else { "$" };
        assert!(ask(language, program, twice).notice().unwrap().contains("more than once"));
        assert_eq!(ask(language, program, r#"{"a":1.5}"#).notice(), None);
    }
    assert!(ask(Jq, ".a", r#"{"a":0.1234567890123456789}"#).notice().unwrap().contains("floats"));
}

#[test]
fn points_at_what_is_wrong_in_the_program() {
    for (language, program, at, words) in [
        (Jq, ".a | nosuch(1)", Some(5), "no filter nosuch"),
        (Jq, "$x", Some(0), "no variable $x"),
        (Jq, "\"é\" | [1", Some(8), "closing bracket"),
        (Jq, ".a |", Some(4), "ends where"),
        (Jq, "include \"x\"; .", None, ""),
        (JsonPath, "a", Some(0), "not JSONPath"),
        (JsonPath, "$.a[", Some(2), "not JSONPath"),
    ] {
        let problem = ask(language, program, "{}").problem.unwrap();
        assert!(problem.message.contains(words), "{program}: {}", problem.message);
        if at.is_some() {
            assert_eq!(problem.at, at, "{program}: {}", problem.message);
        }
    }
}

#[test]
fn says_what_went_wrong_while_it_ran() {
    let outcome = ask(Jq, ".[] | .a", r#"[{"a":1},5]"#);
    assert_eq!((outcome.results, outcome.document()), (1, b"1".to_vec()));
    assert!(outcome.problem.unwrap().message.contains("jq stopped"));
    assert!(ask(Jq, ".", r#""\ud800""#).problem.unwrap().message.contains("can't read"));
    let deep = format!("{}1{}", "[".repeat(1_000), "]".repeat(1_000));
    assert!(ask(JsonPath, "$", &deep).problem.unwrap().message.contains("1000 levels"));
}

#[test]
fn shows_what_json_has_no_word_for_as_a_string() {
    assert_eq!(found(Jq, "nan, infinite", "null"), "[\"NaN\",\n\"Infinity\"]");
}

#[test]
fn stops_after_a_million_values() {
    let outcome = ask(Jq, "range(2000000)", "null");
    assert_eq!(outcome.results, RESULTS_LIMIT);
    assert!(outcome.notice().unwrap().contains("more than"));
}

#[test]
fn finds_in_a_wide_array_without_walking_it_for_every_hit() {
    let input = format!("[{}]", (0..300_000).map(|n| format!("{{\"n\":{n}}}")).collect::<Vec<_>>().join(","));
    let outcome = ask(JsonPath, "$[*].n", &input);
    assert_eq!(outcome.results, 300_000);
}

#[test]
fn finds_nothing_quietly() {
    assert_eq!(found(JsonPath, "$.none", "{}"), "[]");
    assert_eq!(found(Jq, "empty", "{}"), "[]");
}

proptest! {
    #[test]
    fn every_program_is_run_or_refused(program in ".{0,40}", jq: bool) {
        // What may run for ever is left to the tests of the worker.
        prop_assume!(!["def", "repeat", "recurse", "range", "while", "until", "limit", "input", "halt"].iter().any(|word| program.contains(word)));
        let _ = ask(if jq { Jq } else { JsonPath }, &program, r#"{"a":[1,{"b":"x"}]}"#);
    }

    #[test]
    fn the_whole_document_is_itself(text in crate::inspect::any_json()) {
        let outcome = ask(JsonPath, "$", &text);
        if outcome.problem.is_none() {
            let shown = outcome.document();
            let ours = read(&Bytes::from(compact_of(&text)), 0).unwrap();
            prop_assert_eq!(Bytes::from(shown), ours.bytes(ours.node(0)).to_vec());
        }
    }
}

fn compact_of(text: &str) -> Vec<u8> {
    crate::inspect::json::compact(text.as_bytes())
}
