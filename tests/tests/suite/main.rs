//! The suites: one file each, one binary for all. `cargo xtask test` builds what they start.

mod cli;
mod config;
mod deliveries;
mod export;
mod flat;
mod hostile;
mod interrupted;
mod libraries;
mod listing;
mod promise;
mod raw_requests;
mod rig;
mod set_up;
mod storage;
mod trouble;
mod tunnel;
mod vault;
mod verify;
mod window;

/// Runs an ignored test of this binary in a process of its own, under the program that `before` names.
///
/// # Errors
/// If it fails; what it said is in the error.
fn alone(before: &[&str], test: &str) -> anyhow::Result<()> {
    let this = std::env::current_exe()?;
    let words: Vec<&std::ffi::OsStr> = before.iter().map(std::ffi::OsStr::new).chain([this.as_os_str()]).collect();
    let mut command = std::process::Command::new(words[0]);
    command.args(&words[1..]).args(["--ignored", "--exact", test, "--nocapture"]);
    let output = command.output()?;
    let said = String::from_utf8_lossy(&output.stdout) + String::from_utf8_lossy(&output.stderr);
    anyhow::ensure!(output.status.success() && said.contains("1 passed"), "{said}");
    Ok(())
}
