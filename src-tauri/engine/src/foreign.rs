//! Foreign bytes for the tests of every parser: real input, changed by chance.

use proptest::prelude::*;

/// A change to some bytes. Places are shares of the length.
#[derive(Debug, Clone)]
enum Change {
    Drop(f64, usize),
    Put(f64, Vec<u8>),
    Repeat(f64, usize, usize),
    Byte(f64, u8),
    Cut(f64),
}

fn change(tokens: &'static [&'static str]) -> impl Strategy<Value = Change> {
    let token = prop::sample::select(tokens).prop_map(|token| token.as_bytes().to_vec());
    prop_oneof![
        1 => (0.0..1.0, 1usize..20).prop_map(|(at, len)| Change::Drop(at, len)),
        4 => (0.0..1.0, token).prop_map(|(at, token)| Change::Put(at, token)),
        1 => (0.0..1.0, 1usize..40, 2usize..60).prop_map(|(at, len, times)| Change::Repeat(at, len, times)),
        3 => (0.0..1.0, any::<u8>()).prop_map(|(at, byte)| Change::Byte(at, byte)),
        1 => (0.0..1.0).prop_map(Change::Cut),
    ]
}

fn apply(bytes: &mut Vec<u8>, change: &Change) {
    let place = |share: f64| (bytes.len() as f64 * share) as usize;
    let run = |share: f64, len: usize| place(share)..(place(share) + len).min(bytes.len());
    match change {
        Change::Drop(at, len) => drop(bytes.drain(run(*at, *len))),
        Change::Put(at, token) => {
            let at = place(*at);
            bytes.splice(at..at, token.iter().copied());
        }
        Change::Repeat(at, len, times) => {
            let part = bytes[run(*at, *len)].repeat(*times);
            let at = place(*at);
            bytes.splice(at..at, part);
        }
        Change::Byte(at, byte) => {
            let at = place(*at);
            if let Some(old) = bytes.get_mut(at) {
                *old = *byte;
            }
        }
        Change::Cut(at) => bytes.truncate(place(*at)),
    }
}

/// One of `corpus` with up to five changes, in which `tokens` are put; in one case of eight any bytes at all.
pub(crate) fn mutants(
    corpus: &'static [&'static [u8]],
    tokens: &'static [&'static str],
) -> impl Strategy<Value = Vec<u8>> {
    let changed =
        (prop::sample::select(corpus), prop::collection::vec(change(tokens), 0..6)).prop_map(|(bytes, changes)| {
            let mut bytes = bytes.to_vec();
            for change in &changes {
                apply(&mut bytes, change);
            }
            bytes
        });
    prop_oneof![7 => changed, 1 => prop::collection::vec(any::<u8>(), 0..300)]
}
