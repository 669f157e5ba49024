//! `pushpull vault` and `pushpull source`: secrets and what is set for sources, without a window.

use crate::arguments::{KeyFrom, Source, Vault};
use crate::keys;
use crate::output::{Outcome, Output, visible, word};
use anyhow::{Context as _, anyhow};
use pushpull_engine::Engine;
use pushpull_engine::api::{NewSecret, Nothing, SaveSource, SecretRef, SourceSettings};
use pushpull_engine::vault::{KeyPlace, MakeVault, UnlockVault, VaultState, VaultStatus};
use std::io::Read as _;
use std::time::Duration;
use zeroize::Zeroizing;

/// Bytes of a secret that are read.
const SECRET_BYTES: u64 = 64 * 1024 + 2;

/// How long a vault that is opening is waited for where nothing needs it.
const SOON: Duration = Duration::from_secs(2);

/// `pushpull vault`
pub(crate) async fn run(engine: &Engine, vault: Vault, output: Output) -> anyhow::Result<Outcome> {
    engine.vault.settled().await;
    if vault.forget {
        engine.vault.forget().await.map_err(api)?;
    }
    if let Some(place) = vault.make {
        let asks = place == KeyFrom::Passphrase && !keys::is_given();
        let passphrase = if asks { keys::ask("A passphrase for the vault")? } else { None };
        let place = place.into();
        let make = MakeVault { place, passphrase: passphrase.map(Into::into), key_file: None };
        engine.vault.make(make).await.map_err(api)?;
    }
    let status = engine.vault.status().await.map_err(api)?;
    output.result(&status, describe)?;
    let is_open = matches!(status.state, VaultState::Unlocked | VaultState::Absent);
    Ok(if is_open { Outcome::Done } else { Outcome::CheckedNo })
}

/// `pushpull source`
pub(crate) async fn run_source(engine: &Engine, source: Source, output: Output) -> anyhow::Result<Outcome> {
    if source.delete {
        engine.delete_source(&source.name).await?;
        output.result(&Nothing {}, |_| format!("{} is deleted; its exchanges stay", visible(&source.name)))?;
        return Ok(Outcome::Done);
    }
    if source.create {
        engine.create_source(&source.name).await?;
    }
    // What only an open vault tells is shown if it opens soon; whatever keeps its key may be asking the user.
    let _ = tokio::time::timeout(SOON, engine.vault.settled()).await;
    let mut settings = engine.source_settings(&source.name).await?;
    if let Some(save) = changed(&settings, &source) {
        settings = engine.save_source(save).await?;
    }
    if let Some(label) = source.add_secret.clone() {
        let value = secret(&source)?;
        unlock(engine).await?;
        let value = String::clone(&value).into();
        settings = engine.add_secret(NewSecret { source: source.name.clone(), label, value }).await?;
    }
    for id in source.remove_secret {
        settings = engine.remove_secret(SecretRef { source: source.name.clone(), id }).await?;
    }
    // Here, because the process ends. What waits for a vault that stays closed is left to whoever opens it.
    engine.finish_looking_again().await?;
    if let Some(to) = &source.rename {
        settings = engine.rename_source(&source.name, to).await?;
    }
    let vault = engine.vault.status().await.map_err(api)?;
    output.result(&settings, |settings| describe_source(settings, vault.state))?;
    Ok(Outcome::Done)
}

/// Opens the vault if a passphrase that somebody can type is all that it takes.
pub(crate) async fn unlock(engine: &Engine) -> anyhow::Result<()> {
    engine.vault.settled().await;
    let status = engine.vault.status().await.map_err(api)?;
    if status.state != VaultState::Locked || status.place != Some(KeyPlace::Passphrase) {
        return Ok(());
    }
    let Some(passphrase) = keys::ask("The passphrase of the vault")? else { return Ok(()) };
    let unlock = UnlockVault { passphrase: Some(passphrase.into()), key_file: None };
    engine.vault.unlock(unlock).await.map_err(api)
}

fn api(error: pushpull_engine::vault::VaultError) -> anyhow::Error {
    pushpull_engine::api::ApiError::from(error).into()
}

/// What the arguments change; None if nothing.
fn changed(settings: &SourceSettings, source: &Source) -> Option<SaveSource> {
    let given = |text: &Option<String>, kept: &Option<String>| match text.as_deref() {
        Some("" | "none") => None,
        Some(text) => Some(text.to_owned()),
        None => kept.clone(),
    };
    let save = SaveSource {
        name: settings.name.clone(),
        provider: given(&source.provider, &settings.provider),
        url: given(&source.url, &settings.url),
        tolerance: source.tolerance.or(settings.tolerance),
        handshakes: source.handshakes.unwrap_or(settings.handshakes),
    };
    let kept = SaveSource {
        name: settings.name.clone(),
        provider: settings.provider.clone(),
        url: settings.url.clone(),
        tolerance: settings.tolerance,
        handshakes: settings.handshakes,
    };
    (save != kept).then_some(save)
}

/// The secret from where it was said to be: an environment variable, a file, or stdin; never an argument.
fn secret(source: &Source) -> anyhow::Result<Zeroizing<String>> {
    if let Some(name) = &source.secret_env {
        let value = std::env::var(name).map_err(|_| anyhow!("The environment has no {name} that is text."))?;
        return Ok(Zeroizing::new(value));
    }
    let mut text = Zeroizing::new(String::new());
    match &source.secret_file {
        Some(path) => {
            let file = std::fs::File::open(path).with_context(|| format!("Reading {}", path.display()))?;
            file.take(SECRET_BYTES).read_to_string(&mut text)?;
        }
        None => match keys::ask("The secret")? {
            Some(typed) => *text = typed,
            None => {
                std::io::stdin().lock().take(SECRET_BYTES).read_to_string(&mut text)?;
            }
        },
    }
    // The line end that `echo` and editors add; a secret with one at its end goes through the environment.
    let without = text.strip_suffix('\n').map(|text| text.strip_suffix('\r').unwrap_or(text));
    Ok(without.map_or_else(|| text.clone(), |text| Zeroizing::new(text.to_owned())))
}

fn describe(status: &VaultStatus) -> String {
    let place = status.place.map(|place| format!(", key in {}", word(&place))).unwrap_or_default();
    let why = status.message.iter().map(|why| format!("\n{why}")).collect::<String>();
    visible(&format!("{}{place}, {} sealed{why}", word(&status.state), status.secrets))
}

fn describe_source(settings: &SourceSettings, vault: VaultState) -> String {
    let provider = match (&settings.provider, &settings.recognised) {
        (Some(chosen), _) => chosen.clone(),
        (None, Some(recognised)) => format!("{recognised} (recognised)"),
        (None, None) => "not known".into(),
    };
    let mut lines = vec![format!("{}: provider {provider}", settings.name)];
    lines.extend(settings.url.iter().map(|url| format!("  url {url}")));
    lines.extend(settings.tolerance.map(|seconds| format!("  tolerance {seconds} s")));
    if !settings.handshakes {
        lines.push("  handshakes are not answered".into());
    }
    lines.extend(settings.secrets.iter().map(|secret| {
        let ending = secret.ending.as_ref().map(|ending| format!(" …{ending}")).unwrap_or_default();
        format!("  secret {} {}{ending}", secret.id, secret.label)
    }));
    lines.extend(settings.notice.iter().map(|notice| format!("  {notice}")));
    if vault == VaultState::Opening {
        lines.push("  the vault is opening: its key is being asked for".into());
    }
    visible(&lines.join("\n"))
}

impl From<KeyFrom> for KeyPlace {
    fn from(from: KeyFrom) -> Self {
        match from {
            KeyFrom::KeyStore => Self::KeyStore,
            KeyFrom::KeyFile => Self::KeyFile,
            KeyFrom::Passphrase => Self::Passphrase,
        }
    }
}
