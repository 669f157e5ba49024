//! Why a signature does not fit: each guess is computed, and only one that makes the whole check pass is told. One cause
//! at a time: what takes several at once is not provable, and is not told.

use super::body_forms;
use super::found;
use super::judge::{View, needs_url, try_secrets};
use super::others::{looks_like, other_provider};
use super::template;
use super::time::{self, Fits};
use super::verdict::{Cause, CauseKind, Reason, Verdict, VerdictKind};
use super::{Check, Secret, SignedRequest, digest, judge, keys, secret_forms, url_forms};
use crate::exchange::Headers;
use crate::inspect::provider::{Encoding, Hash, Method, Place, Provider, Scheme, SecretForm, Unit, elements, value};

/// Bytes that are hashed for one kind of guess: each has a share of its own, so that one that comes late is not crowded
/// out. There are eight kinds, and so 2 GiB at most for one explanation. A changed body of 1 MiB, the largest that is laid
/// out anew, is found with ten secrets.
const BYTES_LIMIT: usize = 256 * 1024 * 1024;

/// Guesses of one kind that are computed.
const TRIES_LIMIT: usize = 600;

/// Secrets that are guessed about.
const SECRETS_LIMIT: usize = 10;

/// Puts the proven cause into a verdict that says no, by the way of signing that it is about.
pub(super) fn explain(
    verdict: &mut Verdict,
    scheme: Option<&Scheme>,
    request: &SignedRequest<'_>,
    provider: &Provider,
    secrets: &[Secret],
    check: &Check<'_>,
) {
    let secrets = &secrets[..secrets.len().min(SECRETS_LIMIT)];
    let cause = match (verdict.verdict, verdict.reason) {
        (_, Some(Reason::StaleTimestamp | Reason::FutureTimestamp)) => other_unit(verdict, scheme, provider, check),
        (VerdictKind::Unsigned, _) => other_provider(request, provider, secrets, check),
        // What this one asks for and that is not there, or is otherwise, another may not ask for.
        (
            _,
            Some(
                Reason::MissingHeader
                | Reason::MissingBodyField
                | Reason::MalformedBodyField
                | Reason::UnsupportedVersion
                | Reason::UnsupportedAlgorithm
                | Reason::KeyIdMismatch,
            ),
        ) => other_provider(request, provider, secrets, check),
        (_, Some(Reason::Mismatch | Reason::UnusableSecret | Reason::MalformedHeader)) => {
            mismatch(verdict, scheme, request, provider, secrets, check)
        }
        _ => None,
    };
    if let Some(cause) = cause {
        verdict.explanation.clone_from(&cause.explanation);
        verdict.hint = Some(cause.hint.clone());
        verdict.proven = Some(cause);
    } else if verdict.verdict == VerdictKind::Unsigned
        && let Some(other) = looks_like(request, provider, check)
    {
        verdict.hint = Some(format!(
            "The request looks like one of {}: see whether the source has the right provider.",
            other.provider.name
        ));
    }
}

pub(super) fn cause(kind: CauseKind, explanation: String, hint: &str) -> Cause {
    Cause { kind, explanation, hint: hint.to_owned() }
}

/// What one kind of guess has cost.
#[derive(Default)]
pub(super) struct Budget {
    bytes: usize,
    tries: usize,
}

impl Budget {
    pub(super) fn take(&mut self, bytes: usize) -> bool {
        self.tries += 1;
        self.bytes = self.bytes.saturating_add(bytes);
        !self.is_spent()
    }

    fn is_spent(&self) -> bool {
        self.tries > TRIES_LIMIT || self.bytes > BYTES_LIMIT
    }
}

/// A mismatch to be explained: one way of signing and one view of the request.
struct Guess<'a> {
    scheme: &'a Scheme,
    view: View<'a>,
    secrets: Vec<&'a str>,
    labels: Vec<&'a str>,
    budget: Budget,
}

impl Guess<'_> {
    /// The same with a share of its own, whatever the guesses before have cost.
    fn afresh(&mut self) -> &mut Self {
        self.budget = Budget::default();
        self
    }

    /// True if the check passes with this.
    fn fits(&mut self, scheme: &Scheme, view: View<'_>) -> bool {
        let secrets = self.secrets.clone();
        self.fits_with(scheme, view, &secrets).is_some()
    }

    fn fits_with(&mut self, scheme: &Scheme, view: View<'_>, secrets: &[&str]) -> Option<usize> {
        if !may_fit(scheme, view) {
            return None;
        }
        let digests = judge::turns(scheme, view).saturating_mul(secrets.len().max(1));
        if !self.budget.take(view.body.len().saturating_add(500).saturating_mul(digests)) {
            return None;
        }
        let tried = try_secrets(scheme, view, secrets).ok()?;
        tried.matched.filter(|_| tried.fits.is_none_or(|fits| fits == Fits::InTime))
    }
}

/// False if the signature that came is no such signature, whatever the secret: nothing has to be hashed to know it.
fn may_fit(scheme: &Scheme, view: View<'_>) -> bool {
    if scheme.method == Method::MessageSignature {
        return true;
    }
    let Ok(found) = found::find(scheme, view.looked()) else { return false };
    let length = digest::written_len(scheme.encoding, scheme.hash);
    let is_digest = matches!(scheme.method, Method::Hmac | Method::Digest);
    found.iter().any(|found| !is_digest || found.text.len() == length)
}

fn mismatch(
    verdict: &Verdict,
    scheme: Option<&Scheme>,
    request: &SignedRequest<'_>,
    provider: &Provider,
    secrets: &[Secret],
    check: &Check<'_>,
) -> Option<Cause> {
    let view = View::of(request, check);
    let scheme = scheme?;
    let item = verdict.item.zip(scheme.items.as_ref());
    let body = match item {
        Some((index, pointer)) => *elements(value(view.body, pointer)?, index as usize + 1).last()?,
        None => view.body,
    };
    let mut guess = Guess {
        scheme,
        view: View { body, ..view },
        secrets: secrets.iter().map(|secret| secret.value.as_str()).collect(),
        labels: secrets.iter().map(|secret| secret.label.as_str()).collect(),
        budget: Budget::default(),
    };
    let cause = guess.secret_form().or_else(|| guess.afresh().url(request)).or_else(|| guess.afresh().method());
    let cause = cause.or_else(|| guess.afresh().time()).or_else(|| guess.afresh().algorithm(provider));
    let cause = cause.or_else(|| if item.is_none() { guess.afresh().body() } else { None });
    let cause = cause.or_else(|| guess.afresh().other_secret(check.other_secrets));
    cause.or_else(|| other_provider(request, provider, secrets, check))
}

impl Guess<'_> {
    /// The right secret in the wrong form.
    fn secret_form(&mut self) -> Option<Cause> {
        let keyed = matches!(self.scheme.method, Method::Hmac | Method::Digest | Method::Jwt);
        if !keyed && !matches!(self.scheme.method, Method::Token | Method::Basic) {
            return None;
        }
        // A key that is no text goes in as hexadecimal.
        let form = if keyed { SecretForm::Hex } else { SecretForm::Text };
        let scheme = Scheme { secret: form, ..self.scheme.clone() };
        let secrets = self.secrets.clone().into_iter().enumerate().filter(|(_, secret)| !keys::is_public(secret));
        for (at, secret) in secrets {
            for (key, words) in secret_forms::mistakes(secret) {
                let text = match form {
                    SecretForm::Hex => digest::hex(&key),
                    _ => match String::from_utf8(key) {
                        Ok(text) => text,
                        Err(_) => continue,
                    },
                };
                if self.fits_with(&scheme, self.view, &[&text]).is_some() {
                    let name = self.labels.get(at).copied().unwrap_or("the secret");
                    return Some(cause(
                        CauseKind::SecretForm,
                        format!("It was signed with {name} in another form: {words}."),
                        "Set the secret on both sides in the form that the service shows.",
                    ));
                }
            }
        }
        None
    }

    /// The secret of another source, such as that of the test mode.
    fn other_secret(&mut self, others: &[Secret]) -> Option<Cause> {
        let other = others.iter().find(|other| self.fits_with(self.scheme, self.view, &[&other.value]).is_some())?;
        Some(cause(
            CauseKind::OtherSecret,
            format!("It was signed with another secret: {}.", other.label),
            "Set that secret for this source too, or give the service the URL of the source that it belongs to.",
        ))
    }

    /// Another URL.
    fn url(&mut self, request: &SignedRequest<'_>) -> Option<Cause> {
        if !needs_url(self.scheme) {
            return None;
        }
        let used = request.urls.first()?;
        let known = request.other_urls.iter().map(|url| (url.clone(), ""));
        let by_headers = by_headers(request.headers, used).into_iter().map(|url| (url, ""));
        let made = request.urls.iter().chain(request.other_urls).flat_map(|url| url_forms::variants(url));
        for (url, words) in known.chain(by_headers).chain(made).collect::<Vec<_>>() {
            for form in url_forms::forms(&url, self.scheme.url_forms) {
                if self.fits(self.scheme, View { url: &form, ..self.view }) {
                    let how = if words.is_empty() { String::new() } else { format!(", {words}") };
                    return Some(cause(
                        CauseKind::OtherUrl,
                        format!("It was signed for another URL{how}: {form} in place of {used}."),
                        "Check with the URL that the service has; behind a tunnel or a proxy that is the public one.",
                    ));
                }
            }
        }
        None
    }

    /// Another method.
    fn method(&mut self) -> Option<Cause> {
        if !template::has(&self.scheme.signed, "method") && self.scheme.method != Method::MessageSignature {
            return None;
        }
        let own = self.view.method;
        let others = ["POST", "GET", "PUT", "PATCH", "DELETE", "HEAD"].into_iter().filter(|method| *method != own);
        for method in others {
            if self.fits(self.scheme, View { method, ..self.view }) {
                return Some(cause(
                    CauseKind::OtherMethod,
                    format!("It was signed for the method {method}, and came as {own}."),
                    "See what changes the method on the way.",
                ));
            }
        }
        None
    }

    /// The time in another unit than the one that came.
    fn time(&mut self) -> Option<Cause> {
        let stamp = self.scheme.timestamp.as_ref().filter(|_| template::has(&self.scheme.signed, "timestamp"))?;
        let signatures = found::find(self.scheme, self.view.looked()).ok()?;
        let sent: i64 = judge::timestamp(self.scheme, self.view, signatures.first()?)?.trim().parse().ok()?;
        let place = if let Place::Item(_) = stamp.at { &self.scheme.at[0] } else { &stamp.at };
        let name = match place.in_head() {
            true => format!("the header {}", place.name()),
            false => format!("the field {} of the body", place.name()),
        };
        let others =
            [(sent.checked_mul(1000), "milliseconds", "seconds"), (Some(sent / 1000), "seconds", "milliseconds")];
        for (time, signed, came) in others {
            let time = time?.to_string();
            // The age is that of what came, in the unit that it has; only the text is another.
            let came_at = if came == "seconds" { sent.saturating_mul(1000) } else { sent };
            let limit = self.view.tolerance.or(stamp.tolerance);
            let age = self.view.now.map(|now| now.saturating_sub(came_at));
            let in_time = age.zip(limit).is_none_or(|(age, limit)| time::fits_stamp(age, stamp, limit) == Fits::InTime);
            let view = View { timestamp: Some(&time), now: None, ..self.view };
            if in_time && self.fits(self.scheme, view) {
                return Some(cause(
                    CauseKind::TimeUnit,
                    format!("It was signed with the time in {signed}, and {name} has it in {came}."),
                    "Sign the same text that is sent.",
                ));
            }
        }
        None
    }

    /// Another hash, another writing, or an older way of the same provider.
    fn algorithm(&mut self, provider: &Provider) -> Option<Cause> {
        let hint = "Set the service, or the receiver, to the current way of signing.";
        let scheme = self.scheme;
        // A secret that is sent as it is signs nothing.
        let signs = |other: &&Scheme| !matches!(other.method, Method::Token | Method::Basic);
        for other in provider.signatures.iter().filter(|other| *other != scheme).filter(signs) {
            let bare = Scheme { needs: Vec::new(), ..other.clone() };
            let at = Scheme { at: scheme.at.clone(), prefix: scheme.prefix.clone(), ..bare.clone() };
            // Where another way stands beside this one and signs less, that it fits says nothing of this one.
            let is_beside = other.at != scheme.at && other.signed != scheme.signed;
            if (!is_beside && self.fits(&bare, self.view)) || self.fits(&at, self.view) {
                let label = other.label.as_deref().unwrap_or("usual");
                let own = self.scheme.label.as_deref().unwrap_or("usual");
                return Some(cause(
                    CauseKind::OtherAlgorithm,
                    format!("It is signed in the {label} way of {}, not in the {own} one.", provider.name),
                    hint,
                ));
            }
        }
        if !matches!(self.scheme.method, Method::Hmac | Method::Digest) {
            return None;
        }
        let hashes = [Hash::Sha1, Hash::Sha256, Hash::Sha512, Hash::Sha384, Hash::Md5];
        let mut prefixes = vec![self.scheme.prefix.as_str()];
        let known: &[&str] = match self.scheme.separator.is_empty() {
            true => &["sha1=", "sha256=", "sha512=", ""],
            false => &["v0=", "v1=", "v2=", "s=", "h1=", "v1,", "v0,", ""],
        };
        prefixes.extend(known.iter().copied().filter(|other| *other != self.scheme.prefix));
        for hash in hashes {
            for encoding in [Encoding::Hex, Encoding::HexUpper, Encoding::Base64, Encoding::Base64url] {
                for prefix in &prefixes {
                    let scheme = Scheme { hash, encoding, prefix: (*prefix).to_owned(), ..self.scheme.clone() };
                    if self.fits(&scheme, self.view) {
                        let words = format!("{} in {}", hash_words(hash), encoding_words(encoding));
                        let own =
                            format!("{} in {}", hash_words(self.scheme.hash), encoding_words(self.scheme.encoding));
                        let explanation = match words == own {
                            true => format!(
                                "It is signed right, but with {prefix:?} in place of {:?} before the signature.",
                                self.scheme.prefix
                            ),
                            false => format!("It is signed with {words}, and {} signs with {own}.", provider.name),
                        };
                        return Some(cause(CauseKind::OtherAlgorithm, explanation, hint));
                    }
                }
            }
        }
        None
    }

    /// A body that was changed on its way.
    fn body(&mut self) -> Option<Cause> {
        let (scheme, view) = (self.scheme, self.view);
        let mut proven = None;
        body_forms::each(view.headers, view.body, &mut |form| {
            let fits = self.fits(scheme, View { body: &form.bytes, ..view });
            if fits {
                proven = Some(cause(
                    form.kind,
                    format!("The body was changed on its way: it was signed {}.", form.words),
                    "Check the raw bytes of the request, before anything parses or rewrites them.",
                ));
            }
            fits || self.budget.is_spent()
        });
        proven
    }
}

pub(super) fn hash_words(hash: Hash) -> &'static str {
    match hash {
        Hash::Md5 => "MD5",
        Hash::Sha1 => "SHA-1",
        Hash::Sha256 => "SHA-256",
        Hash::Sha384 => "SHA-384",
        Hash::Sha512 => "SHA-512",
    }
}

fn encoding_words(encoding: Encoding) -> &'static str {
    match encoding {
        Encoding::Hex => "hexadecimal",
        Encoding::HexUpper => "upper-case hexadecimal",
        Encoding::Base64 => "base64",
        Encoding::Base64url => "URL-safe base64",
    }
}

/// URLs that the headers of proxies speak of.
fn by_headers(headers: &Headers, used: &str) -> Vec<String> {
    let Some(split) = url_forms::split(used) else { return Vec::new() };
    let hosts = ["x-forwarded-host", "x-original-host", "host"].into_iter().filter_map(|name| headers.text(name));
    let schemes: Vec<&str> = headers.text("x-forwarded-proto").into_iter().chain(["https", "http"]).collect();
    let hosts: Vec<&str> = hosts.filter(|host| !host.is_empty() && host.len() < 300).collect();
    let urls =
        hosts.iter().flat_map(|host| schemes.iter().map(move |scheme| format!("{scheme}://{host}{}", split.rest)));
    urls.filter(|url| url != used).collect()
}

/// The time that makes a stale or future signature fit is in another unit.
fn other_unit(verdict: &Verdict, scheme: Option<&Scheme>, provider: &Provider, check: &Check<'_>) -> Option<Cause> {
    let (at, now) = (verdict.signed_at?, check.now?.checked_mul(1000)?);
    let stamp = scheme?.timestamp.as_ref()?;
    let limit = check.tolerance.or(stamp.tolerance)?;
    let (other, is, wanted) = match stamp.unit {
        Unit::Seconds => (at / 1000, "milliseconds", "seconds"),
        Unit::Milliseconds => (at.checked_mul(1000)?, "seconds", "milliseconds"),
        Unit::Rfc3339 => return None,
    };
    let fits = time::fits_stamp(now.checked_sub(other)?, stamp, limit) == Fits::InTime;
    fits.then(|| {
        cause(
            CauseKind::TimeUnit,
            format!("The signature is good, but its time is in {is}, and {} sends {wanted}.", provider.name),
            "Send and sign the time in the unit that the service uses.",
        )
    })
}
