//! What can stand behind the colon: statuses, sizes, times, states, and tests of a value.

use super::number::Decimal;
use super::words::Pattern;
use crate::exchange::{Direction, Mark, Micros, Origin};
use crate::inspect::signature::VerdictKind;
use std::cmp::Ordering;
use std::fmt;

#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum StatusTerm {
    Class(i64),
    /// From, to; both belong to it.
    Range(i64, i64),
    NoAnswer,
}

/// Beyond every status.
const ANY: i64 = 99_999;

impl StatusTerm {
    pub(super) fn read(value: &str) -> Option<Self> {
        let number = |text: &str| text.parse::<i64>().ok().filter(|status| (0..=ANY).contains(status));
        if value == "none" {
            return Some(Self::NoAnswer);
        }
        if let Some(class) = value.strip_suffix("xx") {
            return number(class).filter(|class| *class < 10).map(Self::Class);
        }
        let (from, to) = if let Some(least) = value.strip_prefix(">=") {
            (number(least)?, ANY)
        } else if let Some(above) = value.strip_prefix('>') {
            (number(above)? + 1, ANY)
        } else if let Some(most) = value.strip_prefix("<=") {
            (0, number(most)?)
        } else if let Some(below) = value.strip_prefix('<') {
            (0, number(below)? - 1)
        } else if let Some((from, to)) = value.split_once("..") {
            (number(from)?, number(to)?)
        } else {
            (number(value)?, number(value)?)
        };
        Some(Self::Range(from, to))
    }
}

impl fmt::Display for StatusTerm {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Class(class) => write!(f, "{class}xx"),
            Self::Range(from, ANY) if *from <= ANY => write!(f, ">={from}"),
            Self::Range(from, _) if *from > ANY => write!(f, ">{}", from - 1),
            Self::Range(0, to) => write!(f, "<{}", to + 1),
            Self::Range(from, to) if from == to => write!(f, "{from}"),
            Self::Range(from, to) => write!(f, "{from}..{to}"),
            Self::NoAnswer => f.write_str("none"),
        }
    }
}

/// Bytes: `500`, `10k`, `2mb`; k is 1,024.
pub(super) fn size(value: &str) -> Option<i64> {
    let lower = value.to_ascii_lowercase();
    let digits = lower.trim_end_matches(|letter: char| letter.is_ascii_alphabetic());
    let unit = match &lower[digits.len()..] {
        "" | "b" => 1,
        "k" | "kb" => 1 << 10,
        "m" | "mb" => 1 << 20,
        "g" | "gb" => 1 << 30,
        _ => return None,
    };
    digits.parse::<i64>().ok()?.checked_mul(unit).filter(|bytes| *bytes >= 0)
}

/// A moment, as it is written: `15m` ago, `today`, `2026-11-22`, `2026-11-22T12:00:00Z`.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct When {
    text: String,
    at: At,
}

#[derive(Debug, Clone, Copy, PartialEq)]
enum At {
    Ago(Micros),
    Moment(Micros),
    /// The start of the day that was so many days ago, where the user is.
    Midnight(i32),
}

impl When {
    pub(super) fn read(value: &str) -> Option<Self> {
        let at = match value {
            "today" => At::Midnight(0),
            "yesterday" => At::Midnight(1),
            other => ago(other).or_else(|| moment(other))?,
        };
        Some(Self { text: value.to_owned(), at })
    }

    pub(super) fn micros(&self, now: Micros) -> Micros {
        match self.at {
            At::Ago(micros) => now.saturating_sub(micros),
            At::Moment(at) => at,
            At::Midnight(days) => midnight(now, days).unwrap_or(now),
        }
    }
}

impl fmt::Display for When {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

fn ago(value: &str) -> Option<At> {
    let digits = value.trim_end_matches(|letter: char| letter.is_ascii_alphabetic());
    let seconds = match &value[digits.len()..] {
        "s" => 1,
        "m" => 60,
        "h" => 3_600,
        "d" => 86_400,
        "w" => 604_800,
        _ => return None,
    };
    let amount = digits.parse::<i64>().ok().filter(|amount| *amount >= 0)?;
    amount.checked_mul(seconds * 1_000_000).map(At::Ago)
}

fn moment(value: &str) -> Option<At> {
    // Only what is written without white space: it is printed as it was read.
    if value.contains(|character: char| character.is_whitespace() || matches!(character, '"' | '*' | '\\')) {
        return None;
    }
    if let Ok(instant) = value.parse::<jiff::Timestamp>() {
        return Some(At::Moment(instant.as_microsecond()));
    }
    let date: jiff::civil::DateTime = value.parse().ok()?;
    let zoned = date.to_zoned(jiff::tz::TimeZone::system()).ok()?;
    Some(At::Moment(zoned.timestamp().as_microsecond()))
}

fn midnight(now: Micros, days: i32) -> Option<Micros> {
    let now = jiff::Timestamp::from_microsecond(now).ok()?.to_zoned(jiff::tz::TimeZone::system());
    let day = now.date().checked_sub(jiff::Span::new().days(days)).ok()?;
    Some(day.to_zoned(now.time_zone().clone()).ok()?.timestamp().as_microsecond())
}

#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum Is {
    Failed,
    First,
    Retry,
    Duplicate,
    Late,
    Pinned,
    Unread,
    Read,
    Origin(Origin),
    Mark(Mark),
    Verdict(VerdictKind),
    /// Signed, but no verdict could be come to.
    Unchecked,
}

/// The words of `is:`, with what they find.
pub(super) const STATES: &[(&str, Is, &str)] = &[
    ("failed", Is::Failed, "no answer, a status from 400, or a replay that failed"),
    ("retry", Is::Retry, "the same event again after a failure"),
    ("duplicate", Is::Duplicate, "the same event again after it was accepted"),
    ("first", Is::First, "the first of each delivery"),
    ("late", Is::Late, "came after a later state of the same thing"),
    ("unread", Is::Unread, "pushes that nobody has opened"),
    ("read", Is::Read, "opened, or sent by you"),
    ("pinned", Is::Pinned, "pinned"),
    ("captured", Is::Origin(Origin::Captured), "arrived at the listener"),
    ("sample", Is::Origin(Origin::Sample), "sample events"),
    ("sent", Is::Origin(Origin::Sent), "sent by you"),
    ("replay", Is::Origin(Origin::Replay), "pushes sent again"),
    ("forward", Is::Origin(Origin::Forward), "pushes passed on"),
    ("redirect", Is::Origin(Origin::Redirect), "requests that followed a redirect"),
    ("truncated", Is::Mark(Mark::Truncated), "over the body cap"),
    ("incomplete", Is::Mark(Mark::Incomplete), "ended before they were whole"),
    ("ambiguous", Is::Mark(Mark::AmbiguousFraming), "of two possible lengths, refused"),
    ("tunnel", Is::Mark(Mark::ViaTunnel), "came through the tunnel"),
    ("handshake", Is::Mark(Mark::Handshake), "asked whether somebody is there, and were answered"),
    ("valid", Is::Verdict(VerdictKind::Valid), "signed as they should be"),
    ("invalid", Is::Verdict(VerdictKind::Invalid), "signed, but not so that the signature fits"),
    ("unchecked", Is::Unchecked, "signed, and the secret is missing or the signature is of an unknown kind"),
    ("unsigned", Is::Verdict(VerdictKind::Unsigned), "without the signature that their provider sends"),
];

impl Is {
    pub(super) fn read(value: &str) -> Result<Self, String> {
        let known = STATES.iter().find(|(word, ..)| *word == value).map(|(_, is, _)| *is);
        known.ok_or_else(|| {
            let words: Vec<String> = STATES.iter().map(|(word, ..)| format!("is:{word}")).collect();
            format!("is:{value} is not known. Write one of {}.", words.join(", "))
        })
    }

    pub(super) fn word(self) -> &'static str {
        STATES.iter().find(|(_, is, _)| *is == self).map_or("", |(word, ..)| word)
    }
}

#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum Has {
    Note,
    Tag,
}

impl Has {
    pub(super) fn read(value: &str) -> Option<Self> {
        match value {
            "note" => Some(Self::Note),
            "tag" => Some(Self::Tag),
            _ => None,
        }
    }

    pub(super) fn word(self) -> &'static str {
        match self {
            Self::Note => "note",
            Self::Tag => "tag",
        }
    }
}

pub(super) fn direction(value: &str) -> Option<Direction> {
    match value {
        "push" => Some(Direction::Push),
        "pull" => Some(Direction::Pull),
        _ => None,
    }
}

/// What a value of a header or a body must be.
#[derive(Debug, Clone, PartialEq)]
pub(in crate::store) enum Test {
    /// The whole of it.
    Fits(Pattern),
    /// A number on this side of another.
    Number(Side, Decimal),
    /// A number from one to another, both included.
    Between(Decimal, Decimal),
}

/// Which numbers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::store) enum Side {
    Above,
    AtLeast,
    Below,
    AtMost,
}

const SIDES: [(&str, Side); 4] = [(">=", Side::AtLeast), (">", Side::Above), ("<=", Side::AtMost), ("<", Side::Below)];

impl Test {
    /// Reads a value; `fits` is what it is if it is a text.
    pub(super) fn read(value: &str, fits: Pattern) -> Result<Self, String> {
        if let Some((sign, side)) = SIDES.iter().find(|(sign, _)| value.starts_with(sign)) {
            let number = Decimal::read(&value[sign.len()..]);
            return number.map(|number| Self::Number(*side, number)).ok_or_else(|| {
                format!("a number must stand behind {sign}. To look for the text, put it in quotes: \"{sign}…\".")
            });
        }
        let range = value.split_once("..").and_then(|(from, to)| Some((Decimal::read(from)?, Decimal::read(to)?)));
        Ok(range.map_or(Self::Fits(fits), |(from, to)| Self::Between(from, to)))
    }

    /// Whether a number is on the right side; None if it is not about numbers.
    pub(in crate::store) fn holds_for(&self, number: &Decimal) -> Option<bool> {
        match self {
            Self::Fits(_) => None,
            Self::Between(from, to) => {
                Some(number.compare(from) != Ordering::Less && number.compare(to) != Ordering::Greater)
            }
            Self::Number(side, other) => {
                let order = number.compare(other);
                Some(match side {
                    Side::Above => order == Ordering::Greater,
                    Side::AtLeast => order != Ordering::Less,
                    Side::Below => order == Ordering::Less,
                    Side::AtMost => order != Ordering::Greater,
                })
            }
        }
    }
}

impl fmt::Display for Test {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Fits(fits) => write!(f, "{fits}"),
            Self::Number(side, number) => {
                let sign = SIDES.iter().find(|(_, known)| known == side).map_or("", |(sign, _)| sign);
                write!(f, "{sign}{number}")
            }
            Self::Between(from, to) => write!(f, "{from}..{to}"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes_have_units_of_1024() {
        for (text, bytes) in [
            ("500", Some(500)),
            ("7b", Some(7)),
            ("10k", Some(10 << 10)),
            ("10KB", Some(10 << 10)),
            ("2m", Some(2 << 20)),
            ("2mb", Some(2 << 20)),
            ("1g", Some(1 << 30)),
            ("1Gb", Some(1 << 30)),
            ("k", None),
            ("-1k", None),
            ("1.5k", None),
            ("1t", None),
            ("99999999999g", None),
        ] {
            assert_eq!(size(text), bytes, "{text}");
        }
    }

    #[test]
    fn times_are_ago_days_or_moments() {
        const SECOND: Micros = 1_000_000;
        let now = 1_795_000_000 * SECOND;
        let at = |text: &str| When::read(text).map(|when| when.micros(now));
        for (text, seconds) in [("30s", 30), ("15m", 900), ("2h", 7_200), ("7d", 604_800), ("1w", 604_800), ("0s", 0)] {
            assert_eq!(at(text), Some(now - seconds * SECOND), "{text}");
        }
        assert_eq!(at("2026-11-22T12:00:00Z"), Some(1_795_348_800 * SECOND));
        assert_eq!(at("2026-11-22T13:00:00+01:00"), at("2026-11-22T12:00:00Z"));
        let (today, yesterday) = (at("today").unwrap(), at("yesterday").unwrap());
        assert!(today <= now && now - today < 25 * 3_600 * SECOND, "{today}");
        assert!((23 * 3_600..=25 * 3_600).contains(&((today - yesterday) / SECOND)), "{yesterday}");
        let day = jiff::Timestamp::from_microsecond(now).unwrap().to_zoned(jiff::tz::TimeZone::system()).date();
        assert_eq!(at(&day.to_string()), Some(today), "a date alone begins where the user is");
        for text in ["noon", "5", "-1h", "1y", "m", "2026-13-01", "99999999999999w"] {
            assert_eq!(at(text), None, "{text}");
        }
    }
}
