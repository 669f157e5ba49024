//! Names of any length: the views are given their fronts.

use super::document;
use crate::inspect::{Document, Lens};
use serde::Serialize;

/// Bytes of JSON that a page may take that shows a few rows.
const LITTLE: usize = 20_000;

fn long(unit: &str) -> String {
    unit.repeat(100_000)
}

fn weight(page: &impl Serialize) -> usize {
    serde_json::to_string(page).unwrap().len()
}

#[test]
fn no_view_is_given_a_whole_name_that_is_long() {
    let name = long("n");
    let head = format!("Content-Disposition: form-data; name={name}; filename={name}\r\nX-{name}: {name}");
    for (content_type, body) in [
        ("application/json", format!(r#"[{{"{name}":1}},{{"{name}":2}}]"#)),
        ("application/json", format!(r#"{{"{name}":[{{"a":1}},{{"a":2}}],"b":[{{"a":1}}]}}"#)),
        ("text/csv", format!("{name}\n1\n2\n")),
        ("application/x-www-form-urlencoded", name.clone()),
        ("application/x-www-form-urlencoded", format!("{}=1", long("%00"))),
        ("multipart/form-data; boundary=X", format!("--X\r\n{head}\r\n\r\na\r\n--X--")),
        ("application/xml", format!("<a><{name}>1</b></a>")),
    ] {
        let body = document(content_type, body.as_bytes());
        let info = body.info();
        assert!(weight(&info) < LITTLE, "{content_type}: the info has {}", weight(&info));
        let tree = body.tree_rows(9, &[], 0, 100);
        assert!(weight(&tree) < LITTLE, "{content_type}: the tree has {}", weight(&tree));
        let parts = body.parts();
        assert!(weight(&parts) < LITTLE, "{content_type}: the parts have {}", weight(&parts));
        for table in info.tables {
            let page = body.table_rows(table.node, 0, 10);
            assert!(weight(&page) < LITTLE, "{content_type}: the table has {}", weight(&page));
        }
    }
}

#[test]
fn a_key_that_is_cut_says_so_and_its_paths_are_whole() {
    let name = format!("a/{}", "\u{e9}".repeat(400));
    let body = document("application/json", format!(r#"{{"{name}":{{"b":1}},"c":2}}"#).as_bytes());
    let rows = body.tree_rows(9, &[], 1, 9).unwrap().rows;
    let keys: Vec<_> = rows.iter().map(|row| (row.key.clone().unwrap(), row.key_cut)).collect();
    let front: String = name.chars().take(200).collect();
    assert_eq!(keys, [(front, true), ("b".into(), false), ("c".into(), false)]);
    let place = body.node_place(rows[1].node).unwrap();
    assert_eq!(place.pointer, format!("/{}/b", name.replace('/', "~1")));
    assert_eq!((place.json_path, place.path_cut), (format!("$['{name}']['b']"), false));
}

#[test]
fn a_path_that_is_too_long_is_not_taken_for_whole() {
    let name = "n".repeat(2_000_000);
    for (content_type, body) in [
        ("application/json", format!(r#"{{"{name}":[{{"b":1}}]}}"#)),
        ("application/xml", format!("<a><{name}>1</{name}></a>")),
    ] {
        let body = document(content_type, body.as_bytes());
        let last = body.tree_rows(9, &[], 0, 9).unwrap().rows.pop().unwrap();
        let place = body.node_place(last.node).unwrap();
        assert!(place.path_cut && weight(&place) < LITTLE, "{content_type}");
    }
}

#[test]
fn both_ends_of_a_long_path_tell_a_table() {
    let body = format!(r#"{{"{}":{{"rows":[{{"b":1}}]}}}}"#, long("n"));
    let path = document("application/json", body.as_bytes()).info().tables.remove(0).json_path;
    assert!(path.starts_with("$['nnn") && path.ends_with("n']['rows']") && path.contains(" … "), "{path}");
}

#[test]
fn the_whole_name_of_a_field_or_a_part_is_opened() {
    let name = long("n");
    let opened = |body: &Document, index| {
        let head = body.look(&Lens::PartHead { index }).unwrap();
        String::from_utf8(head.decoded().to_vec()).unwrap()
    };
    let form = document("application/x-www-form-urlencoded", format!("a=1&{name}+%26&b").as_bytes());
    let field = &form.parts().parts[1];
    assert_eq!((field.name.as_deref(), field.name_cut), (Some(&name[..200]), true));
    assert_eq!((opened(&form, 1), opened(&form, 2)), (format!("{name} &"), "b".into()));
    assert!(form.look(&Lens::PartHead { index: 3 }).is_err());
    let head = format!("Content-Disposition: form-data; name=a; filename={name}\r\n\r\n");
    let multipart = document("multipart/form-data; boundary=X", format!("--X\r\n{head}a\r\n--X--").as_bytes());
    let part = &multipart.parts().parts[0];
    assert_eq!((part.name_cut, part.file_name.as_deref(), part.file_name_cut), (false, Some(&name[..200]), true));
    assert_eq!(opened(&multipart, 0), head);
    let found = |body: &Document, needle: &str| body.find(needle, crate::inspect::FindView::Parts).unwrap().hits;
    assert_eq!((found(&form, "n &"), found(&multipart, &"N".repeat(300))), (vec![1], vec![0]), "behind what is shown");
}
