//! Bodies that were compressed or unpacked on their way.

use super::*;

#[test]
fn content_codings() {
    use flate2::Compression;
    use std::io::Write as _;
    let kind = CauseKind::BodyCoding;
    for level in [6, 9, 1] {
        let mut encoder = flate2::write::GzEncoder::new(Vec::new(), Compression::new(level));
        encoder.write_all(JSON.as_bytes()).unwrap();
        let zipped = encoder.finish().unwrap();
        Plant::body(JSON, zipped.clone()).finds(kind, "before it was compressed");
        Plant::body(zipped, JSON).finds(kind, "compressed with gzip");
    }
    let mut encoder = flate2::write::ZlibEncoder::new(Vec::new(), Compression::default());
    encoder.write_all(JSON.as_bytes()).unwrap();
    let mut deflated = Plant::body(JSON, encoder.finish().unwrap());
    deflated.more_headers = vec![("Content-Encoding", "deflate")];
    deflated.finds(kind, "before it was compressed");
}

/// What others write for [`JSON`] and for [`events`]: they name another system in the header, and compress otherwise.
#[test]
fn what_other_programs_compressed() {
    let kind = CauseKind::BodyCoding;
    for (zipped, body) in [
        (PYTHON, JSON.to_owned()),
        (PYTHON_6, JSON.to_owned()),
        (NODE, JSON.to_owned()),
        (PYTHON_EVENTS, events()),
        (NODE_EVENTS, events()),
    ] {
        let zipped = digest::from_hex(zipped).unwrap();
        let mut read = String::new();
        std::io::Read::read_to_string(&mut flate2::read::GzDecoder::new(&zipped[..]), &mut read).unwrap();
        assert_eq!(read, body);
        Plant::body(zipped.clone(), body.clone()).finds(kind, "compressed with gzip");
        Plant::body(body, zipped).finds(kind, "before it was compressed");
    }
}

fn events() -> String {
    let event = |at: u32| format!(r#"{{"id":{at},"type":"order.paid","url":"https://a.example/orders/{}"}}"#, at * 37);
    format!("{{\"events\":[{}]}}", (0..40).map(event).collect::<Vec<_>>().join(","))
}

/// `gzip.compress(json, mtime=0)` of Python 3.11.7 with zlib 1.2.13.
const PYTHON: &str = "1f8b0800000000000203ab56ca4bcc4d55b252f23abca7283d354f4947a9b42807c8cf28292928b6d2d74fd44bad48cc2dc849d5af00cae5295919ea991ae828e56416972859451bea542b250155dba8d929d5c6ea28a5e61694542a5955d7d602005c1b69a459000000";
/// The same with `compresslevel=6`.
const PYTHON_6: &str = "1f8b0800000000000003ab56ca4bcc4d55b252f23abca7283d354f4947a9b42807c8cf28292928b6d2d74fd44bad48cc2dc849d5af00cae5295919ea991ae828e56416972859451bea542b250155dba8d929d5c6ea28a5e61694542a5955d7d602005c1b69a459000000";
/// `zlib.gzipSync(json)` of Node 20.20.2.
const NODE: &str = "1f8b080000000000000305c1410a83301040d1bbfc455783d1453783f400bd42711161502109415350426ee6ae17eb7b95e4a3a1bc7ff7be5842f8ee01652d251fea9cefecf431077327424287eed90b613b0afa19a432a38c8f176d122ce672a1b5b53f5c1b69a459000000";
/// The events by the same two.
const PYTHON_EVENTS: &str = "1f8b08000000000002039dd5cd4ac43014c5f177c9ba4c73efcd675f455c1426a0306a69ab28c3bcbb4521a7ebb30dc97ff523e7eeda577bdf37373dddddebd54d7e70fbcfd2dce43ed66b5b2fcb7c9c0eee73bd1d472ffbbe6cd338ce97f63dbf2db736fe5dda46ef1ec3ff7ba1de5bee01a50239f480510111e985c01542e985c8154aec85441554b517325788b5170a57a8a9172aa7c10c9e3c09ea449233193c500aa73204b014ce652870291ccc2880299ccc182153389ab182a6703693c2a6703853024ee174660f9deac9df0a3a95d399f3e9cbe47416814ee57496089dcae92c053a95d359153a95d35913742aa7b356e8544ea778034fad6423c3a779760c01d4846c040835251be5b4ebe4b0abc2a891d3ae11488d1c77ad506a9c52310353cb6423c1a9914e838753239d8670387d7efc02db386835820a0000";
const NODE_EVENTS: &str = "1f8b08000000000000039dd54b6a03311084e1bbf47af0a8bbf59cab842c0c16c4e024c37862128cef1e4840e575edd5ffea4375977eeb1ffb559697bb9c4fb28449f69fb5cb229fdba96f87f5783ec9245fdb451679dbf7f5baccf3f1d0bf8fefeba5cf7f8fae7390c7f47fafd4bd9711302a50e208381550d551885c21d651485ca1a651c854c1cc46a17085d446a172859647a1711adce18903e9e58924673206a0544e658c60a99ccb58e152399849015339992941a6723453034de56c66834de570e60c9ccae92c013a8dd35922741aa7b394a72f93d359153a8dd35913741aa7b356e8344e6733e8344e67cbd0699cced6a0d3389d1a1c3c8de3a9a1c0a7733e5515409d03aa1a21d439a1aaf569d7c96137835127a7dd12903a39eed6a0d439a5ea0ea6ce3155cf70eaa4d318e0d449a731ba3c5e1fbfdb386835820a0000";
