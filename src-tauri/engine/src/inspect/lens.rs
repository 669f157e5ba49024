//! Documents in documents: a part, or what a string holds.

use super::chips::{JwtParts, unpacked};
use super::json::{compact, escaped_string};
use super::{BodyKind, Document, JsonKind, Lens, Taken};
use bytes::Bytes;

const NO_PART: &str = "There is no such part.";

impl Document {
    /// What a lens shows of this document. Filters are run elsewhere: see [`Document::keep`].
    ///
    /// # Errors
    /// Why there is nothing to see, in one sentence.
    pub(crate) fn look(&self, lens: &Lens) -> Result<Self, String> {
        match lens {
            Lens::Part { index } => self.part(*index),
            Lens::PartHead { index } => self.part_head(*index),
            Lens::Value { node, taken } => self.value(*node, *taken),
            Lens::Filter { .. } => Err("The filter has to be run first.".into()),
        }
    }

    fn part(&self, index: u32) -> Result<Self, String> {
        if self.kind() == BodyKind::Form {
            let (_, value) = self.field(index).ok_or(NO_PART)?;
            return Ok(Self::whole(None, value.into()));
        }
        let part = self.whole_parts().into_iter().nth(index as usize).ok_or(NO_PART)?;
        Ok(Self::whole(part.content_type(), self.decoded().slice_ref(part.content)))
    }

    fn part_head(&self, index: u32) -> Result<Self, String> {
        if self.kind() == BodyKind::Form {
            let (name, _) = self.field(index).ok_or(NO_PART)?;
            return Ok(Self::whole(None, name.into()));
        }
        let part = self.whole_parts().into_iter().nth(index as usize).ok_or(NO_PART)?;
        Ok(Self::whole(Some("text/plain"), self.decoded().slice_ref(part.head)))
    }

    fn value(&self, node: u64, taken: Taken) -> Result<Self, String> {
        let json = self.tree().ok_or("The body has no tree.")?;
        let at = json.starting_at(node).filter(|&at| json.node(at).kind() == JsonKind::String);
        let content = json.content(json.node(at.ok_or("No string starts there.")?)).into_owned();
        let text = || std::str::from_utf8(&content).map_err(|_| "The string is not valid Unicode.".to_owned());
        match taken {
            Taken::Text => Ok(Self::whole(None, content.into())),
            Taken::Base64 => {
                let bytes = unpacked(text()?).ok_or("The string is not base64.")?;
                Ok(Self::whole(None, bytes.into()))
            }
            Taken::Jwt => {
                let token = JwtParts::of(text()?).ok_or("The string is not a JSON Web Token.")?;
                let signature = escaped_string(token.signature);
                let mut out = b"{\"header\":".to_vec();
                out.extend_from_slice(&token.header);
                out.extend_from_slice(b",\"claims\":");
                out.extend_from_slice(&token.payload);
                out.extend_from_slice(format!(",\"signature, not checked\":{signature}}}").as_bytes());
                Ok(Self::whole(Some("application/json"), out.into()))
            }
        }
    }

    fn whole(content_type: Option<&str>, bytes: Bytes) -> Self {
        let size = bytes.len() as u64;
        Self::new(content_type, &[], bytes, size)
    }

    /// The `results` values that a filter found, one a line: of a document that was seen through [`Lens::Filter`].
    pub fn values(&self, results: u64) -> Vec<u8> {
        let Some(json) = self.tree() else { return Vec::new() };
        let found: Vec<u32> = if results == 1 { vec![0] } else { json.children(0).collect() };
        let lines = found.into_iter().map(|at| compact(json.bytes(json.node(at))));
        lines.flat_map(|line| line.into_iter().chain([b'\n'])).collect()
    }

    /// A document made of the values that a filter found.
    pub(crate) fn of_values(json: Vec<u8>) -> Self {
        Self::whole(Some("application/json"), json.into())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::inspect::Preview;

    fn document(content_type: &str, body: &[u8]) -> Document {
        Document::new(Some(content_type), &[], Bytes::copy_from_slice(body), body.len() as u64)
    }

    #[test]
    fn opens_a_part_as_what_it_is() {
        let body = b"--X\r\nContent-Disposition: form-data; name=a\r\nContent-Type: application/json\r\n\r\n{\"n\":1.0}\r\n--X\r\n\r\n\
            GIF89a\x02\0\x03\0\0\0\0\r\n--X--";
        let body = document("multipart/form-data; boundary=X", body);
        let json = body.look(&Lens::Part { index: 0 }).unwrap();
        assert_eq!((json.kind(), json.text_rows(false, 0, 1).rows[0].text.as_str()), (BodyKind::Json, "{\"n\":1.0}"));
        let image = body.look(&Lens::Part { index: 1 }).unwrap().info();
        assert_eq!(image.kind, BodyKind::Image);
        assert_eq!(image.preview, Some(Preview::Image { media: "image/gif".into(), width: 2, height: 3 }));
        assert!(body.look(&Lens::Part { index: 2 }).is_err());
        let form = document("application/x-www-form-urlencoded", b"payload=%7B%22a%22%3A1%7D");
        assert_eq!(form.look(&Lens::Part { index: 0 }).unwrap().kind(), BodyKind::Json);
    }

    #[test]
    fn opens_a_field_whole_though_its_front_is_shown() {
        let value = format!("{{\"a\":\"{}\",\"last\":\"caf\u{e9}\"}}", "+".repeat(5_000));
        for charset in ["utf-8", "windows-1252", "utf-16be"] {
            let form = match charset {
                "windows-1252" => value.replace('+', "%2B").replace('\u{e9}', "%E9"),
                _ => value.replace('+', "%2B").replace('\u{e9}', "%C3%A9"),
            };
            let mut bytes = format!("x=1&payload={form}").into_bytes();
            if charset == "utf-16be" {
                bytes = bytes.into_iter().flat_map(|byte| [0, byte]).collect();
            }
            let form = document(&format!("application/x-www-form-urlencoded; charset={charset}"), &bytes);
            let field = form.look(&Lens::Part { index: 1 }).unwrap();
            assert_eq!(
                (field.kind(), std::str::from_utf8(field.decoded())),
                (BodyKind::Json, Ok(&*value)),
                "{charset}"
            );
        }
    }

    #[test]
    fn opens_what_a_string_holds() {
        let body = document(
            "application/json",
            br#"["{\"a\":[1]}","eyJhbGciOiJIUzI1NiJ9.eyJleHAiOjE3OTUzNDkwNDh9.c2ln","SGVsbG8sIHdvcmxkISBIb3cgYXJlIHlvdT8=",1]"#,
        );
        let nodes: Vec<u64> = body.tree_rows(9, &[], 1, 4).unwrap().rows.iter().map(|row| row.node).collect();
        let look = |at: usize, taken| body.look(&Lens::Value { node: nodes[at], taken });
        assert_eq!(look(0, Taken::Text).unwrap().tree_rows(9, &[], 0, 9).unwrap().total, 3);
        let token = look(1, Taken::Jwt).unwrap();
        let keys: Vec<_> = token.tree_rows(9, &[], 0, 9).unwrap().rows.into_iter().filter_map(|row| row.key).collect();
        assert_eq!(keys, ["header", "alg", "claims", "exp", "signature, not checked"]);
        assert_eq!(look(2, Taken::Base64).unwrap().text_rows(false, 0, 1).rows[0].text, "Hello, world! How are you?");
        assert!(look(0, Taken::Jwt).is_err() && look(0, Taken::Base64).is_err() && look(3, Taken::Text).is_err());
    }
}
