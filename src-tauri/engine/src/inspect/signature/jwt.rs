//! JSON Web Tokens that say something about a request: the hash of its body or URL (RFC 7519).

use super::digest::{self, from_base64, same};
use super::found::Found;
use super::judge::{OtherBody, Problem, Tried, View};
use super::keys::PublicKey;
use super::secret_forms;
use super::time::{self, Fits};
use super::words::cut;
use crate::inspect::provider::{Encoding, Hash, Method, NeedClass, Scheme, SecretForm, TokenRule};
use serde_json::Value;

/// The algorithms that tokens are checked with (RFC 7518, section 3.1; RFC 8037).
pub(crate) const TOKEN_ALGORITHMS: [&str; 6] = ["HS256", "HS384", "HS512", "RS256", "ES256", "EdDSA"];

/// The longest token that is read.
const TOKEN_LIMIT: usize = 16 * 1024;

struct Token<'a> {
    header: Value,
    claims: Value,
    signed: &'a str,
    signature: Vec<u8>,
}

/// Tries every secret on the first token.
pub(super) fn try_secrets(
    scheme: &Scheme,
    view: View<'_>,
    found: &[Found],
    secrets: &[&str],
) -> Result<Tried, Problem> {
    let name = scheme.at[0].name();
    let Some(rule) = &scheme.token else { return Err(Problem::Malformed(name)) };
    let text = found.first().map_or("", |found| found.text.trim());
    let text = text.strip_prefix("Bearer ").unwrap_or(text);
    let token = read(text).ok_or_else(|| Problem::Malformed(name.clone()))?;
    let algorithm = token.header["alg"].as_str().unwrap_or_default().to_owned();
    if !rule.algorithms.contains(&algorithm) {
        return Err(Problem::Need { class: NeedClass::Algorithm, name, is: algorithm });
    }
    let (signed_at, fits) = age(rule, &token.claims, view);
    let mut tried =
        Tried { signed: token.signed.as_bytes().to_vec(), found: text.to_owned(), signed_at, fits, ..Tried::default() };
    let unlike = unlike(rule, &token.claims, view);
    if let Some(Unlike { name, wanted, says }) = &unlike {
        tried.expected = Some(format!("{name} = {wanted}"));
        tried.found = says.as_ref().map_or_else(|| format!("no {name}"), |says| format!("{name} = {}", cut(says, 200)));
    }
    for (index, secret) in secrets.iter().enumerate() {
        let Some(fits) = fits_key(&algorithm, secret, scheme.secret, &token) else { continue };
        tried.usable = true;
        match &unlike {
            None if fits => return Ok(Tried { matched: Some(index), ..tried }),
            Some(Unlike { name, wanted, says: Some(says) }) if fits && rule.body_claim.as_deref() == Some(*name) => {
                let other_body =
                    OtherBody { signed: format!("{name} = {}", cut(says, 200)), came: format!("{name} = {wanted}") };
                tried.other_body = tried.other_body.or(Some((index, other_body)));
            }
            _ => {}
        }
    }
    Ok(tried)
}

fn read(text: &str) -> Option<Token<'_>> {
    if text.len() > TOKEN_LIMIT {
        return None;
    }
    let (signed, signature) = text.rsplit_once('.')?;
    let (header, claims) = signed.split_once('.')?;
    let json = |part: &str| serde_json::from_slice::<Value>(&from_base64(part)?).ok().filter(Value::is_object);
    Some(Token { header: json(header)?, claims: json(claims)?, signed, signature: from_base64(signature)? })
}

/// Checks the signature of the token. None if the secret is not of the kind that the algorithm needs.
fn fits_key(algorithm: &str, secret: &str, form: SecretForm, token: &Token<'_>) -> Option<bool> {
    let text = token.signed.as_bytes();
    let keyed = |hash| {
        let digest = digest::keyed(hash, &secret_forms::shared(secret, form)?, text);
        Some(same(&digest::hex(&digest), &digest::hex(&token.signature)))
    };
    match algorithm {
        "HS256" => keyed(Hash::Sha256),
        "HS384" => keyed(Hash::Sha384),
        "HS512" => keyed(Hash::Sha512),
        "RS256" => PublicKey::read(secret)?.verifies(Method::Rsa, Hash::Sha256, text, &token.signature),
        "ES256" => PublicKey::read(secret)?.verifies_fixed(text, &token.signature),
        "EdDSA" => PublicKey::read(secret)?.verifies(Method::Ed25519, Hash::Sha256, text, &token.signature),
        _ => None,
    }
}

/// A claim that says something else than is so.
struct Unlike<'a> {
    name: &'a str,
    wanted: String,
    /// What the claim says; None if it is not there.
    says: Option<String>,
}

/// The first claim that says something else of the request; None if all that it says is so.
fn unlike<'a>(rule: &'a TokenRule, claims: &Value, view: View<'_>) -> Option<Unlike<'a>> {
    let says = |name: &str, wanted: &str| claims[name].as_str().is_some_and(|claim| same(claim, wanted));
    let issuer = rule.issuer.as_ref().map(|issuer| ("iss", issuer.clone()));
    // Some leave the hash of an empty body away.
    let has_body = |name: &&String| !(view.body.is_empty() && claims[*name].is_null());
    let body = rule.body_claim.as_ref().filter(has_body).map(|name| (&name[..], body_hash(rule, view)));
    let url_hash = || digest::hex(&digest::plain(Hash::Sha256, view.url.as_bytes()));
    let url = rule.url_claim.as_ref().map(|name| (&name[..], url_hash()));
    let unlike = [issuer, body, url].into_iter().flatten().find(|(name, wanted)| !says(name, wanted));
    unlike.map(|(name, wanted)| Unlike { name, wanted, says: claims[name].as_str().map(str::to_owned) })
}

fn body_hash(rule: &TokenRule, view: View<'_>) -> String {
    digest::written(rule.body_encoding, &digest::plain(Hash::Sha256, view.body))
}

/// When the token was made, and whether it can be used now.
fn age(rule: &TokenRule, claims: &Value, view: View<'_>) -> (Option<i64>, Option<Fits>) {
    let claim = |name: &str| claims[name].as_f64().map(|seconds| (seconds * 1000.0) as i64);
    let made = claim("iat").or_else(|| claim("nbf"));
    let Some(now) = view.now else { return (made, None) };
    let leeway = i64::from(rule.leeway) * 1000;
    let limit = view.tolerance.or(rule.max_age).map(|limit| i64::from(limit) * 1000);
    let fits = match (claim("exp"), claim("nbf"), claim("iat").zip(limit)) {
        (Some(exp), ..) if now > exp.saturating_add(leeway) => Fits::Expired { since: now.saturating_sub(exp) },
        (_, Some(from), _) if now < from.saturating_sub(leeway) => Fits::Early { from },
        (.., Some((iat, limit))) => time::fits(now.saturating_sub(iat), limit),
        _ => Fits::InTime,
    };
    (made, Some(fits))
}

/// A token that says this, for services that sign with a shared secret.
pub(super) fn made(rule: &TokenRule, key: &[u8], view: View<'_>, now: i64) -> Option<String> {
    use base64::engine::general_purpose::URL_SAFE_NO_PAD;
    let (name, hash) = [("HS256", Hash::Sha256), ("HS384", Hash::Sha384), ("HS512", Hash::Sha512)]
        .into_iter()
        .find(|(name, _)| rule.algorithms.iter().any(|algorithm| algorithm == name))?;
    let mut claims = serde_json::Map::new();
    if let Some(issuer) = &rule.issuer {
        claims.insert("iss".into(), issuer.as_str().into());
    }
    for (claim, time) in [("iat", now), ("nbf", now), ("exp", now + 60)] {
        claims.insert(claim.into(), time.into());
    }
    if let Some(claim) = rule.url_claim.as_ref() {
        claims.insert(claim.clone(), digest::hex(&digest::plain(Hash::Sha256, view.url.as_bytes())).into());
    }
    if let Some(claim) = rule.body_claim.as_ref().filter(|_| !view.body.is_empty()) {
        claims.insert(claim.clone(), body_hash(rule, view).into());
    }
    let part = |json: String| base64::Engine::encode(&URL_SAFE_NO_PAD, json);
    let head = part(format!(r#"{{"alg":"{name}","typ":"JWT"}}"#));
    let signed = format!("{head}.{}", part(Value::Object(claims).to_string()));
    let signature = digest::written(Encoding::Base64url, &digest::keyed(hash, key, signed.as_bytes()));
    Some(format!("{signed}.{signature}"))
}
