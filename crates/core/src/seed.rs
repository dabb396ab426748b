//! The seed of a run: any `u64`, never a float.

use serde::{Deserialize, Deserializer, Serialize, Serializer, de};
use serde_json::Value;

/// A seed, `0..=u64::MAX`; 0 is a seed like any other.
///
/// FAL hands out seeds above 2^53, so it must never pass through a JavaScript number. As JSON it is written as a decimal string and read from a string
/// or a whole number; the wire body writes the number itself (see [`Seed::get`]).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Seed(u64);

impl Seed {
    /// The seed with this value.
    pub const fn new(value: u64) -> Self {
        Self(value)
    }

    /// The value as it goes on the wire.
    pub const fn get(self) -> u64 {
        self.0
    }

    /// Reads plain decimal digits, without sign, blanks or leading plus. `None` if it is anything else or over `u64::MAX`.
    pub fn parse(text: &str) -> Option<Self> {
        let digits = !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
        if digits { text.parse().ok().map(Self) } else { None }
    }

    /// The seed of a request: a whole number, or its digits.
    pub(crate) fn read(value: &Value) -> Option<Self> {
        value.as_u64().map(Self).or_else(|| Self::parse(value.as_str()?))
    }
}

impl core::fmt::Display for Seed {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        self.0.fmt(f)
    }
}

impl Serialize for Seed {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Seed {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Visitor;
        impl de::Visitor<'_> for Visitor {
            type Value = Seed;
            fn expecting(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
                f.write_str("a whole number from 0 to 18446744073709551615, or its digits")
            }
            fn visit_u64<E: de::Error>(self, value: u64) -> Result<Seed, E> {
                Ok(Seed(value))
            }
            fn visit_i64<E: de::Error>(self, value: i64) -> Result<Seed, E> {
                u64::try_from(value)
                    .map(Seed)
                    .map_err(|_| E::invalid_value(de::Unexpected::Signed(value), &self))
            }
            fn visit_str<E: de::Error>(self, value: &str) -> Result<Seed, E> {
                Seed::parse(value)
                    .ok_or_else(|| E::invalid_value(de::Unexpected::Str(value), &self))
            }
        }
        deserializer.deserialize_any(Visitor)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn zero_and_values_over_two_to_the_53_survive_text_and_number() {
        for value in [0, 9_007_199_254_740_993, u64::MAX] {
            let seed = Seed::new(value);
            assert_eq!(serde_json::to_string(&seed).unwrap(), format!("\"{value}\""));
            assert_eq!(serde_json::from_str::<Seed>(&format!("\"{value}\"")).unwrap(), seed);
            assert_eq!(serde_json::from_str::<Seed>(&value.to_string()).unwrap(), seed);
        }
    }

    #[test]
    fn signs_blanks_and_fractions_are_no_seeds() {
        for text in ["", "-1", "+1", " 1", "1.0", "1e3", "18446744073709551616", "١"] {
            assert_eq!(Seed::parse(text), None, "{text:?}");
        }
    }
}
