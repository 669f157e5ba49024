//! Arrays as tables: a row an element, a column a key.

use super::json::{Json, Node};
use super::rows::WINDOW_ROWS;
use super::tree::{cut_name, cut_text, place};
use super::{JsonKind, TableCell, TableColumn, TableInfo, TablePage, TableRow};
use std::borrow::Cow;
use std::collections::HashMap;

/// Elements that tell whether an array is a table.
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
    columns: Vec<TableColumn>,
    /// Where the column of a key stands among them.
    places: HashMap<String, usize>,
    /// True if there are more keys than columns.
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
        let mut columns = Vec::new();
        let mut places = HashMap::new();
        let mut more = false;
        'rows: for &row in &rows {
            for (_, name) in values(json, row) {
                if places.contains_key(&*name) {
                    continue;
                }
                if columns.len() == COLUMNS {
                    more = true;
                    break 'rows;
                }
                places.insert(name.to_string(), columns.len());
                columns.push(column(&name));
            }
        }
        Some(Self { node: at, rows, columns, places, more })
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
            columns: self.columns.clone(),
            more: self.more,
            rows: window.map(|&row| self.row(json, row)).collect(),
        }
    }

    fn row(&self, json: &Json, at: u32) -> TableRow {
        let mut found: Vec<(Option<u32>, u64)> = vec![(None, 0); self.columns.len()];
        for (value, name) in values(json, at) {
            if let Some(&place) = self.places.get(&*name) {
                found[place] = (Some(value), found[place].1 + 1);
            }
        }
        let cells = found.into_iter().map(|(value, values)| Some(cell(json, json.node(value?), values))).collect();
        TableRow { node: u64::from(json.node(at).start), cells }
    }
}

/// The values of an element, each with the column that it stands in.
fn values(json: &Json, at: u32) -> impl Iterator<Item = (u32, Cow<'_, str>)> {
    let is_container = json.node(at).is_container();
    let named = move |child| {
        let node = json.node(child);
        match json.key(node) {
            Some(Cow::Borrowed(key)) => (child, String::from_utf8_lossy(key)),
            Some(Cow::Owned(key)) => (child, String::from_utf8_lossy(&key).into_owned().into()),
            None => (child, (node.index + 1).to_string().into()),
        }
    };
    let within = is_container.then(|| json.children(at).map(named));
    within.into_iter().flatten().chain((!is_container).then_some((at, VALUE.into())))
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

fn cell(json: &Json, node: &Node, values: u64) -> TableCell {
    let (text, cut) = match node.kind() {
        JsonKind::Object => (format!("{{{}}}", node.children), false),
        JsonKind::Array => (format!("[{}]", node.children), false),
        _ => cut_text(&json.content(node), CELL),
    };
    TableCell { kind: node.kind(), text, cut, values }
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

    #[test]
    fn has_a_column_for_a_key_that_comes_late() {
        let rows: Vec<String> = (0..2_000).map(|n| format!("{{\"id\":{n}}}")).collect();
        let json = json(&format!("[{},{{\"late\":1}}]", rows.join(",")));
        let page = Table::new(&json, 0).unwrap().page(&json, 2_000, 1);
        assert_eq!((page.columns.len(), page.more), (2, false));
        assert_eq!(page.rows[0].cells[1].as_ref().map(|cell| cell.text.as_str()), Some("1"));
    }

    #[test]
    fn finds_the_value_of_a_column_behind_many_other_keys() {
        let members: Vec<String> = (0..300).map(|n| format!("\"k{n}\":{n}")).collect();
        let json = json(&format!("[{{\"id\":1}},{{{},\"id\":2}}]", members.join(",")));
        let page = Table::new(&json, 0).unwrap().page(&json, 1, 1);
        assert_eq!(page.rows[0].cells[0].as_ref().map(|cell| cell.text.as_str()), Some("2"));
        let twice = "\"k\":1,".repeat(150);
        let json = self::json(&format!("[{{{twice}\"id\":2}}]"));
        assert_eq!(Table::new(&json, 0).unwrap().page(&json, 0, 1).columns.len(), 2);
    }

    #[test]
    fn says_what_a_cell_does_not_show() {
        let json = json(&format!(r#"[{{"a":1,"b":"{}","a":2,"\u0061":3}}]"#, "x".repeat(201)));
        let page = Table::new(&json, 0).unwrap().page(&json, 0, 1);
        let cells: Vec<_> = page.rows[0].cells.iter().flatten().collect();
        assert_eq!((cells[0].text.as_str(), cells[0].cut, cells[0].values), ("3", false, 3));
        assert_eq!((cells[1].text.len(), cells[1].cut, cells[1].values), (200, true, 1));
    }
}
