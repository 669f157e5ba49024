//! The example payloads of GitHub's webhooks, from the npm package `@octokit/webhooks-examples`.

use anyhow::{Context, Result};
use serde_json::value::RawValue;
use std::path::Path;

/// One payload.
#[derive(Debug, Clone)]
pub struct Payload {
    /// The event's name: `push`, `issues` …
    pub event: String,
    /// The body, byte for byte as it stands in the package.
    pub body: String,
}

impl Payload {
    /// The request that delivers it to the source `github`.
    #[must_use]
    pub fn request(&self, host: &str, number: usize) -> Vec<u8> {
        let head = format!(
            "POST /in/github HTTP/1.1\r\nHost: {host}\r\nContent-Type: application/json\r\nX-GitHub-Event: {}\r\n\
             X-GitHub-Delivery: {number:08x}\r\nContent-Length: {}\r\n\r\n",
            self.event,
            self.body.len()
        );
        [head.as_bytes(), self.body.as_bytes()].concat()
    }
}

/// One event as the package lists it.
#[derive(serde::Deserialize)]
struct Event {
    name: String,
    examples: Vec<Box<RawValue>>,
}

/// All payloads, in the package's order.
///
/// # Errors
/// If the package is not installed or is not what it was.
pub fn github_payloads() -> Result<Vec<Payload>> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("node_modules/@octokit/webhooks-examples");
    let path = folder.join("api.github.com/index.json");
    let text = std::fs::read_to_string(&path)
        .with_context(|| format!("Reading {}: `cargo xtask test window` installs it", path.display()))?;
    let events: Vec<Event> = serde_json::from_str(&text).context("Reading the list of events")?;
    let of = |event: Event| {
        let name = event.name;
        event.examples.into_iter().map(move |body| Payload { event: name.clone(), body: body.get().to_owned() })
    };
    Ok(events.into_iter().flat_map(of).collect())
}
