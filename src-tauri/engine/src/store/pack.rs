//! Stored bytes made small: zstd, with a dictionary learnt from what is stored where there is one.
//!
//! What is stored begins with [`RAW`] where packing would not have made it smaller; else it is a zstd frame, which names
//! its dictionary itself.

use super::INLINE_LIMIT;
use crate::wire::FRAMING_LIMIT;
use std::cell::RefCell;
use zstd::zstd_safe::{self, CCtx, CDict, DCtx, DDict};

/// Stands before bytes that are stored as they are. No zstd frame begins with it.
const RAW: u8 = 0;

/// How hard packing tries. The dictionary does most of it: with one, this level takes less time than level 1 without.
const LEVEL: i32 = 3;

/// Without a dictionary: fast, since it is only until one is learnt, or for bodies too large to share much.
const LEVEL_ALONE: i32 = 1;

/// The most that is packed, and so the most that is unpacked: two framings with their heads and inline bodies. What is
/// longer is stored as it is.
const LARGEST: usize = 32 * 1024 * 1024;
const _: () = assert!(LARGEST > 2 * (FRAMING_LIMIT + INLINE_LIMIT) + 4 * 1024 * 1024);

thread_local! {
    static PACKING: RefCell<CCtx<'static>> = RefCell::new(CCtx::create());
    static UNPACKING: RefCell<DCtx<'static>> = RefCell::new(DCtx::create());
}

/// A dictionary made ready for both ways.
pub(super) struct Dictionary {
    id: u32,
    packing: CDict<'static>,
    unpacking: DDict<'static>,
}

impl std::fmt::Debug for Dictionary {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_tuple("Dictionary").field(&self.id).finish()
    }
}

impl Dictionary {
    /// None if the bytes are no dictionary.
    pub(super) fn new(bytes: &[u8]) -> Option<Self> {
        let id = zstd_safe::get_dict_id_from_dict(bytes)?.get();
        Some(Self { id, packing: CDict::try_create(bytes, LEVEL)?, unpacking: DDict::try_create(bytes)? })
    }

    /// The number that frames name it by.
    pub(super) fn id(&self) -> u32 {
        self.id
    }
}

/// Why stored bytes can't be read.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
#[error("what is stored is damaged ({0})")]
pub(super) struct Damaged(pub(super) &'static str);

/// The bytes as they are stored.
pub(super) fn pack(bytes: &[u8], dictionary: Option<&Dictionary>) -> Vec<u8> {
    if bytes.len() > LARGEST {
        return raw(bytes);
    }
    let mut packed = Vec::with_capacity(zstd_safe::compress_bound(bytes.len()));
    let done = PACKING.with_borrow_mut(|context| match dictionary {
        Some(dictionary) => context.compress_using_cdict(&mut packed, bytes, &dictionary.packing),
        None => context.compress(&mut packed, bytes, LEVEL_ALONE),
    });
    if done.is_err() || packed.len() > bytes.len() { raw(bytes) } else { packed }
}

fn raw(bytes: &[u8]) -> Vec<u8> {
    [&[RAW], bytes].concat()
}

/// The dictionary that is needed to read stored bytes.
pub(super) fn dictionary_of(stored: &[u8]) -> Option<u32> {
    let is_packed = stored.first().is_some_and(|&first| first != RAW);
    zstd_safe::get_dict_id_from_frame(stored).filter(|_| is_packed).map(std::num::NonZero::get)
}

/// The bytes that were packed. `dictionary` is the one that [`dictionary_of`] names.
///
/// # Errors
/// `Damaged` if they are not what [`pack`] made.
pub(super) fn unpack(stored: &[u8], dictionary: Option<&Dictionary>) -> Result<Vec<u8>, Damaged> {
    match stored.split_first() {
        None => return Err(Damaged("empty")),
        Some((&RAW, bytes)) => return Ok(bytes.to_vec()),
        Some(_) => {}
    }
    let size = zstd_safe::get_frame_content_size(stored).ok().flatten();
    let size = size.filter(|&size| size <= LARGEST as u64).ok_or(Damaged("no size"))?;
    let mut bytes = Vec::with_capacity(size as usize);
    let done = UNPACKING.with_borrow_mut(|context| match dictionary {
        Some(dictionary) => context.decompress_using_ddict(&mut bytes, stored, &dictionary.unpacking),
        None => context.decompress(&mut bytes, stored),
    });
    done.map(|_| bytes).map_err(zstd_safe::get_error_name).map_err(Damaged)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// A dictionary of documents that are alike.
    fn learnt() -> Dictionary {
        let sample = |number: u32| {
            let id = number.wrapping_mul(2_654_435_761);
            format!("{{\"event\":\"issue\",\"id\":{id},\"url\":\"https://api.example.com/issues/{id}\",\"open\":true}}")
        };
        let samples: Vec<_> = (0..2_000).map(sample).collect();
        Dictionary::new(&zstd::dict::from_samples(&samples, 4096).unwrap()).unwrap()
    }

    #[test]
    fn what_compresses_badly_takes_one_byte_more() {
        let mut noise = vec![0; 5_000];
        getrandom::fill(&mut noise).unwrap();
        let stored = pack(&noise, None);
        assert_eq!(stored.len(), noise.len() + 1);
        assert_eq!(unpack(&stored, None).unwrap(), noise);
    }

    #[test]
    fn a_frame_names_its_dictionary_and_cannot_be_read_without() {
        let dictionary = learnt();
        let text = br#"{"event":"issue","id":7,"url":"https://api.example.com/issues/7","open":true}"#;
        let stored = pack(text, Some(&dictionary));
        assert!(stored.len() < text.len() / 2);
        assert_eq!(dictionary_of(&stored), Some(dictionary.id()));
        assert_eq!(unpack(&stored, Some(&dictionary)).unwrap(), text);
        assert!(unpack(&stored, None).is_err());
        assert_eq!(dictionary_of(&pack(text, None)), None);
    }

    #[test]
    fn whatever_was_packed_can_be_unpacked_however_long() {
        for len in [LARGEST, LARGEST + 1] {
            let bytes = vec![b'a'; len];
            assert_eq!(unpack(&pack(&bytes, None), None).unwrap().len(), len);
        }
    }

    proptest! {
        #[test]
        fn unpacking_gives_back_what_was_packed(bytes in prop::collection::vec(any::<u8>(), 0..3000), repeat in 1..9_usize) {
            let bytes = bytes.repeat(repeat);
            let dictionary = learnt();
            prop_assert_eq!(unpack(&pack(&bytes, None), None).unwrap(), &bytes[..]);
            prop_assert_eq!(unpack(&pack(&bytes, Some(&dictionary)), Some(&dictionary)).unwrap(), &bytes[..]);
        }

        #[test]
        fn damaged_bytes_are_an_error_and_nothing_worse(bytes in prop::collection::vec(any::<u8>(), 0..200)) {
            let _ = (dictionary_of(&bytes), unpack(&bytes, None));
        }

        #[test]
        fn a_damaged_frame_is_an_error_and_nothing_worse(at in 0..60_usize, bit in 0..8_u32) {
            let mut stored = pack(&b"some text, some text and some more text".repeat(40), None);
            let at = at % stored.len();
            stored[at] ^= 1 << bit;
            let _ = unpack(&stored, None);
        }
    }
}
