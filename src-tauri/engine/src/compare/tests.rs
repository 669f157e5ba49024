//! What a comparison shows.

use super::*;
use bytes::Bytes;

fn input(content_type: &str, text: &str, root: &str) -> Input {
    let bytes = Bytes::copy_from_slice(text.as_bytes());
    let size = bytes.len() as u64;
    let label =
        SideLabel { title: String::new(), direction: None, side: None, started_at: None, root: root.into(), size };
    Input { document: Arc::new(Document::new(Some(content_type), &[], bytes, size)), label }
}

fn json(texts: &[&str]) -> Compared {
    json_with(texts, &[], &[])
}

fn json_with(texts: &[&str], ignore: &[&str], keys: &[(&str, &str)]) -> Compared {
    let inputs: Vec<Input> = texts.iter().map(|text| input("application/json", text, "")).collect();
    let ignore: Vec<String> = ignore.iter().map(|&rule| rule.to_owned()).collect();
    let keys: Vec<ArrayKey> =
        keys.iter().map(|&(path, field)| ArrayKey { path: path.into(), field: field.into() }).collect();
    compare(&inputs, &ignore, &keys)
}

/// The rows that are shown by default, one a line: kind, path and cells.
fn shown(compared: &Compared) -> Vec<String> {
    let cell = |cell: &CompareCell| format!("{:?} {}", cell.state, cell.text);
    let rows = compared.rows(false, false, 0, 1_000).rows;
    rows.iter()
        .map(|row| {
            let cells: Vec<String> = row.cells.iter().map(cell).collect();
            format!("{:?} {} | {}", row.kind, row.path, cells.join(" | "))
        })
        .collect()
}

#[test]
fn shows_four_sides_by_container() {
    let compared = json(&[
        r#"{"n":1,"customer":"c","email":"ap@x","intent":"pi","notes":0,"meta":{"order":"3","same":true}}"#,
        r#"{"n":1,"customer":{"id":"c"},"email":"billing@x","parent":{"a":1},"notes":0,"meta":{"order":"3","same":true}}"#,
        r#"{"n":2,"customer":"c","email":"ap@x","intent":"pi","notes":1200,"meta":{"order":"2","same":true}}"#,
        r#"{"n":2,"customer":"c","email":"billing@x","parent":{"a":1},"notes":3000,"meta":{"order":"3","same":true}}"#,
    ]);
    assert_eq!(
        shown(&compared),
        [
            "Section $ | ",
            "Changed $.n | Same 1 | Same 1 | Changed 2 | Changed 2",
            "Retyped $.customer | Same \"c\" | Retyped {1} | Same \"c\" | Same \"c\"",
            "Changed $.email | Same \"ap@x\" | Changed \"billing@x\" | Same \"ap@x\" | Changed \"billing@x\"",
            "Removed $.intent | Same \"pi\" | Missing  | Same \"pi\" | Missing ",
            "Changed $.notes | Same 0 | Same 0 | Changed 1200 | Third 3000",
            "Added $.parent | Missing  | Added {1} | Missing  | Added {1}",
            "Section $.meta | ",
            "Changed $.meta.order | Same \"3\" | Same \"3\" | Changed \"2\" | Same \"3\"",
        ]
    );
    let summary = compared.summary();
    let counts = DiffCounts { changed: 4, added: 1, removed: 1, retyped: 1, moved: 0 };
    assert_eq!((summary.mode, summary.differences, summary.counts, summary.equal), (CompareMode::Json, 7, counts, 1));
    let rows = compared.rows(false, false, 0, 100).rows;
    assert_eq!((rows[0].differences, rows[7].differences, rows[7].label.as_str()), (6, 1, "meta"));
    assert_eq!(rows[3].cells[1].marks, [(1, 8)]);
}

#[test]
fn matches_elements_by_identity_and_says_what_moved() {
    let compared = json(&[
        r#"{"l":[{"id":"a","v":1},{"id":"b","v":1},{"id":"c d","v":1}]}"#,
        r#"{"l":[{"id":"c d","v":1},{"id":"a","v":2},{"id":"b","v":1}]}"#,
    ]);
    assert_eq!(
        shown(&compared),
        [
            "Section $.l | ",
            "Moved $.l[id='c d'] | Same {2} | Moved {2}",
            "Section $.l[id=a] | ",
            "Changed $.l[id=a].v | Same 1 | Changed 2",
        ]
    );
    assert_eq!(compared.rows(false, false, 1, 1).rows[0].cells[1].moved_to, Some(0));
}

#[test]
fn matches_a_number_with_the_same_digits_in_a_string() {
    let compared = json(&[r#"[{"id":42,"a":1}]"#, r#"[{"id":"42","a":1}]"#]);
    assert_eq!(shown(&compared), ["Section $[id=42] | ", "Retyped $[id=42].id | Same 42 | Retyped \"42\""]);
}

#[test]
fn takes_the_field_that_the_user_chose() {
    let (a, b) = (r#"{"l":[{"id":1,"k":"x"},{"id":2,"k":"y"}]}"#, r#"{"l":[{"id":2,"k":"x"},{"id":1,"k":"y"}]}"#);
    let compared = json_with(&[a, b], &[], &[("$.l", "k")]);
    assert_eq!(shown(&compared)[1], "Changed $.l[k=x].id | Same 1 | Changed 2");
    let compared = json_with(&[a, b], &[], &[("$.l", "none")]);
    assert_eq!(compared.summary().counts.moved, 1);
    assert!(compared.summary().notice.as_deref().unwrap().contains("\"none\""));
}

#[test]
fn matches_elements_that_nothing_tells_apart_by_what_they_have_in_common() {
    let compared = json(&["[1,2,3]", "[1,3,4]"]);
    assert_eq!(
        shown(&compared),
        ["Section $ | ", "Removed $[1] | Same 2 | Missing ", "Added $[2] | Missing  | Added 4"]
    );
    let compared = json(&[r#"[{"a":1,"b":1},{"a":2,"b":2}]"#, r#"[{"a":0},{"a":1,"b":1,"c":1},{"a":2,"b":2}]"#]);
    assert_eq!(
        shown(&compared),
        ["Section $ | ", "Added $[0] | Missing  | Added {1}", "Section $[0] | ", "Added $[0].c | Missing  | Added 1",]
    );
}

#[test]
fn ignores_by_rule_without_hiding_that_it_does() {
    let (a, b) = (r#"{"at":1,"x":{"url":1,"n":1},"n":1}"#, r#"{"at":2,"x":{"url":2,"n":2},"n":2}"#);
    let compared = json_with(&[a, b], &["$.at", "not a [path", "$..url"], &[]);
    let summary = compared.summary();
    assert_eq!((summary.differences, summary.ignored), (2, 2));
    assert!(summary.notice.as_deref().unwrap().contains("not a [path"));
    assert_eq!(shown(&compared).len(), 4);
    let rows = compared.rows(true, false, 0, 100).rows;
    let ignored: Vec<_> = rows.iter().map(|row| (row.path.as_str(), row.ignored_by)).collect();
    assert_eq!(
        ignored,
        [("$", None), ("$.at", Some(1)), ("$.n", None), ("$.x", None), ("$.x.url", Some(3)), ("$.x.n", None),]
    );
    assert_eq!(json_with(&[a, b], &["$"], &[]).summary().differences, 0);
    assert_eq!(json_with(&[a, b], &["$.x", "$.*"], &[]).summary().ignored, 4);
}

#[test]
fn looks_into_what_only_some_sides_have() {
    let compared = json(&[r#"{"a":{"x":1}}"#, r#"{}"#, r#"{"a":{"x":2}}"#]);
    assert_eq!(
        shown(&compared),
        [
            "Section $ | ",
            "Removed $.a | Same {1} | Missing  | Changed {1}",
            "Section $.a | ",
            "Changed $.a.x | Same 1 | Missing  | Changed 2",
        ]
    );
}

#[test]
fn compares_what_the_pointers_name() {
    let inputs = [
        input("application/json", r#"{"data":{"object":{"a":1}}}"#, "/data/object"),
        input("application/json", r#"{"a":1}"#, ""),
    ];
    assert!(compare(&inputs, &[], &[]).is_equal());
    let inputs = [inputs[1].clone(), input("application/json", "{}", "/none")];
    let compared = compare(&inputs, &[], &[]);
    assert_eq!(shown(&compared), ["Removed $ | Same {1} | Missing "]);
    assert!(compared.summary().notice.as_deref().unwrap().contains("Side B has nothing at /none"));
}

#[test]
fn shows_equal_values_when_asked() {
    let compared = json(&[r#"{"a":1,"b":{"c":[1,2]},"d":0}"#, r#"{"a":1,"b":{"c":[1,2]},"d":1}"#]);
    assert_eq!(compared.summary().equal, 3);
    let rows = compared.rows(false, true, 0, 100).rows;
    let kinds: Vec<_> = rows.iter().map(|row| (row.kind, row.path.as_str())).collect();
    assert_eq!(
        kinds,
        [(DiffKind::Section, "$"), (DiffKind::Equal, "$.a"), (DiffKind::Equal, "$.b"), (DiffKind::Changed, "$.d"),]
    );
}

#[test]
fn keeps_digits_apart() {
    let compared = json(&[r#"[9007199254740993, 1.0]"#, r#"[9007199254740992, 1]"#]);
    assert_eq!(compared.summary().counts.changed, 2);
    assert_eq!(compared.rows(false, false, 1, 1).rows[0].cells[1].marks, [(15, 16)]);
}

fn within(texts: &[&str], seconds: u64) -> Compared {
    let inputs: Vec<Input> = texts.iter().map(|text| input("application/json", text, "")).collect();
    compare_within(&inputs, Options { ignore: &[], keys: &[], time: Duration::from_secs(seconds) })
}

#[test]
fn compares_100_000_levels() {
    let deep = |leaf: &str| format!("{}{leaf}{}", "{\"a\":[".repeat(50_000), "]}".repeat(50_000));
    let compared = within(&[&deep("1"), &deep("2")], 600);
    assert_eq!(compared.summary().differences, 1);
    let row = &compared.rows(false, false, 1, 1).rows[0];
    assert!(row.path.starts_with("$…") && row.path.ends_with(".a[0]") && row.path.len() < 1_000, "{}", row.path);
}

#[test]
fn says_what_it_did_not_look_into_when_the_time_is_up() {
    let compared = within(&["{\"a\":[{\"id\":1}],\"b\":1}", "{\"a\":[{\"id\":2}],\"b\":2}"], 0);
    assert_eq!(shown(&compared), ["Changed $ | Same {2} | Changed {2}"]);
    assert!(compared.summary().notice.as_deref().unwrap().contains("1 containers that differ are not looked into"));
}

#[test]
fn compares_wide_objects_and_arrays() {
    let object = |change: usize| {
        let members: Vec<String> = (0..30_000).map(|n| format!("\"k{n}\":{}", n / change)).collect();
        format!("{{{}}}", members.join(","))
    };
    let compared = within(&[&object(1), &object(2)], 600);
    assert_eq!(compared.summary().differences + compared.summary().equal, 30_000);
    assert_eq!(compared.rows(false, false, 29_000, 1_000).rows.len(), 1_000);
    let array = |seed: u64| {
        let random = |n: u64| (n * seed).wrapping_mul(0x9E37_79B9_7F4A_7C15) >> 54;
        format!("{:?}", (0..30_000).map(random).collect::<Vec<_>>())
    };
    let compared = within(&[&array(1), &array(7), &array(11)], 600);
    assert!(compared.summary().counts.moved > 0 && compared.summary().notice.is_none());
}

#[test]
fn compares_text_by_lines() {
    let inputs = [
        input("text/plain", "a\nb\nc\nd\n", ""),
        input("text/plain", "a\nB\nc\nd", ""),
        input("text/plain", "a\nb\nb2\nc\n", ""),
    ];
    let compared = compare(&inputs, &[], &[]);
    assert_eq!(compared.summary().mode, CompareMode::Text);
    assert_eq!(
        shown(&compared),
        ["Changed line 2 | Same b | Changed B | Third b\nb2", "Removed line 4 | Same d | Same d | Missing ",]
    );
    assert_eq!((compared.summary().equal, compared.summary().notice.as_deref()), (2, None));
}

#[test]
fn says_why_json_is_compared_by_lines() {
    let inputs = [input("application/json", "{\n}", ""), input("application/json", "{\n", "")];
    let notice = compare(&inputs, &[], &[]).summary().notice.clone().unwrap();
    assert!(notice.contains("Side B is not valid JSON at line 2, column 1"), "{notice}");
}

#[test]
fn compares_what_is_no_text_by_bytes() {
    let inputs = [input("image/png", "\u{0}abc", ""), input("image/png", "\u{0}abd!", "")];
    let compared = compare(&inputs, &[], &[]);
    assert_eq!(compared.summary().mode, CompareMode::Bytes);
    assert_eq!(
        shown(&compared),
        ["Changed size | Same 4 bytes | Changed 5 bytes", "Changed byte 3 | Same 63 | Changed 64 21",]
    );
    assert!(compare(&[inputs[0].clone(), inputs[0].clone()], &[], &[]).is_equal());
}
