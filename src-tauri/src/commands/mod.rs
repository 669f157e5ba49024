//! Passes what the page asks on to the engine, or to the shell's own few commands.

mod dialogs;
mod outside;

use crate::{Served, preferences};
use pushpull_engine::api::{self, Answer, ApiError};
use serde_json::Value;
use std::path::Path;
use tauri::ipc::{Invoke, InvokeBody, InvokeError, Response};
use tauri::{AppHandle, Manager};

/// Answers a command of the page. The engine's take their arguments as `{ "args": … }`, the shell's own as they are.
///
/// Returns true: there is no other handler that a command could be meant for.
pub(crate) fn handle(served: &Served, invoke: Invoke) -> bool {
    let name = invoke.message.command().to_owned();
    let payload = match invoke.message.payload() {
        InvokeBody::Json(payload) => payload.clone(),
        InvokeBody::Raw(_) => Value::Null,
    };
    let app = invoke.message.webview_ref().app_handle().clone();
    let served = served.clone();
    invoke.resolver.respond_async(async move {
        match answer(&app, &served, &name, payload).await {
            Ok(Answer::Json(value)) => Ok(Response::new(value.to_string())),
            Ok(Answer::Bytes(bytes)) => Ok(Response::new(bytes)),
            Err(error) => Err(InvokeError::from(error)),
        }
    });
    true
}

async fn answer(app: &AppHandle, served: &Served, name: &str, mut payload: Value) -> Result<Answer, ApiError> {
    if let Some(answer) = own(app, name, &payload).await {
        return answer.map(Answer::Json);
    }
    let args = payload.get_mut("args").map(Value::take).unwrap_or_else(|| Value::Object(Default::default()));
    let opened = (name == "open_workspace").then(|| args["path"].as_str().map(String::from)).flatten();
    let answer = api::dispatch(served.wait().await, name, args).await?;
    if let Some(path) = opened {
        preferences::remember_workspace(app, Path::new(&path)).map_err(|error| {
            ApiError::failed(format!("The workspace is open, but it will not be at the next start: {error}."))
        })?;
    }
    Ok(answer)
}

/// Runs one of the shell's own commands; None if `name` is not among them.
async fn own(app: &AppHandle, name: &str, payload: &Value) -> Option<Result<Value, ApiError>> {
    let text = |key: &str| payload[key].as_str().unwrap_or_default();
    Some(match name {
        "choose_file" => Ok(dialogs::choose_file(app, text("title"), &payload["filters"]).await),
        "choose_save" => Ok(dialogs::choose_save(app, text("suggested")).await),
        "open_url" => outside::open_url(text("url")).map(|()| Value::Null),
        "copy_text" => outside::copy_text(app, text("text")).map(|()| Value::Null),
        _ => return None,
    })
}
