//! The small numbers that stand for enums in the file. A number is never given a second meaning.

use crate::exchange::{Direction, FailureKind, Mark, Origin};
use crate::inspect::signature::VerdictKind;

const ORIGINS: &[Origin] =
    &[Origin::Captured, Origin::Sample, Origin::Sent, Origin::Replay, Origin::Forward, Origin::Redirect];

const FAILURES: &[FailureKind] = &[
    FailureKind::Url,
    FailureKind::Dns,
    FailureKind::Refused,
    FailureKind::Reset,
    FailureKind::Timeout,
    FailureKind::Tls,
    FailureKind::Protocol,
    FailureKind::Incomplete,
    FailureKind::Redirect,
    FailureKind::Cancelled,
    FailureKind::Forbidden,
    FailureKind::File,
    FailureKind::Fault,
    FailureKind::Left,
];

const MARKS: &[Mark] = &[Mark::Truncated, Mark::AmbiguousFraming, Mark::Incomplete, Mark::ViaTunnel, Mark::Handshake];

const VERDICTS: &[VerdictKind] =
    &[VerdictKind::Valid, VerdictKind::Invalid, VerdictKind::Unsigned, VerdictKind::NoSecret, VerdictKind::Unsupported];

fn code<T: PartialEq>(all: &[T], value: &T) -> i64 {
    all.iter().position(|one| one == value).map_or(-1, |place| place as i64)
}

pub(super) fn direction_code(direction: Direction) -> i64 {
    i64::from(direction == Direction::Pull)
}

pub(super) fn direction(code: i64) -> Direction {
    if code == 1 { Direction::Pull } else { Direction::Push }
}

pub(super) fn origin_code(origin: Origin) -> i64 {
    code(ORIGINS, &origin)
}

pub(super) fn origin(code: i64) -> Origin {
    ORIGINS.get(code as usize).copied().unwrap_or(Origin::Captured)
}

pub(super) fn failure_code(kind: FailureKind) -> i64 {
    code(FAILURES, &kind)
}

pub(super) fn failure(code: i64) -> Option<FailureKind> {
    FAILURES.get(code as usize).copied()
}

pub(super) fn marks_code(marks: &[Mark]) -> i64 {
    marks.iter().map(|mark| 1 << code(MARKS, mark)).fold(0, |all, bit: i64| all | bit)
}

pub(super) fn marks(code: i64) -> Vec<Mark> {
    MARKS.iter().enumerate().filter(|(bit, _)| code >> bit & 1 == 1).map(|(_, mark)| *mark).collect()
}

pub(super) fn verdict_code(verdict: VerdictKind) -> i64 {
    code(VERDICTS, &verdict)
}

pub(super) fn verdict(code: i64) -> Option<VerdictKind> {
    VERDICTS.get(code as usize).copied()
}
