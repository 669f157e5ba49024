//! A Cloudflare quick tunnel: the program `cloudflared`, run in a process group of its own.
//!
//! It says the public name twice: on stderr, in a box of `|`, and at `/quicktunnel` of its metrics address. Both are
//! read; the first to say it wins.

use super::board::Board;
use super::{TunnelError, http, lines};
use regex::Regex;
use std::path::{Path, PathBuf};
use std::process::{ExitStatus, Stdio};
use std::sync::LazyLock;
use std::time::Duration;
use tokio::process::{Child, Command};
use tokio::sync::mpsc;
use tokio::time::{Instant, MissedTickBehavior, interval, sleep_until, timeout_at};

/// How often the metrics address is asked.
const POLL: Duration = Duration::from_millis(250);

/// A URL whose connection to Cloudflare's edge has not shown itself after so long is taken as up.
const READY_GRACE: Duration = Duration::from_secs(3);

/// How long the last lines of an ended program are waited for.
const HEAR_OUT: Duration = Duration::from_secs(1);

/// Lines that wait to be read before the program has to.
const LINES_WAITING: usize = 64;

/// A quick tunnel's name wherever it stands in a line.
static QUICK_URL: LazyLock<Option<Regex>> =
    LazyLock::new(|| Regex::new(r"https://[a-z0-9][a-z0-9-]*\.trycloudflare\.com").ok());

/// What is run.
#[derive(Debug, Clone)]
pub(super) struct Cloudflared {
    pub(super) program: PathBuf,
    pub(super) local_port: u16,
}

/// A quick tunnel that is up. Dropping it kills the program and what it started.
#[derive(Debug)]
pub(super) struct Live {
    group: Group,
    said: mpsc::Receiver<String>,
    last: LastWords,
}

/// A child in a process group of its own, which is killed as a whole.
#[derive(Debug)]
struct Group {
    child: Child,
    /// The group's number until it was killed: later it may be another's.
    #[cfg(unix)]
    group: Option<rustix::process::Pid>,
}

/// What the program said that tells why it ended.
#[derive(Debug, Default)]
struct LastWords {
    line: Option<String>,
    error: Option<String>,
    rate_limited: bool,
}

/// Where the program is: at the given path, or in PATH.
pub(super) fn find(given: Option<&str>) -> Result<PathBuf, TunnelError> {
    let name = given.map(str::trim).filter(|name| !name.is_empty()).unwrap_or("cloudflared");
    let missing = || TunnelError::ProgramMissing(name.to_owned());
    if Path::new(name).components().count() > 1 {
        return Some(PathBuf::from(name)).filter(|path| path.is_file()).ok_or_else(missing);
    }
    let file = format!("{name}{}", std::env::consts::EXE_SUFFIX);
    let path = std::env::var_os("PATH").unwrap_or_default();
    std::env::split_paths(&path).map(|folder| folder.join(&file)).find(|file| file.is_file()).ok_or_else(missing)
}

impl Cloudflared {
    /// Starts the program and waits for its URL.
    pub(super) async fn open(&self, board: &Board) -> Result<(String, Live), TunnelError> {
        let metrics = free_port().map_err(|error| self.not_runnable(&error))?;
        board.say(format!("Starting {}.", self.program.display()));
        let mut group = Group::spawn(&self.program, &self.arguments(metrics)).map_err(|e| self.not_runnable(&e))?;
        let said = group.said();
        let mut live = Live { group, said, last: LastWords::default() };
        let client = http::client(Duration::from_secs(1)).ok();
        let mut poll = interval(POLL);
        poll.set_missed_tick_behavior(MissedTickBehavior::Delay);
        let mut url = None;
        let mut enough = Instant::now() + Duration::from_secs(3600);
        loop {
            let (mut found, mut ready) = (None, false);
            tokio::select! {
                Some(line) = live.said.recv() => {
                    found = quick_url(&line);
                    ready = line.contains("Registered tunnel connection");
                    live.heard(line, board);
                }
                _ = poll.tick() => if let Some(client) = &client {
                    match &url {
                        None => found = hostname(client, metrics).await,
                        Some(_) => ready = is_ready(client, metrics).await,
                    }
                },
                status = live.group.child.wait() => return Err(self.ended(live, status, board).await),
                () = sleep_until(enough), if url.is_some() => ready = true,
            }
            if let (None, Some(_)) = (&url, &found) {
                url = found;
                enough = Instant::now() + READY_GRACE;
            }
            match url.take_if(|_| ready) {
                Some(url) => return Ok((url, live)),
                None => continue,
            }
        }
    }

    fn arguments(&self, metrics: u16) -> [String; 6] {
        let url = format!("http://127.0.0.1:{}", self.local_port);
        let metrics = format!("127.0.0.1:{metrics}");
        ["tunnel".into(), "--no-autoupdate".into(), "--metrics".into(), metrics, "--url".into(), url]
    }

    fn not_runnable(&self, error: &std::io::Error) -> TunnelError {
        TunnelError::NotRunnable { program: self.program.display().to_string(), reason: error.to_string() }
    }

    /// Why it ended before it was up.
    async fn ended(&self, mut live: Live, status: std::io::Result<ExitStatus>, board: &Board) -> TunnelError {
        live.hear_out(board).await;
        if live.last.rate_limited {
            return TunnelError::RateLimited;
        }
        TunnelError::Ended { program: self.program.display().to_string(), line: live.last.words(status) }
    }
}

impl Live {
    /// Returns what happened once the program has ended.
    pub(super) async fn lost(&mut self, board: &Board) -> String {
        let status = loop {
            tokio::select! {
                Some(line) = self.said.recv() => self.heard(line, board),
                status = self.group.child.wait() => break status,
            }
        };
        self.hear_out(board).await;
        format!("cloudflared ended: {}", self.last.words(status))
    }

    /// Kills the program and waits until it is gone.
    pub(super) async fn close(mut self) {
        self.group.kill();
        if let Err(error) = self.group.child.wait().await {
            tracing::warn!(%error, "Waiting for cloudflared failed");
        }
    }

    fn heard(&mut self, line: String, board: &Board) {
        if line.is_empty() {
            return;
        }
        self.last.hear(&line);
        board.say(line);
    }

    /// Takes the lines that an ended program left in its pipes. What it started may still hold them open: it goes too.
    async fn hear_out(&mut self, board: &Board) {
        self.group.kill();
        let end = Instant::now() + HEAR_OUT;
        while let Ok(Some(line)) = timeout_at(end, self.said.recv()).await {
            self.heard(line, board);
        }
    }
}

impl Group {
    fn spawn(program: &Path, arguments: &[String]) -> std::io::Result<Self> {
        let mut command = bound_to_us(program);
        command.args(arguments).stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped()).kill_on_drop(true);
        #[cfg(unix)]
        command.process_group(0);
        let child = command.spawn()?;
        #[cfg(unix)]
        let group = child.id().and_then(|id| rustix::process::Pid::from_raw(id.cast_signed()));
        Ok(Self {
            child,
            #[cfg(unix)]
            group,
        })
    }

    /// The lines of both of its outputs.
    fn said(&mut self) -> mpsc::Receiver<String> {
        let (to, said) = mpsc::channel(LINES_WAITING);
        if let Some(out) = self.child.stdout.take() {
            tokio::spawn(lines::pump(out, to.clone()));
        }
        if let Some(err) = self.child.stderr.take() {
            tokio::spawn(lines::pump(err, to));
        }
        said
    }

    /// Kills the group, or the child alone where there are no groups.
    fn kill(&mut self) {
        #[cfg(unix)]
        if let Some(group) = self.group.take() {
            // No such group: all of it has ended.
            rustix::process::kill_process_group(group, rustix::process::Signal::KILL).ok();
        }
        // It may have ended by itself.
        self.child.start_kill().ok();
    }
}

impl Drop for Group {
    fn drop(&mut self) {
        self.kill();
    }
}

/// The program, which the system kills when this process dies, even of a SIGKILL: a public name must not stay up with
/// nobody behind it. Linux does that for who asks for it between fork and exec, where no safe code of ours can be, so
/// util-linux's `setpriv` does the asking; where that is missing, or there is nothing to be run, it starts plainly.
#[cfg(target_os = "linux")]
fn bound_to_us(program: &Path) -> Command {
    use std::os::unix::fs::PermissionsExt as _;
    let runs = std::fs::metadata(program).is_ok_and(|file| file.is_file() && file.permissions().mode() & 0o111 != 0);
    match find(Some("setpriv")).ok().filter(|_| runs) {
        Some(setpriv) => {
            let mut command = Command::new(setpriv);
            command.args(["--pdeathsig", "KILL", "--"]).arg(program);
            command
        }
        None => Command::new(program),
    }
}

#[cfg(not(target_os = "linux"))]
fn bound_to_us(program: &Path) -> Command {
    Command::new(program)
}

impl LastWords {
    fn hear(&mut self, line: &str) {
        let lower = line.to_ascii_lowercase();
        self.rate_limited |= lower.contains("error code: 1015") || lower.contains("429 too many requests");
        if lower.contains("err ") || lower.contains("error") || lower.contains("failed") {
            self.error = Some(line.to_owned());
        }
        self.line = Some(line.to_owned());
    }

    /// The line that tells most, else how it ended.
    fn words(&self, status: std::io::Result<ExitStatus>) -> String {
        self.error.clone().or_else(|| self.line.clone()).unwrap_or_else(|| match status {
            Ok(status) => format!("{status}, and it said nothing."),
            Err(error) => format!("{error}."),
        })
    }
}

/// A port that is free now: cloudflared takes no 0 that could be asked about later.
fn free_port() -> std::io::Result<u16> {
    Ok(std::net::TcpListener::bind(("127.0.0.1", 0))?.local_addr()?.port())
}

/// The URL in a line of the box. The line about `api.trycloudflare.com` is an error, not a tunnel.
fn quick_url(line: &str) -> Option<String> {
    let found = QUICK_URL.as_ref()?.find(line)?.as_str();
    (found != "https://api.trycloudflare.com").then(|| found.to_owned())
}

/// What `/quicktunnel` says: `{"hostname":"…"}`, empty until it is known.
async fn hostname(client: &reqwest::Client, metrics: u16) -> Option<String> {
    #[derive(serde::Deserialize)]
    struct QuickTunnel {
        hostname: String,
    }
    let answer = client.get(format!("http://127.0.0.1:{metrics}/quicktunnel")).send().await.ok()?;
    let hostname = answer.json::<QuickTunnel>().await.ok()?.hostname;
    (!hostname.is_empty()).then(|| format!("https://{hostname}"))
}

/// True once `/ready` says that a connection to the edge stands.
async fn is_ready(client: &reqwest::Client, metrics: u16) -> bool {
    let answer = client.get(format!("http://127.0.0.1:{metrics}/ready")).send().await;
    answer.is_ok_and(|answer| answer.status().is_success())
}

#[cfg(test)]
mod tests {
    use super::*;
    use tokio::io::{AsyncReadExt, AsyncWriteExt};

    #[tokio::test]
    async fn the_name_is_read_from_the_metrics_address() {
        let metrics = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let port = metrics.local_addr().unwrap().port();
        tokio::spawn(async move {
            let (mut socket, _) = metrics.accept().await.unwrap();
            let read = socket.read(&mut [0; 4096]).await.unwrap();
            assert!(read > 0);
            let body = r#"{"hostname":"a-b.trycloudflare.com"}"#;
            let answer = format!("HTTP/1.1 200 OK\r\nContent-Length: {}\r\n\r\n{body}", body.len());
            socket.write_all(answer.as_bytes()).await.unwrap();
        });
        let client = http::client(Duration::from_secs(10)).unwrap();
        assert_eq!(hostname(&client, port).await.as_deref(), Some("https://a-b.trycloudflare.com"));
    }

    #[test]
    fn the_url_is_found_in_the_box() {
        let line = "2026-01-01T00:00:00Z INF |  https://blue-cat-sat-down.trycloudflare.com         |";
        assert_eq!(quick_url(line).as_deref(), Some("https://blue-cat-sat-down.trycloudflare.com"));
        assert_eq!(quick_url("failed to request https://api.trycloudflare.com/tunnel"), None);
    }

    #[test]
    fn the_line_with_the_error_tells_why() {
        let mut last = LastWords::default();
        last.hear("2026 ERR Couldn't start tunnel");
        last.hear("bye");
        assert_eq!(last.words(Err(std::io::Error::other("x"))), "2026 ERR Couldn't start tunnel");
    }
}
