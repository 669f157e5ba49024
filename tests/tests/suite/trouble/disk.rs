//! A disk that is full, a file that can't be written, a schema from tomorrow.

use anyhow::{Context, Result};
use pushpull_tests::{Home, Listener, Program, Tmpfs, as_nobody, listening, push, pushpull, until};
use sqlx::Connection;
use std::io::Write as _;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::process::Command;

/// Bytes of each push: some dozens fill the disk.
const SIZE: usize = 200_000;
/// Bytes that are in the way until the disk is full: more than half of it, so that the whole log can be written back into
/// the file once they are gone.
const BALLAST: usize = 5 * 1024 * 1024;

async fn rows(home: &Home, workspace: &Path) -> Result<Vec<serde_json::Value>> {
    let workspace = workspace.to_str().context("The path is no text")?;
    pushpull(home, &["--workspace", workspace, "list", "--json", "--limit", "10000"]).await?.ok()?.lines()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_listener_goes_on_though_nothing_can_be_printed() -> Result<()> {
    let home = Home::new()?;
    let said = home.file("said");
    let mut command = tokio::process::Command::new(Program::Cli.path()?);
    command.args(["listen", "--json", "--port", "0"]).envs(home.environment()).current_dir(home.path());
    command.stdout(std::fs::File::create("/dev/full")?).stderr(std::fs::File::create(&said)?).kill_on_drop(true);
    let listener = command.spawn()?;
    let pid = listener.id().context("The listener ended")?;
    let port = until("its port", async || {
        let open = listening(pid)?.first().and_then(|address| address.strip_prefix("0100007F:").map(str::to_owned));
        Ok(open.and_then(|port| u16::from_str_radix(&port, 16).ok()))
    });
    let address = format!("127.0.0.1:{}", port.await?);
    for _ in 0..2 {
        assert_eq!(push(&address, 10).await?.status, 200);
        until("what it says", async || Ok(std::fs::read_to_string(&said)?.contains("disk is full").then_some(())))
            .await?;
    }
    assert_eq!(pushpull(&home, &["list", "--json"]).await?.ok()?.lines()?.len(), 2);
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_full_disk_is_told_to_the_sender_and_what_was_acknowledged_is_kept() -> Result<()> {
    let home = Home::new()?;
    let disk = home.file("disk");
    std::fs::create_dir(&disk)?;
    let Some(_mounted) = Tmpfs::mount(&disk, "8m") else {
        println!("Skipped: a file system of 8 MiB can't be mounted here. The store's own test stands for it.");
        return Ok(());
    };
    let (workspace, ballast) = (disk.join("w.pushpull"), disk.join("ballast"));
    let path = workspace.to_str().context("The path is no text")?;
    let listener = Listener::start_under(&[], &Program::Cli.path()?, &home, &["--workspace", path]).await?;
    std::fs::write(&ballast, vec![0; BALLAST])?;

    let mut acknowledged = 0;
    let refused = loop {
        let answer = push(listener.address(), SIZE).await?;
        if answer.status != 200 {
            break answer;
        }
        acknowledged += 1;
        assert!(acknowledged < 100, "8 MiB hold no 100 pushes of {SIZE} bytes");
    };
    assert_eq!(refused.status, 503, "{refused:?}");
    assert!(refused.header("retry-after").is_some(), "{refused:?}");
    assert!(String::from_utf8_lossy(&refused.body).contains("full"), "{refused:?}");
    assert_eq!(push(listener.address(), SIZE).await?.status, 503);
    // Small ones may still fit; what they are told is true either way.
    if push(listener.address(), 10).await?.status == 200 {
        acknowledged += 1;
    }

    std::fs::remove_file(&ballast)?;
    assert_eq!(push(listener.address(), SIZE).await?.status, 200);
    let options = sqlx::sqlite::SqliteConnectOptions::new().filename(&workspace);
    let mut connection = sqlx::SqliteConnection::connect_with(&options).await?;
    let left = "SELECT (SELECT count(*) FROM spool) + (SELECT count(*) FROM chunk WHERE key NOT IN
                (SELECT request_key FROM wire WHERE request_key IS NOT NULL))";
    until("bodies of what was refused to be gone", async || {
        let left: i64 = sqlx::query_scalar(left).fetch_one(&mut connection).await?;
        Ok((left == 0).then_some(()))
    })
    .await?;
    listener.kill().await?;
    let stored = rows(&home, &workspace).await?;
    let whole = stored.iter().filter(|row| row["status"] == 200).count();
    assert_eq!(whole, acknowledged + 1);
    let verdict: String = sqlx::query_scalar("PRAGMA integrity_check").fetch_one(&mut connection).await?;
    assert_eq!(verdict, "ok");
    connection.close().await?;
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_workspace_is_opened_on_a_full_disk_once_there_is_space_and_until_then_it_says_so() -> Result<()> {
    let home = Home::new()?;
    let disk = home.file("disk");
    std::fs::create_dir(&disk)?;
    let Some(_mounted) = Tmpfs::mount(&disk, "8m") else {
        println!("Skipped: a file system of 8 MiB can't be mounted here.");
        return Ok(());
    };
    let (workspace, ballast) = (disk.join("w.pushpull"), disk.join("ballast"));
    let path = workspace.to_str().context("The path is no text")?;
    for command in [&["list"][..], &["listen", "--port", "0"]] {
        let mut full = std::fs::File::create(&ballast)?;
        while full.write(&[0; 4096]).is_ok_and(|written| written > 0) {}
        drop(full);
        let opened = pushpull(&home, &[&["--workspace", path], command].concat()).await?;
        assert_eq!((opened.code, opened.stdout.len()), (Some(3), 0), "{command:?}");
        assert!(opened.stderr.contains("full.\nFree some space"), "{}", opened.stderr);
        std::fs::remove_file(&ballast)?;
        // A file that was begun is no obstacle, the first time; one that is whole is whole, the second time.
        assert_eq!(rows(&home, &workspace).await?.len(), 0);
    }
    Ok(())
}

/// Runs the command line without root's rights and returns its exit code and what it said.
fn run_as_nobody(program: &Path, home: &Home, arguments: &[&str]) -> Result<(Option<i32>, String)> {
    let mut words: Vec<&str> = as_nobody().to_vec();
    words.push(program.to_str().context("The path is no text")?);
    let mut command = Command::new(words[0]);
    let output = command.args(&words[1..]).args(arguments).envs(home.environment()).current_dir("/").output()?;
    Ok((output.status.code(), String::from_utf8_lossy(&output.stderr).into_owned()))
}

#[tokio::test]
async fn a_workspace_that_can_not_be_written_is_refused_with_what_to_do_and_left_alone() -> Result<()> {
    let home = Home::new()?;
    pushpull(&home, &["list"]).await?.ok()?;
    // Where nobody reaches it.
    let program = home.file("pushpull");
    std::fs::copy(Program::Cli.path()?, &program)?;
    let before = std::fs::read(home.workspace())?;
    for (path, mode) in [(home.workspace(), 0o444), (program.clone(), 0o755), (home.path().to_owned(), 0o555)] {
        std::fs::set_permissions(path, std::fs::Permissions::from_mode(mode))?;
    }
    for arguments in [&["list"][..], &["listen", "--port", "0"], &["send", "http://127.0.0.1:9/"]] {
        let (code, said) = run_as_nobody(&program, &home, arguments)?;
        assert_eq!(code, Some(3), "{arguments:?}: {said}");
        assert!(said.contains("test.pushpull can't be written."), "{arguments:?}: {said}");
        assert!(said.contains("Make the file and its folder writable, or choose another."), "{arguments:?}: {said}");
    }
    std::fs::set_permissions(home.path(), std::fs::Permissions::from_mode(0o755))?;
    assert_eq!(std::fs::read(home.workspace())?, before);
    Ok(())
}

#[tokio::test]
async fn a_file_that_is_newer_than_the_program_is_refused_and_not_touched() -> Result<()> {
    let home = Home::new()?;
    pushpull(&home, &["list"]).await?.ok()?;
    let options = sqlx::sqlite::SqliteConnectOptions::new().filename(home.workspace());
    let mut connection = sqlx::SqliteConnection::connect_with(&options).await?;
    sqlx::raw_sql("PRAGMA user_version = 9000; PRAGMA journal_mode = DELETE").execute(&mut connection).await?;
    connection.close().await?;
    let before = std::fs::read(home.workspace())?;
    for arguments in [&["list"][..], &["listen", "--port", "0"], &["export", "--format", "csv"]] {
        let refused = pushpull(&home, arguments).await?;
        assert_eq!(refused.code, Some(2), "{}", refused.stderr);
        assert!(refused.stderr.contains("newer Pushpull (schema 9000;"), "{}", refused.stderr);
        assert!(refused.stderr.contains("Update Pushpull"), "{}", refused.stderr);
    }
    assert_eq!(std::fs::read(home.workspace())?, before);
    Ok(())
}
