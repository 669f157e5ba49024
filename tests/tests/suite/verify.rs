//! `pushpull verify`: raw requests on standard input, stored pushes, and its exit codes.

use anyhow::{Context, Result};
use pushpull_engine::Engine;
use pushpull_engine::inspect::provider::Provider;
use pushpull_tests::{Home, Listener, Output, Raw, pushpull, pushpull_on};
use serde_json::Value;

/// GitHub's published example: the secret is `It's a Secret to Everybody`, the body `Hello, World!`.
const SECRET: &str = "It's a Secret to Everybody";
const SIGNATURE: &str = "sha256=757107ea0eb2509fc211221cce984b8a37570b6d7586c22c46f4379c8b043e17";

fn request(body: &str) -> Vec<u8> {
    let head = "POST /in/hub HTTP/1.1\r\nHost: hooks.example.com\r\nX-GitHub-Event: push";
    format!("{head}\r\nX-Hub-Signature-256: {SIGNATURE}\r\nContent-Length: {}\r\n\r\n{body}", body.len()).into_bytes()
}

async fn verdict(home: &Home, arguments: &[&str], input: &[u8]) -> Result<(Option<i32>, Value)> {
    let arguments: Vec<&str> = ["verify", "--json"].iter().chain(arguments).copied().collect();
    let output = pushpull_on(home, &arguments, &[("HOOK_SECRET", SECRET)], input).await?;
    let line = output.lines()?.pop().with_context(|| format!("nothing was printed: {}", output.stderr))?;
    Ok((output.code, line))
}

#[tokio::test]
async fn a_request_on_stdin_is_checked_and_the_exit_code_says_how() -> Result<()> {
    let home = Home::new()?;
    let (code, valid) =
        verdict(&home, &["--provider", "github", "--secret", SECRET], &request("Hello, World!")).await?;
    assert_eq!((code, valid["verdict"].as_str(), &valid["reason"]), (Some(0), Some("valid"), &Value::Null));
    let (code, wrong) = verdict(&home, &["--secret", "other"], &request("Hello, World!")).await?;
    assert_eq!(
        (code, wrong["verdict"].as_str(), wrong["reason"].as_str()),
        (Some(1), Some("invalid"), Some("mismatch"))
    );
    assert_eq!(wrong["proven"], Value::Null);
    let (code, changed) = verdict(&home, &["--secret", SECRET], &request("Hello, World!\n")).await?;
    assert_eq!((code, changed["proven"]["kind"].as_str()), (Some(1), Some("body_whitespace")));
    assert!(changed["explanation"].as_str().is_some_and(|text| text.contains("newline")), "{changed}");
    let (code, none) = verdict(&home, &["--provider", "stripe", "--secret", "x"], b"POST / HTTP/1.1\r\n\r\n{}").await?;
    assert_eq!(
        (code, none["verdict"].as_str(), none["subject"].as_str()),
        (Some(1), Some("unsigned"), Some("Stripe-Signature"))
    );
    Ok(())
}

#[tokio::test]
async fn a_signature_that_an_export_masked_is_told_from_one_that_does_not_fit() -> Result<()> {
    let home = Home::new()?;
    let masked = String::from_utf8(request("Hello, World!"))?.replace(SIGNATURE, "[masked]");
    let (code, told) = verdict(&home, &["--secret", SECRET], masked.as_bytes()).await?;
    assert_eq!((code, told["reason"].as_str()), (Some(1), Some("malformed_header")));
    assert!(told["explanation"].as_str().is_some_and(|text| text.contains("masked when this was exported")), "{told}");
    Ok(())
}

#[tokio::test]
async fn secrets_come_from_files_and_variables_too_and_are_never_printed() -> Result<()> {
    let home = Home::new()?;
    std::fs::write(home.path().join("secret.txt"), format!("{SECRET}\n"))?;
    for arguments in [["--secret-file", "secret.txt"], ["--secret-env", "HOOK_SECRET"]] {
        let (code, verdict) = verdict(&home, &arguments, &request("Hello, World!")).await?;
        assert_eq!(code, Some(0), "{verdict}");
    }
    let said = |output: Output| String::from_utf8_lossy(&output.stdout).into_owned() + &output.stderr;
    let input = b"POST / HTTP/1.1\r\nX-Gitlab-Event: Push Hook\r\nX-Gitlab-Token: c4nary-token-value\r\n\r\n{}";
    let output = pushpull_on(&home, &["verify", "--secret", "an0ther-secret"], &[], input).await?;
    assert_eq!(output.code, Some(1));
    let said = said(output);
    assert!(!said.contains("c4nary-token") && !said.contains("an0ther-secret"), "{said}");
    Ok(())
}

#[tokio::test]
async fn what_cannot_be_checked_is_bad_usage() -> Result<()> {
    const UNSIGNED: &[u8] = b"POST / HTTP/1.1\r\n\r\n";
    let home = Home::new()?;
    std::fs::write(home.path().join("empty"), "\n")?;
    for (arguments, input, words) in [
        (&["verify", "--provider", "nobody"][..], &b"POST / HTTP/1.1\r\n\r\n"[..], "no provider"),
        (&["verify"], b"POST / HTTP/1.1\r\n\r\n", "--provider"),
        (&["verify", "--provider", "github"], b"", "stdin"),
        (
            &["verify", "--provider", "github", "--secret-env", "NOT_SET_ANYWHERE"],
            b"POST / HTTP/1.1\r\n\r\n",
            "is not set",
        ),
        (&["verify", "--provider", "github", "--field", "x"], b"POST / HTTP/1.1\r\n\r\n", "NAME=VALUE"),
        (&["verify", "7"], b"", "7"),
        (&["verify", "--provider", "github", "--secret", ""], UNSIGNED, "The secret of --secret is empty"),
        (
            &["verify", "--provider", "github", "--secret", "x", "--secret", ""],
            UNSIGNED,
            "Secret 2 of --secret is empty",
        ),
        (&["verify", "--provider", "github", "--secret-env", "SET_TO_NOTHING"], UNSIGNED, "SET_TO_NOTHING is empty"),
        (
            &["verify", "--provider", "github", "--secret-file", "empty"],
            UNSIGNED,
            "The secret of the file empty is empty",
        ),
        (&["verify", "--provider", "discord", "--public-key", "@empty"], UNSIGNED, "The public key of empty is empty"),
    ] {
        let output = pushpull_on(&home, arguments, &[("SET_TO_NOTHING", "")], input).await?;
        assert_eq!(output.code, Some(2), "{arguments:?}: {}", output.stderr);
        assert!(output.stderr.contains(words), "{}", output.stderr);
        assert!(output.stdout.is_empty());
    }
    Ok(())
}

#[tokio::test]
async fn ages_urls_keys_and_fields_are_taken_from_the_command_line() -> Result<()> {
    let home = Home::new()?;
    let paddle = b"POST /x HTTP/1.1\r\nPaddle-Signature: ts=1696195954;h1=d96299976a6eb066f484d7fde011ac56fc32b38fc9940bc419d6e537fdc6ef02\r\n\r\nhello-world";
    let secret = "pdl_ntf_01hbpjmytsa32fhr36nqgc3kgb_WvRO0eL4Bj9rgYYIBZY6wZhG4EHy9jzh";
    let base = ["--provider", "paddle", "--secret", secret];
    let with = |more: &[&'static str]| base.iter().chain(more).copied().collect::<Vec<&str>>();
    assert_eq!(verdict(&home, &with(&[]), paddle).await?.0, Some(0));
    let (code, stale) = verdict(&home, &with(&["--now", "1696195960"]), paddle).await?;
    assert_eq!((code, stale["reason"].as_str()), (Some(1), Some("stale_timestamp")));
    assert_eq!(verdict(&home, &with(&["--now", "1696195960", "--tolerance", "6"]), paddle).await?.0, Some(0));

    let square = b"POST /webhooks HTTP/1.1\r\nx-square-hmacsha256-signature: W3FlCNk5IA3ZQ2LHTWoajvzfaDu/OwY2tNHIHC3IUOA=\r\n\r\n{\"data\":{\"type\":\"webhooks\",\"id\":\"fake_id\"}}";
    let keys = ["--provider", "square", "--secret", "signature-key"];
    let url = |url: &'static str| keys.iter().copied().chain(["--url", url]).collect::<Vec<&str>>();
    assert_eq!(verdict(&home, &url("https://webhook.site/webhooks"), square).await?.0, Some(0));
    let (code, other) = verdict(&home, &url("http://webhook.site/webhooks"), square).await?;
    assert_eq!((code, other["proven"]["kind"].as_str()), (Some(1), Some("other_url")));
    assert_eq!(verdict(&home, &keys, square).await?.1["reason"], "missing_field");

    let pusher = b"POST / HTTP/1.1\r\nx-pusher-key: 123456789\r\nx-pusher-signature: c17257e92037cd7de407ebc1ed174ceb7b2e518db127f44411b9ffc4f5b28cc5\r\n\r\n{\"time_ms\":1403175510755,\"events\":[{\"channel\":\"test_channel\",\"name\":\"channel_vacated\"}]}";
    let field = ["--provider", "pusher", "--secret", "tofu", "--field", "key_id=000"];
    assert_eq!(verdict(&home, &field, pusher).await?.1["reason"], "key_id_mismatch");

    let discord = b"POST / HTTP/1.1\r\nX-Signature-Ed25519: b307540862008dd0d57aef585af1b5a580a8858e6344b247d6ec4d13b2a0cedbed55dbf2bc3e74282ba29fdd4572717957eedc291eb1fd3b1e1eb8defa527301\r\nX-Signature-Timestamp: 1760000000\r\n\r\n{\"application_id\":\"1\",\"id\":\"1\",\"token\":\"t\",\"type\":1,\"version\":1}";
    let key = "df231af45908fcd13bc0016186adedd094d1c3e4c6ac32aa634e70f4788a52e2";
    assert_eq!(verdict(&home, &["--provider", "discord", "--public-key", key], discord).await?.0, Some(0));
    std::fs::write(home.path().join("key.txt"), key)?;
    assert_eq!(verdict(&home, &["--provider", "discord", "--public-key", "@key.txt"], discord).await?.0, Some(0));
    // Everybody can sign with its text: what is keyed with it counts for nothing.
    let keyed = b"POST / HTTP/1.1\r\nX-Hub-Signature-256: sha256=0eeffd3ff90ddba4ad906b8079a1331c4aa1b805a9599c692db94b1ededbf154\r\n\r\n{}";
    assert_eq!(verdict(&home, &["--provider", "github", "--secret", key], keyed).await?.0, Some(0));
    let (code, told) = verdict(&home, &["--provider", "github", "--public-key", key], keyed).await?;
    assert_eq!((code, told["reason"].as_str()), (Some(1), Some("unusable_secret")));
    Ok(())
}

#[tokio::test]
async fn a_stored_push_is_checked_at_its_time_of_arrival() -> Result<()> {
    let home = Home::new()?;
    let mut listener = Listener::start(&home).await?;
    let mut socket = Raw::connect(listener.address()).await?;
    socket.send(&request("Hello, World!")).await?;
    assert_eq!(socket.answer().await?.status, 200);
    let id = listener.next().await?["id"].as_i64().context("no id")?.to_string();
    listener.interrupt().await?;
    let output = pushpull(&home, &["verify", &id, "--secret", SECRET]).await?;
    assert_eq!(output.code, Some(0), "{}", output.stderr);
    assert!(output.text()?.starts_with("valid: "), "{}", output.text()?);
    assert_eq!(pushpull(&home, &["verify", &id, "--secret", "other"]).await?.code, Some(1));
    Ok(())
}

#[tokio::test]
async fn a_stored_push_is_checked_with_the_secrets_of_its_source() -> Result<()> {
    let home = Home::new()?;
    let mut listener = Listener::start(&home).await?;
    let mut socket = Raw::connect(listener.address()).await?;
    socket.send(&request("Hello, World!")).await?;
    assert_eq!(socket.answer().await?.status, 200);
    let id = listener.next().await?["id"].as_i64().context("no id")?.to_string();
    listener.interrupt().await?;
    let key = home.path().join("vault.key").to_string_lossy().into_owned();
    let in_vault = async |arguments: &[&str], input: &str| {
        pushpull_on(&home, arguments, &[("PUSHPULL_KEY_FILE", &key)], input.as_bytes()).await
    };

    let unset = in_vault(&["--json", "verify", &id], "").await?;
    assert_eq!(unset.lines()?[0]["reason"], "no_secret");
    let added = in_vault(&["source", "hub", "--add-secret", "live"], SECRET).await?;
    assert_eq!(added.code, Some(0), "{}", added.stderr);
    let valid = in_vault(&["--json", "verify", &id], "").await?;
    assert_eq!((valid.code, valid.lines()?[0]["secret"].as_str()), (Some(0), Some("live")), "{}", valid.stderr);
    let other = in_vault(&["--json", "verify", &id, "--provider", "stripe"], "").await?;
    assert_eq!((other.code, other.lines()?[0]["verdict"].as_str()), (Some(1), Some("unsigned")), "{}", other.stderr);
    // What is given goes before what is set.
    assert_eq!(in_vault(&["verify", &id, "--secret", "other"], "").await?.code, Some(1));

    std::fs::remove_file(&key)?;
    let locked = pushpull(&home, &["verify", &id]).await?;
    assert_eq!(locked.code, Some(3), "{}", locked.stderr);
    assert!(locked.stdout.is_empty());
    Ok(())
}

/// Receives these and answers their numbers.
async fn received(home: &Home, requests: &[Vec<u8>]) -> Result<Vec<String>> {
    let mut listener = Listener::start(home).await?;
    let mut ids = Vec::new();
    for request in requests {
        let mut socket = Raw::connect(listener.address()).await?;
        socket.send(request).await?;
        assert_eq!(socket.answer().await?.status, 200);
        ids.push(listener.next().await?["id"].as_i64().context("no id")?.to_string());
    }
    listener.interrupt().await?;
    Ok(ids)
}

/// Square's published example as it comes through a tunnel: its URL is signed, and the head does not say `https`.
fn through_a_tunnel() -> Vec<u8> {
    let body = r#"{"data":{"type":"webhooks","id":"fake_id"}}"#;
    let head = "POST /in/shop HTTP/1.1\r\nHost: 127.0.0.1:1\r\nx-square-hmacsha256-signature: ";
    let length = body.len();
    format!("{head}W3FlCNk5IA3ZQ2LHTWoajvzfaDu/OwY2tNHIHC3IUOA=\r\nContent-Length: {length}\r\n\r\n{body}").into_bytes()
}

#[tokio::test]
async fn a_given_secret_is_checked_with_all_else_that_is_set_for_the_source() -> Result<()> {
    let home = Home::new()?;
    // Nothing but what is chosen says whose they are.
    let quiet = String::from_utf8(request("Hello, World!"))?
        .replace("X-GitHub-Event: push\r\n", "")
        .replace("/in/hub", "/in/quiet");
    let ids = received(&home, &[quiet.into_bytes(), through_a_tunnel()]).await?;
    for arguments in [
        &["source", "quiet", "--provider", "meta"][..],
        &["source", "shop", "--provider", "square", "--url", "https://webhook.site/webhooks"],
    ] {
        pushpull(&home, arguments).await?.ok()?;
    }
    let (code, chosen) = verdict(&home, &[&ids[0], "--secret-env", "HOOK_SECRET"], b"").await?;
    assert_eq!((code, chosen["provider"].as_str(), chosen["verdict"].as_str()), (Some(0), Some("meta"), Some("valid")));
    let (code, told) = verdict(&home, &[&ids[1], "--secret", "signature-key"], b"").await?;
    assert_eq!((code, told["verdict"].as_str()), (Some(0), Some("valid")), "{told}");
    // What is given goes before what is set.
    let elsewhere = [&ids[1], "--secret", "signature-key", "--url", "http://webhook.site/webhooks"];
    assert_eq!(verdict(&home, &elsewhere, b"").await?.1["proven"]["kind"], "other_url");
    let nobody = pushpull(&home, &["verify", &ids[0], "--secret", "x", "--provider", "nobody"]).await?;
    assert_eq!(nobody.code, Some(2));
    assert!(nobody.stderr.contains("no provider \"nobody\""), "{}", nobody.stderr);
    Ok(())
}

/// A provider of the user's own that signs the time and the body, and takes a minute.
const ACME: &str = r#"{"key":"acme","name":"Acme","certainty":"custom","custom":true,
    "recognise":{"headers":["X-Acme-Signature"],"body":null},
    "signatures":[{"method":"hmac","at":["header:X-Acme-Signature"],"signed":"{timestamp}.{body}",
        "timestamp":{"at":"header:X-Acme-Time","tolerance":60}}],
    "event":[],"eventId":[],"deliveryId":[],"attempt":[],"firstAttempt":0,
    "batch":null,"handshakes":[],"success":null,"retries":null,"notes":[]}"#;

#[tokio::test]
async fn a_given_secret_is_checked_by_the_rules_of_a_provider_of_the_users_own() -> Result<()> {
    let home = Home::new()?;
    let engine = Engine::open(&home.workspace()).await?;
    engine.store.save_provider(serde_json::from_str::<Provider>(ACME)?).await?;
    engine.close().await;
    // HMAC-SHA256 of `1760000000.{}` with `s3cret`.
    let signature = "d0b4d7fb87731e3f7f8988f35744899a6ae0ca6a594a077d2e4a270384cf922a";
    let head = "POST /in/acme HTTP/1.1\r\nHost: a.example\r\nX-Acme-Time: 1760000000\r\nX-Acme-Signature: ";
    let request = format!("{head}{signature}\r\nContent-Length: 2\r\n\r\n{{}}").into_bytes();
    let (code, told) = verdict(&home, &["--secret", "s3cret", "--now", "1760000060"], &request).await?;
    assert_eq!((code, told["provider"].as_str()), (Some(0), Some("acme")), "on stdin: {told}");
    let ids = received(&home, &[request]).await?;
    let id = ids[0].as_str();
    let (code, old) = verdict(&home, &[id, "--secret", "s3cret"], b"").await?;
    assert_eq!(
        (code, old["provider"].as_str(), old["reason"].as_str()),
        (Some(1), Some("acme"), Some("stale_timestamp"))
    );
    assert_eq!(verdict(&home, &[id, "--secret", "s3cret", "--now", "1760000060"], b"").await?.0, Some(0));
    pushpull(&home, &["source", "acme", "--tolerance", "316224000"]).await?.ok()?;
    assert_eq!(verdict(&home, &[id, "--secret", "s3cret"], b"").await?.0, Some(0));
    Ok(())
}

#[tokio::test]
async fn a_workspace_that_cannot_be_read_keeps_no_request_on_stdin_from_being_checked() -> Result<()> {
    let home = Home::new()?;
    std::fs::write(home.workspace(), "these are sixteen bytes and more")?;
    let arguments = ["verify", "--json", "--secret", SECRET];
    let output = pushpull_on(&home, &arguments, &[], &request("Hello, World!")).await?;
    assert_eq!(output.code, Some(0), "{}", output.stderr);
    assert_eq!(output.lines()?[0]["provider"], "github");
    assert!(output.stderr.contains("are left out"), "{}", output.stderr);
    assert_eq!(std::fs::read_to_string(home.workspace())?, "these are sixteen bytes and more");
    Ok(())
}

#[tokio::test]
async fn a_given_secret_does_not_check_what_was_sent_from_here_or_was_not_kept_whole() -> Result<()> {
    let home = Home::new()?;
    let sent = pushpull(&home, &["--json", "send", "http://127.0.0.1:1/"]).await?;
    let id = sent.lines()?[0]["id"].as_i64().context("no id")?.to_string();
    let pull = pushpull(&home, &["verify", &id, "--provider", "github", "--secret", SECRET]).await?;
    assert_eq!(pull.code, Some(3), "{}", pull.stderr);
    assert!(pull.stderr.contains("Only what arrived"), "{}", pull.stderr);

    let mut listener = Listener::start(&home).await?;
    let whole = request("Hello, World!");
    let mut socket = Raw::connect(listener.address()).await?;
    socket.send(&whole[..whole.len() - 3]).await?;
    drop(socket);
    let id = listener.next().await?["id"].as_i64().context("no id")?.to_string();
    listener.interrupt().await?;
    let cut = pushpull(&home, &["verify", &id, "--secret", SECRET]).await?;
    assert_eq!(cut.code, Some(3), "{}", cut.stderr);
    assert!(cut.stderr.contains("not kept whole"), "{}", cut.stderr);
    Ok(())
}

#[tokio::test]
async fn the_signed_bytes_are_printed_as_they_are_and_nothing_else() -> Result<()> {
    let home = Home::new()?;
    // More than any verdict shows, and no text.
    let body = [vec![0xff, 0x00, b'\n'], vec![b'x'; 20_000]].concat();
    let head = "POST / HTTP/1.1\r\nX-Slack-Request-Timestamp: 7\r\nX-Slack-Signature: v0=00\r\n\r\n";
    let input = [head.as_bytes(), &body].concat();
    let arguments = ["verify", "--provider", "slack", "--signed"];
    let output = pushpull_on(&home, &arguments, &[], &input).await?;
    assert_eq!((output.code, &*output.stderr), (Some(1), "")); // not valid: there is no secret
    assert!(output.stdout == [b"v0:7:", &body[..]].concat(), "{} bytes", output.stdout.len());

    let ids = received(&home, &[request("Hello, World!")]).await?;
    let output = pushpull(&home, &["verify", &ids[0], "--secret", SECRET, "--signed"]).await?;
    assert_eq!((output.code, output.text()?), (Some(0), "Hello, World!"));

    let token = b"POST / HTTP/1.1\r\nX-Gitlab-Token: t0ken\r\n\r\n{}";
    let output =
        pushpull_on(&home, &["verify", "--provider", "gitlab", "--secret", "t0ken", "--signed"], &[], token).await?;
    assert_eq!((output.code, output.text()?), (Some(3), ""));
    assert!(output.stderr.starts_with("No bytes are signed: It carries the right secret"), "{}", output.stderr);
    Ok(())
}
