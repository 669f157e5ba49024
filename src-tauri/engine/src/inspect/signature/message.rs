//! HTTP Message Signatures (RFC 9421) and the digest of the body that they may cover (RFC 9530).

use super::digest::{self, from_base64, same};
use super::judge::{OtherBody, Problem, Tried, View};
use super::keys::{self, PublicKey};
use super::time::{self, Fits};
use super::words::cut;
use super::{secret_forms, url_forms};
use crate::exchange::shown;
use crate::inspect::provider::{ALGORITHM, Encoding, Hash, Method, NeedClass, Place, SecretForm};
use crate::inspect::query_fields;
use std::cell::LazyCell;
use std::ops::Deref;

/// Components of one signature that are read.
const COMPONENTS_LIMIT: usize = 100;

/// Signatures of one request that are tried.
const INPUTS_LIMIT: usize = 8;

/// By how much clocks may be apart, ms.
const SKEW: i64 = 60_000;

/// One signature: its name, what it covers, its parameters as they stand, and single ones of them.
struct Input {
    label: String,
    components: Vec<(String, String)>,
    params: String,
    created: Option<i64>,
    expires: Option<i64>,
    algorithm: Option<String>,
}

/// Tries every secret on every signature: services and the proxies before them sign one after the other.
pub(super) fn try_secrets(view: View<'_>, secrets: &[&str]) -> Result<Tried, Problem> {
    let joined = |name: &'static str| {
        let values: Vec<String> = view.headers.all(name).map(shown).collect();
        (!values.is_empty()).then(|| values.join(", "))
    };
    let signatures = joined("Signature").ok_or_else(|| Problem::Unsigned(Place::Header("Signature".into())))?;
    let inputs = joined("Signature-Input").ok_or_else(|| Problem::Missing(Place::Header("Signature-Input".into())))?;
    let worth = |tried: &Result<Tried, Problem>| match tried {
        Err(_) => 0,
        Ok(tried) if tried.matched.is_none() => 1,
        Ok(tried) if tried.fits.is_some_and(|fits| fits != Fits::InTime) => 2,
        Ok(_) => 3,
    };
    // Once for all, however many there are: the body may be large.
    let other_body = LazyCell::new(|| other_body(view));
    let try_one = |input: &Input| try_one(input, &signatures, view, &other_body, secrets);
    let tried: Vec<_> = read_inputs(&inputs).iter().map(try_one).collect();
    // The first of the best: `max_by_key` would take the last.
    let best = tried.into_iter().rev().max_by_key(worth);
    best.unwrap_or_else(|| Err(Problem::Malformed("Signature-Input".into())))
}

fn try_one(
    input: &Input,
    signatures: &str,
    view: View<'_>,
    other_body: &impl Deref<Target = Result<Option<OtherBody>, Problem>>,
    secrets: &[&str],
) -> Result<Tried, Problem> {
    let text = signature_of(signatures, &input.label).ok_or_else(|| Problem::Malformed("Signature".into()))?;
    let signature = from_base64(&text).ok_or_else(|| Problem::Malformed("Signature".into()))?;
    let base = base(input, view)?;
    let covers_body = input.components.iter().any(|(name, _)| name == "content-digest");
    let other_body = if covers_body { (**other_body).clone()? } else { None };
    let (signed_at, fits) = age(input, view);
    let label = Some(cut(&input.label, 100).to_owned());
    let mut tried = Tried { signed: base.into_bytes(), found: text, label, signed_at, fits, ..Tried::default() };
    let mut problem = None;
    for (index, secret) in secrets.iter().enumerate() {
        let (fits, expected) = match fits_key(input, view, secret, &tried.signed, &signature) {
            Ok(Some(checked)) => checked,
            Ok(None) => continue,
            // Another may be the right one.
            Err(of_this) => {
                problem = problem.or(Some(of_this));
                continue;
            }
        };
        if fits && other_body.is_none() {
            return Ok(Tried { matched: Some(index), ..tried });
        }
        if fits {
            tried.other_body = tried.other_body.or_else(|| Some((index, other_body.clone()?)));
        }
        tried.usable = true;
        tried.expected = tried.expected.or(expected);
    }
    match problem {
        Some(problem) if !tried.usable => Err(problem),
        _ => Ok(tried),
    }
}

/// Reads the members of `Signature-Input` up to one that can't be read.
fn read_inputs(text: &str) -> Vec<Input> {
    let mut rest = text;
    let next = || {
        let (input, behind) = read_input(rest)?;
        rest = behind;
        Some(input)
    };
    std::iter::from_fn(next).take(INPUTS_LIMIT).collect()
}

/// Reads the first member, and says what stands behind it.
fn read_input(text: &str) -> Option<(Input, &str)> {
    let (label, rest) = text.trim().split_once('=')?;
    let inner = rest.strip_prefix('(')?;
    let mut components = Vec::new();
    let mut at = inner;
    loop {
        at = at.trim_start_matches(' ');
        if let Some(rest) = at.strip_prefix(')') {
            at = rest;
            break;
        }
        if components.len() == COMPONENTS_LIMIT {
            return None;
        }
        let (name, behind) = at.strip_prefix('"')?.split_once('"')?;
        let end = behind.find([' ', ')'])?;
        let component = (name.to_ascii_lowercase(), behind[..end].to_owned());
        // Each is there once (RFC 9421, section 2): what is signed is no longer than what came.
        if components.contains(&component) {
            return None;
        }
        components.push(component);
        at = &behind[end..];
    }
    // The parameters go on to the next member.
    let mut quoted = false;
    let end = at.char_indices().find(|&(_, char)| {
        quoted ^= char == '"';
        char == ',' && !quoted
    });
    let end = end.map_or(at.len(), |(at, _)| at);
    let (tail, behind) = (&at[..end], at[end..].trim_start_matches(','));
    let list = &rest[..rest.len() - at.len()];
    let param = |name: &str| {
        tail.split(';')
            .find_map(|param| param.trim().strip_prefix(name)?.strip_prefix('='))
            .map(|value| value.trim_matches('"'))
    };
    let input = Input {
        label: label.trim().to_owned(),
        components,
        params: format!("{list}{}", tail.trim_end()),
        created: param("created").and_then(|value| value.parse().ok()),
        expires: param("expires").and_then(|value| value.parse().ok()),
        algorithm: param("alg").map(str::to_owned),
    };
    Some((input, behind))
}

/// The signature of this name: `name=:base64:`.
fn signature_of(text: &str, label: &str) -> Option<String> {
    let value = text.split(',').find_map(|member| member.trim().strip_prefix(label)?.strip_prefix('='))?;
    Some(value.trim().strip_prefix(':')?.split(':').next()?.to_owned())
}

/// The signature base (RFC 9421, section 2.5).
fn base(input: &Input, view: View<'_>) -> Result<String, Problem> {
    let mut lines = String::new();
    for (name, params) in &input.components {
        let value = component(name, params, view)?;
        lines.push_str(&format!("\"{name}\"{params}: {value}\n"));
    }
    Ok(format!("{lines}\"@signature-params\": {}", input.params))
}

fn component(name: &str, params: &str, view: View<'_>) -> Result<String, Problem> {
    let unknown = || Problem::Need { class: NeedClass::Version, name: "Signature-Input".into(), is: name.into() };
    if !name.starts_with('@') {
        if !params.is_empty() {
            return Err(unknown());
        }
        let values: Vec<String> = view.headers.all(name).map(|value| shown(value).trim().to_owned()).collect();
        let title = || name.split('-').map(capital).collect::<Vec<_>>().join("-");
        return if values.is_empty() { Err(Problem::Missing(Place::Header(title()))) } else { Ok(values.join(", ")) };
    }
    let split = url_forms::split(view.url);
    let rest = split.map_or("", |split| split.rest);
    let (path, query) = rest.split_once('?').map_or((rest, None), |(path, query)| (path, Some(query)));
    let path = if path.is_empty() { "/" } else { path };
    Ok(match name {
        "@method" => view.method.to_owned(),
        "@target-uri" => view.url.to_owned(),
        "@authority" => split.map_or_else(String::new, |split| {
            let usual = if split.scheme.eq_ignore_ascii_case("https") { "443" } else { "80" };
            let port = split.port.filter(|port| *port != usual).map(|port| format!(":{port}")).unwrap_or_default();
            format!("{}{port}", split.host.to_ascii_lowercase())
        }),
        "@scheme" => split.map_or_else(String::new, |split| split.scheme.to_ascii_lowercase()),
        "@request-target" => {
            if rest.is_empty() {
                "/".to_owned()
            } else {
                rest.to_owned()
            }
        }
        "@path" => path.to_owned(),
        "@query" => format!("?{}", query.unwrap_or_default()),
        "@query-param" => {
            let wanted = params.strip_prefix(";name=\"").and_then(|rest| rest.strip_suffix('"')).ok_or_else(unknown)?;
            let field = query_fields(view.url).into_iter().find(|field| field.name == wanted);
            field.ok_or_else(unknown)?.value
        }
        _ => return Err(unknown()),
    })
}

fn capital(word: &str) -> String {
    let mut chars = word.chars();
    chars.next().map(|first| first.to_ascii_uppercase().to_string() + chars.as_str()).unwrap_or_default()
}

/// The digest of another body, if the message names one.
fn other_body(view: View<'_>) -> Result<Option<OtherBody>, Problem> {
    let text = view.headers.text("content-digest").unwrap_or_default();
    let came = |hash| digest::written(Encoding::Base64, &digest::plain(hash, view.body));
    let (sha256, sha512) = (LazyCell::new(|| came(Hash::Sha256)), LazyCell::new(|| came(Hash::Sha512)));
    let mut known = false;
    for member in text.split(',') {
        let Some((name, value)) = member.trim().split_once('=') else { continue };
        let came = match name.to_ascii_lowercase().as_str() {
            "sha-256" => &**sha256,
            "sha-512" => &**sha512,
            _ => continue,
        };
        known = true;
        let signed = value.trim_matches(':');
        if !same(came, signed) {
            return Ok(Some(OtherBody { signed: cut(signed, 200).to_owned(), came: came.to_owned() }));
        }
    }
    if known { Ok(None) } else { Err(Problem::Malformed("Content-Digest".into())) }
}

/// Checks the signature: whether it fits, and what it should have been. None if the secret is of another kind.
fn fits_key(
    input: &Input,
    view: View<'_>,
    secret: &str,
    base: &[u8],
    signature: &[u8],
) -> Result<Option<(bool, Option<String>)>, Problem> {
    let given = view.fields.iter().find(|(name, _)| name == ALGORITHM).map(|(_, value)| value.as_str());
    let key = PublicKey::read(secret);
    let by_key = match &key {
        Some(PublicKey::Ed25519(_)) if secret.trim_start().starts_with(['-', '{']) => "ed25519",
        Some(PublicKey::P256(_)) => "ecdsa-p256-sha256",
        Some(PublicKey::Rsa(_) | PublicKey::RsaParts { .. }) => "rsa-pss-sha512",
        _ => "hmac-sha256",
    };
    let algorithm = match (given, input.algorithm.as_deref()) {
        // Who sends it must not choose what the key is used for (RFC 9421, section 3.2).
        (Some(given), Some(named)) if given != named => return Err(untaken(named)),
        (given, named) => given.or(named).unwrap_or(by_key),
    };
    let public = |check: fn(&PublicKey, &[u8], &[u8]) -> Option<bool>| {
        key.as_ref().and_then(|key| check(key, base, signature)).map(|fits| (fits, None))
    };
    Ok(match algorithm {
        // A text as long as a public key, which everybody knows, may be one: only the user can say that it is a secret.
        "hmac-sha256" if given.is_none() && key.is_some() && !keys::is_public(secret) => {
            return Err(Problem::MissingField(ALGORITHM.into()));
        }
        "hmac-sha256" => {
            let keys = [SecretForm::Base64, SecretForm::Text].map(|form| secret_forms::shared(secret, form));
            let digests = keys.into_iter().flatten().map(|key| digest::keyed(Hash::Sha256, &key, base));
            let digests: Vec<String> = digests.map(|digest| digest::written(Encoding::Base64, &digest)).collect();
            let own = digest::written(Encoding::Base64, signature);
            let fits = digests.iter().any(|digest| same(digest, &own));
            digests.into_iter().next().map(|expected| (fits, Some(expected)))
        }
        "ed25519" => public(|key, base, signature| key.verifies(Method::Ed25519, Hash::Sha512, base, signature)),
        "ecdsa-p256-sha256" => public(PublicKey::verifies_fixed),
        "rsa-pss-sha512" => public(PublicKey::verifies_pss),
        "rsa-v1_5-sha256" => public(|key, base, signature| key.verifies(Method::Rsa, Hash::Sha256, base, signature)),
        other => return Err(untaken(other)),
    })
}

fn untaken(algorithm: &str) -> Problem {
    Problem::Need { class: NeedClass::Algorithm, name: "Signature-Input".into(), is: algorithm.to_owned() }
}

fn age(input: &Input, view: View<'_>) -> (Option<i64>, Option<Fits>) {
    let millis = |seconds: Option<i64>| seconds.map(|seconds| seconds.saturating_mul(1000));
    let (created, expires) = (millis(input.created), millis(input.expires));
    let Some(now) = view.now else { return (created, None) };
    let limit = view.tolerance.map(|limit| i64::from(limit) * 1000);
    let fits = match (expires, created.map(|created| now.saturating_sub(created))) {
        (Some(expires), _) if now > expires => Fits::Expired { since: now.saturating_sub(expires) },
        (_, Some(age)) => match time::fits(age, limit.unwrap_or(SKEW)) {
            Fits::Stale { .. } if limit.is_none() => Fits::InTime,
            fits => fits,
        },
        _ => Fits::InTime,
    };
    (created, Some(fits))
}
