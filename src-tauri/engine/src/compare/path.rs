//! Paths of a comparison: the steps to a value, the rules that name values, and how the two meet.
//!
//! A rule is a JSONPath with names, indices, `*`, `[*]` and `..`, and the form that a comparison itself shows:
//! `[id=il_1]` for the array element whose `id` is `il_1`.

use std::iter::Peekable;
use std::rc::Rc;
use std::str::Chars;

/// One step of a rule.
#[derive(Debug, Clone, PartialEq, Eq)]
enum RuleStep {
    Name(String),
    Index(u64),
    Identity(Vec<(String, String)>),
    Any,
    /// Any number of steps.
    Descend,
}

/// One step from a container to a value in it, as a rule sees it.
pub(super) struct Seen<'a> {
    /// The key, in an object.
    pub(super) name: Option<&'a [u8]>,
    /// The place in the array.
    pub(super) index: u64,
    /// Asks for the content of a field of the element.
    pub(super) field: &'a dyn Fn(&str) -> Option<Vec<u8>>,
}

/// The rules of one comparison.
#[derive(Debug, Default)]
pub(super) struct Rules {
    rules: Vec<Vec<RuleStep>>,
    /// The rules from this one on name arrays.
    arrays_from: usize,
    /// Which given array rule each of those is: a rule that cannot be read is left out.
    arrays: Vec<usize>,
    /// The number of each ignore rule, from 1.
    numbers: Vec<u32>,
}

/// How far each rule has come on the way to a container.
pub(super) type Progress = Rc<[(u16, u16)]>;

/// What the rules say of a value.
pub(super) struct Reached {
    /// How far they are for the values below it.
    pub(super) progress: Progress,
    /// The number of the first rule that ignores it.
    pub(super) ignored: Option<u32>,
    /// The first array rule that names it.
    pub(super) array: Option<usize>,
}

impl Rules {
    /// Reads the rules; returns those that are not paths.
    pub(super) fn read<'a>(ignore: &'a [String], arrays: impl Iterator<Item = &'a str>) -> (Self, Vec<&'a str>) {
        let mut rules = Self::default();
        let mut bad = Vec::new();
        for (number, text) in (1..).zip(ignore) {
            match parse(text) {
                Some(steps) => {
                    rules.rules.push(steps);
                    rules.numbers.push(number);
                }
                None => bad.push(text.as_str()),
            }
        }
        rules.arrays_from = rules.rules.len();
        for (place, text) in arrays.enumerate() {
            match parse(text) {
                Some(steps) => {
                    rules.rules.push(steps);
                    rules.arrays.push(place);
                }
                None => bad.push(text),
            }
        }
        (rules, bad)
    }

    /// What the rules say of the root.
    pub(super) fn start(&self) -> Reached {
        let all = (0..self.rules.len().min(u16::MAX as usize)).map(|rule| (rule as u16, 0));
        self.reached(all.collect())
    }

    /// What the rules say of a value one step below a container.
    pub(super) fn step(&self, progress: &Progress, seen: &Seen<'_>) -> Reached {
        let mut next = Vec::new();
        for &(rule, at) in progress.iter() {
            let steps = &self.rules[rule as usize];
            let (step, at) = match steps.get(at as usize) {
                Some(RuleStep::Descend) => {
                    next.push((rule, at));
                    (steps.get(at as usize + 1), at + 1)
                }
                step => (step, at),
            };
            if step.is_some_and(|step| step.fits(seen)) && !next.contains(&(rule, at + 1)) {
                next.push((rule, at + 1));
            }
        }
        self.reached(next)
    }

    fn reached(&self, progress: Vec<(u16, u16)>) -> Reached {
        let ended = |&&(rule, at): &&(u16, u16)| self.rules[rule as usize].len() == at as usize;
        let ends: Vec<usize> = progress.iter().filter(ended).map(|&(rule, _)| rule as usize).collect();
        let ignored = ends.iter().filter(|&&rule| rule < self.arrays_from).min().map(|&rule| self.numbers[rule]);
        let array = ends.iter().filter_map(|rule| rule.checked_sub(self.arrays_from)).min();
        Reached { progress: progress.into(), ignored, array: array.map(|array| self.arrays[array]) }
    }
}

impl RuleStep {
    fn fits(&self, seen: &Seen<'_>) -> bool {
        match self {
            Self::Any => true,
            Self::Descend => false,
            Self::Name(name) => seen.name.is_some_and(|seen| seen == name.as_bytes()),
            Self::Index(index) => seen.name.is_none() && seen.index == *index,
            Self::Identity(fields) => {
                let same = |(field, value): &(String, String)| {
                    (seen.field)(field).is_some_and(|seen| shown_identity(&seen) == *value)
                };
                seen.name.is_none() && fields.iter().all(same)
            }
        }
    }
}

/// Reads a path; None if it is not one.
fn parse(text: &str) -> Option<Vec<RuleStep>> {
    let text = text.trim();
    let mut chars = text.strip_prefix('$').unwrap_or(text).chars().peekable();
    let mut steps = Vec::new();
    if !text.starts_with('$') && chars.peek().is_some_and(|char| !matches!(char, '.' | '[')) {
        steps.push(name(&mut chars)?);
    }
    while let Some(char) = chars.next() {
        match char {
            '.' if chars.next_if_eq(&'.').is_some() => {
                steps.push(RuleStep::Descend);
                if chars.peek() != Some(&'[') {
                    steps.push(name(&mut chars)?);
                }
            }
            '.' => steps.push(name(&mut chars)?),
            '[' => steps.push(bracket(&mut chars)?),
            _ => return None,
        }
    }
    (!text.is_empty() && steps.last() != Some(&RuleStep::Descend)).then_some(steps)
}

fn name(chars: &mut Peekable<Chars<'_>>) -> Option<RuleStep> {
    let name = until(chars, |char| matches!(char, '.' | '['));
    match name.as_str() {
        "" => None,
        "*" => Some(RuleStep::Any),
        _ => Some(RuleStep::Name(name)),
    }
}

/// Reads what stands between `[` and `]`.
fn bracket(chars: &mut Peekable<Chars<'_>>) -> Option<RuleStep> {
    if let Some(quote) = chars.next_if(|char| matches!(char, '\'' | '"')) {
        let name = quoted(chars, quote)?;
        return (chars.next() == Some(']')).then_some(RuleStep::Name(name));
    }
    let mut fields = Vec::new();
    loop {
        let text = until(chars, |char| matches!(char, ']' | '=' | ','));
        match (chars.next()?, text.as_str()) {
            (']', "*") if fields.is_empty() => return Some(RuleStep::Any),
            (']', index) if fields.is_empty() => return index.parse().ok().map(RuleStep::Index),
            ('=', field) if !field.is_empty() => {
                let value = match chars.next_if_eq(&'\'') {
                    Some(_) => quoted(chars, '\'')?,
                    None => until(chars, |char| matches!(char, ']' | ',')),
                };
                fields.push((field.to_owned(), value));
                match chars.next()? {
                    ',' => {}
                    ']' => return Some(RuleStep::Identity(fields)),
                    _ => return None,
                }
            }
            _ => return None,
        }
    }
}

fn until(chars: &mut Peekable<Chars<'_>>, ends: impl Fn(&char) -> bool) -> String {
    std::iter::from_fn(|| chars.next_if(|char| !ends(char))).collect()
}

fn quoted(chars: &mut Peekable<Chars<'_>>, quote: char) -> Option<String> {
    let mut text = String::new();
    loop {
        match chars.next()? {
            char if char == quote => return Some(text),
            '\\' => text.push(match chars.next()? {
                'n' => '\n',
                'r' => '\r',
                't' => '\t',
                'b' => '\u{8}',
                'f' => '\u{c}',
                'u' => {
                    let digits: String = chars.by_ref().take(4).collect();
                    char::from_u32(u32::from_str_radix(&digits, 16).ok()?)?
                }
                other => other,
            }),
            char => text.push(char),
        }
    }
}

/// Characters of an identity that a path shows.
const IDENTITY_CHARS: usize = 100;

/// An identity as a path shows it: cut where it is long.
pub(super) fn shown_identity(content: &[u8]) -> String {
    crate::inspect::cut_text(content, IDENTITY_CHARS).0
}

/// A key as a step of a path: `.name`, or `['na.me']` where it is no plain name.
pub(super) fn key_step(key: &str) -> String {
    let mut chars = key.chars();
    let plain = chars.next().is_some_and(|first| first.is_alphabetic() || first == '_')
        && chars.all(|char| char.is_alphanumeric() || matches!(char, '_' | '-'));
    if plain { format!(".{key}") } else { format!("['{}']", crate::inspect::escaped(key)) }
}

/// An identity as a step of a path: `[id=il_1]`.
pub(super) fn identity_step(fields: &[(&str, String)]) -> String {
    let plain = |char: char| char.is_alphanumeric() || "_.:@/-+".contains(char);
    let shown: Vec<String> = fields
        .iter()
        .map(|(field, value)| match value.chars().all(plain) {
            true => format!("{field}={value}"),
            false => format!("{field}='{}'", crate::inspect::escaped(value)),
        })
        .collect();
    format!("[{}]", shown.join(","))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Follows object keys (`a`), array places (`0`) and elements with an id (`id=x`) and says which rule ignores.
    fn ignored(rule: &str, path: &[&str]) -> bool {
        let ignore = [rule.to_owned()];
        let (rules, bad) = Rules::read(&ignore, std::iter::empty());
        assert!(bad.is_empty(), "{rule}");
        let mut reached = rules.start();
        for step in path {
            let id = step.strip_prefix("id=");
            let index = step.parse().unwrap_or(7);
            let name = (id.is_none() && index == 7).then_some(step.as_bytes());
            let field = |field: &str| id.filter(|_| field == "id").map(|id| id.as_bytes().to_vec());
            reached = rules.step(&reached.progress, &Seen { name, index, field: &field });
        }
        reached.ignored.is_some()
    }

    #[test]
    fn meets_values_by_name_place_and_pattern() {
        for (rule, path, expected) in [
            ("$.a.b", &["a", "b"][..], true),
            ("a.b", &["a", "b"], true),
            ("$.a.b", &["a", "c"], false),
            ("$.a.b", &["a"], false),
            ("$.a[*].b", &["a", "0", "b"], true),
            ("$.a[*].b", &["a", "id=x", "b"], true),
            ("$.a[0]", &["a", "0"], true),
            ("$.a[1]", &["a", "0"], false),
            ("$..url", &["url"], true),
            ("$..url", &["a", "0", "url"], true),
            ("$..url", &["a", "url", "b"], false),
            ("$..a.b", &["a", "a", "b"], true),
            ("$.x.*", &["x", "y"], true),
            ("$.x.*", &["x"], false),
            ("$..[0]", &["x", "0"], true),
            ("$['a.b']", &["a.b"], true),
            ("$.l[id=x].n", &["l", "id=x", "n"], true),
            ("$.l[id=y].n", &["l", "id=x", "n"], false),
            ("$.l[id='a b']", &["l", "id=a b"], true),
        ] {
            assert_eq!(ignored(rule, path), expected, "{rule} on {path:?}");
        }
    }

    #[test]
    fn says_what_is_no_path() {
        let bad = ["", "$..", "$.", "$[", "$[x", "$['a'", "$a", "$[a=", "$.a[b]"].map(String::from);
        assert_eq!(Rules::read(&bad, std::iter::empty()).1, bad.iter().map(String::as_str).collect::<Vec<_>>());
    }

    #[test]
    fn shows_steps_that_read_back() {
        for (key, step) in [("a_b", ".a_b"), ("a.b", "['a.b']"), ("", "['']"), ("it's", "['it\\'s']"), ("1", "['1']")] {
            assert_eq!(key_step(key), step);
            assert_eq!(parse(&format!("${step}")), Some(vec![RuleStep::Name(key.into())]));
        }
        let step = identity_step(&[("type", "a b]".into()), ("id", "x_1".into())]);
        assert_eq!(step, "[type='a b]',id=x_1]");
        let fields = vec![("type".into(), "a b]".into()), ("id".into(), "x_1".into())];
        assert_eq!(parse(&step), Some(vec![RuleStep::Identity(fields)]));
    }
}
