//! What is masked and what stays.

use super::*;
use bytes::Bytes;
use proptest::prelude::*;

fn masked(head: &str) -> String {
    String::from_utf8(Redactor::default().head(head.as_bytes())).unwrap()
}

#[test]
fn secrets_of_a_head_are_masked_and_all_else_stays() {
    let head = "POST /in/a?access_token=abc&x=1&sig=d;e HTTP/1.1\r\nHost: h\r\naUTHORIZATION:   Bearer abc.def  \r\n\
                Cookie: a=1; b=x=y ;c\r\nX-Api-Key: k\r\nX-Hub-Signature-256: sha256=00\r\nContent-Type: text/plain\r\n\r\n";
    assert_eq!(
        masked(head),
        "POST /in/a?access_token=[masked]&x=1&sig=[masked] HTTP/1.1\r\nHost: h\r\naUTHORIZATION:   Bearer [masked]  \r\n\
         Cookie: a=[masked]; b=[masked];[masked]\r\nX-Api-Key: [masked]\r\nX-Hub-Signature-256: [masked]\r\n\
         Content-Type: text/plain\r\n\r\n"
    );
}

#[test]
fn a_cookie_that_is_set_keeps_its_name_and_attributes() {
    let head = "HTTP/1.1 200 OK\r\nSet-Cookie: path=s3cret; Path=/; HttpOnly; Other=s3cret\r\n\r\n";
    let shown = "HTTP/1.1 200 OK\r\nSet-Cookie: path=[masked]; Path=/; HttpOnly; Other=[masked]\r\n\r\n";
    assert_eq!(masked(head), shown);
}

#[test]
fn credentials_without_a_known_scheme_are_masked_as_a_whole() {
    for value in ["s3cret", "s3cret s3cret", "Bearer", "Basic  s3cret"] {
        assert!(!masked(&format!("GET / HTTP/1.1\r\nAuthorization: {value}\r\n\r\n")).contains("s3cret"));
    }
}

#[test]
fn a_folded_secret_does_not_show_on_its_next_line() {
    let head = "GET / HTTP/1.1\nX-Token : a\n s3cret\n\ts3cret\nAccept: a,\n b\n\n";
    assert_eq!(masked(head), "GET / HTTP/1.1\nX-Token : [masked]\nAccept: a,\n b\n\n");
}

#[test]
fn parameters_are_found_in_urls_inside_urls_and_in_sentences() {
    let mut redactor = Redactor::default();
    for (text, shown) in [
        (
            "/a?next=https%3A%2F%2Fb%2F%3Ftoken%3Ds3cret%26x%3D1",
            "/a?next=https%3A%2F%2Fb%2F%3Ftoken%3D[masked]%26x%3D1",
        ),
        ("<https://b/?page=2&api%5Fkey=s3cret>; rel=next", "<https://b/?page=2&api%5Fkey=[masked]>; rel=next"),
        ("https://me:pa@ss@host/x failed", "https://[masked]@host/x failed"),
        ("/cb#access_token=s3cret&state=1", "/cb#access_token=[masked]&state=1"),
        ("/a?code=s3cret", "/a?code=[masked]"),
        ("/a?codec=mp3&page=1?", "/a?codec=mp3&page=1?"),
    ] {
        assert_eq!(redactor.text(text), shown);
    }
    assert_eq!(redactor.masked(), ["token", "api_key", "access_token", "code"]);
}

#[test]
fn a_name_is_secret_by_each_of_its_words() {
    let names = [
        "secret",
        "my-Secret-1",
        "password",
        "password2",
        "passwd",
        "passwd_old",
        "passphrase",
        "passphrase-a",
        "signature",
        "signature-b",
        "credential",
        "credentials",
        "hmac",
        "X-Hmac-Sha1",
        "session",
        "session_id",
        "apikey",
        "apikey2",
        "X-Key",
        "api-keys",
        "X-Token",
        "tokens",
        "X-Jwt",
        "jwts",
        "X-Auth",
        "X-My-Cookie",
        "cookies",
        "pwd",
        "userPwd",
        "X-Forwarded-Authorization",
        "sig",
        "X-Sig",
        "sid",
        "user.sid",
        "pass",
        "user[pass]",
        "otp",
        "assertion",
        "PayPal-Transmission-Sig",
        "X-PayPal-Transmission-Sig",
    ];
    let is_secret =
        |name: &&str| names::header(name.as_bytes()) == HeaderKind::Secret && names::is_secret_parameter(name);
    let shown: Vec<&str> = names.into_iter().filter(|name| !is_secret(name)).collect();
    assert_eq!(shown, [""; 0]);
    // Wherever a service sends its secret itself, known or the user's own.
    for name in crate::inspect::provider::providers().flat_map(|provider| provider.token_names()) {
        assert_ne!(names::header(name.as_bytes()), HeaderKind::Plain, "{name}");
        assert!(!name.contains('*'), "{name} is held against whole names");
    }
    assert_eq!(names::header(b"verif-hash"), HeaderKind::Secret);
    let own = KnownSecrets::default().beside_names(vec!["X-Acme-V*".into(), "knock".into()]);
    let mut redactor = Redactor::knowing(own);
    let head = redactor.head(b"POST /?Knock=s3cret&a=b HTTP/1.1\r\nx-acme-verify: s3cret\r\nX-Other: shown\r\n\r\n");
    let expected = b"POST /?Knock=[masked]&a=b HTTP/1.1\r\nx-acme-verify: [masked]\r\nX-Other: shown\r\n\r\n";
    assert_eq!(head, expected);
    assert_eq!(redactor.text("https://a.example/in/b?kn%6fck=s3cret#x"), "https://a.example/in/b?kn%6fck=[masked]#x");
    assert!(names::is_secret_parameter("Code") && names::header(b"Code") == HeaderKind::Plain);
    for (name, kind) in [
        ("AUTHORIZATION", HeaderKind::Credentials),
        ("Proxy-Authorization", HeaderKind::Credentials),
        ("cookie", HeaderKind::Cookies),
        ("SET-COOKIE", HeaderKind::SetCookie),
    ] {
        assert_eq!(names::header(name.as_bytes()), kind, "{name}");
    }
    for name in
        ["Host", "keyword", "X-Tokenizer", "authority", "passenger", "side", "sigma", "optional", "jwt-free", "code2"]
    {
        assert_eq!(names::header(name.as_bytes()), HeaderKind::Plain, "{name}");
        assert!(!names::is_secret_parameter(name), "{name}");
    }
}

#[test]
fn words_with_the_shape_of_a_token_are_masked_wherever_they_stand() {
    let jwt = "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.c2lnbmF0dXJl";
    let head =
        format!("GET /u/sk_live_0123456789abcdef/x HTTP/1.1\r\nX-Data: a={jwt},ghp_0123456789abcdefghij.\r\n\r\n");
    assert_eq!(masked(&head), "GET /u/[masked]/x HTTP/1.1\r\nX-Data: a=[masked],[masked]\r\n\r\n");
}

#[test]
fn trailers_are_masked_and_the_framing_still_fits_its_body() {
    let mut builder = FramingBuilder::default();
    builder.raw(b"3;token=s3cret\r\n");
    builder.data(3);
    builder.raw(b"\r\n0\r\nX-Signature: s3cret\r\nX-Sum: 1\r\n\r\n");
    let framing = Redactor::default().framing(&builder.finish(), 3);
    let wire = framing.interleave(b"abc");
    assert_eq!(
        String::from_utf8(wire).unwrap(),
        "3;token=[masked]\r\nabc\r\n0\r\nX-Signature: [masked]\r\nX-Sum: 1\r\n\r\n"
    );
    assert!(Framing::decode(Bytes::from(framing.encode().to_vec())).is_some());
}

proptest! {
    #[test]
    fn any_bytes_are_taken_and_masking_twice_changes_nothing_more(head in proptest::collection::vec(any::<u8>(), 0..300)) {
        let once = Redactor::default().head(&head);
        prop_assert_eq!(Redactor::default().head(&once), once);
    }

    #[test]
    fn a_secret_header_never_shows_its_value(value in "[!-~]{9,40}", name in "(Authorization|authorization|cookie|set-cookie|Cookie|X-[a-z]{1,8}-(key|Token|signature))") {
        let value = format!("Canary{value}");
        let head = format!("GET / HTTP/1.1\r\n{name}: a={value}\r\n\r\n");
        let secret = value.split(';').next().unwrap();
        prop_assert!(!masked(&head).contains(secret));
    }
}
