//! Pushpull without a window: the same engine, the same workspace file, one command each.

mod arguments;
mod commands;
mod interrupt;
mod keys;
mod output;
mod place;
mod terms;

use arguments::{Arguments, Command};
use clap::{CommandFactory as _, Parser as _};
use output::{Outcome, Output};
use pushpull_engine::Engine;
use std::process::ExitCode;

/// Captures are many short-lived buffers of all sizes, which the system's allocator keeps merging and splitting.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> ExitCode {
    pushpull_engine::keep_panics_silent();
    if pushpull_engine::inspect::filter_worker() {
        return ExitCode::SUCCESS;
    }
    let arguments = match Arguments::try_parse_from(terms::behind_options(&Arguments::command(), std::env::args_os())) {
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
    let keys = keys::named(&arguments);
    let workspace = match arguments.workspace {
        Some(path) => Ok(path),
        None => place::windows_workspace(),
    };
    let command = match arguments.command {
        Command::Verify(verify) if commands::verify::is_on_stdin(&verify) => {
            return commands::verify::run_on_stdin(workspace.as_deref().ok(), verify, output).await;
        }
        command => command,
    };
    let engine = Engine::open_with(&std::path::absolute(workspace?)?, keys).await?;
    let outcome = match command {
        Command::Listen(listen) => commands::listen::run(&engine, listen, output).await,
        Command::Send(send) => commands::send::run(&engine, send, output).await,
        Command::List(list) => commands::list::run(&engine, list, output).await,
        Command::Show(show) => commands::show::run(&engine, show, output).await,
        Command::Diff(diff) => commands::diff::run(&engine, diff, output).await,
        Command::Replay(replay) => commands::replay::run(&engine, replay, output).await,
        Command::Verify(verify) => commands::verify::run(&engine, verify, output).await,
        Command::Export(export) => commands::export::run(&engine, export, output).await,
        Command::Source(source) => commands::vault::run_source(&engine, source, output).await,
        Command::Vault(vault) => commands::vault::run(&engine, vault, output).await,
        Command::Rules(rules) => commands::rules::run(&engine, rules, output).await,
        Command::Tag(tag) => commands::organise::tag(&engine, tag, output).await,
        Command::Note(note) => commands::organise::note(&engine, note, output).await,
        Command::Pin(marked) => commands::organise::pin(&engine, marked, output).await,
        Command::Size => commands::storage::measure(&engine, output).await,
        Command::Compact => commands::storage::compact(&engine, output).await,
        Command::Backup(backup) => commands::storage::backup(&engine, backup, output).await,
        Command::Delete(delete) => commands::organise::delete(&engine, delete, output).await,
        Command::Read(marked) => commands::organise::read(&engine, marked, output).await,
    };
    engine.close().await;
    outcome
}
