//! Public keys in the forms that services show them in, and checking with them. Keys are only ever used to verify.

use super::digest::{from_base64, from_hex};
use crate::inspect::provider::{Hash, Method};
use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use ring::signature::{self, KeyPair as _, UnparsedPublicKey};
use serde::Deserialize;
use serde_json::{Value, json};
use x509_parser::prelude::{FromDer as _, SubjectPublicKeyInfo, X509Certificate};

/// The longest key or certificate that is read.
const TEXT_LIMIT: usize = 64 * 1024;

const OID_RSA: &str = "1.2.840.113549.1.1.1";
const OID_RSA_PSS: &str = "1.2.840.113549.1.1.10";
const OID_EC: &str = "1.2.840.10045.2.1";
const OID_ED25519: &str = "1.3.101.112";

/// A public key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum PublicKey {
    Ed25519(Vec<u8>),
    /// A point of P-256, uncompressed.
    P256(Vec<u8>),
    /// RFC 8017, appendix A.1.1.
    Rsa(Vec<u8>),
    RsaParts {
        n: Vec<u8>,
        e: Vec<u8>,
    },
}

#[derive(Deserialize)]
struct Jwk {
    kty: String,
    crv: Option<String>,
    x: Option<String>,
    y: Option<String>,
    n: Option<String>,
    e: Option<String>,
}

impl PublicKey {
    /// Reads a key: PEM, a certificate, JWK, or base64 or hexadecimal of the key or of its DER form.
    pub(super) fn read(text: &str) -> Option<Self> {
        let text = text.trim();
        if text.len() > TEXT_LIMIT {
            return None;
        }
        if text.starts_with('{') {
            return Self::from_jwk(text);
        }
        if text.starts_with("-----BEGIN") {
            return Self::from_pem(text);
        }
        if let Some(seed) = text.strip_prefix("whsk_") {
            let pair = signature::Ed25519KeyPair::from_seed_unchecked(&from_base64(seed)?).ok()?;
            return Some(Self::Ed25519(pair.public_key().as_ref().to_vec()));
        }
        let text = text.strip_prefix("whpk_").unwrap_or(text);
        let text = unspaced(text);
        from_hex(&text).and_then(Self::from_bytes).or_else(|| from_base64(&text).and_then(Self::from_bytes))
    }

    fn from_bytes(bytes: Vec<u8>) -> Option<Self> {
        match bytes.len() {
            32 => Some(Self::Ed25519(bytes)),
            65 if bytes[0] == 4 => Some(Self::P256(bytes)),
            _ => Self::from_der(&bytes),
        }
    }

    fn from_der(der: &[u8]) -> Option<Self> {
        if let Ok((_, certificate)) = X509Certificate::from_der(der) {
            return Self::from_spki(certificate.public_key());
        }
        let (_, spki) = SubjectPublicKeyInfo::from_der(der).ok()?;
        Self::from_spki(&spki)
    }

    fn from_spki(spki: &SubjectPublicKeyInfo<'_>) -> Option<Self> {
        let key = spki.subject_public_key.data.to_vec();
        match spki.algorithm.algorithm.to_id_string().as_str() {
            OID_RSA | OID_RSA_PSS => Some(Self::Rsa(key)),
            OID_EC if key.len() == 65 => Some(Self::P256(key)),
            OID_ED25519 if key.len() == 32 => Some(Self::Ed25519(key)),
            _ => None,
        }
    }

    fn from_pem(text: &str) -> Option<Self> {
        let der = pem(text)?;
        if text.starts_with("-----BEGIN RSA PUBLIC KEY") { Some(Self::Rsa(der)) } else { Self::from_der(&der) }
    }

    fn from_jwk(text: &str) -> Option<Self> {
        let jwk: Jwk = serde_json::from_str(text).ok()?;
        let bytes = |text: &Option<String>| from_base64(text.as_deref()?);
        match (jwk.kty.as_str(), jwk.crv.as_deref()) {
            ("EC", Some("P-256")) => {
                let (x, y) = (bytes(&jwk.x)?, bytes(&jwk.y)?);
                (x.len() == 32 && y.len() == 32).then(|| Self::P256([vec![4], x, y].concat()))
            }
            ("OKP", Some("Ed25519")) => bytes(&jwk.x).filter(|x| x.len() == 32).map(Self::Ed25519),
            ("RSA", _) => Some(Self::RsaParts { n: bytes(&jwk.n)?, e: bytes(&jwk.e)? }),
            _ => None,
        }
    }

    /// Checks a signature. None if the key is of another kind.
    pub(super) fn verifies(&self, method: Method, hash: Hash, text: &[u8], signature: &[u8]) -> Option<bool> {
        match (self, method) {
            (Self::Ed25519(key), Method::Ed25519) => Some(check(&signature::ED25519, key, text, signature)),
            (Self::P256(key), Method::Ecdsa) => {
                let rule = match hash {
                    Hash::Sha256 => &signature::ECDSA_P256_SHA256_ASN1,
                    Hash::Sha384 => &signature::ECDSA_P256_SHA384_ASN1,
                    Hash::Md5 | Hash::Sha1 | Hash::Sha512 => return None,
                };
                Some(check(rule, key, text, signature))
            }
            (Self::Rsa(_) | Self::RsaParts { .. }, Method::Rsa) => {
                let rule = match hash {
                    Hash::Sha1 => &signature::RSA_PKCS1_1024_8192_SHA1_FOR_LEGACY_USE_ONLY,
                    Hash::Sha256 => &signature::RSA_PKCS1_1024_8192_SHA256_FOR_LEGACY_USE_ONLY,
                    Hash::Sha512 => &signature::RSA_PKCS1_1024_8192_SHA512_FOR_LEGACY_USE_ONLY,
                    Hash::Sha384 => &signature::RSA_PKCS1_2048_8192_SHA384,
                    Hash::Md5 => return None,
                };
                Some(self.rsa(rule, text, signature))
            }
            _ => None,
        }
    }

    /// Checks an ECDSA signature of two numbers side by side (RFC 7518, section 3.4; RFC 9421, section 3.3.4).
    pub(super) fn verifies_fixed(&self, text: &[u8], signature: &[u8]) -> Option<bool> {
        match self {
            Self::P256(key) => Some(check(&signature::ECDSA_P256_SHA256_FIXED, key, text, signature)),
            _ => None,
        }
    }

    /// Checks RSA-PSS with SHA-512.
    pub(super) fn verifies_pss(&self, text: &[u8], signature: &[u8]) -> Option<bool> {
        match self {
            Self::Rsa(_) | Self::RsaParts { .. } => {
                Some(self.rsa(&signature::RSA_PSS_2048_8192_SHA512, text, signature))
            }
            _ => None,
        }
    }

    fn rsa(&self, rule: &'static signature::RsaParameters, text: &[u8], signature: &[u8]) -> bool {
        match self {
            Self::Rsa(key) => check(rule, key, text, signature),
            Self::RsaParts { n, e } => signature::RsaPublicKeyComponents { n, e }.verify(rule, text, signature).is_ok(),
            _ => false,
        }
    }
}

fn check(rule: &'static dyn signature::VerificationAlgorithm, key: &[u8], text: &[u8], signature: &[u8]) -> bool {
    UnparsedPublicKey::new(rule, key).verify(text, signature).is_ok()
}

/// From when to when a certificate is to be used, seconds since 1970 UTC, both included (RFC 5280, section 4.1.2.5).
/// None if the text is no certificate.
pub(super) fn validity(text: &str) -> Option<(i64, i64)> {
    let text = text.trim();
    if text.len() > TEXT_LIMIT {
        return None;
    }
    let der = if text.starts_with("-----BEGIN") { pem(text) } else { from_base64(&unspaced(text)) }?;
    let (_, certificate) = X509Certificate::from_der(&der).ok()?;
    let validity = certificate.validity();
    Some((validity.not_before.timestamp(), validity.not_after.timestamp()))
}

/// A public key in a form that says that it is one, so that it is never taken for a secret that is shared. What can't be
/// read stays as it is.
pub(super) fn marked(text: &str) -> String {
    match PublicKey::read(text) {
        Some(PublicKey::Ed25519(key)) => format!("whpk_{}", STANDARD.encode(key)),
        Some(PublicKey::P256(key)) => {
            let [x, y] = [&key[1..33], &key[33..]].map(|part| URL_SAFE_NO_PAD.encode(part));
            json!({ "kty": "EC", "crv": "P-256", "x": x, "y": y }).to_string()
        }
        _ => text.to_owned(),
    }
}

/// True for a text that says by its form that it is a public key or a certificate, even where it is none to check with.
pub(super) fn is_public(text: &str) -> bool {
    let text = text.trim();
    if text.starts_with("-----BEGIN") || text.starts_with("whpk_") {
        return true;
    }
    if text.len() > TEXT_LIMIT {
        return false;
    }
    if text.starts_with('{') {
        let is_key = |jwk: Value| jwk["keys"].is_array() || jwk["kty"].as_str().is_some_and(|kind| kind != "oct");
        return serde_json::from_str(text).is_ok_and(is_key);
    }
    let text = unspaced(text);
    let is_der = |der: Vec<u8>| X509Certificate::from_der(&der).is_ok() || SubjectPublicKeyInfo::from_der(&der).is_ok();
    from_hex(&text).is_some_and(is_der) || from_base64(&text).is_some_and(is_der)
}

fn unspaced(text: &str) -> String {
    text.split_ascii_whitespace().collect()
}

/// The bytes of the first block of a PEM text (RFC 7468).
fn pem(text: &str) -> Option<Vec<u8>> {
    let inner = text.split("-----").nth(2)?;
    from_base64(&unspaced(inner))
}
