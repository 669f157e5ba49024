//! Takes content codings off a body for the views, within caps: a body that unpacks to a flood stops early.

use bytes::Bytes;
use flate2::{Decompress, FlushDecompress, Status};
use std::io::{ErrorKind, Read};
use std::time::{Duration, Instant};

use crate::exchange::Headers;

/// The most bytes that decoding yields.
pub const DECODED_LIMIT: usize = 64 * 1024 * 1024;

/// How many times its own size a body may unpack to, once it is past [`RATIO_FREE`].
const RATIO_LIMIT: usize = 200;

/// Bytes up to which the ratio does not matter.
const RATIO_FREE: usize = 1024 * 1024;

/// The most codings that are taken off one body.
const CODINGS_LIMIT: usize = 3;

/// The time that decoding one body may take.
const TIME_LIMIT: Duration = Duration::from_secs(2);

/// The largest window a zstd frame may ask for, as a power of two: 64 MiB.
const ZSTD_WINDOW_LOG: u32 = 26;

/// A body with its content codings off, as far as that went.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Decoded {
    /// The bytes.
    pub bytes: Bytes,
    /// What could not be done, in one sentence.
    pub notice: Option<String>,
}

/// The content codings of a message in the order they were applied, lower case, without `identity`
/// (RFC 9110, section 8.4).
pub fn content_codings(headers: &Headers) -> Vec<String> {
    headers
        .all("content-encoding")
        .flat_map(|value| value.split(|&byte| byte == b','))
        .map(|coding| String::from_utf8_lossy(coding).trim().to_ascii_lowercase())
        .filter(|coding| !coding.is_empty() && coding != "identity")
        .collect()
}

/// Takes `codings` off `raw`, the last one applied first. What fails or passes a cap leaves the bytes so far, or the
/// bytes as they came where there are none, and a notice.
pub fn decode(raw: &Bytes, codings: &[String]) -> Decoded {
    decode_front(raw, codings, DECODED_LIMIT)
}

/// The same for no more than the first bytes of what is packed.
pub(crate) fn decode_front(raw: &Bytes, codings: &[String], size: usize) -> Decoded {
    if codings.len() > CODINGS_LIMIT {
        let notice = format!(
            "The body has {} content codings, and at most {CODINGS_LIMIT} are taken off; it is shown as it came.",
            codings.len()
        );
        return Decoded { bytes: raw.clone(), notice: Some(notice) };
    }
    let limits = Limits { size, most: raw.len().saturating_mul(RATIO_LIMIT), end: Instant::now() + TIME_LIMIT };
    let mut decoded = Decoded { bytes: raw.clone(), notice: None };
    for coding in codings.iter().rev().filter(|_| !raw.is_empty()) {
        let (bytes, stop) = take_off(coding, &decoded.bytes, &limits);
        if let Some(stop) = stop {
            decoded.notice.get_or_insert_with(|| stop.sentence(coding, bytes.len()));
            if bytes.is_empty() {
                break;
            }
        }
        decoded.bytes = Bytes::from(bytes);
    }
    decoded
}

/// How much may come out, and until when.
struct Limits {
    size: usize,
    /// The bytes that the size of the body as it came allows, past [`RATIO_FREE`].
    most: usize,
    end: Instant,
}

impl Limits {
    fn timed<'a>(&self, input: &'a [u8]) -> Timed<'a> {
        Timed { rest: input, end: self.end }
    }

    /// What stops decoding once `len` bytes are out.
    fn check(&self, len: usize) -> Option<Stop> {
        if len > self.size {
            Some(Stop::Size)
        } else if len > RATIO_FREE && len > self.most {
            Some(Stop::Ratio)
        } else if Instant::now() > self.end {
            Some(Stop::Time)
        } else {
            None
        }
    }
}

/// Why a coding was not taken off, or not wholly.
enum Stop {
    Unknown,
    Broken,
    Short,
    Size,
    Ratio,
    Time,
}

impl Stop {
    fn sentence(&self, coding: &str, len: usize) -> String {
        match (self, len) {
            (Self::Unknown, _) => format!("The content coding {coding:?} is not known; the body is shown as it came."),
            (Self::Broken | Self::Short, 0) => format!("The body is not valid {coding}; it is shown as it came."),
            (Self::Broken, _) => format!("The {coding} data is damaged after {len} decoded bytes; those are shown."),
            (Self::Short, _) => {
                format!("The {coding} data stops before its end; the {len} bytes up to there are shown.")
            }
            (Self::Size, _) => {
                format!("The body decodes to more than {} MiB; the first part is shown.", len / 1024 / 1024)
            }
            (Self::Ratio, _) => format!(
                "The body decodes to more than {RATIO_LIMIT} times its size; decoding stopped after {len} bytes."
            ),
            (Self::Time, _) => {
                format!("Decoding stopped after {} s; the first {len} bytes are shown.", TIME_LIMIT.as_secs())
            }
        }
    }
}

fn take_off(coding: &str, input: &[u8], limits: &Limits) -> (Vec<u8>, Option<Stop>) {
    match coding {
        "gzip" | "x-gzip" => read_all(flate2::read::MultiGzDecoder::new(limits.timed(input)), limits),
        "deflate" => deflate(input, limits),
        "br" => read_all(brotli_decompressor::Decompressor::new(Needed(limits.timed(input)), 16 * 1024), limits),
        "zstd" => match zstd::stream::read::Decoder::new(limits.timed(input)) {
            Ok(mut decoder) => match decoder.window_log_max(ZSTD_WINDOW_LOG) {
                Ok(()) => read_all(decoder, limits),
                Err(_) => (Vec::new(), Some(Stop::Broken)),
            },
            Err(_) => (Vec::new(), Some(Stop::Broken)),
        },
        _ => (Vec::new(), Some(Stop::Unknown)),
    }
}

/// `deflate` is zlib data (RFC 9110, section 8.4.1.2); some senders leave the zlib wrapper out.
fn deflate(input: &[u8], limits: &Limits) -> (Vec<u8>, Option<Stop>) {
    let wrapped = matches!(input, [first, second, ..]
        if first & 0x0f == 8 && (u16::from(*first) << 8 | u16::from(*second)).is_multiple_of(31));
    let (bytes, stop) = inflate(input, wrapped, limits);
    if wrapped && bytes.is_empty() && stop.is_some() {
        return inflate(input, false, limits);
    }
    (bytes, stop)
}

/// flate2's readers take data that stops early for whole, so this drives the decompressor itself.
fn inflate(input: &[u8], wrapped: bool, limits: &Limits) -> (Vec<u8>, Option<Stop>) {
    let mut state = Decompress::new(wrapped);
    let mut out = Vec::new();
    let mut block = vec![0; BLOCK];
    loop {
        let (read, written) = (state.total_in(), state.total_out());
        let rest = &input[usize::try_from(read).unwrap_or(input.len()).min(input.len())..];
        let status = state.decompress(&rest[..rest.len().min(BLOCK)], &mut block, FlushDecompress::None);
        let got = usize::try_from(state.total_out() - written).unwrap_or(0);
        out.extend_from_slice(&block[..got]);
        if let Some(stop) = limits.check(out.len()) {
            out.truncate(limits.size);
            return (out, Some(stop));
        }
        match status {
            Ok(Status::StreamEnd) => return (out, None),
            Ok(_) if got == 0 && state.total_in() == read => return (out, Some(Stop::Short)),
            Ok(_) => {}
            Err(_) => return (out, Some(Stop::Broken)),
        }
    }
}

/// Input that fails once the time is up: data that holds nothing, like one empty gzip member after another, is read to
/// its end before a decoder yields anything.
struct Timed<'a> {
    rest: &'a [u8],
    end: Instant,
}

impl Read for Timed<'_> {
    fn read(&mut self, block: &mut [u8]) -> std::io::Result<usize> {
        if Instant::now() > self.end { Err(ErrorKind::TimedOut.into()) } else { self.rest.read(block) }
    }
}

/// Input that is all needed: brotli's reader takes its end for damage, and asks for more only where there must be some.
struct Needed<'a>(Timed<'a>);

impl Read for Needed<'_> {
    fn read(&mut self, block: &mut [u8]) -> std::io::Result<usize> {
        if self.0.rest.is_empty() { Err(ErrorKind::UnexpectedEof.into()) } else { self.0.read(block) }
    }
}

/// Bytes that are read or decoded between two looks at the limits.
const BLOCK: usize = 64 * 1024;

fn read_all(mut reader: impl Read, limits: &Limits) -> (Vec<u8>, Option<Stop>) {
    let mut out = Vec::new();
    let mut block = vec![0; BLOCK];
    loop {
        match reader.read(&mut block) {
            Ok(0) => return (out, None),
            Ok(got) => out.extend_from_slice(&block[..got]),
            Err(error) if error.kind() == ErrorKind::Interrupted => {}
            Err(error) if error.kind() == ErrorKind::UnexpectedEof => return (out, Some(Stop::Short)),
            Err(error) if error.kind() == ErrorKind::TimedOut => return (out, Some(Stop::Time)),
            Err(_) => return (out, Some(Stop::Broken)),
        }
        if let Some(stop) = limits.check(out.len()) {
            out.truncate(limits.size);
            return (out, Some(stop));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::Write;

    fn gzip(bytes: &[u8]) -> Vec<u8> {
        let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::default());
        encoder.write_all(bytes).unwrap();
        encoder.finish().unwrap()
    }

    fn zlib(bytes: &[u8]) -> Vec<u8> {
        let mut encoder = flate2::write::ZlibEncoder::new(Vec::new(), flate2::Compression::default());
        encoder.write_all(bytes).unwrap();
        encoder.finish().unwrap()
    }

    fn off(bytes: Vec<u8>, codings: &[&str]) -> Decoded {
        decode(&Bytes::from(bytes), &codings.iter().map(|&coding| coding.into()).collect::<Vec<_>>())
    }

    #[test]
    fn takes_each_coding_off() {
        let text = b"{\"a\": 1}".repeat(100);
        let mut raw = flate2::write::DeflateEncoder::new(Vec::new(), flate2::Compression::default());
        raw.write_all(&text).unwrap();
        for (coding, bytes) in [
            ("gzip", gzip(&text)),
            ("x-gzip", gzip(&text)),
            ("deflate", zlib(&text)),
            ("deflate", raw.finish().unwrap()),
            ("zstd", zstd::encode_all(&text[..], 3).unwrap()),
        ] {
            assert_eq!(off(bytes, &[coding]), Decoded { bytes: text.clone().into(), notice: None }, "{coding}");
        }
        // Without the wrapper, and beginning like one: a stored block of one letter, then an empty last one.
        let stored = [0x78, 0x01, 0x00, 0xfe, 0xff, b'a', 0x01, 0x00, 0x00, 0xff, 0xff];
        assert_eq!(off(stored.to_vec(), &["deflate"]), Decoded { bytes: "a".into(), notice: None });
        // "hello hello hello hello\n" as brotli with an uncompressed meta-block: window bits, length 5, then ISLAST.
        let brotli = [0x0b, 0x02, 0x80, b'h', b'e', b'l', b'l', b'o', 0x03];
        assert_eq!(off(brotli.to_vec(), &["br"]), Decoded { bytes: "hello".into(), notice: None });
    }

    #[test]
    fn what_is_too_large_is_cut_and_told() {
        let mut noise = vec![0; 1024 * 1024];
        getrandom::fill(&mut noise).unwrap();
        let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::none());
        for _ in 0..=DECODED_LIMIT / noise.len() {
            encoder.write_all(&noise).unwrap();
        }
        let end = Instant::now() + Duration::from_secs(600); // what is asked here is the size
        let limits = Limits { size: DECODED_LIMIT, most: usize::MAX, end };
        let (bytes, stop) = take_off("gzip", &encoder.finish().unwrap(), &limits);
        assert_eq!(bytes.len(), DECODED_LIMIT);
        assert!(stop.unwrap().sentence("gzip", bytes.len()).contains("more than 64 MiB"));
        let front = decode_front(&gzip(&noise).into(), &["gzip".into()], 1000);
        assert_eq!(front.bytes, noise[..1000]);
    }

    #[test]
    fn takes_the_last_coding_off_first() {
        let text = b"twice packed".to_vec();
        let twice = zstd::encode_all(&gzip(&text)[..], 3).unwrap();
        assert_eq!(off(twice, &["gzip", "zstd"]).bytes, text);
    }

    #[test]
    fn takes_three_codings_off_and_no_more() {
        let packed = |times: usize| (0..times).fold(b"packed".to_vec(), |bytes, _| gzip(&bytes));
        assert_eq!(off(packed(3), &["gzip"; 3]), Decoded { bytes: "packed".into(), notice: None });
        let decoded = off(packed(4), &["gzip"; 4]);
        assert_eq!(decoded.bytes, packed(4));
        let notice = "The body has 4 content codings, and at most 3 are taken off; it is shown as it came.";
        assert_eq!(decoded.notice.as_deref(), Some(notice));
    }

    #[test]
    fn shows_the_bytes_as_they_came_where_nothing_can_be_decoded() {
        for coding in ["gzip", "deflate", "br", "zstd", "compress"] {
            let decoded = off(b"\xffplain".to_vec(), &[coding]);
            assert_eq!(decoded.bytes, &b"\xffplain"[..], "{coding}");
            assert!(decoded.notice.unwrap().contains("as it came"), "{coding}");
        }
        assert_eq!(off(b"x".to_vec(), &["gzip"; 4]).bytes, &b"x"[..]);
    }

    #[test]
    fn keeps_what_came_before_the_data_stops() {
        let text: Vec<u8> = (0..200_000_u32).flat_map(|n| n.wrapping_mul(2_654_435_761).to_le_bytes()).collect();
        for (coding, packed) in
            [("gzip", gzip(&text)), ("deflate", zlib(&text)), ("zstd", zstd::encode_all(&text[..], 1).unwrap())]
        {
            let decoded = off(packed[..packed.len() / 2].to_vec(), &[coding]);
            assert!(!decoded.bytes.is_empty() && text.starts_with(&decoded.bytes), "{coding}");
            assert!(decoded.notice.unwrap().contains("stops before its end"), "{coding}");
        }
        // "hello" in a stored meta-block, as above, without its last two letters and its end.
        let decoded = off(vec![0x0b, 0x02, 0x80, b'h', b'e', b'l'], &["br"]);
        assert_eq!(decoded.bytes, "hel");
        assert!(decoded.notice.unwrap().contains("stops before its end"));
        // A meta-block that says it is longer than its bits allow.
        let decoded = off(vec![0x0b, 0x02, 0x80, b'h', b'e', b'l', b'l', b'o', 0xff, 0xff, 0xff, 0xff, 0xff], &["br"]);
        assert!(!decoded.notice.unwrap().contains("stops before its end"));
    }

    #[test]
    fn stops_a_bomb() {
        let zeros = vec![0; 20 * 1024 * 1024];
        // The same zeros as brotli, written by Node.
        let brotli = [
            0xcb, 0xff, 0xff, 0x3f, 0xf8, 0x27, 0x00, 0xe2, 0xb1, 0x40, 0x20, 0xf7, 0xfe, 0x8f, 0xff, 0xff, 0x7f, 0xf0,
            0x4f, 0x00, 0xc4, 0x61, 0x11, 0x80, 0xee, 0xfd, 0x5f, 0xfe, 0xff, 0xff, 0xe0, 0x9f, 0x00, 0x88, 0xc3, 0x02,
            0x00, 0xdd, 0xfb, 0x1f,
        ];
        for (coding, packed) in [
            ("gzip", gzip(&zeros)),
            ("deflate", zlib(&zeros)),
            ("zstd", zstd::encode_all(&zeros[..], 3).unwrap()),
            ("br", brotli.to_vec()),
        ] {
            let decoded = off(packed, &[coding]);
            assert!(decoded.bytes.len() < 10 * 1024 * 1024, "{coding}: {}", decoded.bytes.len());
            assert!(decoded.notice.unwrap().contains("200 times"), "{coding}");
        }
        let nested = gzip(&gzip(&zeros));
        assert!(off(nested, &["gzip", "gzip"]).notice.is_some());
    }

    fn until(end: Instant) -> Limits {
        Limits { size: DECODED_LIMIT, most: usize::MAX, end }
    }

    #[test]
    fn stops_when_the_time_is_up() {
        let text = b"{\"a\": 1}".repeat(100);
        let over = until(Instant::now() - Duration::from_millis(1));
        for (coding, packed) in [
            ("gzip", gzip(&text)),
            ("deflate", zlib(&text)),
            ("zstd", zstd::encode_all(&text[..], 3).unwrap()),
            ("br", vec![0x0b, 0x02, 0x80, b'h', b'e', b'l', b'l', b'o', 0x03]),
        ] {
            let (bytes, stop) = take_off(coding, &packed, &over);
            let sentence = stop.expect(coding).sentence(coding, bytes.len());
            assert!(sentence.starts_with("Decoding stopped after 2 s"), "{coding}: {sentence}");
        }
    }

    #[test]
    fn what_holds_nothing_takes_no_longer() {
        // Each is many times what can be read in this time, and yields no byte.
        let time = Duration::from_millis(50);
        let members = gzip(b"").repeat(800_000);
        let frames = zstd::encode_all(&b""[..], 3).unwrap().repeat(3_000_000);
        let blocks = [&[0x78, 0x01][..], &[0x00, 0x00, 0x00, 0xff, 0xff].repeat(12_000_000)].concat();
        for (coding, packed) in [("gzip", members), ("zstd", frames), ("deflate", blocks)] {
            let start = Instant::now();
            let (bytes, stop) = take_off(coding, &packed, &until(start + time));
            assert!(bytes.is_empty() && matches!(stop, Some(Stop::Time)), "{coding} after {:?}", start.elapsed());
        }
    }

    #[test]
    fn reads_codings_from_every_field() {
        let mut headers = Headers::default();
        headers.push("Content-Encoding", "GZIP , identity");
        headers.push("content-encoding", "br,");
        assert_eq!(content_codings(&headers), ["gzip", "br"]);
    }
}
