//! What the README's commands call: set-up, run, test, bench, bindings.

mod bench;
mod bindings;
mod command;
mod licences;
mod locks;
mod packages;
mod run;
mod setup;
mod stamp;
mod steps;
mod test;
mod web;

use anyhow::{Context, Result, bail};
use std::path::PathBuf;
use std::process::ExitCode;

const HELP: &str = "\
Usage: cargo xtask COMMAND

  run [ARGUMENT]…     installs what is missing, builds the window and opens it; arguments go to the window
  setup [test]        installs what is missing, and builds nothing; `test` adds what the tests need
  test [STEP]…        everything, or the steps named; `cargo xtask test --list` names them
  bench [NAME]…       measures, on this machine
  screens             takes the README's pictures of the window into docs/screens
  bindings            writes ui/src/ipc/bindings from the engine's command list
  ui                  builds the web part into ui/dist";

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    match dispatch(&arguments) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("{error:#}");
            ExitCode::FAILURE
        }
    }
}

fn dispatch(arguments: &[String]) -> Result<()> {
    let (name, rest) = arguments.split_first().map_or(("help", &[][..]), |(name, rest)| (name.as_str(), rest));
    std::env::set_current_dir(root()?).context("Entering the repository")?;
    match name {
        "run" => run::run(rest),
        "setup" => setup::set_up(packages::Needed::of(rest.iter().any(|word| word == "test"))),
        "test" => test::test(rest),
        "bench" => bench::bench(rest),
        "screens" => steps::take_screens(),
        "bindings" => bindings::write(),
        "ui" => web::build(),
        "help" | "--help" | "-h" => {
            println!("{HELP}");
            Ok(())
        }
        _ => bail!("There is no command {name:?}.\n\n{HELP}"),
    }
}

/// The root folder of the repository: Cargo says at every start where our package is, and may have built us elsewhere.
fn root() -> Result<PathBuf> {
    let package = std::env::var_os("CARGO_MANIFEST_DIR").unwrap_or_else(|| env!("CARGO_MANIFEST_DIR").into());
    let root = PathBuf::from(package).join("../..");
    root.canonicalize().with_context(|| format!("Finding the repository at {}", root.display()))
}
