//! The command line.

use clap::{Args, Parser, Subcommand, ValueEnum};
use pushpull_engine::exchange::Side;
use pushpull_engine::transfer::export::ExportFormat;
use std::path::PathBuf;

/// Capture webhooks, call APIs, compare and replay: Pushpull without its window.
#[derive(Debug, Parser)]
#[command(
    name = "pushpull",
    version,
    about,
    after_help = "Exit codes: 0 done; 1 a check said no; 2 bad usage or input; 3 it could not be done."
)]
pub(crate) struct Arguments {
    /// The workspace file; the window's own if it is not given
    #[arg(long, global = true, env = "PUSHPULL_WORKSPACE", value_name = "FILE")]
    pub(crate) workspace: Option<PathBuf>,
    /// One JSON object a line on stdout, and nothing else there
    #[arg(long, global = true)]
    pub(crate) json: bool,
    /// The file that holds the key of the vault; it is made for a new vault. A passphrase is read from
    /// PUSHPULL_PASSPHRASE, or asked for
    #[arg(long, global = true, env = "PUSHPULL_KEY_FILE", value_name = "FILE")]
    pub(crate) key_file: Option<PathBuf>,
    #[command(subcommand)]
    pub(crate) command: Command,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Capture what arrives at http://127.0.0.1:4400/in/NAME
    Listen(Listen),
    /// Send a request and keep the answer
    Send(Send),
    /// The stored exchanges, newest first
    List(List),
    /// One exchange
    Show(Show),
    /// What differs between exchanges or files
    Diff(Diff),
    /// Send captured pushes again, the bytes as they came
    Replay(Replay),
    /// Check the signature of a push, or of a raw HTTP request on stdin
    Verify(Verify),
    /// Write exchanges into a file
    Export(Export),
    /// What is set for a source: its provider, its secrets, its URL
    Source(Source),
    /// The vault: whether secrets can be read, and where their key is
    Vault(Vault),
    /// Show or set how a source answers, as JSON
    Rules(Rules),
    /// Add tags to exchanges or take them away; without ids, the tags there are
    Tag(Tag),
    /// Show or change what is written about an exchange
    Note(Note),
    /// Pin exchanges: retention never takes them away
    Pin(Marked),
    /// Mark exchanges as read
    Read(Marked),
    /// What the workspace takes on the disk, and what for
    Size,
    /// Make the workspace as small as it can be; Ctrl+C stops half-way, and nothing is lost
    Compact,
    /// Copy the workspace to another file and check the copy
    Backup(Backup),
    /// Delete exchanges; for ten seconds that can be taken back
    Delete(Delete),
}

#[derive(Debug, Args)]
pub(crate) struct Backup {
    /// The file to make; it must not be there
    pub(crate) file: PathBuf,
}

#[derive(Debug, Args)]
pub(crate) struct Delete {
    /// The exchanges, by number
    #[arg(required_unless_present_any = ["filter", "undo"], conflicts_with_all = ["filter", "undo"])]
    pub(crate) ids: Vec<i64>,
    /// Everything that a filter finds, as in `list`; "" for everything
    #[arg(long, conflicts_with = "undo", allow_hyphen_values = true)]
    pub(crate) filter: Option<String>,
    /// Take the deletion of this number back
    #[arg(long, value_name = "DELETION")]
    pub(crate) undo: Option<i64>,
}

#[derive(Debug, Args)]
pub(crate) struct Rules {
    /// The name of the source
    pub(crate) source: String,
    /// Take the rules from this file, or from standard input if it is `-`; in force at once, without a restart
    #[arg(long, value_name = "FILE")]
    pub(crate) set: Option<String>,
    /// Start the sequences again, also where another process listens
    #[arg(long)]
    pub(crate) reset: bool,
}

#[derive(Debug, Args)]
pub(crate) struct Tag {
    /// The exchanges, by number
    pub(crate) ids: Vec<i64>,
    /// A tag to add
    #[arg(long, value_name = "TAG")]
    pub(crate) add: Vec<String>,
    /// A tag to take away
    #[arg(long, value_name = "TAG")]
    pub(crate) remove: Vec<String>,
}

#[derive(Debug, Args)]
pub(crate) struct Note {
    /// The number of the exchange
    pub(crate) id: i64,
    /// What to write; "" takes the note away. Without it the note is shown
    pub(crate) text: Option<String>,
}

#[derive(Debug, Args)]
pub(crate) struct Marked {
    /// The exchanges, by number
    #[arg(required = true)]
    pub(crate) ids: Vec<i64>,
    /// Take the mark away
    #[arg(long)]
    pub(crate) off: bool,
}

#[derive(Debug, Args)]
pub(crate) struct Listen {
    /// The port; 0 for any free one
    #[arg(long, default_value_t = 4400)]
    pub(crate) port: u16,
    /// The address to bind
    #[arg(long, default_value = "127.0.0.1")]
    pub(crate) bind: String,
    /// Send every push on to this URL, the bytes as they came
    #[arg(long, value_name = "URL")]
    pub(crate) forward: Option<String>,
    /// Give the listener a public URL: `bore`, `bore:SERVER`, `cloudflared` or `cloudflared:PROGRAM`. A bore server's
    /// secret is read from PUSHPULL_BORE_SECRET.
    #[arg(long, value_name = "PROVIDER")]
    pub(crate) tunnel: Option<String>,
    /// Let the first request to a name make its source, also while a tunnel is up
    #[arg(long)]
    pub(crate) auto_source: bool,
}

#[derive(Debug, Args)]
pub(crate) struct Send {
    /// A URL, or the name of a saved request
    #[arg(required_unless_present = "curl", conflicts_with = "curl")]
    pub(crate) target: Option<String>,
    /// A curl command to take the request from
    #[arg(long)]
    pub(crate) curl: Option<String>,
    /// The method; without it GET, or POST if there is a body
    #[arg(short = 'X', long = "method")]
    pub(crate) method: Option<String>,
    /// A header, in the order and case given
    #[arg(short = 'H', long = "header", value_name = "NAME: VALUE")]
    pub(crate) headers: Vec<String>,
    /// The body, or @FILE
    #[arg(short = 'd', long = "data", value_name = "DATA|@FILE")]
    pub(crate) data: Option<String>,
    /// A value for {{NAME}}
    #[arg(long = "var", value_name = "NAME=VALUE")]
    pub(crate) variables: Vec<String>,
    /// Give up after so many seconds
    #[arg(long, value_name = "SECONDS")]
    pub(crate) timeout: Option<u32>,
    /// Exit with 1 if there is no answer or its status is 400 or more
    #[arg(long)]
    pub(crate) fail: bool,
}

#[derive(Debug, Args)]
pub(crate) struct List {
    /// What to look for, as in the window: `source:stripe status:5xx invoice`
    pub(crate) filter: Vec<String>,
    /// Rows at most
    #[arg(short = 'n', long, default_value_t = 50)]
    pub(crate) limit: u64,
    /// Only exchanges after this one, oldest first
    #[arg(long, value_name = "ID")]
    pub(crate) after: Option<i64>,
}

#[derive(Debug, Args)]
pub(crate) struct Show {
    /// The number of the exchange
    pub(crate) id: i64,
    /// Only the bytes of this message as they were on the wire
    #[arg(long, value_enum, conflicts_with = "body")]
    pub(crate) raw: Option<Which>,
    /// Only the bytes of this body as they came
    #[arg(long, value_enum)]
    pub(crate) body: Option<Which>,
    /// Of this body only what a jq program finds, one value a line
    #[arg(long, value_name = "PROGRAM", requires = "body", conflicts_with = "jsonpath")]
    pub(crate) jq: Option<String>,
    /// Of this body only what a JSONPath finds, one value a line
    #[arg(long, value_name = "PATH", requires = "body")]
    pub(crate) jsonpath: Option<String>,
}

#[derive(Debug, Clone, Copy, ValueEnum)]
pub(crate) enum Which {
    Request,
    Response,
}

impl From<Which> for Side {
    fn from(which: Which) -> Self {
        match which {
            Which::Request => Self::Request,
            Which::Response => Self::Response,
        }
    }
}

#[derive(Debug, Args)]
pub(crate) struct Diff {
    /// Two to eight exchanges (by number) or files; the first is the base
    #[arg(num_args = 2..=8, required = true)]
    pub(crate) sides: Vec<String>,
    /// Compare the header fields of exchanges instead of their bodies
    #[arg(long, conflicts_with_all = ["ignore", "key"])]
    pub(crate) headers: bool,
    /// A path whose differences do not count: `$.data.updated_at`, `$..url`
    #[arg(long, value_name = "PATH")]
    pub(crate) ignore: Vec<String>,
    /// The field that tells the elements of an array apart
    #[arg(long, value_name = "PATH=FIELD")]
    pub(crate) key: Vec<String>,
}

#[derive(Debug, Args)]
pub(crate) struct Replay {
    /// The pushes, by number
    #[arg(required = true)]
    pub(crate) ids: Vec<i64>,
    /// Where to; without a path, the path behind /in/NAME is kept
    #[arg(long, value_name = "URL")]
    pub(crate) to: String,
    /// Send each so many times
    #[arg(long, default_value_t = 1, value_parser = clap::value_parser!(u32).range(1..=1000))]
    pub(crate) times: u32,
    /// Exit with 1 if there is no answer or a status is 400 or more
    #[arg(long)]
    pub(crate) fail: bool,
}

#[derive(Args)]
pub(crate) struct Verify {
    /// The number of a stored push; without it a raw HTTP request is read from stdin
    pub(crate) id: Option<i64>,
    /// Check all stored pushes of this source again, with what is set for it now. The exit code says whether all of them
    /// are valid
    #[arg(long, value_name = "NAME", conflicts_with_all = [
        "id", "provider", "secret", "secret_file", "secret_env", "public_key", "field", "url", "now", "tolerance", "signed",
    ])]
    pub(crate) source: Option<String>,
    /// Whose rules to check by: `github`, `stripe` …; as recognised if it is not given
    #[arg(long, value_name = "PROVIDER")]
    pub(crate) provider: Option<String>,
    /// A secret; several may be given, and any may fit. Others can see it in the list of processes. Without one, a
    /// stored push is checked with the secrets of its source, from the vault; all else that is set for the source counts
    /// either way
    #[arg(long, value_name = "SECRET", allow_hyphen_values = true)]
    pub(crate) secret: Vec<String>,
    /// A file that holds a secret
    #[arg(long, value_name = "FILE")]
    pub(crate) secret_file: Vec<PathBuf>,
    /// An environment variable that holds a secret
    #[arg(long, value_name = "NAME")]
    pub(crate) secret_env: Vec<String>,
    /// A public key or certificate, or @FILE: PEM, JWK, base64 or hexadecimal
    #[arg(long, value_name = "KEY|@FILE", allow_hyphen_values = true)]
    pub(crate) public_key: Vec<String>,
    /// A value that the provider's rules ask for: `webhook_id=8PT597110X687430LKGECATA`
    #[arg(long, value_name = "NAME=VALUE")]
    pub(crate) field: Vec<String>,
    /// The URL that the request was sent to, where that is signed; several may be given, and any may fit
    #[arg(long, value_name = "URL")]
    pub(crate) url: Vec<String>,
    /// The time of arrival, seconds since 1970 UTC; for a stored push its own. Without it the age is not judged
    #[arg(long, value_name = "UNIX", allow_hyphen_values = true)]
    pub(crate) now: Option<i64>,
    /// Seconds of age that are taken, in place of the provider's
    #[arg(long, value_name = "SECONDS")]
    pub(crate) tolerance: Option<u32>,
    /// Print the bytes that were signed, as they are and all of them, and nothing else. A secret among them is masked. The
    /// exit code says whether they fit
    #[arg(long, conflicts_with = "json")]
    pub(crate) signed: bool,
}

// Secrets are not for logs.
impl std::fmt::Debug for Verify {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Verify").field("id", &self.id).field("provider", &self.provider).finish_non_exhaustive()
    }
}

#[derive(Debug, Args)]
pub(crate) struct Export {
    /// What to look for; everything if it is not given
    pub(crate) filter: Vec<String>,
    /// The format
    #[arg(long, value_enum)]
    pub(crate) format: Format,
    /// The file; stdout if it is not given
    #[arg(short, long, value_name = "FILE")]
    pub(crate) output: Option<PathBuf>,
    /// Keep Authorization, cookies, signatures and tokens as they are
    #[arg(long)]
    pub(crate) no_redact: bool,
}

#[derive(Debug, Clone, Copy, ValueEnum)]
pub(crate) enum Format {
    Ndjson,
    Har,
    Curl,
    Csv,
    Raw,
    Http,
}

impl From<Format> for ExportFormat {
    fn from(format: Format) -> Self {
        match format {
            Format::Ndjson => Self::Ndjson,
            Format::Har => Self::Har,
            Format::Curl => Self::Curl,
            Format::Csv => Self::Csv,
            Format::Raw => Self::Raw,
            Format::Http => Self::Http,
        }
    }
}

#[derive(Debug, Args)]
pub(crate) struct Source {
    /// Its name: pushes arrive at /in/NAME
    pub(crate) name: String,
    /// Make it if it is not there
    #[arg(long)]
    pub(crate) create: bool,
    /// The provider, or `none` to take the recognised one
    #[arg(long, value_name = "KEY")]
    pub(crate) provider: Option<String>,
    /// The public URL that the service was told, or `none`
    #[arg(long)]
    pub(crate) url: Option<String>,
    /// Seconds that a signed time may be off
    #[arg(long, value_name = "SECONDS")]
    pub(crate) tolerance: Option<u32>,
    /// Whether handshakes are answered as the provider wants it
    #[arg(long, value_name = "BOOL")]
    pub(crate) handshakes: Option<bool>,
    /// Put a secret into the vault under this name; it is read from stdin unless another place is given
    #[arg(long, value_name = "LABEL")]
    pub(crate) add_secret: Option<String>,
    /// The environment variable that holds the secret
    #[arg(long, value_name = "VARIABLE", requires = "add_secret", conflicts_with = "secret_file")]
    pub(crate) secret_env: Option<String>,
    /// The file that holds the secret
    #[arg(long, value_name = "FILE", requires = "add_secret")]
    pub(crate) secret_file: Option<PathBuf>,
    /// Take a secret away, by number
    #[arg(long, value_name = "ID")]
    pub(crate) remove_secret: Vec<i64>,
    /// Give it another name; its address is /in/NEW from then on
    #[arg(long, value_name = "NEW")]
    pub(crate) rename: Option<String>,
    /// Take it away with its settings, rules and secrets; its exchanges stay
    #[arg(long, conflicts_with_all = ["create", "rename", "add_secret", "remove_secret"])]
    pub(crate) delete: bool,
}

#[derive(Debug, Args)]
pub(crate) struct Vault {
    /// Make the vault, its key kept there
    #[arg(long, value_enum, value_name = "PLACE")]
    pub(crate) make: Option<KeyFrom>,
    /// Give the vault up with every secret in it
    #[arg(long)]
    pub(crate) forget: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum KeyFrom {
    KeyStore,
    KeyFile,
    Passphrase,
}
