//! The command line: each command on a real workspace, and its exit codes.

use anyhow::{Context, Result};
use pushpull_tests::{Home, Listener, Output, Raw, Receiver, github_payloads, http, pushpull, pushpull_without};
use serde_json::Value;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;

/// A push whose head must survive as it is: order, case, a header twice, spaces around a value.
const PUSH: &[u8] = b"POST /in/shop?b=2&a=1&a= HTTP/1.1\r\n\
    hOST: hooks.example.com\r\n\
    X-Signature:   sha256=0123456789abcdef  \r\n\
    x-twice: one\r\n\
    Authorization: Bearer topsecret-token-value\r\n\
    X-Twice: two\r\n\
    Content-Type: application/json\r\n\
    Content-Length: 35\r\n\r\n\
    {\"id\": 12345678901234567890, \"n\":1}";
/// Where the body begins.
const BODY: usize = PUSH.len() - 35;

/// A workspace with the push in it, and its number.
async fn captured(home: &Home) -> Result<i64> {
    let mut listener = Listener::start(home).await?;
    let id = push(&mut listener, PUSH).await?;
    listener.interrupt().await?;
    Ok(id)
}

/// Sends these bytes and returns the number that the listener printed for them.
async fn push(listener: &mut Listener, bytes: &[u8]) -> Result<i64> {
    let mut socket = Raw::connect(listener.address()).await?;
    socket.send(bytes).await?;
    assert_eq!(socket.answer().await?.status, 200);
    listener.next().await?["id"].as_i64().context("The line has no id")
}

async fn run(home: &Home, arguments: &[&str]) -> Result<Output> {
    pushpull(home, arguments).await?.ok()
}

fn mode(path: &Path) -> Result<u32> {
    Ok(std::fs::metadata(path)?.permissions().mode() & 0o777)
}

#[tokio::test]
async fn a_push_is_shown_byte_for_byte_as_it_was_sent() -> Result<()> {
    let home = Home::new()?;
    let id = captured(&home).await?.to_string();
    assert_eq!(run(&home, &["show", &id, "--raw", "request"]).await?.stdout, PUSH);
    assert_eq!(run(&home, &["show", &id, "--body", "request"]).await?.stdout, &PUSH[BODY..]);
    let answer = run(&home, &["show", &id, "--raw", "response"]).await?;
    assert!(answer.stdout.starts_with(b"HTTP/1.1 200 "), "{:?}", answer.text());
    Ok(())
}

/// Framed byte by byte, up to the most framing that is taken: more of it than of all else.
#[tokio::test]
async fn a_push_in_very_many_chunks_is_shown_as_it_was_sent_and_disturbs_no_other() -> Result<()> {
    let home = Home::new()?;
    let mut listener = Listener::start(&home).await?;
    for chunks in [700_000, 1_100_000] {
        let head = "POST /in/drops HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n";
        let sent = [head, &"1\r\na\r\n".repeat(chunks), "0\r\n\r\n"].concat();
        let id = push(&mut listener, sent.as_bytes()).await?.to_string();
        assert!(run(&home, &["show", &id, "--raw", "request"]).await?.stdout == sent.as_bytes(), "{chunks} chunks");
    }
    let exported = run(&home, &["export", "--format", "http", "--no-redact"]).await?.stdout;
    assert_eq!(exported.len(), 2 * 64 + 6 * 1_800_000 + 2 * 5);
    run(&home, &["size"]).await?;
    run(&home, &["compact"]).await?;
    listener.interrupt().await?;
    Ok(())
}

#[tokio::test]
async fn a_part_of_a_push_is_not_passed_off_as_the_whole() -> Result<()> {
    let home = Home::new()?;
    let mut listener = Listener::start(&home).await?;
    let mut socket = Raw::connect(listener.address()).await?;
    socket.send(b"POST /in/cut HTTP/1.1\r\nHost: a\r\nContent-Length: 7\r\n\r\nabc").await?;
    drop(socket);
    let id = listener.next().await?["id"].to_string();
    for which in ["--raw", "--body"] {
        let shown = run(&home, &["show", &id, which, "request"]).await?;
        assert!(shown.stdout.ends_with(b"abc"), "{which}");
        assert!(shown.stderr.contains("is not kept whole: its sender went away"), "{which}: {}", shown.stderr);
    }
    let exported = run(&home, &["export", "--format", "http"]).await?;
    assert_eq!(exported.stdout, b"");
    assert!(exported.stderr.contains("1 are not kept whole and are not in it"), "{}", exported.stderr);
    listener.interrupt().await?;
    Ok(())
}

#[tokio::test]
async fn exchanges_are_tagged_noted_pinned_and_deleted_with_an_undo() -> Result<()> {
    let home = Home::new()?;
    let id = captured(&home).await?.to_string();
    run(&home, &["tag", &id, "--add", "to check", "--add", "late"]).await?;
    run(&home, &["tag", &id, "--remove", "LATE"]).await?;
    run(&home, &["note", &id, "paid twice"]).await?;
    assert_eq!(run(&home, &["note", &id]).await?.text()?.trim(), "paid twice");
    let row = run(&home, &["pin", &id, "--json"]).await?.lines()?;
    assert_eq!((row[0]["pinned"].as_bool(), row[0]["unread"].as_bool()), (Some(true), Some(true)));
    run(&home, &["read", &id]).await?;
    let found = run(&home, &["list", "--json", "tag:\"to check\" has:note is:pinned -is:unread"]).await?.lines()?;
    assert_eq!(found.len(), 1);
    let exported = run(&home, &["export", "--format", "ndjson"]).await?;
    let exported = exported.text()?;
    assert!(exported.contains(r#""pinned":true,"unread":false,"tags":["to check"],"note":"paid twice""#), "{exported}");

    let deleted = run(&home, &["delete", "--filter", "tag:to*", "--json"]).await?.lines()?;
    assert_eq!(deleted[0]["exchanges"], 1);
    assert!(run(&home, &["list", "--json"]).await?.lines()?.is_empty());
    run(&home, &["delete", "--undo", &deleted[0]["id"].to_string()]).await?;
    assert_eq!(run(&home, &["list", "--json"]).await?.lines()?.len(), 1);
    let wrong = pushpull(&home, &["delete", "--filter", "is:nothing"]).await?;
    assert!(wrong.ok().is_err());
    assert_eq!(run(&home, &["list", "--json"]).await?.lines()?.len(), 1);
    Ok(())
}

#[tokio::test]
async fn the_list_is_filtered_and_keeps_bodies_out() -> Result<()> {
    let home = Home::new()?;
    let id = captured(&home).await?;
    let rows = run(&home, &["list", "--json"]).await?.lines()?;
    assert_eq!(rows.len(), 1);
    assert_eq!((rows[0]["id"].as_i64(), rows[0]["source"].as_str()), (Some(id), Some("shop")));
    assert_eq!(rows[0]["status"], 200);
    assert!(!rows[0].to_string().contains("12345678901234567890"));
    for (filter, found) in [("source:shop", 1), ("source:other", 0), ("method:POST status:2xx", 1), ("-method:POST", 0)]
    {
        let arguments: Vec<&str> = ["list", "--json"].into_iter().chain(filter.split(' ')).collect();
        assert_eq!(run(&home, &arguments).await?.lines()?.len(), found, "{filter}");
    }
    Ok(())
}

#[tokio::test]
async fn a_send_goes_out_as_written_and_is_kept_with_its_answer() -> Result<()> {
    let home = Home::new()?;
    let mut server = Receiver::start(r#"{"ok":true}"#).await?;
    let url = format!("{}/things?b=2&a=1", server.url());
    let sent = run(&home, &["send", "-X", "PUT", &url, "-H", "X-One: 1", "-d", "hello", "--json"]).await?.lines()?;
    let received = server.next().await?;
    assert_eq!((received.method.as_str(), received.uri.to_string().as_str()), ("PUT", "/things?b=2&a=1"));
    assert_eq!((received.headers["x-one"].as_bytes(), &received.body[..]), (&b"1"[..], &b"hello"[..]));
    let id = sent.last().and_then(|line| line["id"].as_i64()).context("no id")?.to_string();
    assert_eq!(run(&home, &["show", &id, "--body", "response"]).await?.stdout, br#"{"ok":true}"#);
    let raw = run(&home, &["show", &id, "--raw", "request"]).await?;
    assert!(raw.stdout.starts_with(b"PUT /things?b=2&a=1 HTTP/1.1\r\n"), "{:?}", raw.text());
    assert!(raw.text()?.contains("\r\nX-One: 1\r\n"));
    Ok(())
}

#[tokio::test]
async fn a_send_that_fails_is_kept_and_told() -> Result<()> {
    let home = Home::new()?;
    // A port that was free a moment ago: nobody listens there.
    let port = tokio::net::TcpListener::bind("127.0.0.1:0").await?.local_addr()?.port();
    let sent = pushpull(&home, &["send", &format!("http://127.0.0.1:{port}/"), "--fail", "--json"]).await?;
    assert_eq!(sent.code, Some(1), "{}", sent.stderr);
    let rows = run(&home, &["list", "--json", "is:failed"]).await?.lines()?;
    assert_eq!(rows.len(), 1);
    // Without a check it is what was asked for that could not be done.
    let address = format!("127.0.0.1:{port}");
    let captured = captured(&home).await?.to_string();
    let to = format!("http://{address}/hook");
    for arguments in
        [&["send", &to][..], &["replay", &captured, "--to", &to], &["replay", &captured, "--to", &to, "--json"]]
    {
        let failed = pushpull(&home, arguments).await?;
        assert_eq!(failed.code, Some(3), "{arguments:?}");
        assert!(
            failed.stderr.contains(&format!("Nothing listens at {address}.\nStart the server")),
            "{}",
            failed.stderr
        );
    }
    assert_eq!(rows[0]["status"], Value::Null);
    assert_ne!(rows[0]["failure"], Value::Null);
    Ok(())
}

#[tokio::test]
async fn a_replay_sends_the_bytes_as_they_came_and_is_linked_to_its_push() -> Result<()> {
    let home = Home::new()?;
    let id = captured(&home).await?;
    let mut server = Receiver::start("{}").await?;
    run(&home, &["replay", &id.to_string(), "--to", &format!("{}/hook", server.url())]).await?;
    let received = server.next().await?;
    assert_eq!(&received.body[..], &PUSH[BODY..]);
    assert_eq!(received.uri.path(), "/hook");
    assert_eq!(received.headers["x-signature"], "sha256=0123456789abcdef");
    assert_eq!(received.headers.get_all("x-twice").iter().count(), 2);
    let rows = run(&home, &["list", "--json", "direction:pull"]).await?.lines()?;
    assert_eq!((rows.len(), rows[0]["parent"].as_i64()), (1, Some(id)));
    Ok(())
}

#[tokio::test]
async fn differences_are_an_exit_code() -> Result<()> {
    let home = Home::new()?;
    std::fs::write(home.file("a.json"), r#"{"id":1,"items":[{"id":"x","n":1},{"id":"y","n":2}]}"#)?;
    std::fs::write(home.file("b.json"), r#"{"items":[{"n":2,"id":"y"},{"n":9,"id":"x"}],"id":1}"#)?;
    assert_eq!(pushpull(&home, &["diff", "a.json", "a.json"]).await?.code, Some(0));
    let differs = pushpull(&home, &["diff", "a.json", "b.json"]).await?;
    assert_eq!(differs.code, Some(1), "{}", differs.stderr);
    assert!(differs.text()?.contains('9'), "{}", differs.text()?);
    assert_eq!(pushpull(&home, &["diff", "a.json", "missing.json"]).await?.code, Some(2));
    Ok(())
}

#[tokio::test]
async fn header_fields_are_compared_as_bodies_are() -> Result<()> {
    let home = Home::new()?;
    let listener = Listener::start(&home).await?;
    for fields in ["X-A: 1\r\nX-B: 2", "X-A: 1\r\nX-B: 3", "x-a: 1\r\nX-B: 2"] {
        let mut socket = Raw::connect(listener.address()).await?;
        socket
            .send(format!("POST /in/a HTTP/1.1\r\nHost: a\r\n{fields}\r\nContent-Length: 0\r\n\r\n").as_bytes())
            .await?;
        assert_eq!(socket.answer().await?.status, 200);
    }
    assert_eq!(pushpull(&home, &["diff", "1", "2"]).await?.code, Some(0), "the bodies are equal");
    let differs = pushpull(&home, &["diff", "1", "2", "--headers"]).await?;
    assert_eq!((differs.code, differs.text()?), (Some(1), "changed  X-B: 2 | 3\n"));
    assert!(differs.stderr.contains("1 difference, 3 equal"), "{}", differs.stderr);
    assert_eq!(pushpull(&home, &["diff", "1", "3", "--headers"]).await?.code, Some(0), "case makes no other field");
    std::fs::write(home.file("a.json"), "{}")?;
    let file = pushpull(&home, &["diff", "1", "a.json", "--headers"]).await?;
    assert_eq!(file.code, Some(2));
    assert!(file.stderr.contains("a.json is a file"), "{}", file.stderr);
    Ok(())
}

#[tokio::test]
async fn an_export_masks_secrets_unless_told_otherwise() -> Result<()> {
    let home = Home::new()?;
    captured(&home).await?;
    for format in ["ndjson", "har", "curl", "http"] {
        let masked = run(&home, &["export", "--format", format]).await?;
        assert!(!masked.text()?.contains("topsecret"), "{format}: {}", masked.text()?);
        let whole = run(&home, &["export", "--format", format, "--no-redact"]).await?;
        assert!(whole.text()?.contains("topsecret"), "{format}: {}", whole.text()?);
    }
    let raw = run(&home, &["export", "--format", "raw"]).await?;
    assert_eq!(raw.stdout, &PUSH[BODY..]);
    run(&home, &["export", "--format", "csv", "-o", "list.csv"]).await?;
    assert!(std::fs::read_to_string(home.file("list.csv"))?.contains("shop"));
    assert_eq!(mode(&home.file("list.csv"))?, 0o600);
    Ok(())
}

#[tokio::test]
async fn the_workspace_is_readable_by_its_owner_only() -> Result<()> {
    let home = Home::new()?;
    captured(&home).await?;
    for entry in std::fs::read_dir(home.path())? {
        let path = entry?.path();
        if path.file_name().is_some_and(|name| name.to_string_lossy().starts_with("test.pushpull")) {
            assert_eq!(mode(&path)?, 0o600, "{}", path.display());
        }
    }
    Ok(())
}

#[tokio::test]
async fn the_data_folder_is_closed_to_others_also_where_it_was_there_before() -> Result<()> {
    let home = Home::new()?;
    let folder = if cfg!(target_os = "macos") { "Library/Application Support/pushpull" } else { "data/pushpull" };
    let folder = home.file(folder);
    std::fs::create_dir_all(&folder)?;
    std::fs::set_permissions(&folder, std::fs::Permissions::from_mode(0o755))?;
    for _ in 0..2 {
        pushpull_without(&home, &["list"], "PUSHPULL_WORKSPACE").await?.ok()?;
        assert!(folder.join("default.pushpull").exists());
        assert_eq!(mode(&folder)?, 0o700);
        std::fs::remove_dir_all(&folder)?; // and then it is made anew
    }
    Ok(())
}

#[tokio::test]
async fn the_workspace_that_the_window_opened_last_is_used_when_none_is_named() -> Result<()> {
    let home = Home::new()?;
    let folder = if cfg!(target_os = "macos") { "Library/Application Support/pushpull" } else { "data/pushpull" };
    let (folder, mine) = (home.file(folder), home.file("mine.pushpull"));
    std::fs::create_dir_all(&folder)?;
    // As the window writes it.
    let preferences = serde_json::json!({"window": {"theme": "dark"}, "workspace": mine});
    std::fs::write(folder.join("preferences.json"), serde_json::to_vec_pretty(&preferences)?)?;
    let default = folder.join("default.pushpull");
    let list = async || pushpull_without(&home, &["list"], "PUSHPULL_WORKSPACE").await?.ok();
    list().await?;
    assert!(default.exists() && !mine.exists(), "one that is gone is not made anew");
    std::fs::remove_file(&default)?;
    let named = ["list", "--workspace", "mine.pushpull"];
    pushpull(&home, &named).await?.ok()?;
    list().await?;
    assert!(mine.exists() && !default.exists());
    for broken in ["{", "[]", r#"{"workspace":7}"#] {
        std::fs::write(folder.join("preferences.json"), broken)?;
        list().await?;
        assert!(default.exists(), "{broken}");
        std::fs::remove_file(&default)?;
    }
    Ok(())
}

#[tokio::test]
async fn a_file_that_is_no_workspace_is_refused_and_left_alone() -> Result<()> {
    let home = Home::new()?;
    let text = "This is a letter, not a workspace.\n".repeat(100);
    std::fs::write(home.workspace(), &text)?;
    let refused = pushpull(&home, &["list"]).await?;
    assert_eq!(refused.code, Some(2));
    assert!(refused.stderr.contains("test.pushpull"), "{}", refused.stderr);
    assert_eq!(std::fs::read_to_string(home.workspace())?, text);
    Ok(())
}

#[tokio::test]
async fn bad_usage_is_told_apart_from_failure() -> Result<()> {
    let home = Home::new()?;
    for arguments in [
        &["--nonsense"][..],
        &["show", "x"],
        &["show", "77"],
        &["list", "status:maybe"],
        &["list", "source:a", "-x"],
        &["send", "no url"],
    ] {
        let run = pushpull(&home, arguments).await?;
        assert_eq!(run.code, Some(2), "{arguments:?}: {}", run.stderr);
        assert!(!run.stderr.is_empty(), "{arguments:?}");
    }
    Ok(())
}

#[tokio::test]
async fn a_taken_port_is_named() -> Result<()> {
    let home = Home::new()?;
    let holder = tokio::net::TcpListener::bind("127.0.0.1:0").await?;
    let port = holder.local_addr()?.port().to_string();
    let refused = pushpull(&home, &["listen", "--port", &port]).await?;
    assert_eq!(refused.code, Some(3));
    assert!(refused.stderr.contains(&port), "{}", refused.stderr);
    Ok(())
}

#[tokio::test]
async fn one_process_listens_for_a_workspace_and_others_use_it_meanwhile() -> Result<()> {
    let home = Home::new()?;
    let mut listener = Listener::start(&home).await?;
    let second = pushpull(&home, &["listen", "--port", "0"]).await?;
    assert_eq!(second.code, Some(3), "{}", second.stderr);
    let server = Receiver::start("{}").await?;
    for _ in 0..5 {
        run(&home, &["send", server.url()]).await?;
        push(&mut listener, PUSH).await?;
    }
    assert_eq!(run(&home, &["list", "--json", "direction:push"]).await?.lines()?.len(), 5);
    assert_eq!(run(&home, &["list", "--json", "direction:pull"]).await?.lines()?.len(), 5);
    Ok(())
}

#[tokio::test]
async fn nothing_stored_can_be_read_through_the_port() -> Result<()> {
    let home = Home::new()?;
    let mut listener = Listener::start(&home).await?;
    let id = push(&mut listener, PUSH).await?;
    for path in
        ["/", "/in/shop", "/in/shop/", "/status", "/api/list", "/exchanges", &format!("/{id}"), "/test.pushpull"]
    {
        let mut socket = Raw::connect(listener.address()).await?;
        socket.send(format!("GET {path} HTTP/1.1\r\nHost: x\r\n\r\n").as_bytes()).await?;
        let answer = socket.answer().await?;
        assert!(!answer.body.windows(6).any(|part| part == b"123456"), "{path}: {answer:?}");
        assert!(!answer.head.contains("topsecret"), "{path}: {answer:?}");
    }
    Ok(())
}

#[tokio::test]
async fn rules_from_a_file_answer_at_once_and_are_printed_as_they_can_be_read_back() -> Result<()> {
    let home = Home::new()?;
    let listener = Listener::start(&home).await?;
    let file = home.file("rules.json");
    std::fs::write(&file, r#"{"rules": [{"id": "r", "steps": [{"status": 500}, {"status": 201}]}]}"#)?;
    let file = file.to_str().context("The path is no text")?;
    for arguments in [&["rules", "shop"][..], &["rules", "shop", "--reset"]] {
        let missed = pushpull(&home, arguments).await?;
        assert_eq!(missed.code, Some(2), "{}", missed.stderr);
        assert!(missed.stderr.contains("There is no source \"shop\""), "{}", missed.stderr);
    }
    run(&home, &["rules", "shop", "--set", file]).await?;
    let answered = async || {
        let mut socket = Raw::connect(listener.address()).await?;
        socket.send(PUSH).await?;
        anyhow::Ok(socket.answer().await?.status)
    };
    let first = pushpull_tests::until("the rules are in force", async || {
        Ok(Some(answered().await?).filter(|status| *status == 500))
    });
    first.await?;
    assert_eq!(answered().await?, 201);
    let printed = run(&home, &["rules", "shop"]).await?;
    let again = home.file("again.json");
    std::fs::write(&again, &printed.stdout)?;
    let again = again.to_str().context("The path is no text")?;
    assert_eq!(run(&home, &["rules", "shop", "--set", again]).await?.stdout, printed.stdout);
    std::fs::write(again, r#"{"rules": [{"steps": [{"status": 9}]}]}"#)?;
    let refused = pushpull(&home, &["rules", "shop", "--set", again]).await?;
    assert_eq!(refused.code, Some(2));
    assert!(refused.stderr.contains("rules.0.steps.0.status"), "{}", refused.stderr);
    assert_eq!(run(&home, &["rules", "shop"]).await?.stdout, printed.stdout);
    let slow = r#"{"rules": [{"name": "slow", "steps": [{"delayMs": 3, "fault": {"type": "drip", "bytesPerSecond": 9000}}]}]}"#;
    std::fs::write(again, slow)?;
    run(&home, &["rules", "shop", "--set", again]).await?;
    let shown = pushpull_tests::until("the slow rule answers", async || {
        answered().await?;
        let newest = run(&home, &["list", "--limit", "1", "--json"]).await?.lines()?[0]["id"].to_string();
        let shown = run(&home, &["show", &newest]).await?.text()?.to_owned();
        Ok(shown.contains("rule \"slow\"").then_some(shown))
    });
    assert!(shown.await?.contains("Answered by rule \"slow\", step 1 of 1, held back 3 ms, 9000 bytes a second\n"));
    Ok(())
}

/// What `show --body request` prints with these arguments.
async fn found(home: &Home, id: &str, arguments: &[&str]) -> Result<Output> {
    pushpull(home, &[&["show", id, "--body", "request"], arguments].concat()).await
}

#[tokio::test]
async fn a_body_is_filtered_by_jq_and_jsonpath_with_its_digits_kept() -> Result<()> {
    let home = Home::new()?;
    let id = captured(&home).await?.to_string();
    for arguments in [["--jq", ".id, .n"], ["--jsonpath", "$.*"]] {
        assert_eq!(found(&home, &id, &arguments).await?.ok()?.stdout, b"12345678901234567890\n1\n", "{arguments:?}");
    }
    let wrong = found(&home, &id, &["--jq", ".id | nosuch"]).await?;
    assert_eq!(wrong.code, Some(2), "{wrong:?}");
    assert!(wrong.stderr.contains("no filter nosuch") && wrong.stderr.contains("Character 7"), "{wrong:?}");
    Ok(())
}

#[tokio::test]
async fn every_github_payload_comes_out_of_a_filter_as_it_went_in() -> Result<()> {
    let home = Home::new()?;
    let payloads = github_payloads()?;
    let values =
        payloads.iter().map(|payload| Ok(serde_json::from_str(&payload.body)?)).collect::<Result<Vec<Value>>>()?;
    let lines: String = values.iter().map(|value| format!("{value}\n")).collect();
    let mut listener = Listener::start(&home).await?;
    let url = format!("http://{}/in/github", listener.address());
    let post = http::client()?.post(url).header("Content-Type", "application/x-ndjson").body(lines.clone());
    assert_eq!(post.send().await?.status(), 200);
    let id = listener.next().await?["id"].to_string();
    listener.interrupt().await?;
    let exact = found(&home, &id, &["--jsonpath", "$[*]"]).await?.ok()?;
    assert_eq!(exact.text()?, lines);
    assert_eq!(found(&home, &id, &["--jq", ".[]"]).await?.lines()?, values);
    Ok(())
}

#[tokio::test]
async fn a_filter_that_never_ends_or_takes_all_memory_is_stopped() -> Result<()> {
    let home = Home::new()?;
    let id = captured(&home).await?.to_string();
    for (program, words) in [
        ("1, (def f: f; f)", "stopped after"),
        ("1, (\"x\" * 4000000000 | length)", "more memory"),
        ("1, (def f: [f]; f)", "the values found by then"),
        ("$ENV | length", "no variable"),
        ("1, halt", "stopped unexpectedly"),
    ] {
        let outcome = found(&home, &id, &["--jq", program]).await?;
        assert!(outcome.stderr.contains(words), "{program}: {outcome:?}");
        if program.starts_with('1') {
            assert_eq!(outcome.stdout, b"1\n", "what was found by then is kept: {program}");
        }
    }
    assert_eq!(
        found(&home, &id, &["--jq", "env | length"]).await?.ok()?.stdout,
        b"0\n",
        "the worker has no environment"
    );
    Ok(())
}
