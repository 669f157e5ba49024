//! curl's option table: which letter is which option, and which options take a value.

/// One argument of a command.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Argument {
    /// An option without a value, by its long name.
    Flag { name: String },
    /// An option with its value.
    Value { name: String, value: String },
    /// What is no option: a URL.
    Url(String),
    /// An option that curl does not have, or one that lacks its value.
    Unknown(String),
}

/// Short options that take no value.
const SHORT_FLAGS: &[(char, &str)] = &[
    ('0', "http1.0"),
    ('1', "tlsv1"),
    ('2', "sslv2"),
    ('3', "sslv3"),
    ('4', "ipv4"),
    ('6', "ipv6"),
    ('a', "append"),
    ('B', "use-ascii"),
    ('f', "fail"),
    ('G', "get"),
    ('g', "globoff"),
    ('I', "head"),
    ('i', "show-headers"),
    ('j', "junk-session-cookies"),
    ('J', "remote-header-name"),
    ('k', "insecure"),
    ('l', "list-only"),
    ('L', "location"),
    ('M', "manual"),
    ('n', "netrc"),
    ('N', "no-buffer"),
    ('O', "remote-name"),
    ('p', "proxytunnel"),
    ('q', "disable"),
    ('R', "remote-time"),
    ('s', "silent"),
    ('S', "show-error"),
    ('v', "verbose"),
    ('V', "version"),
    ('Z', "parallel"),
    ('#', "progress-bar"),
    (':', "next"),
];

/// Short options that take a value.
const SHORT_VALUES: &[(char, &str)] = &[
    ('A', "user-agent"),
    ('b', "cookie"),
    ('c', "cookie-jar"),
    ('C', "continue-at"),
    ('d', "data"),
    ('D', "dump-header"),
    ('e', "referer"),
    ('E', "cert"),
    ('F', "form"),
    ('h', "help"),
    ('H', "header"),
    ('K', "config"),
    ('m', "max-time"),
    ('o', "output"),
    ('P', "ftp-port"),
    ('Q', "quote"),
    ('r', "range"),
    ('t', "telnet-option"),
    ('T', "upload-file"),
    ('u', "user"),
    ('U', "proxy-user"),
    ('w', "write-out"),
    ('x', "proxy"),
    ('X', "request"),
    ('y', "speed-time"),
    ('Y', "speed-limit"),
    ('z', "time-cond"),
];

/// Long options that take a value and have no letter.
const LONG_VALUES: &[&str] = &[
    "abstract-unix-socket",
    "alt-svc",
    "aws-sigv4",
    "cacert",
    "capath",
    "cert-type",
    "ciphers",
    "connect-timeout",
    "connect-to",
    "create-file-mode",
    "crlfile",
    "curves",
    "data-ascii",
    "data-binary",
    "data-raw",
    "data-urlencode",
    "delegation",
    "dns-interface",
    "dns-ipv4-addr",
    "dns-ipv6-addr",
    "dns-servers",
    "doh-url",
    "ech",
    "egd-file",
    "engine",
    "etag-compare",
    "etag-save",
    "expect100-timeout",
    "form-string",
    "happy-eyeballs-timeout-ms",
    "haproxy-clientip",
    "hostpubmd5",
    "hostpubsha256",
    "hsts",
    "interface",
    "ip-tos",
    "ipfs-gateway",
    "json",
    "keepalive-cnt",
    "keepalive-time",
    "key",
    "key-type",
    "krb",
    "libcurl",
    "limit-rate",
    "local-port",
    "login-options",
    "mail-auth",
    "mail-from",
    "mail-rcpt",
    "max-filesize",
    "max-redirs",
    "netrc-file",
    "noproxy",
    "oauth2-bearer",
    "output-dir",
    "parallel-max",
    "pass",
    "pinnedpubkey",
    "preproxy",
    "proto",
    "proto-default",
    "proto-redir",
    "proxy-cacert",
    "proxy-cert",
    "proxy-header",
    "proxy-key",
    "proxy-pass",
    "proxy1.0",
    "pubkey",
    "random-file",
    "rate",
    "request-target",
    "resolve",
    "retry",
    "retry-delay",
    "retry-max-time",
    "sasl-authzid",
    "service-name",
    "socks4",
    "socks4a",
    "socks5",
    "socks5-hostname",
    "stderr",
    "tls-max",
    "tls13-ciphers",
    "tlsauthtype",
    "tlspassword",
    "tlsuser",
    "trace",
    "trace-ascii",
    "trace-config",
    "unix-socket",
    "url",
    "url-query",
    "variable",
    "vlan-priority",
];

/// Tells the options of a command from their values and the URLs.
pub(super) fn arguments(words: Vec<String>) -> Vec<Argument> {
    let mut arguments = Vec::new();
    let mut words = words.into_iter();
    let mut only_urls = false;
    while let Some(word) = words.next() {
        if only_urls || word == "-" || !word.starts_with('-') {
            arguments.push(Argument::Url(word));
        } else if word == "--" {
            only_urls = true;
        } else if let Some(name) = word.strip_prefix("--") {
            arguments.push(long(name, &mut words));
        } else {
            short(&word, &mut words, &mut arguments);
        }
    }
    arguments
}

fn long(name: &str, words: &mut impl Iterator<Item = String>) -> Argument {
    if let Some(name) = value_option(name) {
        return with_value(name, None, words);
    }
    match name.split_once('=').filter(|(name, _)| value_option(name).is_some()) {
        Some((name, value)) => with_value(name, Some(value.to_owned()), words),
        None => Argument::Flag { name: name.to_owned() },
    }
}

/// The option that takes a value and has this name, which may be cut short as long as it is plain what is meant.
fn value_option(name: &str) -> Option<&'static str> {
    let all = || SHORT_VALUES.iter().map(|(_, name)| *name).chain(LONG_VALUES.iter().copied());
    let exact = all().find(|known| *known == name);
    let flag = SHORT_FLAGS.iter().any(|(_, flag)| *flag == name);
    let mut begin_so = all().filter(|known| !flag && name.len() > 3 && known.starts_with(name));
    exact.or_else(|| begin_so.next().filter(|_| begin_so.next().is_none()))
}

/// `-sSLXPOST`: letters glued together, the last one's value behind it or in the next word.
fn short(word: &str, words: &mut impl Iterator<Item = String>, arguments: &mut Vec<Argument>) {
    let mut letters = word[1..].chars();
    while let Some(letter) = letters.next() {
        let of = |table: &[(char, &'static str)]| table.iter().find(|(l, _)| *l == letter).map(|(_, name)| *name);
        if let Some(name) = of(SHORT_VALUES) {
            let glued = letters.as_str();
            let glued = (!glued.is_empty()).then(|| glued.to_owned());
            arguments.push(with_value(name, glued, words));
            return;
        }
        arguments.push(match of(SHORT_FLAGS) {
            Some(name) => Argument::Flag { name: name.to_owned() },
            None => Argument::Unknown(format!("-{letter}")),
        });
    }
}

fn with_value(name: &str, glued: Option<String>, words: &mut impl Iterator<Item = String>) -> Argument {
    match glued.or_else(|| words.next()) {
        Some(value) => Argument::Value { name: name.to_owned(), value },
        None => Argument::Unknown(format!("--{name}")),
    }
}
