//! Bodies that were changed on their way.

use super::*;

#[test]
fn a_body_that_was_written_again() {
    let kind = CauseKind::BodyReserialized;
    Plant::body(JSON, SPACED).finds(kind, "compact");
    Plant::body(JSON, INDENTED).finds(kind, "compact");
    Plant::body(SPACED, JSON).finds(kind, "a space behind each comma");
    Plant::body(INDENTED, JSON).finds(kind, "2 spaces");
    Plant::body(INDENTED.replace("  ", "    "), JSON).finds(kind, "4 spaces");
    Plant::body(INDENTED.replace("  ", "\t"), JSON).finds(kind, "tabs");
    Plant::body(JSON.replace('ü', "\\u00fc"), JSON).finds(kind, "\\u escapes");
    Plant::body(JSON.replace('ü', "\\u00FC"), JSON).finds(kind, "upper case");
    Plant::body(JSON, JSON.replace('ü', "\\u00fc")).finds(kind, "not ASCII as they are");
    Plant::body(JSON.replace('/', "\\/"), JSON).finds(kind, "\\/ for slashes");
    Plant::body(JSON.replace('/', "\\/").replace('ü', "\\u00fc"), SPACED).finds(kind, "\\/ for slashes");
    Plant::body(JSON.replace("<&>", "\\u003c\\u0026\\u003e"), JSON).finds(kind, "< > &");
    Plant::body(r#"{"a":1,"b":{"c":2,"d":3}}"#, r#"{"b":{"d":3,"c":2},"a":1}"#).finds(kind, "keys in order");
    Plant::body(r#"{"a": "ü", "b": 1}"#, r#"{"b":1,"a":"ü"}"#).finds(kind, "each comma and colon, its keys in order");
    Plant::body(r#"{"a":"\u00fc","b":1}"#, r#"{"b":1,"a":"ü"}"#).finds(kind, "keys in order");
    Plant::body("{\"a\":\"\\u001B\"}", r#"{"a":"\u001b"}"#).finds(kind, "upper case");
    Plant::body(JSON, serde_json::Value::from(JSON).to_string()).finds(kind, "JSON string");
    Plant::body("", JSON).finds(kind, "as an empty body");
}

#[test]
fn the_words_say_exactly_how_a_body_was_written() {
    let odd = |text: &str| format!("{{ \"a\" :  \"{text}\" }}");
    let compact = r#"{"a":1,"b":[2,3]}"#;
    let spaced = r#"{"a": 1, "b": [2, 3]}"#;
    let indented = |by: &str| format!("{{\n{by}\"a\": 1,\n{by}\"b\": [\n{by}{by}2,\n{by}{by}3\n{by}]\n}}");
    for (sent, came, words) in [
        (compact.to_owned(), spaced.to_owned(), "as compact JSON"),
        (spaced.into(), compact.into(), "as JSON on one line with a space behind each comma and colon"),
        (indented("  "), compact.into(), "as JSON indented by 2 spaces"),
        (indented("    "), compact.into(), "as JSON indented by 4 spaces"),
        (indented("\t"), compact.into(), "as JSON indented by tabs"),
        (odd("é"), odd("\\u00e9"), "as JSON laid out like this, with characters that are not ASCII as they are"),
        (odd("\\u00e9"), odd("é"), "as JSON laid out like this, with characters that are not ASCII as \\u escapes"),
        (
            odd("\\u00E9"),
            odd("é"),
            "as JSON laid out like this, with characters that are not ASCII as \\u escapes in upper case",
        ),
        (
            odd("é\\u001F"),
            odd("é\\u001f"),
            "as JSON laid out like this, with control characters as \\u escapes in upper case",
        ),
        (odd("é\\u003c\\u0026\\u003e"), odd("é<&>"), "as JSON laid out like this, with < > & as \\u escapes"),
        (odd("é\\/"), odd("é/"), "as JSON laid out like this, with \\/ for slashes"),
        (
            odd("\\u00e9\\/"),
            odd("é/"),
            "as JSON laid out like this, with \\/ for slashes and \\u escapes for what is not ASCII",
        ),
    ] {
        Plant::body(sent, came).finds(CauseKind::BodyReserialized, &format!(": it was signed {words}."));
    }
    let latin = &b"n=J\xfcrgen"[..];
    Plant::body("n=Jürgen", latin).finds(CauseKind::BodyCharset, "signed in UTF-8, and is ISO-8859-1 now");
    Plant::body(latin, "n=Jürgen").finds(CauseKind::BodyCharset, "signed in ISO-8859-1, and is UTF-8 now");
}

#[test]
fn forms_that_were_written_again() {
    let kind = CauseKind::BodyReserialized;
    Plant::body("a=b%20c&d=1", "a=b+c&d=1").finds(kind, "%20 for spaces");
    Plant::body("a=b+c&d=1", "a=b%20c&d=1").finds(kind, "+ for spaces");
    Plant::body("a=%c3%bc", "a=%C3%BC").finds(kind, "lower case");
    Plant::body("a=%C3%BC", "a=%c3%bc").finds(kind, "upper case");
}

#[test]
fn white_space_at_the_ends() {
    let kind = CauseKind::BodyWhitespace;
    Plant::body(format!("{JSON}\n"), JSON).finds(kind, "with a newline at the end, which is gone");
    Plant::body(format!("{JSON}\r\n"), JSON).finds(kind, "with CR LF at the end, which is gone");
    Plant::body(JSON, format!("{JSON}\n")).finds(kind, "without the newline");
    Plant::body(JSON, format!("{JSON}\r\n")).finds(kind, "without the CR LF");
    Plant::body(JSON, format!("{JSON} \n ")).finds(kind, "without the white space at the end");
    Plant::body("a=1", "  a=1 ").finds(kind, "white space around");
    Plant::body(JSON, format!("\u{feff}{JSON}")).finds(kind, "without the byte order mark");
    Plant::body(format!("\u{feff}{JSON}"), JSON).finds(kind, "with a byte order mark, which is gone");
}

#[test]
fn line_ends_and_character_sets() {
    Plant::body("<a>\r\n<b>\r\n", "<a>\n<b>\n").finds(CauseKind::BodyLineEnds, "CR LF line ends");
    Plant::body("<a>\n<b>\nc", "<a>\r\n<b>\r\nc").finds(CauseKind::BodyLineEnds, "LF line ends");
    Plant::body(&b"n=J\xfcrgen"[..], "n=Jürgen").finds(CauseKind::BodyCharset, "ISO-8859-1");
    Plant::body("n=Jürgen", &b"n=J\xfcrgen"[..]).finds(CauseKind::BodyCharset, "UTF-8");
    Plant::body(&b"n=5 \x80"[..], "n=5 €").finds(CauseKind::BodyCharset, "Windows-1252");
    Plant::body("n=5 €", &b"n=5 \x80"[..]).finds(CauseKind::BodyCharset, "Windows-1252");
}

#[test]
fn a_changed_body_that_was_signed_with_a_private_key() {
    use crate::inspect::provider::Encoding;
    use ring::signature::{ECDSA_P256_SHA256_ASN1_SIGNING, EcdsaKeyPair, Ed25519KeyPair, KeyPair as _};
    let random = ring::rand::SystemRandom::new();
    let text = format!("{NOW}{JSON}");

    let key = Ed25519KeyPair::from_seed_unchecked(&[7; 32]).unwrap();
    let mut headers = Headers::default();
    headers.push("X-Signature-Timestamp", NOW.to_string().into_bytes());
    headers.push("X-Signature-Ed25519", digest::hex(key.sign(text.as_bytes()).as_ref()).into_bytes());
    let public = digest::hex(key.public_key().as_ref());
    let discord = Plant { checked_with: public, checked_body: SPACED.into(), ..Plant::new("discord") };

    let made = EcdsaKeyPair::generate_pkcs8(&ECDSA_P256_SHA256_ASN1_SIGNING, &random).unwrap();
    let key = EcdsaKeyPair::from_pkcs8(&ECDSA_P256_SHA256_ASN1_SIGNING, made.as_ref(), &random).unwrap();
    let mut of_sendgrid = Headers::default();
    of_sendgrid.push("X-Twilio-Email-Event-Webhook-Timestamp", NOW.to_string().into_bytes());
    let signature = key.sign(&random, text.as_bytes()).unwrap();
    let signature = digest::written(Encoding::Base64, signature.as_ref());
    of_sendgrid.push("X-Twilio-Email-Event-Webhook-Signature", signature.into_bytes());
    // SubjectPublicKeyInfo of a point on P-256 (RFC 5480).
    let info = digest::from_hex("3059301306072a8648ce3d020106082a8648ce3d030107034200").unwrap();
    let public = [&info[..], key.public_key().as_ref()].concat();
    let public = digest::written(Encoding::Base64, &public);
    let sendgrid = Plant { checked_with: public, checked_body: SPACED.into(), ..Plant::new("sendgrid") };

    for (plant, headers) in [(discord, headers), (sendgrid, of_sendgrid)] {
        let whole =
            Plant { checked_body: JSON.into(), checked_with: plant.checked_with.clone(), ..Plant::new(plant.provider) };
        assert_eq!(whole.check(&headers).verdict, VerdictKind::Valid, "{}", plant.provider);
        let cause = plant.check(&headers).proven.unwrap();
        assert_eq!(cause.kind, CauseKind::BodyReserialized);
        assert!(cause.explanation.contains("as compact JSON"), "{}", cause.explanation);
    }
}

/// As many secrets as are guessed about, and the largest body that is laid out anew.
#[test]
fn a_cause_in_a_large_body_is_found_with_several_secrets() {
    let row = |at: usize| format!(r#"{{"id":{at},"name":"order {at}","paid":true,"total":12.50}}"#);
    let rows: Vec<String> = (0..17_500).map(row).collect();
    let compact = format!("[{}]", rows.join(","));
    assert!((1_000_000..1024 * 1024).contains(&compact.len()), "{}", compact.len());
    let spaced = compact.replace(':', ": ").replace(',', ", ");
    let spaced = spaced.replace("},{", "}, {");
    let large = |sent: String, came: String| Plant { decoys: 9, ..Plant::body(sent, came) };
    large(format!("{compact}\n"), compact.clone()).finds(CauseKind::BodyWhitespace, "with a newline at the end");
    large(spaced, compact.clone()).finds(CauseKind::BodyReserialized, "a space behind each comma and colon");
    let latin: Vec<u8> = [compact.as_bytes(), b" J\xfcrgen"].concat();
    let text = format!("{compact} Jürgen");
    Plant { decoys: 9, ..Plant::body(latin, text) }.finds(CauseKind::BodyCharset, "ISO-8859-1");
    let plant = Plant::body(compact.clone(), compact.clone());
    let form = Plant { decoys: 9, signed_with: "s3cret".into(), checked_with: "s3cret\n".into(), ..plant };
    form.finds(CauseKind::SecretForm, "without the white space");
    Plant { decoys: 9, ..Plant::body(compact.replace("true", "false"), compact) }.finds_nothing();
}
