//! Previews: what an image is, and markup made into a document that can do nothing.

use super::Preview;
use imagesize::ImageType;
use regex::Regex;
use std::sync::OnceLock;

/// Bytes of markup that a preview shows.
const MARKUP_LIMIT: usize = 2 * 1024 * 1024;

/// Pixels of an image that a preview draws.
const PIXELS_LIMIT: u64 = 64 * 1024 * 1024;

/// Bytes at the front that tell what an image is.
const FRONT: usize = 256 * 1024;

/// Stands first in a preview: nothing runs, nothing is fetched, styles of its own are kept.
const POLICY: &str = "<!DOCTYPE html><meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; \
    style-src 'unsafe-inline'; form-action 'none'; base-uri 'none'\"><meta charset=\"utf-8\">\
    <style>html{background:#fff;color:#000;font-family:sans-serif}svg{max-width:100%;height:auto}</style>";

/// The image that bytes are, if a window can draw it.
pub(crate) fn image(bytes: &[u8]) -> Option<Preview> {
    let front = &bytes[..bytes.len().min(FRONT)];
    let media = media(front)?;
    let size = imagesize::blob_size(bytes).ok()?;
    let pixels = (size.width as u64).saturating_mul(size.height as u64);
    let (width, height) = (u32::try_from(size.width).ok()?, u32::try_from(size.height).ok()?);
    (pixels <= PIXELS_LIMIT).then(|| Preview::Image { media: media.to_owned(), width, height })
}

/// The media type of an image by its bytes; None if a window can't draw it.
pub(crate) fn media(front: &[u8]) -> Option<&'static str> {
    Some(match imagesize::image_type(front).ok()? {
        ImageType::Png => "image/png",
        ImageType::Jpeg => "image/jpeg",
        ImageType::Gif => "image/gif",
        ImageType::Webp => "image/webp",
        ImageType::Bmp => "image/bmp",
        ImageType::Ico => "image/x-icon",
        _ => return None,
    })
}

/// What a preview shows of markup.
pub(crate) fn markup(text: &[u8]) -> Preview {
    Preview::Markup { cut: text.len() > MARKUP_LIMIT }
}

/// Markup as a document for a frame without rights. The frame's sandbox and the policy keep it from running or
/// fetching anything; elements that a policy has no word for (links to connect ahead, refreshes, frames) become unknown
/// ones besides.
pub(crate) fn harmless(text: &[u8]) -> Vec<u8> {
    static ELEMENTS: OnceLock<Option<Regex>> = OnceLock::new();
    let pattern =
        r"(?i)<(/?)(link|meta|base|iframe|frame|frameset|object|embed|script|portal|fencedframe|form|a|area)\b";
    let elements = ELEMENTS.get_or_init(|| Regex::new(pattern).ok());
    let text = String::from_utf8_lossy(&text[..text.len().min(MARKUP_LIMIT)]);
    let Some(elements) = elements else { return Vec::new() };
    format!("{POLICY}{}", elements.replace_all(&text, "<${1}x-$2")).into_bytes()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn knows_an_image_by_its_bytes() {
        let mut png = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\x01\0\0\0\0\x80\x08\x06\0\0\0".to_vec();
        let expected = Preview::Image { media: "image/png".into(), width: 256, height: 128 };
        assert_eq!(image(&png), Some(expected));
        png[16..24].copy_from_slice(&[0x7f; 8]);
        assert_eq!(image(&png), None, "an image of 4 exapixels is not drawn");
        assert_eq!(image(b"GIF"), None);
        assert_eq!(image(b""), None);
    }

    #[test]
    fn puts_the_policy_first_and_takes_the_reach_of_elements() {
        let shown = harmless(b"<LINK rel=preconnect href=http://x><link\n><a href=http://x>t</a><article><base>");
        let shown = String::from_utf8(shown).unwrap();
        assert!(
            shown.starts_with(
                "<!DOCTYPE html><meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'"
            )
        );
        assert!(shown.contains("<x-LINK rel=preconnect") && shown.contains("<x-link\n>"));
        assert!(shown.contains("<x-a href") && shown.contains("</x-a>") && shown.contains("<article>"));
    }

    proptest! {
        #[test]
        fn looks_at_any_bytes(bytes: Vec<u8>) {
            let _ = image(&bytes);
            prop_assert!(harmless(&bytes).starts_with(POLICY.as_bytes()));
        }
    }
}
