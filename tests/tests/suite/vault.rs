//! Secrets on the command line: where their key comes from, and that they show nowhere.

use anyhow::{Context, Result};
use pushpull_tests::{Home, Listener, PATIENCE, Program, http, until};
use serde_json::Value;
use std::os::unix::fs::PermissionsExt;
use std::process::Stdio;
use tokio::io::AsyncWriteExt;
use tokio::process::Command;

const SECRET: &str = "whsec_canary_5b1f0e7a2d66";

/// What a run came to: its exit code, what it printed, what it said.
struct Ran {
    code: Option<i32>,
    printed: String,
    said: String,
}

impl Ran {
    fn json(&self) -> Result<Value> {
        serde_json::from_str(&self.printed).with_context(|| format!("{} {}", self.printed, self.said))
    }
}

/// Runs the command line in this home with more in its environment and on its standard input.
async fn run(home: &Home, arguments: &[&str], more: &[(&str, &str)], input: &str) -> Result<Ran> {
    let mut command = Command::new(Program::Cli.path()?);
    command.args(arguments);
    ended(home, command, more, input).await
}

async fn ended(home: &Home, mut command: Command, more: &[(&str, &str)], input: &str) -> Result<Ran> {
    command.envs(home.environment()).envs(more.iter().copied()).current_dir(home.path()).kill_on_drop(true);
    // The test must not reach the key store of whoever runs it.
    if !more.iter().any(|(name, _)| *name == "DBUS_SESSION_BUS_ADDRESS") {
        command.env("DBUS_SESSION_BUS_ADDRESS", "unix:path=/nowhere");
    }
    command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = command.spawn()?;
    let mut stdin = child.stdin.take().context("No input")?;
    let _ = stdin.write_all(input.as_bytes()).await; // who reads nothing may be gone already
    drop(stdin);
    let output = tokio::time::timeout(PATIENCE * 4, child.wait_with_output()).await??;
    Ok(Ran {
        code: output.status.code(),
        printed: String::from_utf8(output.stdout)?,
        said: String::from_utf8(output.stderr)?,
    })
}

const ADD: &[&str] = &["--json", "source", "stripe", "--create", "--add-secret", "live"];
const VAULT: &[&str] = &["--json", "vault"];

/// No file of the home but the key's holds the secret, or is for others to read.
fn nothing_shows(home: &Home) -> Result<()> {
    for entry in std::fs::read_dir(home.path())? {
        let path = entry?.path();
        if path.is_dir() {
            continue;
        }
        assert_eq!(std::fs::metadata(&path)?.permissions().mode() & 0o077, 0, "{}", path.display());
        let bytes = std::fs::read(&path)?;
        let found = bytes.windows(12).any(|window| window == &SECRET.as_bytes()[..12]);
        assert!(!found, "{}", path.display());
    }
    Ok(())
}

#[tokio::test]
async fn without_a_key_store_nothing_is_kept_until_a_place_for_the_key_is_chosen() -> Result<()> {
    let home = Home::new()?;
    let refused = run(&home, ADD, &[], SECRET).await?;
    assert_eq!(refused.code, Some(3), "{}", refused.said);
    assert!(refused.said.contains("Choose a passphrase or a key file"), "{}", refused.said);
    assert_eq!(run(&home, VAULT, &[], "").await?.json()?["state"], "absent");
    nothing_shows(&home)
}

#[tokio::test]
async fn a_key_file_opens_the_vault_and_without_it_there_is_no_new_key() -> Result<()> {
    let home = Home::new()?;
    let key = home.file("key");
    let named = key.to_string_lossy().into_owned();
    let with_key = [("PUSHPULL_KEY_FILE", named.as_str())];
    let settings = run(&home, ADD, &with_key, &format!("{SECRET}\n")).await?.json()?;
    assert_eq!(settings["secrets"][0]["ending"], "2d66");
    assert!(!settings.to_string().contains(&SECRET[..12]));
    nothing_shows(&home)?;

    let open = run(&home, VAULT, &[], "").await?;
    assert_eq!((open.code, &open.json()?["state"]), (Some(0), &"unlocked".into()), "the workspace knows the file");
    std::fs::rename(&key, home.file("elsewhere"))?;
    let closed = run(&home, VAULT, &with_key, "").await?;
    assert_eq!((closed.code, &closed.json()?["state"]), (Some(1), &"keyMissing".into()));
    assert_eq!(run(&home, ADD, &with_key, SECRET).await?.code, Some(3));
    assert!(!key.exists());
    let export = run(&home, &["export", "--format", "har"], &with_key, "").await?;
    assert_eq!(export.code, Some(0));
    assert!(export.said.contains("1 secret is locked and can't be recognised"), "{}", export.said);
    assert_eq!(run(&home, &["export", "--format", "har", "--no-redact"], &with_key, "").await?.said, "");
    let found = home.file("elsewhere").to_string_lossy().into_owned();
    assert_eq!(run(&home, &["vault", "--key-file", &found], &[], "").await?.code, Some(0));
    Ok(())
}

#[tokio::test]
async fn a_passphrase_from_the_environment_opens_the_vault_and_another_does_not() -> Result<()> {
    let home = Home::new()?;
    let right = [("PUSHPULL_PASSPHRASE", "correct horse battery"), ("THE_SECRET", SECRET)];
    let arguments = [ADD, &["--secret-env", "THE_SECRET"]].concat();
    run(&home, &arguments, &right, "").await?.json()?;
    assert_eq!(run(&home, VAULT, &right, "").await?.json()?["place"], "passphrase");
    let wrong = run(&home, VAULT, &[("PUSHPULL_PASSPHRASE", "another passphrase")], "").await?;
    assert_eq!((wrong.code, &wrong.json()?["state"]), (Some(1), &"wrongKey".into()));
    assert_eq!(run(&home, VAULT, &[], "").await?.json()?["state"], "locked");
    nothing_shows(&home)
}

/// Runs commands in a session of their own with a real Secret Service. None where there is none to be had.
async fn in_session(home: &Home, script: &str) -> Result<Option<Ran>> {
    let there = |name: &str| {
        let path = std::env::var_os("PATH").unwrap_or_default();
        std::env::split_paths(&path).any(|folder| folder.join(name).exists())
    };
    if !there("dbus-run-session") || !there("gnome-keyring-daemon") {
        eprintln!("No Secret Service to try: dbus-run-session or gnome-keyring-daemon is not installed.");
        return Ok(None);
    }
    let mut command = Command::new("dbus-run-session");
    command.args(["--", "sh", "-c", script]).env("PUSHPULL", Program::Cli.path()?);
    // The session makes an address of its own.
    Ok(Some(ended(home, command, &[("DBUS_SESSION_BUS_ADDRESS", ""), ("XDG_RUNTIME_DIR", "")], "").await?))
}

const UNLOCK: &str = "printf login | gnome-keyring-daemon --unlock --components=secrets >/dev/null 2>&1";

#[tokio::test]
async fn a_real_secret_service_keeps_the_key_and_another_session_finds_it() -> Result<()> {
    let home = Home::new()?;
    std::fs::write(home.file("secret"), SECRET)?;
    std::fs::set_permissions(home.file("secret"), std::fs::Permissions::from_mode(0o600))?;
    let add = "\"$PUSHPULL\" --json source stripe --create --add-secret live --secret-file secret";
    let Some(added) = in_session(&home, &format!("{UNLOCK}; {add}")).await? else { return Ok(()) };
    assert_eq!(added.json()?["secrets"][0]["ending"], "2d66", "{}", added.said);
    std::fs::remove_file(home.file("secret"))?;
    nothing_shows(&home)?;

    let again = in_session(&home, &format!("{UNLOCK}; \"$PUSHPULL\" --json vault")).await?.context("No session")?;
    let status = again.json()?;
    assert_eq!((&status["state"], &status["place"]), (&"unlocked".into(), &"keyStore".into()), "{status}");
    let without = run(&home, VAULT, &[], "").await?.json()?;
    assert_eq!(without["state"], "locked", "{without}");
    Ok(())
}

/// GitHub's published example: the secret is `It's a Secret to Everybody`, the body `Hello, World!`.
const GITHUB: &str = "It's a Secret to Everybody";
const SIGNATURE: &str = "sha256=757107ea0eb2509fc211221cce984b8a37570b6d7586c22c46f4379c8b043e17";

async fn push_signed(listener: &Listener) -> Result<()> {
    let push = http::client()?.post(listener.source("hub")).header("X-GitHub-Event", "push");
    push.header("X-Hub-Signature-256", SIGNATURE).body("Hello, World!").send().await?.error_for_status()?;
    Ok(())
}

/// How many pushes the filter finds.
async fn count(home: &Home, filter: &str) -> Result<usize> {
    Ok(run(home, &["--json", "list", filter], &[], "").await?.printed.lines().count())
}

#[tokio::test]
async fn a_listener_has_its_secrets_before_the_first_push() -> Result<()> {
    let home = Home::new()?;
    let key = home.file("key").to_string_lossy().into_owned();
    let with_key = [("PUSHPULL_KEY_FILE", key.as_str())];
    for (source, provider, secret) in [("zoom", "zoom", "zoom-secret-token"), ("hub", "github", GITHUB)] {
        let arguments = ["source", source, "--create", "--provider", provider, "--add-secret", "live"];
        let added = run(&home, &arguments, &with_key, secret).await?;
        assert_eq!(added.code, Some(0), "{}", added.said);
    }
    let named = format!("PUSHPULL_KEY_FILE={key}");
    let listener = Listener::start_under(&["env", &named], &Program::Cli.path()?, &home, &[]).await?;
    let challenge = r#"{"event":"endpoint.url_validation","payload":{"plainToken":"qgg8vlvZRS6UYooatFL8Aw"}}"#;
    let answer = http::client()?.post(listener.source("zoom")).body(challenge).send().await?.text().await?;
    let answer: Value = serde_json::from_str(&answer).with_context(|| answer)?;
    assert_eq!(answer["encryptedToken"], "d9e0d764a78494688ba3f2d5c0ed4ca311394b4834d959759213424d2df961e3");
    push_signed(&listener).await?;
    until("the first push is checked", async || Ok((count(&home, "is:valid").await? == 1).then_some(()))).await
}

#[tokio::test]
async fn a_secret_that_is_added_on_the_command_line_checks_the_pushes_that_are_there() -> Result<()> {
    let home = Home::new()?;
    let key = home.file("key").to_string_lossy().into_owned();
    let with_key = [("PUSHPULL_KEY_FILE", key.as_str())];
    let listener = Listener::start(&home).await?;
    push_signed(&listener).await?;
    push_signed(&listener).await?;
    listener.interrupt().await?;
    assert_eq!(count(&home, "is:valid").await?, 0);
    let added = run(&home, &["source", "hub", "--add-secret", "live"], &with_key, GITHUB).await?;
    assert_eq!(added.code, Some(0), "{}", added.said);
    assert_eq!(count(&home, "is:valid").await?, 2);

    let verified = run(&home, &["verify", "--source", "hub"], &with_key, "").await?;
    assert_eq!((verified.code, verified.printed.as_str()), (Some(0), "hub: 2 valid\n"), "{}", verified.said);
    let removed = run(&home, &["source", "hub", "--remove-secret", "1"], &with_key, "").await?;
    assert_eq!((removed.code, count(&home, "is:valid").await?), (Some(0), 0), "{}", removed.said);
    let unchecked = run(&home, &["verify", "--source", "hub"], &with_key, "").await?;
    assert_eq!((unchecked.code, unchecked.printed.as_str()), (Some(1), "hub: 2 not checked\n"), "{}", unchecked.said);
    Ok(())
}
