//! The keys, with what they take: what errors name and the window completes.

/// A key with an example of its use and what it asks.
pub(super) struct Key {
    pub(super) name: &'static str,
    pub(super) example: &'static str,
    pub(super) doc: &'static str,
}

const fn key(name: &'static str, example: &'static str, doc: &'static str) -> Key {
    Key { name, example, doc }
}

/// `header.` and `body.` go on with a name or a path.
pub(super) const KEYS: &[Key] = &[
    key("source", "source:stripe or source:str*", "where it arrived"),
    key("type", "type:invoice.paid or type:invoice.*", "what the provider calls the event"),
    key("status", "status:404, status:4xx, status:>=400, status:400..499 or status:none", "status of the answer"),
    key("method", "method:POST", "request method"),
    key("path", "path:/in/stripe or path:*/orders/*", "path of the URL"),
    key("header.", "header.User-Agent:*stripe* or header.Content-Length:>1000", "a header of either message"),
    key("body.", "body.data.object.id:in_1*, body.amount:>100 or body.amount:10..20", "a value at a JSON path"),
    key("is", "is:failed", "state: failed, unread, pinned …"),
    key("has", "has:note or has:tag", "note or tag"),
    key("tag", "tag:urgent", "your tag"),
    key(
        "since",
        "since:15m, since:2h, since:today, since:2026-11-22 or since:2026-11-22T12:00:00Z",
        "not before a time",
    ),
    key("before", "before:7d, before:today or before:2026-11-22T12:00:00Z", "before a time"),
    key("larger", "larger:500, larger:10k or larger:2m", "a body over a size"),
    key("smaller", "smaller:500, smaller:10k or smaller:2m", "both bodies under a size"),
    key("direction", "direction:push or direction:pull", "which way"),
    key("delivery", "delivery:12", "the same event as a first push"),
    key("request", "request:12", "answers to a saved request"),
];

fn find(key: &str) -> Option<&'static Key> {
    KEYS.iter().find(|known| known.name == key || known.name.ends_with('.') && key.starts_with(known.name))
}

pub(super) fn is_key(key: &str) -> bool {
    find(key).is_some()
}

pub(super) fn example(key: &str) -> &'static str {
    find(key).map_or("source:stripe", |key| key.example)
}

/// The key that is meant by one that is a letter off; None for what is text, like `https://…` and `12:30`.
pub(super) fn meant(key: &str) -> Option<&'static str> {
    let is_word = key.len() >= 4 && key.bytes().all(|byte| byte.is_ascii_lowercase());
    let names = KEYS.iter().map(|key| key.name.trim_end_matches('.'));
    is_word.then(|| names.into_iter().find(|name| is_near(key, name))).flatten()
}

pub(super) fn not_a_key(key: &str, raw: &str) -> String {
    let meant = meant(key).unwrap_or("source");
    let known = KEYS.iter().find(|key| key.name.trim_end_matches('.') == meant);
    let example = known.map_or("source:stripe", |key| key.example);
    format!("{key}: is not a key. Write {example}, or put the text in quotes: \"{raw}\".")
}

/// Equal but for one letter more, less, other, or two swapped.
fn is_near(a: &str, b: &str) -> bool {
    let (a, b) = (a.as_bytes(), b.as_bytes());
    let start = a.iter().zip(b).take_while(|(a, b)| a == b).count();
    let (a, b) = (&a[start..], &b[start..]);
    let end = a.iter().rev().zip(b.iter().rev()).take_while(|(a, b)| a == b).count();
    let (a, b) = (&a[..a.len() - end], &b[..b.len() - end]);
    matches!((a, b), ([_] | [], [_] | [])) || matches!((a, b), ([x, y], [z, w]) if x == w && y == z)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_that_is_a_letter_off_is_guessed_and_text_is_not() {
        assert_eq!(meant("sorce"), Some("source"));
        assert_eq!(meant("stauts"), Some("status"));
        assert_eq!(meant("hedaer"), Some("header"));
        for text in ["https", "http", "error", "12", "Source", "tags", "id"] {
            assert_eq!(meant(text).filter(|_| text != "tags"), None, "{text}");
        }
    }

    #[test]
    fn every_example_can_be_read() {
        for key in KEYS {
            for example in key.example.split(", ").flat_map(|some| some.split(" or ")) {
                assert!(super::super::Filter::parse(example).is_ok(), "{example}");
            }
        }
    }
}
