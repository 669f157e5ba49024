//! What can go wrong with a tunnel, in words.

use crate::api::{ApiError, ErrorCode};

/// Why there is no tunnel.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum TunnelError {
    /// The program is not where it was looked for.
    #[error("The program {0} was not found.")]
    ProgramMissing(String),
    /// The program is there and can't be run.
    #[error("{program} could not be started: {reason}.")]
    NotRunnable {
        /// The program.
        program: String,
        /// What the system says.
        reason: String,
    },
    /// The program ended before there was a URL.
    #[error("{program} ended without a tunnel: {line}")]
    Ended {
        /// The program.
        program: String,
        /// What it said last that tells why, else its exit status.
        line: String,
    },
    /// Cloudflare gives no more quick tunnels to this address for now (`error code: 1015`).
    #[error("Cloudflare refused the tunnel: too many were started from this network (error code: 1015).")]
    RateLimited,
    /// No bore server is named.
    #[error("The bore server has no name.")]
    NoServer,
    /// Nothing answers at the server's control port.
    #[error("The bore server {server} could not be reached on port 7835: {reason}.")]
    Unreachable {
        /// The server.
        server: String,
        /// What the system says.
        reason: String,
    },
    /// The server does not accept the secret.
    #[error("The bore server {0} does not accept this secret.")]
    WrongSecret(String),
    /// The server wants a secret and there is none.
    #[error("The bore server {0} asks for a secret.")]
    SecretNeeded(String),
    /// The public port is taken.
    #[error("Port {port} of the bore server {server} is taken.")]
    PortTaken {
        /// The server.
        server: String,
        /// The port that was wanted.
        port: u16,
    },
    /// The server does not give this port.
    #[error("The bore server {server} does not give port {port}: {reason}.")]
    PortRefused {
        /// The server.
        server: String,
        /// The port that was wanted; 0 for any.
        port: u16,
        /// What the server said.
        reason: String,
    },
    /// The server said something else, or nothing.
    #[error("The bore server {server} gave no tunnel: {reason}.")]
    NoAnswer {
        /// The server.
        server: String,
        /// What happened.
        reason: String,
    },
    /// There was no URL in time.
    #[error("There was no public URL within {0} seconds.")]
    TooSlow(u64),
}

impl TunnelError {
    /// What to do next.
    pub fn hint(&self) -> Option<String> {
        let hint = match self {
            Self::ProgramMissing(_) => "Install cloudflared, or give the path of the program.",
            Self::NotRunnable { .. } => "Check that the file is a program you may run, or give another path.",
            Self::Ended { .. } => "Read the log of the tunnel, then start it again.",
            Self::RateLimited => "Wait some minutes, then start it again, or use bore.",
            Self::NoServer => "Give the host name of a bore server, such as bore.pub.",
            Self::Unreachable { .. } => {
                "Check the server's name and that your network lets port 7835 out, or use another server."
            }
            Self::WrongSecret(_) => "Correct the secret; it is the one the server was started with.",
            Self::SecretNeeded(_) => "Give the secret the server was started with.",
            Self::PortTaken { .. } | Self::PortRefused { .. } => "Choose another port, or 0 to let the server choose.",
            Self::NoAnswer { .. } => {
                "Check that it is a bore server; if it asks for no secret, leave the secret empty."
            }
            Self::TooSlow(_) => "Check your connection and start it again.",
        };
        Some(hint.to_owned())
    }

    /// True if another try with the same settings can't mend it.
    pub(super) fn is_final(&self) -> bool {
        match self {
            Self::ProgramMissing(_)
            | Self::NotRunnable { .. }
            | Self::RateLimited
            | Self::NoServer
            | Self::WrongSecret(_)
            | Self::SecretNeeded(_)
            | Self::PortRefused { .. } => true,
            // A server that has not noticed yet that the old connection is gone still holds its port.
            Self::PortTaken { .. }
            | Self::Ended { .. }
            | Self::Unreachable { .. }
            | Self::NoAnswer { .. }
            | Self::TooSlow(_) => false,
        }
    }
}

impl From<TunnelError> for ApiError {
    fn from(error: TunnelError) -> Self {
        let code = match error {
            TunnelError::ProgramMissing(_) => ErrorCode::ProgramMissing,
            TunnelError::NoServer => ErrorCode::Invalid,
            _ => ErrorCode::Failed,
        };
        Self { code, message: error.to_string(), hint: error.hint() }
    }
}

/// Why a test through the public URL did not come through.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ProbeError {
    /// There is no URL to test.
    #[error("The tunnel is not up.")]
    NotUp,
    /// The request could not be sent.
    #[error("{url} could not be reached: {reason}.")]
    Unreachable {
        /// The public URL.
        url: String,
        /// What happened.
        reason: String,
    },
    /// An answer came, and the listener saw no request.
    #[error("{url} was answered with {status}, but not by this listener.")]
    SomethingElse {
        /// The public URL.
        url: String,
        /// The status of that answer.
        status: u16,
    },
    /// Nothing came back in time.
    #[error("{url} did not answer within 15 seconds; the listener {}.", if *.seen { "saw the request" } else { "saw no request" })]
    TimedOut {
        /// The public URL.
        url: String,
        /// Whether the listener saw the request.
        seen: bool,
    },
}

impl ProbeError {
    /// What to do next.
    pub fn hint(&self) -> &'static str {
        match self {
            Self::NotUp => "Start the tunnel first.",
            Self::Unreachable { .. } => "A new name can take a minute to be known everywhere: test again, or restart.",
            Self::SomethingElse { .. } => "Another program may hold that address: restart the tunnel.",
            Self::TimedOut { .. } => "Check your connection and test again, or restart the tunnel.",
        }
    }
}

impl From<ProbeError> for ApiError {
    fn from(error: ProbeError) -> Self {
        Self::new(ErrorCode::Failed, error.to_string(), error.hint())
    }
}
