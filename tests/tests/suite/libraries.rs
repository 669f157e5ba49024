//! What the services' own libraries sign is valid, by their rules and as it is recognised, and no more once it is changed.

use anyhow::{Context, Result, ensure};
use pushpull_tests::{Home, pushpull_on};
use serde_json::Value;
use std::path::Path;
use tokio::process::Command;

/// An event that a library signed.
#[derive(Debug, serde::Deserialize)]
struct Case {
    name: String,
    provider: String,
    /// The raw request.
    request: String,
    /// What `pushpull verify` is told: secret, URL, time.
    options: Vec<String>,
}

async fn cases() -> Result<Vec<Case>> {
    let program = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/suite/libraries.mjs");
    let output = Command::new("node").arg(program).output().await.context("Running node")?;
    ensure!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let lines = String::from_utf8(output.stdout)?;
    lines.lines().map(|line| serde_json::from_str(line).context("Reading a case")).collect()
}

async fn verdict(home: &Home, case: &Case, provider: &[&str], request: &str) -> Result<Value> {
    let options = case.options.iter().map(String::as_str);
    let arguments: Vec<&str> =
        ["verify", "--json"].into_iter().chain(provider.iter().copied()).chain(options).collect();
    let output = pushpull_on(home, &arguments, &[], request.as_bytes()).await?;
    output.lines()?.pop().with_context(|| format!("{}: nothing was printed: {}", case.name, output.stderr))
}

#[tokio::test]
async fn what_the_services_own_libraries_sign_is_valid_until_it_is_changed() -> Result<()> {
    let home = Home::new()?;
    let cases = cases().await?;
    assert_eq!(cases.len(), 10);
    for case in &cases {
        for provider in [&["--provider", &case.provider][..], &[]] {
            let verdict = verdict(&home, case, provider, &case.request).await?;
            let said = (verdict["verdict"].as_str(), verdict["provider"].as_str());
            assert_eq!(said, (Some("valid"), Some(&*case.provider)), "{} {provider:?}: {verdict}", case.name);
        }
        let (head, body) = case.request.split_once("\r\n\r\n").context("no head")?;
        let changed = format!("{head}\r\n\r\n{}", body.replace('1', "2"));
        let verdict = verdict(&home, case, &["--provider", &case.provider], &changed).await?;
        assert_eq!(verdict["verdict"], "invalid", "{}: {verdict}", case.name);
    }
    Ok(())
}
