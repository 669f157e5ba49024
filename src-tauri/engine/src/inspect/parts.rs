//! The fields of a form and the parts of a multipart body: what the views show of them, and the whole of them.

use super::multipart::WholePart;
use super::{BodyKind, Document, Parts, form, multipart};
use std::borrow::Cow;

impl Document {
    /// The fields of a form or the parts of a multipart body; none for any other.
    pub fn parts(&self) -> Parts {
        match self.kind() {
            BodyKind::Form => {
                let (body, charset) = self.form();
                form::parts(body, charset)
            }
            BodyKind::Multipart => multipart::parts(self.media(), self.decoded()),
            _ => Parts { parts: Vec::new(), notice: None },
        }
    }

    /// The whole name and value of a field of a form.
    pub(super) fn field(&self, index: u32) -> Option<(String, String)> {
        let (body, charset) = self.form();
        form::whole(body, charset).nth(index as usize)
    }

    /// The whole parts of a multipart body.
    pub(super) fn whole_parts(&self) -> Vec<WholePart<'_>> {
        if self.kind() == BodyKind::Multipart { multipart::whole(self.media(), self.decoded()).0 } else { Vec::new() }
    }

    /// Name, file name and content of each, as far as they are text.
    pub(super) fn texts_of_parts(&self) -> Box<dyn Iterator<Item = Vec<Cow<'_, [u8]>>> + '_> {
        if self.kind() == BodyKind::Form {
            let (body, charset) = self.form();
            let texts = |(name, value): (String, String)| vec![name.into_bytes().into(), value.into_bytes().into()];
            return Box::new(form::whole(body, charset).map(texts));
        }
        Box::new(self.whole_parts().into_iter().map(WholePart::texts))
    }
}
