//! Pushpull without a window: the same engine, the same workspace file, one command each.

mod arguments;
mod commands;
mod output;
mod place;

use arguments::{Arguments, Command};
use clap::Parser as _;
use output::{Outcome, Output};
use std::process::ExitCode;

fn main() -> ExitCode {
    let arguments = match Arguments::try_parse() {
        Ok(arguments) => arguments,
        Err(error) => {
            let code = if error.use_stderr() { Outcome::USAGE } else { Outcome::OK };
            let _ = error.print(); // nowhere else to say it
            return ExitCode::from(code);
        }
    };
    let output = Output { json: arguments.json };
    let runtime = match tokio::runtime::Builder::new_multi_thread().enable_all().build() {
        Ok(runtime) => runtime,
        Err(error) => {
            eprintln!("The program could not start: {error}.");
            return ExitCode::from(Outcome::FAILED);
        }
    };
    let outcome = runtime.block_on(run(arguments, output));
    match outcome {
        Ok(outcome) => ExitCode::from(outcome.code()),
        Err(error) => ExitCode::from(output.error(&error)),
    }
}

async fn run(arguments: Arguments, output: Output) -> anyhow::Result<Outcome> {
    let workspace = match arguments.workspace {
        Some(path) => path,
        None => place::default_workspace()?,
    };
    match arguments.command {
        Command::Listen(listen) => commands::listen::run(&workspace, listen, output).await,
        Command::Send(send) => commands::send::run(&workspace, send, output).await,
        Command::List(list) => commands::list::run(&workspace, list, output).await,
        Command::Show(show) => commands::show::run(&workspace, show, output).await,
        Command::Diff(diff) => commands::diff::run(&workspace, diff, output).await,
        Command::Replay(replay) => commands::replay::run(&workspace, replay, output).await,
        Command::Export(export) => commands::export::run(&workspace, export, output).await,
    }
}
