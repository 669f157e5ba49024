//! A bore tunnel: the client of the `bore-cli` crate, one control connection to the server's port 7835.

use super::TunnelError;
use bore_cli::client::Client;
use tokio::task::JoinHandle;

/// What is asked of a bore server.
#[derive(Debug, Clone)]
pub(super) struct Bore {
    pub(super) server: String,
    pub(super) secret: Option<String>,
    pub(super) port: u16,
    pub(super) local_port: u16,
}

/// A bore tunnel that is up. Dropping it closes the public port.
#[derive(Debug)]
pub(super) struct Live {
    listening: JoinHandle<String>,
}

impl Bore {
    /// Opens the tunnel: its URL, and what keeps it up.
    pub(super) async fn open(&self) -> Result<(String, Live), TunnelError> {
        let secret = self.secret.as_deref();
        let client = Client::new("127.0.0.1", self.local_port, &self.server, self.port, secret)
            .await
            .map_err(|error| self.explain(&*error))?;
        let url = format!("http://{}:{}", in_url(&self.server), client.remote_port());
        let server = self.server.clone();
        let listening = tokio::spawn(async move {
            match client.listen().await {
                Ok(()) => format!("The bore server {server} closed the connection."),
                Err(error) => format!("The connection to the bore server {server} was lost: {}.", reason(&*error)),
            }
        });
        Ok((url, Live { listening }))
    }

    /// The crate's errors are sentences, so the sentences of its server are what tells them apart here.
    fn explain(&self, error: &(dyn std::error::Error + 'static)) -> TunnelError {
        let server = self.server.clone();
        let said = error.to_string();
        if said.starts_with("could not connect") {
            return TunnelError::Unreachable { server, reason: reason(error) };
        }
        if said.starts_with("server requires authentication") {
            return TunnelError::SecretNeeded(server);
        }
        match said.strip_prefix("server error: ") {
            Some("invalid secret") => TunnelError::WrongSecret(server),
            Some("port already in use") => TunnelError::PortTaken { server, port: self.port },
            Some(said) if said.contains("port") || said == "permission denied" => {
                TunnelError::PortRefused { server, port: self.port, reason: said.to_owned() }
            }
            Some(said) => TunnelError::NoAnswer { server, reason: said.to_owned() },
            None => TunnelError::NoAnswer { server, reason: said },
        }
    }
}

impl Live {
    /// Returns what happened once the tunnel is gone.
    pub(super) async fn lost(&mut self) -> String {
        (&mut self.listening).await.unwrap_or_else(|error| format!("The bore client stopped: {error}."))
    }
}

impl Drop for Live {
    fn drop(&mut self) {
        self.listening.abort();
    }
}

/// The innermost cause. A timeout of the crate says only "deadline has elapsed".
fn reason(error: &(dyn std::error::Error + 'static)) -> String {
    super::http::reason(error)
}

/// A host as it stands in a URL: an IPv6 address in brackets (RFC 3986, section 3.2.2).
fn in_url(host: &str) -> String {
    match host.parse::<std::net::Ipv6Addr>() {
        Ok(address) => format!("[{address}]"),
        Err(_) => host.to_owned(),
    }
}
