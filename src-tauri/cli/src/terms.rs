//! Terms of a filter. One that excludes begins with a hyphen, as an option does: `list -is:retry`.

use clap::{Arg, Command};
use std::ffi::{OsStr, OsString};

/// Puts terms that exclude behind `--`, where none is taken for an option, so that options may stand before and behind
/// the terms. Terms hold in any order.
pub(crate) fn behind_options(command: &Command, given: impl IntoIterator<Item = OsString>) -> Vec<OsString> {
    let mut given = given.into_iter();
    let mut options: Vec<OsString> = given.next().into_iter().collect();
    let mut terms = Vec::new();
    let mut known: Vec<&Arg> = command.get_arguments().collect();
    let mut asked = None;
    while let Some(next) = given.next() {
        if next == "--" {
            terms.extend(given.by_ref());
        } else if let Some(option) = known.iter().find(|option| is(option, &next)) {
            options.push(next);
            if option.get_action().takes_values() {
                options.extend(given.next());
            }
        } else if asked.is_none() && !is_hyphened(&next) {
            asked = command.find_subcommand(&next);
            known.extend(asked.into_iter().flat_map(Command::get_arguments));
            options.push(next);
        } else if is_term(&known, &next) && asked.is_some_and(takes_a_filter) {
            terms.push(next);
        } else {
            options.push(next);
        }
    }
    if !terms.is_empty() {
        options.push("--".into());
    }
    options.into_iter().chain(terms).collect()
}

fn takes_a_filter(command: &Command) -> bool {
    command.get_positionals().any(|arg| arg.get_id() == "filter")
}

/// True for an option that stands by itself: its value, if it has one, comes next.
fn is(option: &Arg, text: &OsStr) -> bool {
    let long = option.get_long().is_some_and(|long| text.to_str() == Some(&format!("--{long}")));
    long || option.get_short().is_some_and(|short| text.to_str() == Some(&format!("-{short}")))
}

fn is_hyphened(text: &OsStr) -> bool {
    text.as_encoded_bytes().starts_with(b"-")
}

/// A hyphen and more than one letter; `-n5` is an option with its value.
fn is_term(known: &[&Arg], text: &OsStr) -> bool {
    let Some(text) = text.to_str().and_then(|text| text.strip_prefix('-')) else { return false };
    let mut letters = text.chars();
    let first = letters.next();
    let is_known = known.iter().any(|option| option.get_short() == first);
    let rest = letters.as_str();
    let is_number = !rest.is_empty() && rest.bytes().all(|byte| byte.is_ascii_digit());
    let is_alone = text.starts_with('-') || rest.is_empty();
    !is_alone && (!is_known || !is_number)
}

#[cfg(test)]
mod tests {
    use super::behind_options;
    use crate::arguments::Arguments;
    use clap::{CommandFactory as _, Parser as _};
    use std::ffi::OsString;

    /// The words of a command up to what is the shell's; quotes are single ones.
    fn words(command: &str) -> Vec<OsString> {
        let mut words = Vec::new();
        for (place, part) in command.split('\'').enumerate() {
            match place % 2 {
                0 => words.extend(part.split_whitespace().map(OsString::from)),
                _ => words.push(part.into()),
            }
        }
        let end = words.iter().position(|word| word == "<" || word == "|" || word == "#").unwrap_or(words.len());
        words.truncate(end);
        words
    }

    #[test]
    fn every_command_of_the_readme_is_understood() {
        let readme = include_str!("../../../README.md");
        let commands = readme.lines().filter(|line| line.starts_with("pushpull ")).flat_map(|line| line.split(" && "));
        let mut read = 0;
        for command in commands {
            let made = behind_options(&Arguments::command(), words(command));
            Arguments::try_parse_from(made).unwrap_or_else(|error| panic!("{command}: {error}"));
            read += 1;
        }
        assert!(read > 10, "{read}");
    }

    #[test]
    fn options_may_stand_anywhere_and_terms_that_exclude_are_none() {
        for (given, meant) in [
            ("list source:a -n 2", "list source:a -n 2"),
            ("list -n5 a", "list -n5 a"),
            ("list -is:retry --limit 2 a -order", "list --limit 2 a -- -is:retry -order"),
            ("--workspace list list -a1", "--workspace list list -- -a1"),
            ("--json list a --after 7 -- -n", "--json list a --after 7 -- -n"),
            ("export is:failed -x:y --format har -o failed.har", "export is:failed --format har -o failed.har -- -x:y"),
            ("export --output -odd --format=har", "export --output -odd --format=har"),
            ("list -x --nonsense", "list -x --nonsense"),
            ("send -X GET -dx http://a", "send -X GET -dx http://a"),
            ("source list -verbose", "source list -verbose"),
            ("-v list", "-v list"),
        ] {
            let words = std::iter::once("pushpull").chain(given.split(' ')).map(OsString::from);
            let made = behind_options(&Arguments::command(), words).join(" ".as_ref());
            assert_eq!(made.to_str().unwrap(), format!("pushpull {meant}"), "{given}");
        }
    }
}
