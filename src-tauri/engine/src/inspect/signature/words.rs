//! What the verdicts say.

use super::judge::{OtherBody, Problem, Tried, View, needs_url};
use super::time::{self, Fits};
use super::verdict::{Reason, SignedText, Verdict, VerdictKind};
use super::{Secret, keys};
use crate::exchange::shown;
use crate::inspect::provider::{ALGORITHM, Method, NeedClass, Place, Provider, Scheme};

/// Characters of the signed text that a verdict shows.
const START: usize = 2_000;

/// The first characters of a text.
pub(super) fn cut(text: &str, chars: usize) -> &str {
    text.char_indices().nth(chars).map_or(text, |(end, _)| &text[..end])
}

pub(super) fn blank(provider: &Provider, scheme: &Scheme) -> Verdict {
    Verdict {
        verdict: VerdictKind::Invalid,
        reason: None,
        subject: None,
        explanation: String::new(),
        hint: None,
        proven: None,
        provider: provider.key.clone(),
        provider_name: provider.name.clone(),
        certainty: provider.certainty,
        scheme: scheme.label.clone(),
        secret: None,
        signed_at: None,
        age: None,
        expected: None,
        found: None,
        signed: None,
        item: None,
        notes: provider.notes.clone(),
        opens: None,
        signed_bytes: Vec::new(),
    }
}

pub(super) fn not_signed(provider: &Provider) -> Verdict {
    Verdict {
        verdict: VerdictKind::Unsupported,
        reason: Some(Reason::NotSigned),
        subject: None,
        explanation: format!("{} has no signature that can be checked here.", provider.name),
        hint: None,
        proven: None,
        provider: provider.key.clone(),
        provider_name: provider.name.clone(),
        certainty: provider.certainty,
        scheme: None,
        secret: None,
        signed_at: None,
        age: None,
        expected: None,
        found: None,
        signed: None,
        item: None,
        notes: provider.notes.clone(),
        opens: None,
        signed_bytes: Vec::new(),
    }
}

/// What is said of a batch whose first elements fit, as `last` does, and whose others were not looked at.
pub(super) fn partly(last: Verdict) -> Verdict {
    Verdict {
        verdict: VerdictKind::Unsupported,
        explanation: "The first 1,000 of its items are signed as they should be; the others were not checked.".into(),
        hint: Some("Ask the service to send fewer items at once, where that can be set.".into()),
        item: None,
        ..last
    }
}

pub(super) fn refused(provider: &Provider, scheme: &Scheme, problem: &Problem) -> Verdict {
    let name = &provider.name;
    let where_from = |place: &Place| match place.in_head() {
        true => (Reason::MissingHeader, format!("The header {} is not there", place.name())),
        false => (Reason::MissingBodyField, format!("The field {} of the body is not there", place.name())),
    };
    let (verdict, reason, subject, explanation, hint) = match problem {
        Problem::Unsigned(place) => {
            let (reason, text) = where_from(place);
            let hint = format!(
                "See whether {name} has a secret set for this webhook, and whether a proxy takes headers away."
            );
            (VerdictKind::Unsigned, reason, place.name(), format!("{text}, so there is no signature."), Some(hint))
        }
        Problem::Missing(place) => {
            let (reason, text) = where_from(place);
            let hint = "See whether a proxy takes it away.".to_owned();
            (VerdictKind::Invalid, reason, place.name(), format!("{text}, which is part of the signature."), Some(hint))
        }
        Problem::MissingField(field) => {
            let (explanation, hint) = match field.as_str() {
                "url" => (
                    format!("{name} signs the URL, and no URL is given."),
                    "Give the URL that the service was told, and check again.".into(),
                ),
                ALGORITHM => (
                    "The secret may be one that is shared or a public key, which everybody knows: nothing says which."
                        .into(),
                    format!(
                        "Give the algorithm as a field, or add it to the secrets of the source under the name \
                         {ALGORITHM}: hmac-sha256, ed25519 or ecdsa-p256-sha256."
                    ),
                ),
                field => (
                    format!("{name} signs a value that only you know: {field}."),
                    format!("Give it as a field, or add it to the secrets of the source under the name {field}."),
                ),
            };
            (VerdictKind::NoSecret, Reason::MissingField, field.clone(), explanation, Some(hint))
        }
        Problem::Malformed(header) => {
            let in_head = !scheme.at.iter().any(|place| !place.in_head() && place.name() == *header);
            let (reason, what) =
                if in_head { (Reason::MalformedHeader, "header") } else { (Reason::MalformedBodyField, "field") };
            let explanation = format!("The {what} {header} is not of the form that {name} sends.");
            (VerdictKind::Invalid, reason, header.clone(), explanation, None)
        }
        Problem::Twice(place) => {
            let (reason, what) = match place.in_head() {
                true => (Reason::MalformedHeader, "The header or parameter"),
                false => (Reason::MalformedBodyField, "The field"),
            };
            let explanation = format!(
                "{what} {} stands there more than once. One of them is signed, and what reads the request may take \
                 another.",
                place.name()
            );
            let hint = "No service sends it like that: take it for a forgery.".to_owned();
            (VerdictKind::Invalid, reason, place.name(), explanation, Some(hint))
        }
        Problem::Masked(place) => {
            let reason = if place.in_head() { Reason::MalformedHeader } else { Reason::MalformedBodyField };
            let explanation = "The signature was masked when this was exported, so it can't be checked.".to_owned();
            let hint =
                "Export it with --no-redact, or take its bytes with `pushpull show ID --raw request`.".to_owned();
            (VerdictKind::Invalid, reason, place.name(), explanation, Some(hint))
        }
        Problem::Need { class, name: header, is } => {
            let is = cut(is, 100);
            let (reason, explanation) = match class {
                NeedClass::Version => {
                    (Reason::UnsupportedVersion, format!("{header} says version {is:?}, which is not known."))
                }
                NeedClass::Algorithm => {
                    (Reason::UnsupportedAlgorithm, format!("{header} says {is:?}, an algorithm that is not taken."))
                }
                NeedClass::Key | NeedClass::Other => {
                    (Reason::KeyIdMismatch, format!("{header} names the key {is:?}, which is not the one expected."))
                }
            };
            (VerdictKind::Invalid, reason, header.clone(), explanation, None)
        }
        Problem::Certificate(why) => {
            let explanation = format!("The certificate is not to be trusted: {}.", cut(why, 300));
            let hint = format!("A receiver that took it would let anybody sign; {name} names only its own hosts.");
            let subject = scheme.certificate.as_ref().map_or_else(String::new, |rule| rule.at.name());
            (VerdictKind::Invalid, Reason::UntrustedCertificate, subject, explanation, Some(hint))
        }
    };
    Verdict { verdict, reason: Some(reason), subject: Some(subject), explanation, hint, ..blank(provider, scheme) }
}

/// The first characters of bytes, and whether there are more.
fn start_of(bytes: &[u8]) -> (String, bool) {
    // No character has more than four bytes. One that is cut in the middle would make the rest no UTF-8.
    let mut start = &bytes[..bytes.len().min(4 * START)];
    if let Err(error) = std::str::from_utf8(start)
        && error.error_len().is_none()
        && start.len() < bytes.len()
    {
        start = &start[..error.valid_up_to()];
    }
    let text = shown(start);
    let shown = cut(&text, START);
    (shown.to_owned(), shown.len() < text.len() || start.len() < bytes.len())
}

fn with_signed(provider: &Provider, scheme: &Scheme, view: View<'_>, tried: Tried, url: &str) -> Verdict {
    let age = tried.signed_at.zip(view.now).map(|(at, now)| now.saturating_sub(at) as f64 / 1000.0);
    let (start, cut) = start_of(&tried.signed);
    let rule = match scheme.method {
        Method::Jwt => "head and claims of the token",
        Method::MessageSignature => "signature base of RFC 9421",
        _ => &scheme.signed,
    };
    let signed = SignedText {
        rule: if tried.signed.is_empty() { String::new() } else { rule.to_owned() },
        size: tried.signed.len() as u64,
        start,
        cut,
        url: needs_url(scheme).then(|| url.to_owned()),
    };
    Verdict {
        signed_at: tried.signed_at,
        age,
        expected: tried.expected,
        found: Some(tried.found).filter(|found| !found.is_empty()),
        signed: (!tried.signed.is_empty()).then_some(signed),
        signed_bytes: tried.signed,
        ..blank(provider, scheme)
    }
}

pub(super) fn fitting(
    provider: &Provider,
    scheme: &Scheme,
    view: View<'_>,
    tried: Tried,
    secrets: &[Secret],
    url: &str,
) -> Verdict {
    let secret = tried.matched.and_then(|index| secrets.get(index));
    let label = secret.map(|secret| secret.label.clone());
    let fits = tried.fits.unwrap_or(Fits::InTime);
    let named = tried.label.as_ref().map(|label| format!(" as {label}")).unwrap_or_default();
    let verdict = with_signed(provider, scheme, view, tried, url);
    if let Some((explanation, hint)) = secret.and_then(|secret| out_of_date(secret, view, &provider.name)) {
        return Verdict {
            reason: Some(Reason::UntrustedCertificate),
            explanation,
            hint: Some(hint),
            secret: label,
            ..verdict
        };
    }
    let span = time::span((verdict.age.unwrap_or_default() * 1000.0) as i64);
    let with = label.as_ref().map(|label| format!(" with {label}")).unwrap_or_default();
    if let Some((reason, explanation, hint)) = untimely(fits, &span, view, &provider.name) {
        return Verdict { reason: Some(reason), explanation, hint: Some(hint.into()), secret: label, ..verdict };
    }
    let age = match verdict.age {
        Some(age) if age >= 0.0 => format!(", {span} before it came"),
        Some(_) => format!(", {span} ahead of this clock"),
        None => String::new(),
    };
    let explanation = match scheme.method {
        Method::Token | Method::Basic => {
            format!("It carries the right secret{with}. That says nothing about the body.")
        }
        _ => format!("Signed{named}{with}{age}."),
    };
    Verdict { verdict: VerdictKind::Valid, explanation, secret: label, ..verdict }
}

/// What to say of a good signature that came too late or too early; None of any other.
fn untimely(fits: Fits, span: &str, view: View<'_>, provider: &str) -> Option<(Reason, String, &'static str)> {
    const AGAIN: &str = "An old capture that is sent again must be signed again.";
    const CLOCKS: &str = "See whether the clocks are right.";
    let good = "The signature is good, but";
    Some(match fits {
        Fits::InTime => return None,
        Fits::Future { limit } => {
            let limit = time::span(limit);
            let said = format!("{good} its time is {span} in the future; {provider} takes {limit}.");
            (Reason::FutureTimestamp, said, CLOCKS)
        }
        Fits::Early { from } => {
            let (at, ahead) = (time::shown(from.div_euclid(1000)), from.saturating_sub(view.now.unwrap_or(from)));
            let said = format!("{good} it is not valid before {at}, {} after the request came.", time::span(ahead));
            (Reason::FutureTimestamp, said, CLOCKS)
        }
        Fits::Expired { since } => {
            let said = format!("{good} it expired {} before the request came.", time::span(since));
            (Reason::StaleTimestamp, said, AGAIN)
        }
        Fits::Stale { limit } => {
            let limit = time::span(limit);
            let said = format!("{good} it was made {span} before the request came; {provider} takes {limit}.");
            (Reason::StaleTimestamp, said, AGAIN)
        }
    })
}

/// What to say of a certificate that was not to be used when the request came; None of any other and of no certificate.
fn out_of_date(secret: &Secret, view: View<'_>, provider: &str) -> Option<(String, String)> {
    let (from, upto) = keys::validity(&secret.value)?;
    let came = view.now?.div_euclid(1_000);
    if came > upto {
        let said =
            format!("The signature is good, but its certificate has been out of date since {}.", time::shown(upto));
        return Some((said, format!("Put the certificate in its place that {provider} signs with now.")));
    }
    let said = format!("The signature is good, but its certificate is valid only from {} on.", time::shown(from));
    (came < from).then_some((said, "See whether the clocks are right.".into()))
}

pub(super) fn mismatch(
    provider: &Provider,
    scheme: &Scheme,
    view: View<'_>,
    tried: Tried,
    secrets: &[Secret],
    url: &str,
) -> Verdict {
    let (usable, begins_otherwise, other_body) = (tried.usable, tried.begins_otherwise, tried.other_body.clone());
    let verdict = with_signed(provider, scheme, view, tried, url);
    if secrets.is_empty() {
        return Verdict {
            verdict: VerdictKind::NoSecret,
            reason: Some(Reason::NoSecret),
            explanation: "It carries a signature, and there is no secret to check it with.".into(),
            hint: Some(format!("Set the secret that {} shows for this webhook.", provider.name)),
            ..verdict
        };
    }
    if begins_otherwise {
        let place = &scheme.at[0];
        let what = if place.in_head() { "header" } else { "field" };
        let explanation = match scheme.prefix.as_str() {
            "" => format!("The {what} {} holds no signature.", place.name()),
            prefix => format!("Nothing in the {what} {} begins with {prefix:?}.", place.name()),
        };
        let hint = format!("{} may sign another way by now, or another service has sent it.", provider.name);
        return Verdict {
            reason: Some(Reason::Mismatch),
            subject: Some(place.name()),
            explanation,
            hint: Some(hint),
            ..verdict
        };
    }
    if let Some((secret, OtherBody { signed, came })) = other_body {
        let label = secrets.get(secret).map(|secret| secret.label.clone());
        let with = label.as_ref().map(|label| format!(" with {label}")).unwrap_or_default();
        return Verdict {
            reason: Some(Reason::Mismatch),
            explanation: format!(
                "It is signed{with}, but for another body: the hash that was signed is not that of this one."
            ),
            hint: Some("See what changes the body on its way.".into()),
            secret: label,
            expected: Some(came),
            found: Some(signed),
            ..verdict
        };
    }
    if !usable {
        return Verdict {
            reason: Some(Reason::UnusableSecret),
            explanation: format!("None of the secrets has the form that those of {} have.", provider.name),
            hint: Some("Copy the secret or key again, the whole of it.".into()),
            ..verdict
        };
    }
    Verdict {
        reason: Some(Reason::Mismatch),
        explanation: "The signature does not fit, and no explanation that was tried makes it fit.".into(),
        hint: Some("See whether the secret is the one of this webhook, and whether something changes the body.".into()),
        ..verdict
    }
}
