//! The steps of `cargo xtask test`, in the order they run in: the cheap ones that need nothing first.

use crate::command::{cargo, command, npm, run};
use crate::packages::Needed;
use crate::setup::set_up;
use crate::{bindings, licences, locks, web};
use anyhow::{Context, Result};
use std::path::{Path, PathBuf};
use std::process::Command;

/// One step. It answers a reason if it was skipped.
pub(crate) struct Step {
    /// What `cargo xtask test NAME` calls it.
    pub(crate) name: &'static str,
    /// What it holds.
    pub(crate) what: &'static str,
    /// Runs it.
    pub(crate) run: fn() -> Result<Option<&'static str>>,
}

/// All steps.
pub(crate) const STEPS: &[Step] = &[
    Step { name: "setup", what: "what building and testing need is installed", run: setup },
    Step { name: "locks", what: "lock files name no host", run: locks },
    Step { name: "fmt", what: "Rust is formatted", run: fmt },
    Step { name: "ui", what: "the web part: types, lint, format, unit tests, accessibility, build", run: ui },
    Step { name: "bindings", what: "the generated types are up to date", run: bindings },
    Step { name: "clippy", what: "lints, tests included", run: clippy },
    Step { name: "deny", what: "licences and sources of crates and npm packages", run: deny },
    Step { name: "unit", what: "unit tests of every package", run: unit },
    Step { name: "suites", what: "real sockets, files and processes", run: suites },
    Step { name: "promise", what: "nothing acknowledged is lost when the process is killed", run: promise },
    Step { name: "window", what: "the real window, through a tunnel and by WebDriver", run: window },
];

/// The feature that every build of the tests has. Always the same, so that Cargo builds each crate once.
const FEATURES: &str = "pushpull-desktop/test-seams";
/// Where builds of the `dev` profile are.
const BUILT: &str = "target/debug";
/// The build that answers before it commits.
const MUTANT: &str = "target/xtask/pushpull-mutant";

fn setup() -> Result<Option<&'static str>> {
    set_up(Needed::ToTest)?;
    Ok(None)
}

fn locks() -> Result<Option<&'static str>> {
    locks::check()?;
    Ok(None)
}

fn fmt() -> Result<Option<&'static str>> {
    run(&mut cargo(&["fmt", "--all", "--check"]))?;
    Ok(None)
}

fn ui() -> Result<Option<&'static str>> {
    web::install()?;
    run(&mut npm("ui", &["run", "--silent", "check"]))?;
    run(&mut npm("ui", &["run", "--silent", "test"]))?;
    web::build()?;
    Ok(None)
}

fn bindings() -> Result<Option<&'static str>> {
    bindings::check()?;
    Ok(None)
}

fn clippy() -> Result<Option<&'static str>> {
    web::build()?;
    run(workspace("clippy").args(["--all-targets", "--", "-D", "warnings"]))?;
    Ok(None)
}

fn deny() -> Result<Option<&'static str>> {
    licences::check_crates()?;
    licences::check_packages()?;
    Ok(None)
}

fn unit() -> Result<Option<&'static str>> {
    web::build()?;
    run(workspace("test").args(["--lib", "--bins"]))?;
    Ok(None)
}

fn suites() -> Result<Option<&'static str>> {
    web::install_in("tests")?;
    build()?;
    run(suite().args(["--skip", "window::", "--skip", "promise::"]))?;
    Ok(None)
}

fn promise() -> Result<Option<&'static str>> {
    build_mutant()?;
    build()?;
    run(suite().args(["promise::", "--test-threads=1"]))?;
    Ok(None)
}

fn window() -> Result<Option<&'static str>> {
    run(&mut windowed("window::")?)?;
    Ok(None)
}

/// Takes the README's pictures anew: those of the tests that it shows, into `docs/screens`.
pub(crate) fn take_screens() -> Result<()> {
    set_up(Needed::ToTest)?;
    let folder = Path::new("docs/screens");
    run(windowed("window::")?.env("PUSHPULL_SCREENS", absolute(folder)))?;
    let shown = std::fs::read_to_string("README.md").context("Reading README.md")?;
    for picture in folder.read_dir().context("Reading docs/screens")? {
        let picture = picture?;
        if !picture.file_name().to_str().is_some_and(|name| shown.contains(name)) {
            std::fs::remove_file(picture.path()).with_context(|| format!("Removing {}", picture.path().display()))?;
        }
    }
    Ok(())
}

/// The suites of this name on a display and a session bus of their own, one after another.
fn windowed(name: &str) -> Result<Command> {
    web::install_in("tests")?;
    build()?;
    let cargo = suite();
    let mut displayed = command(&["dbus-run-session", "--", "xvfb-run", "-a", "-s", "-screen 0 1400x900x24"]);
    displayed.arg(cargo.get_program()).args(cargo.get_args());
    for (variable, value) in cargo.get_envs() {
        match value {
            Some(value) => displayed.env(variable, value),
            None => displayed.env_remove(variable),
        };
    }
    displayed.args([name, "--test-threads=1"]);
    Ok(displayed)
}

/// A cargo command over the whole workspace: whatever is built, Cargo builds each crate with the same features.
pub(crate) fn workspace(verb: &str) -> Command {
    cargo(&[verb, "--workspace", "--features", FEATURES])
}

/// Builds the command line and the window that the suites start.
fn build() -> Result<()> {
    web::build()?;
    run(workspace("build").args(["--bins"]))
}

/// Builds the command line that answers before it commits, and puts it where no other build writes.
fn build_mutant() -> Result<()> {
    web::build()?;
    let features = format!("{FEATURES},pushpull/mutant-answer-before-commit");
    run(&mut cargo(&["build", "--workspace", "--bin", "pushpull", "--features", &features]))?;
    std::fs::create_dir_all("target/xtask").context("Making target/xtask")?;
    std::fs::copy(program("pushpull"), MUTANT).context("Keeping the mutant")?;
    Ok(())
}

/// The suites, told where the programs are that they start. What follows goes to the test binary.
fn suite() -> Command {
    let mut command = workspace("test");
    command.args(["--test", "suite", "--"]);
    command.env("PUSHPULL_CLI", absolute(&program("pushpull")));
    command.env("PUSHPULL_DESKTOP", absolute(&program("pushpull-desktop")));
    command.env("PUSHPULL_MUTANT", absolute(Path::new(MUTANT)));
    command.env("PUSHPULL_XTASK", absolute(&program("xtask")));
    // What an error says names what was waited for; fifty frames of futures under each hide the next one.
    command.env("RUST_LIB_BACKTRACE", "0");
    command
}

fn program(name: &str) -> PathBuf {
    Path::new(BUILT).join(format!("{name}{}", std::env::consts::EXE_SUFFIX))
}

fn absolute(path: &Path) -> PathBuf {
    std::path::absolute(path).unwrap_or_else(|_| path.to_owned())
}
