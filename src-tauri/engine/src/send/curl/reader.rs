//! The arguments of a curl command gathered into a request.

use super::options::Argument;
use super::pieces::{content_and_settings, field, form_fields, part, shortened};
use crate::api::ImportedRequest;
use crate::send::definition::{Field, MultipartField, RequestBody, RequestDefinition, SendOptions};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};

const COMPONENT: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~');

const FORM: &str = "application/x-www-form-urlencoded";

/// Options that say where output goes and how loud curl is. They change nothing about the request.
const QUIET: &[&str] = &[
    "silent",
    "show-error",
    "verbose",
    "show-headers",
    "include",
    "output",
    "remote-name",
    "remote-header-name",
    "remote-time",
    "write-out",
    "no-buffer",
    "buffer",
    "progress-bar",
    "progress-meter",
    "fail",
    "fail-with-body",
    "fail-early",
    "dump-header",
    "trace",
    "trace-ascii",
    "trace-time",
    "trace-ids",
    "stderr",
    "styled-output",
    "output-dir",
    "create-dirs",
    "compressed",
    "globoff",
    "disable",
    "cookie-jar",
    "http1.1",
    "basic",
    "path-as-is",
    "no-progress-meter",
    "keepalive",
    "no-keepalive",
    "ipv4",
    "ipv6",
    "clobber",
    "no-clobber",
    "location-trusted",
];

/// Gathers a request.
#[derive(Debug, Default)]
pub(super) struct Reader {
    method: Option<String>,
    urls: Vec<String>,
    query: Vec<String>,
    headers: Vec<Field>,
    cookies: Vec<String>,
    user: Option<String>,
    other_auth: Option<String>,
    data: Vec<Data>,
    parts: Vec<MultipartField>,
    upload: Option<String>,
    json: bool,
    get: bool,
    head: bool,
    follow: bool,
    timeout_ms: Option<u32>,
    notes: Vec<String>,
    input: Option<String>,
}

/// What one `-d` adds to the body.
#[derive(Debug)]
enum Data {
    Text(String),
    File(String),
}

impl Reader {
    /// `input` is what `@-` reads.
    pub(super) fn new(notes: Vec<String>, input: Option<String>) -> Self {
        Self { notes, input, ..Self::default() }
    }

    pub(super) fn note(&mut self, note: impl Into<String>) {
        let note = note.into();
        if !self.notes.contains(&note) {
            self.notes.push(note);
        }
    }

    /// Takes one argument.
    pub(super) fn take(&mut self, argument: Argument) {
        match argument {
            Argument::Url(url) => self.urls.push(url),
            Argument::Flag { name } => self.flag(&name),
            Argument::Value { name, value } => self.value(&name, value),
            Argument::Unknown(option) => {
                self.note(format!("{option} was dropped: it is no option of curl or lacks its value."))
            }
        }
    }

    fn flag(&mut self, name: &str) {
        match name {
            "get" => self.get = true,
            "head" => self.head = true,
            "location" => self.follow = true,
            "insecure" => self.note("-k was dropped: certificates are always checked."),
            "digest" | "ntlm" | "negotiate" | "anyauth" => self.other_auth = Some(format!("--{name}")),
            "http1.0" | "http2" | "http2-prior-knowledge" | "http3" | "http3-only" | "http0.9" => {
                self.note(format!("--{name} was dropped: the request goes out as HTTP/1.1."));
            }
            name if QUIET.contains(&name) => {
                self.follow |= name == "location-trusted";
            }
            name => self.note(format!("--{name} was dropped.")),
        }
    }

    fn value(&mut self, name: &str, value: String) {
        match name {
            "request" => self.method = Some(value),
            "url" => self.urls.push(value),
            "url-query" => self.url_query(&value),
            "header" => self.header(&value),
            "data" | "data-ascii" | "data-binary" => self.data(name, value),
            "data-raw" => self.data.push(Data::Text(value)),
            "json" => {
                self.json = true;
                self.data("json", value);
            }
            "data-urlencode" => self.data_urlencode(&value),
            "form" => self.form(&value),
            "form-string" => self.form_string(&value),
            "upload-file" => self.upload = Some(value),
            "user" => self.user = Some(value),
            "oauth2-bearer" => self.add_header("Authorization", &format!("Bearer {value}")),
            "cookie" => self.cookie(value),
            "user-agent" => self.add_header("User-Agent", &value),
            "referer" => self.add_header("Referer", value.trim_end_matches(";auto")),
            "range" => self.add_header("Range", &format!("bytes={value}")),
            "max-time" => self.max_time(&value),
            "aws-sigv4" => self.other_auth = Some("--aws-sigv4".into()),
            name if QUIET.contains(&name) => {}
            name => self.note(format!("--{name} {} was dropped.", shortened(&value))),
        }
    }

    fn add_header(&mut self, name: &str, value: &str) {
        self.headers.push(field(name, value));
    }

    fn header(&mut self, line: &str) {
        if let Some(file) = line.strip_prefix('@') {
            return self.note(format!("-H @{file} was dropped: write the header lines of that file yourself."));
        }
        match (line.split_once(':'), line.strip_suffix(';')) {
            (Some((name, value)), _) if value.trim().is_empty() => {
                self.note(format!("-H '{name}:' was dropped: it keeps curl from adding {name}."));
            }
            (Some((name, value)), _) => self.add_header(name.trim(), value.trim()),
            (None, Some(name)) => self.add_header(name.trim(), ""),
            (None, None) => self.note(format!("-H '{}' was dropped: it is no header.", shortened(line))),
        }
    }

    fn data(&mut self, option: &str, value: String) {
        match value.strip_prefix('@') {
            None => self.data.push(Data::Text(value)),
            Some("-") => match self.input.clone() {
                Some(text) if option == "data-binary" || option == "json" => self.data.push(Data::Text(text)),
                Some(text) => self.data.push(Data::Text(text.replace(['\r', '\n'], ""))),
                None => self.note("The body comes from curl's input, which is not in the command: put it in."),
            },
            Some(path) => {
                if option == "data" || option == "data-ascii" {
                    self.note(format!("{path} is sent as it is; curl would take out its line ends."));
                }
                self.data.push(Data::File(path.to_owned()));
            }
        }
    }

    /// `content`, `=content`, `name=content`; `@file` and `name@file` name a file whose text would be encoded.
    fn data_urlencode(&mut self, value: &str) {
        if let Some(text) = self.urlencoded("--data-urlencode", value) {
            self.data.push(Data::Text(text));
        }
    }

    fn urlencoded(&mut self, option: &str, value: &str) -> Option<String> {
        match value.find(['=', '@']) {
            Some(at) if value[at..].starts_with('@') => {
                self.note(format!("{option} {} was dropped: put the text of the file in.", shortened(value)));
                None
            }
            Some(0) => Some(utf8_percent_encode(&value[1..], COMPONENT).to_string()),
            Some(at) => Some(format!("{}={}", &value[..at], utf8_percent_encode(&value[at + 1..], COMPONENT))),
            None => Some(utf8_percent_encode(value, COMPONENT).to_string()),
        }
    }

    fn url_query(&mut self, value: &str) {
        match value.strip_prefix('+') {
            Some(raw) => self.query.push(raw.to_owned()),
            None => {
                let encoded = self.urlencoded("--url-query", value);
                self.query.extend(encoded);
            }
        }
    }

    fn cookie(&mut self, value: String) {
        if value.contains('=') {
            self.cookies.push(value.trim_end_matches([';', ' ']).to_owned());
        } else {
            self.note(format!("-b {value} was dropped: write the cookies of that file yourself."));
        }
    }

    fn max_time(&mut self, seconds: &str) {
        match std::time::Duration::try_from_secs_f64(seconds.parse().unwrap_or(-1.0)) {
            Ok(time) => self.timeout_ms = Some(u32::try_from(time.as_millis()).unwrap_or(u32::MAX)),
            Err(_) => self.note(format!("-m {seconds} was dropped: it is no number of seconds.")),
        }
    }

    fn form_string(&mut self, value: &str) {
        let (name, value) = value.split_once('=').unwrap_or((value, ""));
        self.parts.push(part(name, value, false));
    }

    /// `name=text`, `name=@file`, `name=<file`, each with `;type=…` and the like behind it.
    fn form(&mut self, value: &str) {
        let Some((name, content)) = value.split_once('=') else {
            return self.note(format!("-F '{}' was dropped: it has no =.", shortened(value)));
        };
        let (is_file, content) = match content.strip_prefix(['@', '<']) {
            Some(path) => (true, path),
            None => (false, content),
        };
        let (content, settings) = content_and_settings(content);
        let mut part = part(name, &content, is_file);
        if is_file && value[name.len()..].starts_with("=<") {
            self.note(format!("{content} is sent as a file; curl would send its text as a plain field."));
        }
        for setting in settings {
            match setting.split_once('=').map(|(key, value)| (key.trim(), value.trim().trim_matches('"'))) {
                Some(("type", content_type)) => part.content_type = content_type.to_owned(),
                _ => self.note(format!(";{setting} of the part {name} was dropped.")),
            }
        }
        self.parts.push(part);
    }

    /// The request.
    ///
    /// # Errors
    /// A sentence if there is no URL.
    pub(super) fn finish(mut self) -> Result<ImportedRequest, String> {
        let url = self.url()?;
        self.credentials();
        if !self.cookies.is_empty() {
            let cookies = self.cookies.join("; ");
            self.add_header("Cookie", &cookies);
        }
        let url = self.with_query(url);
        let method = self.method();
        let body = self.body();
        let options = SendOptions {
            timeout_ms: self.timeout_ms.unwrap_or(SendOptions::default().timeout_ms),
            follow_redirects: self.follow,
        };
        let definition = RequestDefinition { method, url, query: Vec::new(), headers: self.headers, body, options };
        Ok(ImportedRequest { definition, notes: self.notes })
    }

    fn url(&mut self) -> Result<String, String> {
        let mut urls = std::mem::take(&mut self.urls).into_iter();
        let mut url = urls.next().ok_or("The command has no URL. Paste the whole command.")?;
        for dropped in urls {
            self.note(format!("Only the first URL is read; {} was dropped.", shortened(&dropped)));
        }
        if !url.contains("://") && !url.starts_with("{{") {
            url = format!("http://{url}");
            self.note("The URL has no scheme; http:// was put in front of it, as curl does.");
        }
        if let Some(path) = self.upload.as_ref().filter(|_| url.ends_with('/')) {
            let name = path.rsplit('/').next().unwrap_or_default();
            url = format!("{url}{}", utf8_percent_encode(name, COMPONENT));
        }
        Ok(url)
    }

    fn credentials(&mut self) {
        if let Some(scheme) = self.other_auth.take() {
            self.user = None;
            return self.note(format!("{scheme} was dropped: only Basic and Bearer are read."));
        }
        let Some(user) = self.user.take() else { return };
        if !user.contains(':') {
            self.note("-u has no password, which curl would ask for: an empty one was put in.");
        }
        let pair = if user.contains(':') { user } else { format!("{user}:") };
        self.add_header("Authorization", &format!("Basic {}", STANDARD.encode(pair)));
    }

    /// Puts what `--url-query` and `-G` say behind the URL.
    fn with_query(&mut self, url: String) -> String {
        if self.get {
            for data in std::mem::take(&mut self.data) {
                match data {
                    Data::Text(text) => self.query.push(text),
                    Data::File(path) => {
                        self.note(format!("@{path} was dropped: put the text of the file into the query."))
                    }
                }
            }
        }
        if self.query.is_empty() {
            return url;
        }
        let (url, fragment) = url.split_once('#').unwrap_or((&url, ""));
        let joint = if url.contains('?') { "&" } else { "?" };
        let mark = if fragment.is_empty() { "" } else { "#" };
        format!("{url}{joint}{}{mark}{fragment}", self.query.join("&"))
    }

    fn method(&self) -> String {
        let usual = match () {
            () if self.head => "HEAD",
            () if self.upload.is_some() => "PUT",
            () if !self.data.is_empty() || !self.parts.is_empty() => "POST",
            () => "GET",
        };
        self.method.clone().unwrap_or_else(|| usual.into())
    }

    fn body(&mut self) -> RequestBody {
        if let Some(path) = self.upload.take() {
            return RequestBody::File { path, content_type: String::new() };
        }
        if !self.parts.is_empty() {
            return RequestBody::Multipart { parts: std::mem::take(&mut self.parts) };
        }
        let data = std::mem::take(&mut self.data);
        if data.is_empty() {
            return RequestBody::None;
        }
        if self.json && !self.has_header("Accept") {
            self.add_header("Accept", "application/json");
        }
        let content_type = if self.json { "application/json" } else { FORM };
        match <[Data; 1]>::try_from(data) {
            Ok([Data::File(path)]) => RequestBody::File { path, content_type: content_type.into() },
            Ok([Data::Text(text)]) => self.text_body(text),
            Err(data) => {
                let text = self.joined(data);
                self.text_body(text)
            }
        }
    }

    /// Several `-d` are joined with `&`, several `--json` with nothing between them.
    fn joined(&mut self, data: Vec<Data>) -> String {
        let mut texts = Vec::with_capacity(data.len());
        for data in data {
            match data {
                Data::Text(text) => texts.push(text),
                Data::File(path) => self.note(format!("@{path} was dropped: put the text of the file into the body.")),
            }
        }
        texts.join(if self.json { "" } else { "&" })
    }

    fn text_body(&self, text: String) -> RequestBody {
        let header = self.headers.iter().find(|field| field.name.eq_ignore_ascii_case("content-type"));
        let content_type = header.map_or(FORM, |field| field.value.split(';').next().unwrap_or_default().trim());
        if self.json || content_type.eq_ignore_ascii_case("application/json") {
            return RequestBody::Json { text };
        }
        if content_type.eq_ignore_ascii_case(FORM)
            && let Some(fields) = form_fields(&text)
        {
            return RequestBody::Form { fields };
        }
        let content_type = if header.is_some() { String::new() } else { FORM.into() };
        RequestBody::Raw { text, content_type }
    }

    fn has_header(&self, name: &str) -> bool {
        self.headers.iter().any(|field| field.name.eq_ignore_ascii_case(name))
    }
}
