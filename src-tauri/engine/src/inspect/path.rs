//! Paths into JSON bodies: `a.b[0].c`, with or without `$` before it; `*` stands for every member or element, `..name`
//! for a name at any depth, `["any name"]` for names with odd characters.

use serde_json::Value;

/// Values that one path finds in one body at most.
const FOUND: usize = 10_000;

/// A path.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct JsonPath {
    text: String,
    steps: Vec<Step>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum Step {
    Member(String),
    Element(usize),
    Every,
    Deep(String),
}

impl JsonPath {
    /// None if it can't be read.
    pub(crate) fn read(text: &str) -> Option<Self> {
        let mut rest = text.strip_prefix('$').unwrap_or(text);
        let mut steps = Vec::new();
        let mut is_first = true;
        while !rest.is_empty() {
            let (step, after) = match rest.strip_prefix('[') {
                Some(inside) => bracket(inside)?,
                None => dotted(rest, is_first)?,
            };
            steps.push(step);
            (rest, is_first) = (after, false);
        }
        (!steps.is_empty()).then(|| Self { text: text.to_owned(), steps })
    }

    /// The path of a key: `body.a.b`, or `body..b` for a name at any depth.
    pub(crate) fn of_key(key: &str) -> Option<Self> {
        let path = key.strip_prefix("body")?;
        Self::read(if path.starts_with("..") { path } else { path.strip_prefix('.')? })
    }

    /// Everything that it leads to.
    pub(crate) fn find<'v>(&self, document: &'v Value) -> Vec<&'v Value> {
        let mut found = vec![document];
        for step in &self.steps {
            let mut next = Vec::new();
            for value in found {
                step.take(value, &mut next);
                next.truncate(FOUND);
            }
            found = next;
        }
        found
    }

    /// The steps as names and places, if each of them leads to one value at most.
    pub(crate) fn to_one_value(&self) -> Option<Vec<String>> {
        let step = |step: &Step| match step {
            Step::Member(name) => Some(name.clone()),
            Step::Element(place) => Some(place.to_string()),
            Step::Every | Step::Deep(_) => None,
        };
        self.steps.iter().map(step).collect()
    }

    /// The names on the way that stand in any body it leads through; digits may be the place of an element.
    pub(crate) fn names(&self) -> impl Iterator<Item = &str> {
        self.steps.iter().filter_map(|step| match step {
            Step::Member(name) if name.bytes().all(|byte| byte.is_ascii_digit()) => None,
            Step::Member(name) | Step::Deep(name) => Some(name.as_str()),
            Step::Element(_) | Step::Every => None,
        })
    }
}

impl std::fmt::Display for JsonPath {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.text)
    }
}

/// `0]…`, `*]…`, `"name"]…` or `'name']…`.
fn bracket(inside: &str) -> Option<(Step, &str)> {
    let quote = inside.chars().next().filter(|first| matches!(first, '"' | '\''));
    if let Some(quote) = quote {
        let (name, after) = inside[1..].split_once(&format!("{quote}]"))?;
        return Some((Step::Member(name.to_owned()), after));
    }
    let (step, after) = inside.split_once(']')?;
    let step = if step == "*" { Step::Every } else { Step::Element(step.parse().ok()?) };
    Some((step, after))
}

/// `.name`, `..name` or, at the start, `name`.
fn dotted(rest: &str, is_first: bool) -> Option<(Step, &str)> {
    let deep = rest.strip_prefix("..");
    let name = match deep.or(rest.strip_prefix('.')) {
        Some(name) => name,
        None if is_first => rest,
        None => return None,
    };
    let (name, after) = name.split_at(name.find(['.', '[']).unwrap_or(name.len()));
    let step = match (name, deep) {
        ("", _) => return None,
        ("*", None) => Step::Every,
        (name, Some(_)) => Step::Deep(name.to_owned()),
        (name, None) => Step::Member(name.to_owned()),
    };
    Some((step, after))
}

impl Step {
    fn take<'v>(&self, value: &'v Value, found: &mut Vec<&'v Value>) {
        match (self, value) {
            (Self::Every, Value::Object(members)) => found.extend(members.values()),
            (Self::Every, Value::Array(elements)) => found.extend(elements),
            (Self::Member(name), Value::Object(members)) => found.extend(members.get(name)),
            // `list.0` as well as `list[0]`.
            (Self::Member(name), Value::Array(elements)) => {
                found.extend(name.parse::<usize>().ok().and_then(|place| elements.get(place)));
            }
            (Self::Element(place), Value::Array(elements)) => found.extend(elements.get(*place)),
            (Self::Deep(name), _) => deep(name, value, found),
            _ => {}
        }
    }
}

/// No deeper than the JSON reader goes.
fn deep<'v>(name: &str, value: &'v Value, found: &mut Vec<&'v Value>) {
    if found.len() >= FOUND {
        return;
    }
    match value {
        Value::Object(members) => {
            for (key, inner) in members {
                if key == name {
                    found.push(inner);
                }
                deep(name, inner, found);
            }
        }
        Value::Array(elements) => elements.iter().for_each(|inner| deep(name, inner, found)),
        _ => {}
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(path: &str) -> String {
        let document = serde_json::from_str(r#"{"a":{"b":[{"n":1},{"n":2}],"x y":3},"n":4,"c:d":5}"#).unwrap();
        let path = JsonPath::read(path).unwrap();
        path.find(&document).into_iter().map(ToString::to_string).collect::<Vec<_>>().join(" ")
    }

    #[test]
    fn paths_lead_where_they_say() {
        for (path, values) in [
            ("a.b[0].n", "1"),
            ("$.a.b.1.n", "2"),
            ("a.b[*].n", "1 2"),
            ("a.b.*.n", "1 2"),
            ("..n", "1 2 4"),
            ("$..b[1].n", "2"),
            ("$['a'][\"x y\"]", "3"),
            ("[\"c:d\"]", "5"),
            ("a.nothing", ""),
        ] {
            assert_eq!(found(path), values, "{path}");
        }
    }

    #[test]
    fn what_is_no_path_is_none() {
        for path in ["", "$", "a..", "a.", "a[", "a[x]", "a[0]b", "..", "a['b"] {
            assert_eq!(JsonPath::read(path), None, "{path}");
        }
    }
}
