//! Tunnels over real sockets and processes. Linux only: each test has a loopback address of its own, because bore's
//! control port is fixed, and `/proc` tells which processes are left.

use super::*;
use crate::api::{ListenOptions, ListenerStatus};
use bore_cli::server::Server;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU8, Ordering};
use std::time::Duration;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::runtime::Runtime;

/// Longer than any test takes, shorter than a hang is borne.
const PATIENCE: Duration = Duration::from_secs(60);

/// A loopback address that no other test of this or another run on this machine has.
fn own_address() -> String {
    static NEXT: AtomicU8 = AtomicU8::new(1);
    let process = std::process::id();
    format!("127.{}.{}.{}", 1 + (process >> 8) % 250, process % 256, NEXT.fetch_add(1, Ordering::Relaxed))
}

/// A bore server on a runtime of its own, so that dropping that cuts every connection at once.
struct BoreServer(Option<Runtime>);

impl BoreServer {
    async fn start(address: &str, secret: Option<&str>) -> Self {
        let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build().unwrap();
        let mut server = Server::new(20_000..=60_000, secret);
        server.set_bind_addr(address.parse().unwrap());
        server.set_bind_tunnels(address.parse().unwrap());
        runtime.spawn(async move { server.listen().await.unwrap() });
        while TcpStream::connect((address, 7835)).await.is_err() {
            tokio::task::yield_now().await;
        }
        Self(Some(runtime))
    }

    async fn stop(mut self) {
        let runtime = self.0.take().unwrap();
        tokio::task::spawn_blocking(move || runtime.shutdown_timeout(PATIENCE)).await.unwrap();
    }
}

impl Drop for BoreServer {
    fn drop(&mut self) {
        if let Some(runtime) = self.0.take() {
            runtime.shutdown_background();
        }
    }
}

/// A listener that answers tests and calls everything else not found.
async fn listener(probes: Arc<Probes>) -> u16 {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    tokio::spawn(async move {
        while let Ok((mut socket, _)) = listener.accept().await {
            let mut head = vec![0; 4096];
            let read = socket.read(&mut head).await.unwrap_or(0);
            let head = String::from_utf8_lossy(&head[..read]).into_owned();
            let path = head.split(' ').nth(1).unwrap_or_default();
            let known = path.strip_prefix(PROBE_PATH).is_some_and(|nonce| probes.seen(nonce));
            let line = if known { "204 No Content" } else { "404 Not Found" };
            let answer = format!("HTTP/1.1 {line}\r\nContent-Length: 0\r\nConnection: close\r\n\r\n");
            socket.write_all(answer.as_bytes()).await.ok();
        }
    });
    port
}

/// Waits for a state that `is` knows.
async fn state(changes: &mut watch::Receiver<TunnelStatus>, is: impl Fn(&TunnelState) -> bool) -> TunnelState {
    let found = tokio::time::timeout(PATIENCE, changes.wait_for(|status| is(&status.state))).await;
    found.expect("The state was not reached in time").unwrap().state.clone()
}

async fn up(changes: &mut watch::Receiver<TunnelStatus>) -> String {
    let ends = |state: &TunnelState| matches!(state, TunnelState::Up { .. } | TunnelState::Failed { .. });
    match state(changes, ends).await {
        TunnelState::Up { url, .. } => url,
        other => panic!("{other:?}"),
    }
}

async fn failed(changes: &mut watch::Receiver<TunnelStatus>) -> (String, Option<String>) {
    let ends = |state: &TunnelState| matches!(state, TunnelState::Up { .. } | TunnelState::Failed { .. });
    match state(changes, ends).await {
        TunnelState::Failed { message, hint } => (message, hint),
        other => panic!("{other:?}"),
    }
}

fn bore(server: &str, secret: Option<&str>) -> TunnelConfig {
    TunnelConfig::Bore { server: server.into(), secret: secret.map(Into::into), port: 0, kept: false }
}

#[tokio::test]
async fn a_bore_tunnel_that_is_lost_comes_back() {
    let address = own_address();
    let server = BoreServer::start(&address, Some("s3cret")).await;
    let probes = Arc::new(Probes::default());
    let port = listener(probes.clone()).await;
    let tunnel = Tunnel::default();
    let mut changes = tunnel.watch();
    tunnel.start(bore(&address, Some("s3cret")), port).await.unwrap();
    let url = up(&mut changes).await;
    assert!(url.starts_with(&format!("http://{address}:")), "{url}");
    let measured = probe(&url, &probes).await.unwrap();
    assert!(0 < measured.seen && measured.seen <= measured.answered, "{measured:?}");

    server.stop().await;
    state(&mut changes, |state| matches!(state, TunnelState::Lost { .. })).await;
    state(&mut changes, |state| matches!(state, TunnelState::Retrying { attempt: 1, .. })).await;
    let _server = BoreServer::start(&address, Some("s3cret")).await;
    let url = up(&mut changes).await;
    probe(&url, &probes).await.unwrap();

    tunnel.stop().await;
    assert_eq!(tunnel.status().state, TunnelState::Off);
    let public = url.trim_start_matches("http://").to_owned();
    let closed = async { while TcpStream::connect(&public).await.is_ok() {} };
    tokio::time::timeout(PATIENCE, closed).await.expect("The public port stayed open");
}

#[tokio::test]
async fn the_tunnel_goes_with_the_listener_and_ends_with_it() {
    let folder = tempfile::tempdir().unwrap();
    let engine = crate::Engine::open(&folder.path().join("w.pushpull")).await.unwrap();
    let options = ListenOptions { port: 0, bind: "127.0.0.1".into(), fallback: false };
    let port = |status: ListenerStatus| match status {
        ListenerStatus::Listening { port, .. } => port,
        other => panic!("{other:?}"),
    };
    let address = own_address();
    let _server = BoreServer::start(&address, None).await;
    let mut changes = engine.tunnel.watch();
    let first = port(engine.start_listening(options.clone()).await.unwrap());
    engine.tunnel.start(bore(&address, None), first).await.unwrap();
    let url = up(&mut changes).await;

    let same = ListenOptions { port: first, ..options.clone() };
    assert_eq!(port(engine.start_listening(same).await.unwrap()), first);
    assert_eq!(up(&mut changes).await, url, "a listener that is where it was keeps its tunnel");

    assert_ne!(port(engine.start_listening(options.clone()).await.unwrap()), first);
    let log: Vec<_> = engine.tunnel.status().log.into_iter().map(|line| line.text).collect();
    assert!(log.iter().any(|line| line.starts_with("The listener moved to port ")), "{log:?}");
    let url = up(&mut changes).await;
    let client = reqwest::Client::builder().no_proxy().build().unwrap();
    let answer = client.get(format!("{url}/elsewhere")).send().await.unwrap();
    assert_eq!(answer.status(), 404, "our own listener is behind it");

    engine.stop_listening().await;
    assert_eq!(engine.tunnel.status().state, TunnelState::Off);
    let public = url.trim_start_matches("http://").to_owned();
    let closed = async { while TcpStream::connect(&public).await.is_ok() {} };
    tokio::time::timeout(PATIENCE, closed).await.expect("The public port stayed open");
    engine.close().await;
}

#[tokio::test]
async fn a_wrong_and_a_missing_secret_are_told_apart() {
    let address = own_address();
    let _server = BoreServer::start(&address, Some("s3cret")).await;
    let tunnel = Tunnel::default();
    let mut changes = tunnel.watch();
    tunnel.start(bore(&address, Some("wrong")), 1).await.unwrap();
    let (message, hint) = failed(&mut changes).await;
    assert!(message.contains("does not accept this secret"), "{message}");
    assert!(hint.unwrap().contains("Correct the secret"));

    tunnel.start(bore(&address, None), 1).await.unwrap();
    let (message, _) = failed(&mut changes).await;
    assert!(message.contains("asks for a secret"), "{message}");
}

#[tokio::test]
async fn a_server_that_is_back_with_another_secret_is_not_tried_for_ever() {
    let address = own_address();
    let server = BoreServer::start(&address, Some("s3cret")).await;
    let tunnel = Tunnel::default();
    let mut changes = tunnel.watch();
    tunnel.start(bore(&address, Some("s3cret")), 1).await.unwrap();
    up(&mut changes).await;
    server.stop().await;
    state(&mut changes, |state| matches!(state, TunnelState::Lost { .. } | TunnelState::Retrying { .. })).await;
    let _server = BoreServer::start(&address, Some("another")).await;
    let (message, hint) = failed(&mut changes).await;
    assert!(message.contains("does not accept this secret"), "{message}");
    assert!(hint.unwrap().contains("Correct the secret"));
}

#[tokio::test]
async fn a_taken_port_is_named() {
    let address = own_address();
    let _server = BoreServer::start(&address, None).await;
    let taken = TcpListener::bind((address.as_str(), 0)).await.unwrap().local_addr().unwrap().port().max(20_000);
    let _taken = TcpListener::bind((address.as_str(), taken)).await.unwrap();
    let tunnel = Tunnel::default();
    let mut changes = tunnel.watch();
    tunnel.start(TunnelConfig::Bore { server: address, secret: None, port: taken, kept: false }, 1).await.unwrap();
    let (message, _) = failed(&mut changes).await;
    assert!(message.contains(&taken.to_string()), "{message}");
}

#[tokio::test]
async fn a_server_that_is_not_there_is_a_sentence() {
    let tunnel = Tunnel::default();
    let mut changes = tunnel.watch();
    tunnel.start(bore(&own_address(), None), 1).await.unwrap();
    let (message, hint) = failed(&mut changes).await;
    assert!(message.contains("could not be reached on port 7835: Connection refused"), "{message}");
    assert!(hint.is_some());
    assert_eq!(tunnel.start(bore(" ", None), 1).await, Err(TunnelError::NoServer));
}

#[tokio::test]
async fn a_test_answered_by_something_else_says_so() {
    let port = listener(Arc::default()).await;
    let error = probe(&format!("http://127.0.0.1:{port}"), &Probes::default()).await.unwrap_err();
    assert!(matches!(error, ProbeError::SomethingElse { status: 404, .. }), "{error:?}");
}

/// A `cloudflared` of our own making.
fn fake(folder: &tempfile::TempDir, script: &str) -> TunnelConfig {
    let path = folder.path().join("cloudflared");
    std::fs::write(&path, format!("#!/bin/sh\n{script}\n")).unwrap();
    std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o755)).unwrap();
    TunnelConfig::Cloudflared { program: Some(path.to_str().unwrap().into()) }
}

/// The process numbers that the fake said in its log.
fn processes(status: &TunnelStatus) -> Vec<PathBuf> {
    let said = status.log.iter().filter_map(|line| line.text.strip_prefix("processes "));
    said.flat_map(|numbers| numbers.split(' ').map(|n| PathBuf::from(format!("/proc/{n}"))).collect::<Vec<_>>())
        .collect()
}

/// True if the process still runs: neither gone nor a zombie.
fn runs(process: &Path) -> bool {
    std::fs::read_to_string(process.join("stat"))
        .is_ok_and(|stat| stat.rsplit(')').next().is_some_and(|rest| !rest.trim_start().starts_with(['Z', 'X'])))
}

async fn all_ended(processes: &[PathBuf]) {
    let ended = async {
        while processes.iter().any(|process| runs(process)) {
            tokio::task::yield_now().await;
        }
    };
    tokio::time::timeout(PATIENCE, ended).await.expect("A process was left running");
}

#[tokio::test]
async fn cloudflared_is_up_with_the_name_it_prints_and_leaves_no_process() {
    let folder = tempfile::tempdir().unwrap();
    let config = fake(
        &folder,
        r#"sleep 1000 &
echo "processes $$ $!"
echo "$@"
printf '\033[36mINF\033[0m |  https://blue-cat.trycloudflare.com  |\n' >&2
echo 'INF Registered tunnel connection' >&2
wait"#,
    );
    let tunnel = Tunnel::default();
    let mut changes = tunnel.watch();
    tunnel.start(config.clone(), 4400).await.unwrap();
    assert_eq!(up(&mut changes).await, "https://blue-cat.trycloudflare.com");
    let said = |text: &str| tunnel.status().log.iter().any(|line| line.text.contains(text));
    assert!(said("tunnel --no-autoupdate --metrics 127.0.0.1:") && said("--url http://127.0.0.1:4400"));
    let first = processes(&tunnel.status());
    assert_eq!(first.len(), 2);
    tunnel.stop().await;
    all_ended(&first).await;

    tunnel.start(config, 4400).await.unwrap();
    up(&mut changes).await;
    let second = processes(&tunnel.status());
    drop(tunnel);
    all_ended(&second).await;
}

#[tokio::test]
async fn cloudflared_that_dies_is_started_again() {
    let folder = tempfile::tempdir().unwrap();
    let config = fake(
        &folder,
        r#"echo '|  https://red-dog.trycloudflare.com  |' >&2
echo 'INF Registered tunnel connection' >&2
read -r line < "$0.die"
echo 'ERR the edge went away' >&2
exit 1"#,
    );
    let fifo = folder.path().join("cloudflared.die");
    assert!(std::process::Command::new("mkfifo").arg(&fifo).status().unwrap().success());
    let tunnel = Tunnel::default();
    let mut changes = tunnel.watch();
    tunnel.start(config, 1).await.unwrap();
    up(&mut changes).await;
    tokio::task::spawn_blocking(move || std::fs::write(fifo, "\n").unwrap()).await.unwrap();
    let TunnelState::Lost { message, .. } =
        state(&mut changes, |state| matches!(state, TunnelState::Lost { .. })).await
    else {
        unreachable!()
    };
    assert!(message.contains("the edge went away"), "{message}");
    state(&mut changes, |state| matches!(state, TunnelState::Retrying { attempt: 1, .. })).await;
    up(&mut changes).await;
    tunnel.stop().await;
}

#[tokio::test]
async fn cloudflared_that_is_refused_says_to_wait() {
    let folder = tempfile::tempdir().unwrap();
    let config = fake(&folder, "echo 'error code: 1015' >&2; exit 1");
    let tunnel = Tunnel::default();
    let mut changes = tunnel.watch();
    tunnel.start(config, 1).await.unwrap();
    let (message, hint) = failed(&mut changes).await;
    assert!(message.contains("error code: 1015"), "{message}");
    assert!(hint.unwrap().contains("Wait some minutes"));
}

#[tokio::test]
async fn cloudflared_that_ends_fails_with_its_own_line() {
    let folder = tempfile::tempdir().unwrap();
    let config = fake(&folder, "echo 'failed to parse the flags'; echo bye; exit 3");
    let tunnel = Tunnel::default();
    let mut changes = tunnel.watch();
    tunnel.start(config, 1).await.unwrap();
    let (message, _) = failed(&mut changes).await;
    assert!(message.ends_with("failed to parse the flags"), "{message}");
}

#[tokio::test]
async fn a_program_that_is_missing_is_asked_for() {
    let tunnel = Tunnel::default();
    let program = Some("/nowhere/cloudflared".to_owned());
    let error = tunnel.start(TunnelConfig::Cloudflared { program }, 1).await.unwrap_err();
    assert_eq!(crate::api::ApiError::from(error).code, crate::api::ErrorCode::ProgramMissing);
    assert!(matches!(tunnel.status().state, TunnelState::Failed { .. }));
}

#[tokio::test]
async fn the_log_keeps_its_last_200_lines() {
    let board = Board::default();
    for line in 0..300 {
        board.say(line.to_string());
    }
    let log = board.status().log;
    assert_eq!((log.len(), log[0].text.as_str()), (200, "100"));
}
