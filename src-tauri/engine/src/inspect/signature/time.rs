//! The time that a request says it was signed at.

use crate::inspect::provider::{Stamp, Unit};
use jiff::Timestamp;

/// A time as sent, in ms since 1970 UTC; None if it can't be read in this unit.
pub(super) fn millis(text: &str, unit: Unit) -> Option<i64> {
    let text = text.trim();
    match unit {
        Unit::Seconds => text.parse::<i64>().ok()?.checked_mul(1000),
        Unit::Milliseconds => text.parse().ok(),
        Unit::Rfc3339 => text.parse::<Timestamp>().ok().map(Timestamp::as_millisecond),
    }
}

/// A time as the service writes it.
pub(super) fn written(now: i64, unit: Unit) -> String {
    match unit {
        Unit::Seconds => now.to_string(),
        Unit::Milliseconds => now.saturating_mul(1000).to_string(),
        Unit::Rfc3339 => Timestamp::from_second(now).map(|at| at.to_string()).unwrap_or_default(),
    }
}

/// A time for the eye: `2035-01-01 00:00:00 UTC`.
pub(super) fn shown(seconds: i64) -> String {
    let at = Timestamp::from_second(seconds).unwrap_or_default();
    at.strftime("%Y-%m-%d %H:%M:%S UTC").to_string()
}

/// How the times of a signature compare with what is taken; all of them in ms.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Fits {
    InTime,
    /// Signed longer ago than the limit.
    Stale {
        limit: i64,
    },
    /// Signed further in the future than the limit.
    Future {
        limit: i64,
    },
    /// By its own word not to be used any more since this long.
    Expired {
        since: i64,
    },
    /// By its own word not to be used before this time, since 1970 UTC.
    Early {
        from: i64,
    },
}

/// Compares the age with the limit, both in ms.
pub(super) fn fits(age: i64, limit: i64) -> Fits {
    match age {
        _ if age > limit => Fits::Stale { limit },
        _ if age < -limit => Fits::Future { limit },
        _ => Fits::InTime,
    }
}

/// Compares the age in ms with the limit in seconds.
pub(super) fn fits_stamp(age: i64, stamp: &Stamp, limit: u32) -> Fits {
    match fits(age, i64::from(limit) * 1000) {
        Fits::Future { .. } if stamp.past_only => Fits::InTime,
        fits => fits,
    }
}

/// A span for the eye: `6 s`, `5 min 1 s`, `3 h 20 min`, `12 days`.
pub(super) fn span(millis: i64) -> String {
    let seconds = millis.unsigned_abs().div_ceil(1000);
    let two = |big: u64, unit: &str, small: u64, name: &str| match small {
        0 => format!("{big} {unit}"),
        _ => format!("{big} {unit} {small} {name}"),
    };
    match seconds {
        0..60 => format!("{seconds} s"),
        60..3_600 => two(seconds / 60, "min", seconds % 60, "s"),
        3_600..172_800 => two(seconds / 3_600, "h", seconds % 3_600 / 60, "min"),
        _ => format!("{} days", seconds / 86_400),
    }
}
