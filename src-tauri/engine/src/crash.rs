//! What is said of a crash: where it was, and what to do. Never the text of the panic, which may hold what was captured.

use std::backtrace::{Backtrace, BacktraceStatus};
use std::fmt::Display;
use std::io::Write as _;

/// Has every panic of this program say where it happened, and nothing of what was worked on.
pub fn keep_panics_silent() {
    std::panic::set_hook(Box::new(|panic| {
        let trace = Backtrace::capture(); // names of functions, if RUST_BACKTRACE asks for them
        let said = match trace.status() {
            BacktraceStatus::Captured => format!("{}\n{trace}", said(panic.location())),
            _ => said(panic.location()),
        };
        let _ = writeln!(std::io::stderr(), "{said}"); // nowhere else to say it
    }));
}

fn said(place: Option<impl Display>) -> String {
    let place = place.map_or_else(|| "an unknown place".to_owned(), |place| place.to_string());
    format!(
        "Pushpull {} met a fault of its own at {place}. Please report this line and what you did; nothing stored is lost.",
        env!("CARGO_PKG_VERSION")
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Run in a process of its own by the test below.
    #[test]
    #[ignore = "it panics"]
    fn a_panic_with_a_canary() {
        keep_panics_silent();
        let captured = std::hint::black_box("c4nary");
        panic!("the body was {captured}");
    }

    #[test]
    fn a_panic_says_its_place_and_nothing_of_what_was_worked_on() {
        let this = std::env::current_exe().unwrap();
        let panics = ["crash::tests::a_panic_with_a_canary", "--exact", "--ignored", "--nocapture"];
        let ended = std::process::Command::new(this).args(panics).output().unwrap();
        let said = String::from_utf8_lossy(&ended.stderr);
        assert!(!ended.status.success(), "{said}");
        assert!(said.contains(&format!("Pushpull {} met a fault", env!("CARGO_PKG_VERSION"))), "{said}");
        assert!(said.contains("crash.rs:") && said.contains("Please report"), "{said}");
        assert!(!said.contains("c4nary") && !String::from_utf8_lossy(&ended.stdout).contains("c4nary"), "{said}");
    }

    #[test]
    fn both_programs_keep_their_panics_silent_before_they_do_anything() {
        for main in [include_str!("../../cli/src/main.rs"), include_str!("../../src/main.rs")] {
            let body = main.split_once("fn main() -> ExitCode {").unwrap().1.trim_start();
            assert!(body.starts_with("pushpull_engine::keep_panics_silent();"), "{}", &body[..80]);
        }
    }
}
