//! JSON Web Tokens that say something about a request: the hash of its body or URL (RFC 7519).

use super::digest::{self, from_base64, same};
use super::found::Found;
use super::judge::{Problem, Tried, View};
use super::keys::PublicKey;
use super::time::Fits;
use crate::inspect::provider::{Encoding, Hash, Method, NeedClass, Scheme, TokenRule};
use serde_json::Value;

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
    let claims_fit = claims_fit(rule, &token.claims, view);
    for (index, secret) in secrets.iter().enumerate() {
        match fits_key(&algorithm, secret, &token) {
            Some(true) if claims_fit => return Ok(Tried { matched: Some(index), ..tried }),
            Some(_) => tried.expected = tried.expected.or_else(|| expected(rule, view)),
            None => tried.unusable += 1,
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
fn fits_key(algorithm: &str, secret: &str, token: &Token<'_>) -> Option<bool> {
    let text = token.signed.as_bytes();
    let keyed = |hash| {
        let digest = digest::keyed(hash, secret.as_bytes(), text);
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

/// True if all that the token says of the request is so.
fn claims_fit(rule: &TokenRule, claims: &Value, view: View<'_>) -> bool {
    let issuer = rule.issuer.as_ref().is_none_or(|issuer| claims["iss"].as_str() == Some(issuer));
    let body = rule.body_claim.as_ref().is_none_or(|name| match claims[name].as_str() {
        Some(hash) => same(hash, &body_hash(rule, view)),
        None => view.body.is_empty(),
    });
    let url = rule.url_claim.as_ref().is_none_or(|name| {
        let hash = digest::hex(&digest::plain(Hash::Sha256, view.url.as_bytes()));
        claims[name].as_str().is_some_and(|claim| same(claim, &hash))
    });
    issuer && body && url
}

fn body_hash(rule: &TokenRule, view: View<'_>) -> String {
    digest::written(rule.body_encoding, &digest::plain(Hash::Sha256, view.body))
}

/// What the token should have said of the body.
fn expected(rule: &TokenRule, view: View<'_>) -> Option<String> {
    rule.body_claim.as_ref().map(|name| format!("{name} = {}", body_hash(rule, view)))
}

/// When the token was made, and whether it can be used now.
fn age(rule: &TokenRule, claims: &Value, view: View<'_>) -> (Option<i64>, Option<Fits>) {
    let time = |name: &str| claims[name].as_f64().map(|seconds| (seconds * 1000.0) as i64);
    let made = time("iat").or_else(|| time("nbf"));
    let Some(now) = view.now else { return (made, None) };
    let leeway = i64::from(rule.leeway) * 1000;
    let limit = view.tolerance.or(rule.max_age).map(|limit| i64::from(limit) * 1000);
    let stale = time("exp").is_some_and(|exp| now > exp.saturating_add(leeway))
        || limit.zip(time("iat")).is_some_and(|(limit, iat)| now.saturating_sub(iat) > limit);
    let future = time("nbf").is_some_and(|nbf| now < nbf.saturating_sub(leeway))
        || limit.zip(time("iat")).is_some_and(|(limit, iat)| iat.saturating_sub(now) > limit);
    (
        made,
        Some(if stale {
            Fits::Stale
        } else if future {
            Fits::Future
        } else {
            Fits::InTime
        }),
    )
}

/// A token that says this, for services that sign with a shared secret.
pub(super) fn made(rule: &TokenRule, secret: &str, view: View<'_>, now: i64) -> Option<String> {
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
    let signature = digest::written(Encoding::Base64url, &digest::keyed(hash, secret.as_bytes(), signed.as_bytes()));
    Some(format!("{signed}.{signature}"))
}
