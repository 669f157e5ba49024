//! Rows of the hex view: sixteen bytes each, over the bytes as they came.

use super::HexRow;
use std::fmt::Write;

/// Bytes of one row.
pub const HEX_ROW: u64 = 16;

/// Rows that a body of `size` bytes takes.
pub fn hex_total(size: u64) -> u64 {
    size.div_ceil(HEX_ROW)
}

/// Makes rows of bytes that were read from `offset`, a multiple of [`HEX_ROW`].
pub fn hex_rows(bytes: &[u8], offset: u64) -> Vec<HexRow> {
    let starts = (offset..).step_by(HEX_ROW as usize);
    bytes.chunks(HEX_ROW as usize).zip(starts).map(|(chunk, offset)| hex_row(chunk, offset)).collect()
}

fn hex_row(chunk: &[u8], offset: u64) -> HexRow {
    let mut hex = String::with_capacity(chunk.len() * 3);
    for (at, byte) in chunk.iter().enumerate() {
        let gap = if at == 0 { "" } else { " " };
        // Writing to a String cannot fail.
        let _ = write!(hex, "{gap}{byte:02x}");
    }
    let ascii = chunk.iter().map(|&byte| if (0x20..0x7f).contains(&byte) { char::from(byte) } else { '.' }).collect();
    HexRow { offset, hex, ascii }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shows_digits_and_printable_characters() {
        let rows = hex_rows(b"GET / HTTP/1.1\r\n\x00\x7f\xff", 32);
        assert_eq!(rows[0].hex, "47 45 54 20 2f 20 48 54 54 50 2f 31 2e 31 0d 0a");
        assert_eq!(rows[0].ascii, "GET / HTTP/1.1..");
        assert_eq!(rows[1], HexRow { offset: 48, hex: "00 7f ff".into(), ascii: "...".into() });
        assert_eq!((hex_total(0), hex_total(16), hex_total(17)), (0, 1, 2));
    }
}
