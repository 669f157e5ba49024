//! The statuses that a service takes as success, as they are written: `2xx, 301`.

use std::ops::RangeInclusive;
use std::str::FromStr;

/// Statuses that count as success.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Statuses(Vec<RangeInclusive<u16>>);

/// A text that names no statuses.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0:?} is no status: write 200, or 2xx for all from 200 to 299, with a comma between several.")]
pub(crate) struct StatusesError(String);

impl Default for Statuses {
    /// What counts where a service says nothing: 2xx (RFC 9110, section 15.3).
    fn default() -> Self {
        Self(vec![200..=299])
    }
}

impl Statuses {
    /// True if this status is one of them.
    pub(crate) fn contain(&self, status: u16) -> bool {
        self.0.iter().any(|range| range.contains(&status))
    }
}

impl FromStr for Statuses {
    type Err = StatusesError;

    /// Several are parted by commas; what stands in brackets behind one is said to the reader alone.
    fn from_str(text: &str) -> Result<Self, StatusesError> {
        let range = |written: &str| {
            let plain = written.split('(').next().unwrap_or_default().trim();
            let class = plain.strip_suffix("xx").and_then(|class| class.parse::<u16>().ok());
            let range = match class {
                Some(class) => Some(class.saturating_mul(100)..=class.saturating_mul(100).saturating_add(99)),
                None => plain.parse::<u16>().ok().map(|status| status..=status),
            };
            let range = range.filter(|range| (100..=599).contains(range.start()));
            range.ok_or_else(|| StatusesError(written.trim().to_owned()))
        };
        text.split(',').map(range).collect::<Result<_, _>>().map(Self)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_statuses_and_classes_of_them() {
        for (text, among, not) in [
            ("200", &[200][..], &[199, 201, 204, 299][..]),
            ("2xx", &[200, 299], &[199, 300]),
            ("2xx, 301,302", &[204, 301, 302], &[300, 303]),
            ("200 (406: not again)", &[200], &[204, 406]),
            ("200 (interactions), 204 (events)", &[200, 204], &[201]),
        ] {
            let statuses: Statuses = text.parse().unwrap();
            assert!(among.iter().all(|&status| statuses.contain(status)), "{text}");
            assert!(!not.iter().any(|&status| statuses.contain(status)), "{text}");
        }
        for text in ["", "ok", "2x", "20", "200 204", "200,", "xx", "9xx", "70000", "-200"] {
            assert!(text.parse::<Statuses>().is_err(), "{text}");
        }
    }
}
