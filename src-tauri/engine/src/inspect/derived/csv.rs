//! Comma or tab separated values (RFC 4180): an array of objects if the first row names the columns, else of arrays.

use super::{Draft, write};
use crate::inspect::media::MediaType;
use csv::{ByteRecord, ReaderBuilder};
use std::borrow::Cow;

/// What parts the cells of a row.
const DELIMITERS: &[u8] = b",;\t|";

/// Columns that have names at most: no spreadsheet has more.
const NAMED: usize = 16_384;

pub(super) fn read_rows(text: &[u8], media: &MediaType, draft: &mut Draft) {
    let delimiter = delimiter(text, media);
    let mut reader = ReaderBuilder::new().has_headers(false).flexible(true).delimiter(delimiter).from_reader(text);
    draft.text.push(b'[');
    let mut names: Option<Vec<String>> = None;
    let mut record = ByteRecord::new();
    let mut first = None;
    let mut rows = 0_u64;
    while reader.read_byte_record(&mut record).unwrap_or(false) {
        if draft.is_over() {
            break;
        }
        if rows == 0 && first.is_none() && can_name(&record, media) {
            first = Some(record.clone());
            continue;
        }
        if let Some(first) = first.take() {
            // A second row shows that the first one can be the head of something.
            names = Some(column_names(&first));
        }
        row(draft, &record, names.as_deref(), rows);
        rows += 1;
    }
    if let Some(only) = first {
        row(draft, &only, None, 0);
    }
    draft.text.push(b']');
    if names.is_some() {
        draft.notice.get_or_insert("The first row is taken for the names of the columns.".into());
    }
    if let Some(at) = open_quote(text, delimiter) {
        draft.broken = Some((at, "The quoted cell that starts here has no end.".into()));
    }
}

fn row(draft: &mut Draft, record: &ByteRecord, names: Option<&[String]>, number: u64) {
    if number > 0 {
        draft.text.push(b',');
    }
    draft.text.push(if names.is_some() { b'{' } else { b'[' });
    for (at, cell) in record.iter().enumerate() {
        if draft.is_over() {
            break;
        }
        if at > 0 {
            draft.text.push(b',');
        }
        if let Some(names) = names {
            let name = names.get(at).map_or_else(|| format!("column {}", at + 1).into(), Cow::from);
            write::string(&mut draft.text, &name);
            draft.text.push(b':');
        }
        write::string(&mut draft.text, &String::from_utf8_lossy(cell));
    }
    draft.text.push(if names.is_some() { b'}' } else { b']' });
}

/// The delimiter that the type names, or the one that stands most often in the first line.
fn delimiter(text: &[u8], media: &MediaType) -> u8 {
    if media.essence == "text/tab-separated-values" {
        return b'\t';
    }
    let line = text.split(|byte| *byte == b'\n').next().unwrap_or_default();
    let count = |wanted: u8| line.iter().filter(|byte| **byte == wanted).count();
    // The first of those that stand equally often.
    DELIMITERS.iter().copied().rev().max_by_key(|delimiter| count(*delimiter)).unwrap_or(b',')
}

/// True if a row can be names: the type says so, or its cells are filled and none is a number.
fn can_name(record: &ByteRecord, media: &MediaType) -> bool {
    if record.len() > NAMED {
        return false;
    }
    match media.param("header") {
        Some("present") => return true,
        Some("absent") => return false,
        _ => {}
    }
    let is_name = |cell: &[u8]| {
        let text = String::from_utf8_lossy(cell);
        !text.trim().is_empty() && text.trim().parse::<f64>().is_err()
    };
    record.iter().all(is_name)
}

/// Names that differ: a second `name` becomes `name (2)`.
fn column_names(record: &ByteRecord) -> Vec<String> {
    let mut names: Vec<String> = Vec::with_capacity(record.len());
    let mut seen = std::collections::HashMap::new();
    for cell in record {
        let name = String::from_utf8_lossy(cell).into_owned();
        let times = seen.entry(name.clone()).and_modify(|times| *times += 1).or_insert(1_u32);
        names.push(if *times > 1 { format!("{name} ({times})") } else { name });
    }
    names
}

/// Where a quoted cell starts that does not end.
fn open_quote(text: &[u8], delimiter: u8) -> Option<usize> {
    let mut open = None;
    let mut before = b'\n';
    for (at, &byte) in text.iter().enumerate() {
        match (byte, open) {
            (b'"', Some(_)) => open = None,
            // Behind a quote that closed, another one is an escaped quote: the cell goes on.
            (b'"', None) if before == b'"' || before == delimiter || before == b'\n' || before == b'\r' => {
                open = Some(at)
            }
            _ => {}
        }
        before = byte;
    }
    open
}
