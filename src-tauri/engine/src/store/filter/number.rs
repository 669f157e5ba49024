//! Numbers compared digit by digit: nothing is rounded on the way.

use std::cmp::Ordering;

/// A decimal number as JSON writes it (RFC 8259, section 6).
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::store) struct Decimal {
    text: String,
    negative: bool,
    /// Without zeros at either end.
    digits: Vec<u8>,
    /// The value is `0.DIGITS` times ten to this power.
    power: i64,
}

impl Decimal {
    /// None if the text is no number, or its exponent is beyond all sense.
    pub(in crate::store) fn read(text: &str) -> Option<Self> {
        let text = text.trim();
        let (negative, rest) = text.strip_prefix('-').map_or((false, text), |rest| (true, rest));
        let (mantissa, exponent) = match rest.find(['e', 'E']) {
            Some(at) => (&rest[..at], rest[at + 1..].parse::<i32>().ok()?),
            None => (rest, 0),
        };
        let (whole, fraction) = mantissa.split_once('.').unwrap_or((mantissa, ""));
        let is_number = |part: &str| part.bytes().all(|byte| byte.is_ascii_digit());
        if whole.is_empty() || !is_number(whole) || !is_number(fraction) || mantissa.ends_with('.') {
            return None;
        }
        let all = [whole.as_bytes(), fraction.as_bytes()].concat();
        let zeros = all.iter().take_while(|digit| **digit == b'0').count();
        let end = all.iter().rposition(|digit| *digit != b'0').map_or(zeros, |last| last + 1);
        let power = whole.len() as i64 - zeros as i64 + i64::from(exponent);
        let digits = all[zeros..end].to_vec();
        Some(Self { text: text.to_owned(), negative: negative && !digits.is_empty(), digits, power })
    }

    pub(in crate::store) fn compare(&self, other: &Self) -> Ordering {
        let sign = |number: &Self| {
            if number.digits.is_empty() {
                0
            } else if number.negative {
                -1
            } else {
                1
            }
        };
        let by_size = || self.power.cmp(&other.power).then_with(|| self.digits.cmp(&other.digits));
        sign(self).cmp(&sign(other)).then_with(|| match sign(self) {
            0 => Ordering::Equal,
            1 => by_size(),
            _ => by_size().reverse(),
        })
    }
}

impl std::fmt::Display for Decimal {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.text)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn order(a: &str, b: &str) -> Ordering {
        Decimal::read(a).unwrap().compare(&Decimal::read(b).unwrap())
    }

    #[test]
    fn numbers_are_compared_by_their_digits() {
        for (less, more) in [
            ("9007199254740992", "9007199254740993"),
            ("-1", "0"),
            ("-10", "-9"),
            ("0.1", "0.11"),
            ("99.99", "1e2"),
            ("1e400", "1.1e400"),
            ("-1e400", "1e-400"),
            ("100", "1000"),
        ] {
            assert_eq!(order(less, more), Ordering::Less, "{less} {more}");
            assert_eq!(order(more, less), Ordering::Greater, "{more} {less}");
        }
        for (one, same) in [("1.0", "1"), ("0", "-0"), ("100", "1e2"), ("0.010", "1e-2"), ("0", "0e9")] {
            assert_eq!(order(one, same), Ordering::Equal, "{one} {same}");
        }
    }

    #[test]
    fn what_is_no_number_is_none() {
        for text in ["", "-", "1.", ".5", "1e", "0x1", "one", "1 2", "1e99999999999"] {
            assert_eq!(Decimal::read(text), None, "{text}");
        }
    }

    proptest::proptest! {
        #[test]
        fn whole_numbers_have_their_order(a in -1_000_000_i64..1_000_000, b in -1_000_000_i64..1_000_000) {
            proptest::prop_assert_eq!(order(&a.to_string(), &b.to_string()), a.cmp(&b));
        }
    }
}
