//! A message as it goes into the store: the head as it stood on the wire, the body byte for byte.

use crate::store::Spooled;
use bytes::Bytes;

/// One side of an exchange on its way into the store.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Message {
    /// The head from its first byte to the empty line, inclusive, exactly as it was on the wire.
    pub head: Bytes,
    /// How a chunked body was framed, so that the wire bytes can be made again; empty if it was not chunked.
    /// The form is [`crate::wire::Framing`]'s.
    pub framing: Bytes,
    /// The body without its framing.
    pub body: Body,
}

/// A body on its way into the store.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Body {
    /// Small enough to travel with its exchange.
    Inline(Bytes),
    /// Already in the store, in chunks; it becomes visible with its exchange.
    Spooled {
        /// The chunks.
        chunks: Spooled,
        /// Bytes in all.
        len: u64,
    },
}

impl Default for Body {
    fn default() -> Self {
        Self::Inline(Bytes::new())
    }
}

impl Body {
    /// Bytes in all.
    pub fn len(&self) -> u64 {
        match self {
            Self::Inline(bytes) => bytes.len() as u64,
            Self::Spooled { len, .. } => *len,
        }
    }

    /// True if there is not one byte.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }
}
