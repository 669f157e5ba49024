//! Arrays as tables: a row an element, a column a key.

use super::json::{Json, Node};
use super::rows::WINDOW_ROWS;
use super::tree::{cut_name, cut_text, place};
use super::{JsonKind, TableCell, TableColumn, TableInfo, TablePage, TableRow};
use std::collections::HashSet;

/// Rows whose keys make the columns.
const LOOKED_AT: usize = 1_000;

/// Columns at most.
const COLUMNS: usize = 100;

/// Tables that one document offers.
const TABLES: usize = 20;

/// Characters of a cell.
const CELL: usize = 200;

/// Characters of a long path that are shown at each of its ends.
const PATH_END: usize = 300;

/// The column of elements that are no objects or arrays.
const VALUE: &str = "value";

/// A table ready to be asked for windows.
#[derive(Debug)]
pub(crate) struct Table {
    node: u32,
    rows: Vec<u32>,
    columns: Vec<String>,
    more: bool,
}

/// The arrays that make sense as tables: of the elements that are looked at most are objects, or arrays, and the rest
/// are scalars. The longest come first.
pub(crate) fn tables(json: &Json) -> Vec<TableInfo> {
    let is_array = |node: &Node| node.kind() == JsonKind::Array && node.children > 0;
    let arrays = (0_u32..).zip(json.nodes()).filter(|(_, node)| is_array(node)).map(|(at, _)| at);
    let mut found: Vec<u32> = arrays.filter(|&at| is_table(json, at)).collect();
    found.sort_by_key(|&at| (std::cmp::Reverse(json.node(at).children), at));
    found.truncate(TABLES);
    let info = |at: &u32| {
        let node = json.node(*at);
        let path = place(json, u64::from(node.start));
        let json_path = path.map(|place| ends(place.json_path, place.path_cut)).unwrap_or_default();
        TableInfo { node: u64::from(node.start), json_path, rows: u64::from(node.children) }
    };
    found.iter().map(info).collect()
}

fn is_table(json: &Json, at: u32) -> bool {
    let kinds = || json.children(at).take(LOOKED_AT).map(|child| json.node(child).kind());
    let count = |wanted: JsonKind| kinds().filter(|kind| *kind == wanted).count();
    let (objects, arrays, all) = (count(JsonKind::Object), count(JsonKind::Array), kinds().count());
    // A list of one array is a list, not a table.
    (arrays == 0 && 2 * objects > all) || (objects == 0 && arrays > 1 && 2 * arrays > all)
}

impl Table {
    /// Reads the rows and columns of the array that starts at this byte. None if none does.
    pub(crate) fn new(json: &Json, node: u64) -> Option<Self> {
        let at = json.starting_at(node).filter(|&at| json.node(at).kind() == JsonKind::Array)?;
        let rows: Vec<u32> = json.children(at).collect();
        let mut columns: Vec<String> = Vec::new();
        let mut known: HashSet<String> = HashSet::new();
        let mut more = false;
        for &row in rows.iter().take(LOOKED_AT) {
            for name in names(json, row) {
                if known.contains(&name) {
                    continue;
                }
                if columns.len() == COLUMNS {
                    more = true;
                    break;
                }
                known.insert(name.clone());
                columns.push(name);
            }
        }
        Some(Self { node: at, rows, columns, more })
    }

    /// True if this is the table of that array.
    pub(crate) fn is_of(&self, json: &Json, node: u64) -> bool {
        u64::from(json.node(self.node).start) == node
    }

    /// A window of at most 1,000 rows.
    pub(crate) fn page(&self, json: &Json, from: u64, count: u32) -> TablePage {
        let from = usize::try_from(from).unwrap_or(usize::MAX);
        let window = self.rows.iter().skip(from).take(count.min(WINDOW_ROWS) as usize);
        TablePage {
            total: self.rows.len() as u64,
            columns: self.columns.iter().map(|name| column(name)).collect(),
            more: self.more,
            rows: window.map(|&row| self.row(json, row)).collect(),
        }
    }

    fn row(&self, json: &Json, at: u32) -> TableRow {
        let mut cells: Vec<Option<TableCell>> = vec![None; self.columns.len()];
        let node = json.node(at);
        if node.is_container() {
            for (child, name) in json.children(at).zip(names(json, at)) {
                if let Some(column) = self.columns.iter().position(|column| *column == name) {
                    cells[column] = Some(cell(json, json.node(child)));
                }
            }
        } else if let Some(column) = self.columns.iter().position(|column| column == VALUE) {
            cells[column] = Some(cell(json, node));
        }
        TableRow { node: u64::from(node.start), cells }
    }
}

/// The columns that an element has something in.
fn names(json: &Json, at: u32) -> Vec<String> {
    let node = json.node(at);
    let name = |child| {
        let child = json.node(child);
        match json.key(child) {
            Some(key) => String::from_utf8_lossy(&key).into_owned(),
            None => (child.index + 1).to_string(),
        }
    };
    if node.is_container() { json.children(at).take(COLUMNS + 1).map(name).collect() } else { vec![VALUE.into()] }
}

/// Both ends of a path that is long, or its front if that is all that is known of it.
fn ends(path: String, is_front: bool) -> String {
    let mut ends = path.char_indices().map(|(at, _)| at);
    if is_front {
        return path + "…";
    }
    match (ends.nth(PATH_END), ends.rev().nth(PATH_END)) {
        (Some(front), Some(back)) => format!("{} … {}", &path[..front], &path[back..]),
        _ => path,
    }
}

fn column(name: &str) -> TableColumn {
    let (name, cut) = cut_name(name.as_bytes());
    TableColumn { name, cut }
}

fn cell(json: &Json, node: &Node) -> TableCell {
    let text = match node.kind() {
        JsonKind::Object => format!("{{{}}}", node.children),
        JsonKind::Array => format!("[{}]", node.children),
        _ => cut_text(&json.content(node), CELL).0,
    };
    TableCell { kind: node.kind(), text }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::inspect::json::read;
    use bytes::Bytes;

    fn json(text: &str) -> Json {
        read(&Bytes::copy_from_slice(text.as_bytes()), 0).unwrap()
    }

    #[test]
    fn finds_the_arrays_of_objects() {
        let json = json(r#"{"a":[{"x":1}],"b":[{"x":1},{"y":2}],"c":[1,2],"d":[{},1],"e":[[1,2]],"f":[]}"#);
        let found: Vec<_> = tables(&json).into_iter().map(|table| (table.json_path, table.rows)).collect();
        assert_eq!(found, [("$['b']".into(), 2), ("$['a']".into(), 1)]);
    }

    #[test]
    fn lines_the_cells_up_by_key() {
        let json = json(r#"[{"id":1,"n":"a\"b"},{"n":null,"x":[1,2]},5]"#);
        let table = Table::new(&json, 0).unwrap();
        let page = table.page(&json, 0, 10);
        let names: Vec<&str> = page.columns.iter().map(|column| column.name.as_str()).collect();
        assert_eq!(names, ["id", "n", "x", "value"]);
        let texts: Vec<Vec<Option<&str>>> = page
            .rows
            .iter()
            .map(|row| row.cells.iter().map(|cell| cell.as_ref().map(|c| c.text.as_str())).collect())
            .collect();
        assert_eq!(texts[0], [Some("1"), Some("a\"b"), None, None]);
        assert_eq!(texts[1], [None, Some("null"), Some("[2]"), None]);
        assert_eq!(texts[2], [None, None, None, Some("5")]);
        assert!(Table::new(&json, 1).is_none());
    }

    #[test]
    fn bounds_the_columns() {
        let members: Vec<String> = (0..300).map(|n| format!("\"k{n}\":{n}")).collect();
        let json = json(&format!("[{{{}}}]", members.join(",")));
        let page = Table::new(&json, 0).unwrap().page(&json, 0, 1);
        assert_eq!((page.columns.len(), page.more, page.rows[0].cells.len()), (100, true, 100));
    }
}
