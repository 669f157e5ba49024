//! `pushpull verify`

use crate::arguments::Verify;
use crate::output::{Outcome, Output, visible};
use anyhow::Context as _;
use pushpull_engine::api::ApiError;
use pushpull_engine::inspect::provider::{Provider, find, recognised, unknown};
use pushpull_engine::inspect::signature::{Check, Secret, SignedRequest, Verdict, VerdictKind, verify};
use pushpull_engine::store::{Store, Verdicts};
use pushpull_engine::wire::{LooseRequest, read_request};
use pushpull_engine::{Engine, Given};
use serde::Serialize;
use std::io::{Read as _, Write as _};
use std::path::Path;

/// The longest request that is read from stdin.
const STDIN_LIMIT: u64 = 512 * 1024 * 1024;

/// True if the request is on stdin: it is checked without what is stored.
pub(crate) fn is_on_stdin(options: &Verify) -> bool {
    options.id.is_none() && options.source.is_none()
}

/// Checks a stored push, or all of a source.
pub(crate) async fn run(engine: &Engine, options: Verify, output: Output) -> anyhow::Result<Outcome> {
    if let Some(source) = &options.source {
        return run_source(engine, source, output).await;
    }
    let id = options.id.context("There is neither a push nor a source")?;
    let (secrets, fields) = (secrets(&options)?, pairs(&options.field)?);
    if secrets.is_empty() {
        super::vault::unlock(engine).await?;
    }
    let Verify { provider, url: urls, now, tolerance, signed, .. } = options;
    let verdict = engine.verify(id, &Given { provider, urls, now, tolerance, fields, secrets }).await?;
    said(&verdict, signed, output)
}

/// Checks the request on stdin. Of the workspace, if there is one, the user's own providers are read and nothing else.
pub(crate) async fn run_on_stdin(workspace: Option<&Path>, options: Verify, output: Output) -> anyhow::Result<Outcome> {
    let (secrets, fields) = (secrets(&options)?, pairs(&options.field)?);
    let request = on_stdin().await?;
    let own = own_providers(workspace).await;
    let provider = provider(&own, &options, &request)?;
    let urls = if options.url.is_empty() { request.urls() } else { options.url };
    let signed = SignedRequest {
        method: &request.method,
        urls: &urls,
        other_urls: &[],
        headers: &request.headers,
        body: &request.body,
    };
    let own_providers: Vec<&Provider> = own.iter().collect();
    let Verify { now, tolerance, .. } = options;
    let check = Check { now, tolerance, fields: &fields, own_providers: &own_providers, ..Check::default() };
    said(&verify(&signed, &provider, &secrets, &check), options.signed, output)
}

/// The user's own providers; none, and a word about it, if they can't be read.
async fn own_providers(workspace: Option<&Path>) -> Vec<Provider> {
    let Some(path) = workspace.filter(|path| path.exists()) else { return Vec::new() };
    Store::custom_providers_of(path).await.unwrap_or_else(|error| {
        eprintln!("The providers of {} are left out: {}", path.display(), ApiError::from(error).message);
        Vec::new()
    })
}

/// How many pushes of a source have which verdict.
#[derive(Debug, Serialize)]
struct Checked {
    source: String,
    valid: u64,
    invalid: u64,
    unsigned: u64,
    unchecked: u64,
}

/// Checks all pushes of a source again and says what came of it.
async fn run_source(engine: &Engine, source: &str, output: Output) -> anyhow::Result<Outcome> {
    super::vault::unlock(engine).await?;
    engine.verify_source(source).await?;
    let Verdicts { valid, invalid, unsigned, unchecked } =
        engine.store.verdicts(source).await.map_err(ApiError::from)?;
    let checked = Checked { source: source.to_owned(), valid, invalid, unsigned, unchecked };
    output.result(&checked, |Checked { source, valid, invalid, unsigned, unchecked }| {
        let counts = [(valid, "valid"), (invalid, "not valid"), (unsigned, "not signed"), (unchecked, "not checked")];
        let counts = counts.iter().filter(|(count, _)| **count > 0).map(|(count, words)| format!("{count} {words}"));
        let counts = counts.collect::<Vec<_>>().join(", ");
        format!("{source}: {}", if counts.is_empty() { "there is nothing to check" } else { &counts })
    })?;
    let Checked { invalid, unsigned, unchecked, .. } = checked;
    Ok(if invalid + unsigned + unchecked == 0 { Outcome::Done } else { Outcome::CheckedNo })
}

/// Says the verdict, or writes the bytes that were signed and nothing else.
fn said(verdict: &Verdict, signed: bool, output: Output) -> anyhow::Result<Outcome> {
    if signed {
        write_signed(verdict)?;
    } else {
        output.result(verdict, text)?;
    }
    Ok(if verdict.verdict == VerdictKind::Valid { Outcome::Done } else { Outcome::CheckedNo })
}

fn write_signed(verdict: &Verdict) -> anyhow::Result<()> {
    if verdict.signed.is_none() {
        return Err(ApiError::failed(format!("No bytes are signed: {}", verdict.explanation)).into());
    }
    let mut out = std::io::stdout().lock();
    out.write_all(&verdict.signed_bytes)?;
    out.flush()?;
    Ok(())
}

async fn on_stdin() -> anyhow::Result<LooseRequest> {
    let mut raw = Vec::new();
    std::io::stdin().lock().take(STDIN_LIMIT).read_to_end(&mut raw).context("Reading the request from stdin")?;
    if raw.is_empty() {
        return Err(ApiError::invalid("There is no request on stdin: give its bytes, head and body.").into());
    }
    Ok(read_request(&raw.into()).await.map_err(|error| ApiError::invalid(format!("The request: {error}.")))?)
}

fn provider(own: &[Provider], options: &Verify, request: &LooseRequest) -> anyhow::Result<Provider> {
    let Some(key) = &options.provider else {
        let problem = "The provider can't be told from the request: name it with --provider.";
        return Ok(recognised(own, &request.headers, &request.body).ok_or_else(|| ApiError::invalid(problem))?);
    };
    let found = find(key).or_else(|| own.iter().find(|own| own.key == *key)).cloned();
    Ok(found.ok_or_else(|| ApiError::invalid(unknown(key, own)))?)
}

/// The secrets and keys of the command line, its files and its environment, in this order.
fn secrets(options: &Verify) -> anyhow::Result<Vec<Secret>> {
    let mut secrets: Vec<Secret> = Vec::new();
    // Everybody could sign with an empty one, and most often it is a variable that was not filled.
    let mut add = |secret: Secret, what: &str| match secret.value.trim() {
        "" => Err(ApiError::invalid(format!("{what} is empty: give the one that the service shows."))),
        _ => {
            secrets.push(secret);
            Ok(())
        }
    };
    let count = options.secret.len();
    for (at, value) in (1..).zip(&options.secret) {
        let name = if count == 1 { "the secret".to_owned() } else { format!("secret {at}") };
        let what = if count == 1 { "The secret of --secret".to_owned() } else { format!("Secret {at} of --secret") };
        add(Secret::new(name, value), &what)?;
    }
    for path in &options.secret_file {
        let text = std::fs::read_to_string(path).map_err(|error| {
            ApiError::invalid(format!("The secret of {} could not be read: {error}.", path.display()))
        })?;
        // An editor ends a file with a newline, which is not the secret's.
        let text = text.strip_suffix('\n').map_or(&*text, |text| text.strip_suffix('\r').unwrap_or(text));
        add(Secret::new(path.display().to_string(), text), &format!("The secret of the file {}", path.display()))?;
    }
    for name in &options.secret_env {
        let value = std::env::var(name)
            .map_err(|_| ApiError::invalid(format!("The environment variable {name} is not set.")))?;
        add(Secret::new(name, value), &format!("The secret of the environment variable {name}"))?;
    }
    for key in &options.public_key {
        let text = match key.strip_prefix('@') {
            Some(path) => std::fs::read_to_string(path)
                .map_err(|error| ApiError::invalid(format!("The key of {path} could not be read: {error}.")))?,
            None => key.clone(),
        };
        let what =
            key.strip_prefix('@').map_or("The public key".to_owned(), |path| format!("The public key of {path}"));
        add(Secret::public_key("the public key", &text), &what)?;
    }
    Ok(secrets)
}

fn pairs(texts: &[String]) -> anyhow::Result<Vec<(String, String)>> {
    let pair = |text: &String| {
        let (name, value) = text
            .split_once('=')
            .ok_or_else(|| ApiError::invalid(format!("{text:?} is no field: write NAME=VALUE.")))?;
        Ok((name.to_owned(), value.to_owned()))
    };
    texts.iter().map(pair).collect()
}

fn text(verdict: &Verdict) -> String {
    let kind = match verdict.verdict {
        VerdictKind::Valid => "valid",
        VerdictKind::Invalid => "not valid",
        VerdictKind::Unsigned => "not signed",
        VerdictKind::NoSecret => "not checked",
        VerdictKind::Unsupported => "can't be checked",
    };
    let mut lines = vec![format!("{kind}: {}", verdict.explanation)];
    lines.extend(verdict.hint.clone());
    let scheme = verdict.scheme.as_ref().map(|scheme| format!(", {scheme}")).unwrap_or_default();
    lines.push(format!("provider  {}{scheme} ({})", verdict.provider_name, verdict.certainty.words()));
    let fields = [("expected", &verdict.expected), ("found", &verdict.found)];
    lines.extend(fields.into_iter().filter_map(|(name, value)| Some(format!("{name:<9} {}", value.as_ref()?))));
    if let Some(signed) = &verdict.signed {
        lines.push(format!("signed    {} ({} bytes)", signed.rule, signed.size));
    }
    lines.extend(verdict.notes.iter().cloned());
    visible(&lines.join("\n"))
}
