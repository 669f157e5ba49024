//! Signs a request as a service would, where that takes nothing but a shared secret.

use super::judge::View;
use super::template::{self, Values};
use super::{digest, judge, jwt, secret_forms, time};
use crate::exchange::{Header, Headers};
use crate::inspect::provider::{Method, NeedClass, Place, Provider, Scheme, elements, value};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

/// What has to be set for a request to be signed.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Signed {
    /// Header fields to set in place of those of the same names.
    pub headers: Vec<Header>,
    /// The body, if it had to be changed: some services sign inside it.
    pub body: Option<Vec<u8>>,
}

/// Why a request can't be signed.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum SignError {
    /// It takes a private key that only the service has, or a way that is not known.
    #[error("{0} signs with a key that only it has, so this can't be signed here.")]
    NoWay(String),
    /// The secret has another form.
    #[error("The secret does not have the form that those of {0} have.")]
    Secret(String),
    /// Something that is signed is not there.
    #[error("{0} is part of what is signed, and is not there.")]
    Missing(String),
}

/// True if a shared secret is enough to sign as this provider does.
pub fn can_sign(provider: &Provider) -> bool {
    provider.signatures.iter().any(signs)
}

fn signs(scheme: &Scheme) -> bool {
    match scheme.method {
        Method::Hmac | Method::Digest | Method::Token | Method::Basic => {
            !matches!(scheme.at.first(), Some(Place::Form(..)) | None)
        }
        Method::Jwt => {
            scheme.token.as_ref().is_some_and(|rule| rule.algorithms.iter().any(|name| name.starts_with("HS")))
        }
        _ => false,
    }
}

/// A request to be signed.
#[derive(Debug, Clone, Copy)]
pub struct Unsigned<'a> {
    /// The method.
    pub method: &'a str,
    /// The URL that the receiver will see.
    pub url: &'a str,
    /// The header fields; what a signature needs beside itself is taken from them or made.
    pub headers: &'a Headers,
    /// The body.
    pub body: &'a [u8],
    /// Values that the provider's rules name as `{field:NAME}`.
    pub fields: &'a [(String, String)],
}

/// Signs a request at the time `now`, seconds since 1970 UTC, in the way that it carries or that the provider prefers.
///
/// # Errors
/// If it takes a private key, if the secret has another form, or if something that is signed is not there.
pub fn sign(provider: &Provider, secret: &str, request: &Unsigned<'_>, now: i64) -> Result<Signed, SignError> {
    let view = View {
        method: request.method,
        url: request.url,
        headers: request.headers,
        body: request.body,
        fields: request.fields,
        timestamp: None,
        now: None,
        tolerance: None,
    };
    let carried = judge::choose(&provider.signatures, view).ok().filter(|scheme| signs(scheme) && !scheme.old);
    let ways = || provider.signatures.iter().filter(|scheme| signs(scheme));
    // A way that needs something special is not the usual one.
    let usual = || ways().find(|scheme| scheme.needs.iter().all(|need| need.class != NeedClass::Other));
    let scheme =
        carried.or_else(usual).or_else(|| ways().next()).ok_or_else(|| SignError::NoWay(provider.name.clone()))?;
    sign_as(provider, scheme, secret, request, now)
}

fn sign_as(
    provider: &Provider,
    scheme: &Scheme,
    secret: &str,
    request: &Unsigned<'_>,
    now: i64,
) -> Result<Signed, SignError> {
    let is_keyed = matches!(scheme.method, Method::Hmac | Method::Digest | Method::Jwt);
    let key = if is_keyed { secret_forms::shared } else { secret_forms::key };
    let key = key(secret, scheme.secret).ok_or_else(|| SignError::Secret(provider.name.clone()))?;
    let mut work = Work {
        scheme,
        key,
        secret,
        request,
        headers: request.headers.clone(),
        body: request.body.to_vec(),
        set: Vec::new(),
        timestamp: None,
        now,
    };
    work.prepare()?;
    match &scheme.items {
        Some(pointer) => work.sign_items(pointer)?,
        None => {
            let signature = work.signature(&work.body)?;
            work.put(&scheme.at[0], &signature)?;
        }
    }
    let body = (work.body != request.body).then_some(work.body);
    Ok(Signed { headers: work.set, body })
}

struct Work<'a> {
    scheme: &'a Scheme,
    key: Vec<u8>,
    secret: &'a str,
    request: &'a Unsigned<'a>,
    headers: Headers,
    body: Vec<u8>,
    set: Vec<Header>,
    timestamp: Option<String>,
    now: i64,
}

impl Work<'_> {
    /// Sets what is signed beside the body: time, number, version.
    fn prepare(&mut self) -> Result<(), SignError> {
        for need in &self.scheme.needs {
            let value = match need.is.strip_prefix("{field:").and_then(|rest| rest.strip_suffix('}')) {
                Some(name) => self.request.fields.iter().find(|(key, _)| key == name).map(|(_, value)| value.clone()),
                None => Some(need.is.trim_matches('*').to_owned()),
            };
            if let (Place::Header(name), Some(value)) = (&need.at, value) {
                self.set_header(name, &value);
            }
        }
        if let Some(stamp) = &self.scheme.timestamp {
            let text = time::written(self.now, stamp.unit);
            self.timestamp = Some(text.clone());
            match &stamp.at {
                Place::Header(name) => self.set_header(name, &text),
                Place::Json(pointer) => self.set_json(pointer, &text)?,
                _ => {}
            }
        }
        self.make_missing_headers();
        Ok(())
    }

    /// Makes the numbers that are part of the signed text, where the request has none.
    fn make_missing_headers(&mut self) {
        let wanted = |start: &str, text: &str| -> Vec<String> {
            let rest = text.split(start).skip(1);
            rest.filter_map(|rest| Some(rest.split_once('}')?.0.to_owned())).collect()
        };
        for name in wanted("{header:", &self.scheme.signed) {
            if self.headers.first(&name).is_none() {
                let digest = digest::plain(Default::default(), &[&self.body[..], &self.now.to_be_bytes()].concat());
                self.set_header(&name, &format!("msg_{}", &digest::hex(&digest)[..24]));
            }
        }
        for list in wanted("{signed-headers:", &self.scheme.signed) {
            if self.headers.first(&list).is_none() {
                let stamp = self.scheme.timestamp.as_ref().map(|stamp| stamp.at.name());
                let names: Vec<String> = [Some(list.clone()), stamp].into_iter().flatten().collect();
                self.set_header(&list, &names.join(","));
            }
        }
    }

    fn set_header(&mut self, name: &str, value: &str) {
        let mut headers = Headers::default();
        for (own, text) in self.headers.iter().filter(|(own, _)| !own.eq_ignore_ascii_case(name.as_bytes())) {
            headers.push(own.to_vec(), text.to_vec());
        }
        headers.push(name.as_bytes().to_vec(), value.as_bytes().to_vec());
        self.headers = headers;
        self.set.retain(|header| !header.name.eq_ignore_ascii_case(name));
        self.set.push(Header { name: name.into(), value: value.into() });
    }

    /// Puts another text where a string or number of the JSON body stands.
    fn set_json(&mut self, pointer: &str, text: &str) -> Result<(), SignError> {
        let found = value(&self.body, pointer).ok_or_else(|| SignError::Missing(pointer.to_owned()))?;
        self.body = replaced(&self.body, found, text);
        Ok(())
    }

    fn put(&mut self, place: &Place, signature: &str) -> Result<(), SignError> {
        match place {
            Place::Header(name) => {
                let name = name.strip_suffix('*').map_or_else(|| name.clone(), |start| format!("{start}1"));
                let value = self.listed(signature);
                self.set_header(&name, &value);
                Ok(())
            }
            Place::Json(pointer) => self.set_json(pointer, signature),
            other => Err(SignError::Missing(other.to_string())),
        }
    }

    /// The signature as it stands in its place: with prefix, and the time where that is in the same list.
    fn listed(&self, signature: &str) -> String {
        let own = format!("{}{signature}", self.scheme.prefix);
        match (&self.scheme.timestamp, &self.timestamp) {
            (Some(stamp), Some(time)) => match &stamp.at {
                Place::Item(prefix) => {
                    let separator = self.scheme.separator.chars().next().unwrap_or(',');
                    format!("{prefix}{time}{separator}{own}")
                }
                _ => own,
            },
            _ => own,
        }
    }

    fn sign_items(&mut self, pointer: &str) -> Result<(), SignError> {
        let Place::Json(place) = &self.scheme.at[0] else { return Err(SignError::Missing(pointer.into())) };
        let body = self.body.clone();
        let array = value(&body, pointer).ok_or_else(|| SignError::Missing(pointer.to_owned()))?;
        let mut out = body.clone();
        // From the last to the first, so that what is replaced does not move what is still to come.
        for item in elements(array, usize::MAX).into_iter().rev() {
            let signature = self.signature(item)?;
            let old = value(item, place).ok_or_else(|| SignError::Missing(place.clone()))?;
            let at = offset(&body, old);
            let quoted = serde_json::Value::from(signature).to_string();
            out.splice(at..at + old.len(), quoted.into_bytes());
        }
        self.body = out;
        Ok(())
    }

    fn signature(&self, body: &[u8]) -> Result<String, SignError> {
        let view = View {
            method: self.request.method,
            url: self.request.url,
            headers: &self.headers,
            body,
            fields: self.request.fields,
            timestamp: None,
            now: None,
            tolerance: None,
        };
        let values = Values {
            method: view.method,
            url: view.url,
            headers: view.headers,
            body,
            timestamp: self.timestamp.as_deref(),
            secret: &self.key,
            fields: view.fields,
        };
        let text = |values: &Values<'_>| {
            template::filled(&self.scheme.signed, values).map_err(|missing| SignError::Missing(format!("{missing:?}")))
        };
        Ok(match self.scheme.method {
            Method::Token => self.secret.to_owned(),
            Method::Basic => format!("Basic {}", STANDARD.encode(self.secret)),
            Method::Digest => digest::written(self.scheme.encoding, &digest::plain(self.scheme.hash, &text(&values)?)),
            Method::Jwt => {
                let rule = self.scheme.token.as_ref().ok_or_else(|| SignError::Missing("token".into()))?;
                jwt::made(rule, &self.key, view, self.now).ok_or_else(|| SignError::Missing("HS256".into()))?
            }
            _ => digest::written(self.scheme.encoding, &digest::keyed(self.scheme.hash, &self.key, &text(&values)?)),
        })
    }
}

fn offset(body: &[u8], part: &[u8]) -> usize {
    part.as_ptr() as usize - body.as_ptr() as usize
}

/// The body with another text in place of a string or number of it.
fn replaced(body: &[u8], part: &[u8], text: &str) -> Vec<u8> {
    let at = offset(body, part);
    let written = if part.starts_with(b"\"") { serde_json::Value::from(text).to_string() } else { text.to_owned() };
    let mut out = body.to_vec();
    out.splice(at..at + part.len(), written.into_bytes());
    out
}
