//! What a service's rules ask of the user beside a secret: PayPal's `webhook_id`, Meta's `verify_token`.

use super::data::{HandshakeKind, Method, Provider};
use super::place::Place;

/// The field by which the user says what the secrets of message signatures are for: `hmac-sha256`, `ed25519` and so on.
pub(crate) const ALGORITHM: &str = "alg";

impl Provider {
    /// The header fields and query parameters in which its service sends the secret itself.
    pub(crate) fn token_names(&self) -> impl Iterator<Item = &str> {
        let tokens = self.signatures.iter().filter(|scheme| matches!(scheme.method, Method::Token | Method::Basic));
        let given = self.handshakes.iter().filter(|handshake| handshake.kind == HandshakeKind::KeepSecret);
        let places = tokens.flat_map(|scheme| &scheme.at).chain(given.filter_map(|handshake| handshake.at.as_ref()));
        places.filter_map(|place| match place {
            Place::Header(name) | Place::Query(name) => Some(&name[..]),
            _ => None,
        })
    }

    /// True if its service gives the secret in a handshake.
    pub(crate) fn gives_secret(&self) -> bool {
        self.handshakes.iter().any(|handshake| handshake.kind == HandshakeKind::KeepSecret)
    }

    /// The names of these values.
    pub fn fields(&self) -> Vec<&str> {
        let texts = self.signatures.iter().flat_map(|scheme| {
            let needs = scheme.needs.iter().map(|need| &need.is[..]);
            std::iter::once(&scheme.signed[..]).chain(needs)
        });
        let named = texts.flat_map(|text| text.split("{field:").skip(1)).filter_map(|rest| rest.split_once('}'));
        let named = named.map(|(name, _)| name);
        let verified = self.handshakes.iter().filter_map(|handshake| handshake.verify.as_deref()?.split_once(" = "));
        let verified = verified.map(|(_, name)| name);
        let hashes = self.handshakes.iter().any(|handshake| handshake.kind == HandshakeKind::Sha256Json);
        let hashed = if hashes { &["verification_token", "endpoint"][..] } else { &[] };
        let messages = self.signatures.iter().any(|scheme| scheme.method == Method::MessageSignature);
        let algorithm = messages.then_some(ALGORITHM);
        named.chain(verified).chain(hashed.iter().copied()).chain(algorithm).collect()
    }
}

#[cfg(test)]
mod tests {
    use crate::inspect::provider::find;

    #[test]
    fn what_the_rules_name_is_asked_for() {
        for (provider, names) in [
            ("paypal", &["webhook_id"][..]),
            ("pusher", &["key_id"]),
            ("meta", &["verify_token"]),
            ("fitbit", &["verify"]),
            ("ebay", &["verification_token", "endpoint"]),
            ("rfc9421", &["alg"]),
            ("github", &[]),
        ] {
            assert_eq!(find(provider).unwrap().fields(), names, "{provider}");
        }
    }
}
