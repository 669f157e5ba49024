//! The signatures that stand in a request.

use crate::inspect::provider::{Looked, Place, Scheme};
use crate::transfer::redact::MASK;

/// Signatures of one request that are tried.
const FOUND_LIMIT: usize = 20;

/// One signature.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Found {
    /// Its text without prefix.
    pub(super) text: String,
    /// The time that stands in the same list.
    pub(super) stamp: Option<String>,
}

/// Why there is none.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum NotFound {
    /// Nothing stands in any of the places.
    Absent,
    /// What stands there is no signature of this scheme.
    Malformed(Place),
}

/// True if something stands in one of the places of the signature.
pub(super) fn is_there(scheme: &Scheme, at: Looked<'_>) -> bool {
    scheme.at.iter().any(|place| place.read_all(at).iter().any(|text| !text.trim().is_empty()))
}

/// The place of the signature that was masked when the request left a workspace, if one was.
pub(super) fn masked(scheme: &Scheme, at: Looked<'_>) -> Option<Place> {
    let is_masked = |place: &&Place| place.read_all(at).iter().any(|text| text.contains(MASK));
    scheme.at.iter().find(is_masked).cloned()
}

/// Reads the signatures; an empty list if there are only such that begin otherwise.
pub(super) fn find(scheme: &Scheme, at: Looked<'_>) -> Result<Vec<Found>, NotFound> {
    let stamp = match &scheme.timestamp {
        Some(stamp) => match &stamp.at {
            Place::Item(prefix) => Some(prefix.as_str()),
            _ => None,
        },
        None => None,
    };
    let mut found = Vec::new();
    let mut problem = NotFound::Absent;
    for place in &scheme.at {
        for text in place.read_all(at).into_iter().filter(|text| !text.trim().is_empty()) {
            match read(scheme, stamp, &text) {
                Some(some) => found.push(some),
                None => problem = NotFound::Malformed(place.clone()),
            }
        }
    }
    if found.is_empty() {
        return Err(problem);
    }
    let mut found = found.concat();
    found.truncate(FOUND_LIMIT);
    Ok(found)
}

/// Reads one place. None if it does not have the form of the scheme.
fn read(scheme: &Scheme, stamp: Option<&str>, text: &str) -> Option<Vec<Found>> {
    if scheme.separator.is_empty() {
        let text = text.trim().strip_prefix(scheme.prefix.as_str())?;
        return Some(vec![Found { text: text.to_owned(), stamp: None }]);
    }
    let items = text.split(|c| scheme.separator.contains(c)).map(str::trim).filter(|item| !item.is_empty());
    let mut found: Vec<Found> = Vec::new();
    let mut time: Option<String> = None;
    for item in items.take(10 * FOUND_LIMIT) {
        if let Some(prefix) = stamp {
            let is_time = match prefix {
                "" => time.is_none(), // the first item is the time
                prefix => item.starts_with(prefix),
            };
            if is_time {
                time = Some(item[prefix.len()..].to_owned());
                continue;
            }
        }
        if let Some(text) = item.strip_prefix(scheme.prefix.as_str()) {
            found.push(Found { text: text.to_owned(), stamp: time.clone() });
        }
    }
    if stamp.is_some() {
        let first = time?;
        for found in &mut found {
            found.stamp.get_or_insert_with(|| first.clone());
        }
    }
    Some(found)
}
