//! The Pushpull window. It forwards what the page asks to the engine and keeps nothing of its own but preferences.
#![cfg_attr(all(windows, not(debug_assertions)), windows_subsystem = "windows")]

mod arguments;
mod commands;
mod feed;
mod place;
mod preferences;
mod second;
mod window;

use arguments::{Arguments, Usage};
use pushpull_engine::api::Api;
use pushpull_engine::store::make_private_folder;
use std::process::ExitCode;
use std::sync::Arc;
use std::time::Duration;
use tauri::{AppHandle, RunEvent};
use tokio::sync::SetOnce;

/// What serves the commands, once the workspace is open. Commands that come before wait for it, so that the window need
/// not wait for the workspace.
type Served = Arc<SetOnce<Api>>;

/// How long closing the window waits for requests that are being answered.
const CLOSING: Duration = Duration::from_secs(3);
/// The exit code for "it could not be done", as on the command line.
const EXIT_FAILED: u8 = 3;
/// The exit code for bad usage, as on the command line.
const EXIT_USAGE: u8 = 2;

fn main() -> ExitCode {
    pushpull_engine::keep_panics_silent();
    if pushpull_engine::inspect::filter_worker() {
        return ExitCode::SUCCESS;
    }
    let arguments = match Arguments::parse(std::env::args_os().skip(1), std::env::var_os("PUSHPULL_WORKSPACE")) {
        Ok(arguments) => arguments,
        Err(Usage::Asked(text)) => {
            println!("{text}");
            return ExitCode::SUCCESS;
        }
        Err(Usage::Wrong(text)) => {
            eprintln!("{text}");
            return ExitCode::from(EXIT_USAGE);
        }
    };
    #[cfg(target_os = "linux")]
    paint_on_the_processor();
    if !has_display() {
        eprintln!("There is no display to open a window on: run `pushpull listen` to capture without one.");
        return ExitCode::from(EXIT_FAILED);
    }
    match run(arguments) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("The window could not be opened: {error:#}.");
            ExitCode::from(EXIT_FAILED)
        }
    }
}

/// Has the web view paint with the processor and only put the picture together on the graphics card. Text and lines need
/// no more, and where the card is only simulated, as in a virtual machine, its programs take a second to be made and
/// a hundred megabytes. Who sets the variable to 0 has it otherwise.
#[cfg(target_os = "linux")]
fn paint_on_the_processor() {
    // The only error is a name that can't be one.
    let _ = gtk::glib::setenv("WEBKIT_SKIA_ENABLE_CPU_RENDERING", "1", false);
}

/// True if there is a display to open a window on.
fn has_display() -> bool {
    #[cfg(target_os = "linux")]
    return gtk::init().is_ok();
    #[cfg(not(target_os = "linux"))]
    true
}

/// Opens the window and stays until it is closed.
fn run(arguments: Arguments) -> anyhow::Result<()> {
    let served: Served = Arc::new(SetOnce::new());
    let (asked, again, closing) = (served.clone(), served.clone(), served.clone());
    tauri::Builder::default()
        .plugin(tauri_plugin_single_instance::init(move |app, words, folder| second::take(app, &again, words, &folder)))
        .plugin(tauri_plugin_store::Builder::default().build())
        .plugin(tauri_plugin_window_state::Builder::new().with_state_flags(window::remembered()).build())
        .plugin(tauri_plugin_dialog::init())
        .plugin(tauri_plugin_clipboard_manager::init())
        .invoke_handler(move |invoke| commands::handle(&asked, invoke))
        .setup(move |app| {
            make_private_folder(&place::folder(app.handle())?)?;
            start(app.handle(), arguments, served);
            window::open(app.handle())?;
            Ok(())
        })
        .build(tauri::generate_context!())?
        .run(move |_, event| {
            if let RunEvent::Exit = event {
                close(&closing);
            }
        });
    Ok(())
}

/// Lets what runs on the workspace come to its end.
fn close(served: &SetOnce<Api>) {
    if let Some(api) = served.get() {
        // What is not done by then is safe in the workspace, or was never acknowledged.
        let _ = tauri::async_runtime::block_on(async { tokio::time::timeout(CLOSING, api.close()).await });
    }
}

/// Opens the workspace beside the window and starts the feed.
fn start(app: &AppHandle, arguments: Arguments, served: Served) {
    let app = app.clone();
    tauri::async_runtime::spawn(async move {
        let path = arguments
            .workspace
            .or_else(|| preferences::workspace(&app))
            .unwrap_or_else(|| place::default_workspace(&app));
        let api = Api::start(&path).await;
        feed::forward(&app, &api);
        // Nobody else sets it.
        let _ = served.set(api);
    });
}
