//! What the program says: results on stdout, everything else on stderr, and the exit code.

use pushpull_engine::api::{ApiError, ErrorCode};
use pushpull_engine::exchange::{Direction, ExchangeSummary};
use pushpull_engine::inspect::signature::VerdictKind;
use pushpull_engine::send::SendError;
use pushpull_engine::store::StoreError;
use serde::Serialize;
use std::io::Write as _;

/// How a command ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Outcome {
    /// It was done.
    Done,
    /// It was done, and a check said no: differences were found, or an HTTP failure under `--fail`.
    CheckedNo,
    /// It was tried and came to nothing. Why has been said.
    Failed,
}

impl Outcome {
    pub(crate) const OK: u8 = 0;
    pub(crate) const CHECKED_NO: u8 = 1;
    pub(crate) const USAGE: u8 = 2;
    pub(crate) const FAILED: u8 = 3;

    pub(crate) fn code(self) -> u8 {
        match self {
            Self::Done => Self::OK,
            Self::CheckedNo => Self::CHECKED_NO,
            Self::Failed => Self::FAILED,
        }
    }
}

/// Where and how results go.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Output {
    /// One JSON object a line on stdout, and nothing else there.
    pub(crate) json: bool,
}

impl Output {
    /// A result: as JSON, or as the text that `text` makes of it.
    pub(crate) fn result<T: Serialize>(self, value: &T, text: impl FnOnce(&T) -> String) -> anyhow::Result<()> {
        let line = if self.json { serde_json::to_string(value)? } else { text(value) };
        self.line(&line)
    }

    /// Several results, written at once.
    pub(crate) fn results<T: Serialize>(self, values: &[T], text: impl Fn(&T) -> String) -> anyhow::Result<()> {
        let line = |value| if self.json { serde_json::to_string(value).map_err(Into::into) } else { Ok(text(value)) };
        let lines: Vec<String> = values.iter().map(line).collect::<anyhow::Result<_>>()?;
        self.line(&lines.join("\n"))
    }

    pub(crate) fn line(self, line: &str) -> anyhow::Result<()> {
        let mut out = std::io::stdout().lock();
        writeln!(out, "{line}")?;
        out.flush()?;
        Ok(())
    }

    /// Says an error on stderr and answers its exit code.
    pub(crate) fn error(self, error: &anyhow::Error) -> u8 {
        let Some(api) = as_api(error) else {
            if error.downcast_ref::<std::io::Error>().is_some_and(|io| io.kind() == std::io::ErrorKind::BrokenPipe) {
                return Outcome::OK; // whoever read us has enough
            }
            eprintln!("{error:#}");
            return Outcome::FAILED;
        };
        say(&api.message, api.hint.as_deref());
        match api.code {
            ErrorCode::Invalid | ErrorCode::NotFound => Outcome::USAGE,
            ErrorCode::PortTaken | ErrorCode::ProgramMissing | ErrorCode::VaultClosed | ErrorCode::Failed => {
                Outcome::FAILED
            }
        }
    }
}

/// A number and what it counts: `1 exchange`, `2 exchanges`.
pub(crate) fn counted(count: u64, what: &str) -> String {
    format!("{count} {what}{}", if count == 1 { "" } else { "s" })
}

/// Says on stderr what went wrong, and what to do next.
pub(crate) fn say(message: &str, hint: Option<&str>) {
    eprintln!("{message}");
    if let Some(hint) = hint {
        eprintln!("{hint}");
    }
}

/// The error with its code and its next step, if it is one of the engine's.
fn as_api(error: &anyhow::Error) -> Option<ApiError> {
    let store = || error.downcast_ref::<StoreError>().cloned().map(ApiError::from);
    let send = || error.downcast_ref::<SendError>().cloned().map(ApiError::from);
    error.downcast_ref::<ApiError>().cloned().or_else(store).or_else(send)
}

/// A row of the list as one line of text. Control characters of foreign text don't reach the terminal.
pub(crate) fn row(row: &ExchangeSummary) -> String {
    let arrow = match row.direction {
        Direction::Push => '↓',
        Direction::Pull => '↑',
    };
    let time = jiff::Timestamp::from_microsecond(row.started_at)
        .map(|at| at.to_zoned(jiff::tz::TimeZone::system()).strftime("%Y-%m-%d %H:%M:%S%.3f").to_string())
        .unwrap_or_default();
    let status = match (row.status, row.failure) {
        (Some(status), _) => status.to_string(),
        (None, Some(failure)) => word(&failure),
        (None, None) => "-".into(),
    };
    let millis = row.duration.map_or_else(|| "-".into(), |micros| format!("{:.1} ms", micros as f64 / 1000.0));
    let what = match (&row.source, &row.event_type) {
        (Some(source), Some(event)) => format!("{source} {event}"),
        (Some(source), None) => format!("{source} {}", row.url),
        _ => row.url.clone(),
    };
    let signature = match row.verdict {
        Some(VerdictKind::Invalid) => " (signature invalid)",
        Some(VerdictKind::Unsigned) => " (not signed)",
        _ => "",
    };
    let failed = row.failure.filter(|_| row.status.is_some());
    let failed = failed.map(|failure| format!(" (failed: {})", word(&failure))).unwrap_or_default();
    let what = format!("{what}{failed}{signature}{}", delivery(row));
    on_one_line(&format!("{:>6} {arrow} {time} {:<6} {status:>7} {millis:>10} {what}", row.id, row.method))
}

/// What is said of a push that came more than once.
fn delivery(row: &ExchangeSummary) -> String {
    let Some(mark) = row.delivery else { return String::new() };
    let attempt = mark.attempt.map(|attempt| format!(", attempt {attempt}")).unwrap_or_default();
    let kind = match mark.repeat {
        Some(repeat) if mark.first == row.id => format!("{}{attempt}", word(&repeat)),
        Some(repeat) => format!("{} of {}{attempt}", word(&repeat), mark.first),
        None if mark.pushes > 1 => format!("came {} times", mark.pushes),
        None => String::new(),
    };
    let late = mark.overtaken_by.map(|by| format!("later state came before, {by}"));
    let said: Vec<String> = [Some(kind).filter(|kind| !kind.is_empty()), late].into_iter().flatten().collect();
    if said.is_empty() { String::new() } else { format!(" [{}]", said.join("; ")) }
}

/// The word that JSON has for a value of an enum.
pub(crate) fn word<T: Serialize>(value: &T) -> String {
    serde_json::to_value(value).ok().and_then(|word| word.as_str().map(String::from)).unwrap_or_default()
}

/// Foreign text as one line for a terminal.
fn on_one_line(text: &str) -> String {
    visible(text).replace('\n', "\\n").replace('\t', "\\t")
}

/// Foreign text for a terminal: control and bidirectional marks, and what takes no place, as their code points.
pub(crate) fn visible(text: &str) -> String {
    let mut shown = String::with_capacity(text.len());
    for character in text.chars() {
        match character {
            '\u{ad}'
            | '\u{61c}'
            | '\u{180e}'
            | '\u{200b}'..='\u{200f}'
            | '\u{2028}'..='\u{202e}'
            | '\u{2060}'..='\u{206f}'
            | '\u{feff}'
            | '\u{fff9}'..='\u{fffb}'
            | '\u{e0000}'..='\u{e007f}' => {
                shown.push_str(&format!("\\u{{{:x}}}", u32::from(character)));
            }
            other if other.is_control() && other != '\n' && other != '\t' => {
                shown.push_str(&format!("\\x{:02x}", u32::from(other)));
            }
            other => shown.push(other),
        }
    }
    shown
}

/// A size in the unit that fits.
pub(crate) fn size(bytes: u64) -> String {
    match bytes {
        0..1_000 => format!("{bytes} B"),
        1_000..1_000_000 => format!("{:.1} KB", bytes as f64 / 1e3),
        _ => format!("{:.1} MB", bytes as f64 / 1e6),
    }
}

#[cfg(test)]
mod tests {
    use super::{on_one_line, visible};

    #[test]
    fn escape_sequences_do_not_reach_the_terminal() {
        assert_eq!(visible("a\u{1b}[31mb\u{202e}c"), "a\\x1b[31mb\\u{202e}c");
        assert_eq!(visible("a\u{2060}\u{e0041}\n\u{e4}"), "a\\u{2060}\\u{e0041}\n\u{e4}");
    }

    #[test]
    fn an_event_does_not_make_itself_a_row() {
        assert_eq!(on_one_line("shop a\n  17 \u{2190}\tb"), "shop a\\n  17 \u{2190}\\tb");
    }
}
