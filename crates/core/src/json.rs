//! JSON read strictly: a key may stand only once in an object.

mod half;

pub use half::{Half, half, with_half};

use core::fmt;
use serde::de::{self, DeserializeSeed, Deserializer, MapAccess, SeqAccess, Visitor};
use serde_json::{Map, Number, Value};

/// Why a text is not the JSON we accept. Its message says where.
#[derive(Debug, thiserror::Error)]
#[error("{0}")]
pub struct JsonError(#[from] serde_json::Error);

/// Reads JSON; unlike [`serde_json::from_slice`] it refuses an object that gives one key twice, because two readers of such an object may believe
/// different things.
///
/// # Errors
/// Malformed JSON (NaN and Infinity are not JSON), nesting over 128 levels, a repeated key, or anything after the value.
pub fn parse_strict(bytes: &[u8]) -> Result<Value, JsonError> {
    parse(bytes, Strict { half: None })
}

/// Reads JSON in the same way, but takes texts that hold half a surrogate pair: such a text becomes what [`half`] tells from a text, so that it can be refused where
/// it stands.
///
/// # Errors
/// As [`parse_strict`].
pub fn parse_with_halves(bytes: &[u8]) -> Result<Value, JsonError> {
    match half::marked(bytes) {
        Some((marked, half)) => parse(&marked, Strict { half: Some(half) }),
        None => parse_strict(bytes),
    }
}

fn parse(bytes: &[u8], strict: Strict) -> Result<Value, JsonError> {
    let mut deserializer = serde_json::Deserializer::from_slice(bytes);
    let value = strict.deserialize(&mut deserializer)?;
    deserializer.end()?;
    Ok(value)
}

/// Reads a value.
#[derive(Clone, Copy)]
struct Strict {
    /// The character that stands for half a pair.
    half: Option<char>,
}

impl Strict {
    fn text(self, text: String) -> Value {
        match self.half.and_then(|half| Some((half, text.find(half)?))) {
            Some((half, at)) => with_half(text[..at].chars().count(), text.replace(half, "")),
            None => text.into(),
        }
    }
}

impl<'de> DeserializeSeed<'de> for Strict {
    type Value = Value;
    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Value, D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Strict {
    type Value = Value;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a JSON value")
    }
    fn visit_bool<E>(self, value: bool) -> Result<Value, E> {
        Ok(Value::Bool(value))
    }
    fn visit_i64<E>(self, value: i64) -> Result<Value, E> {
        Ok(value.into())
    }
    fn visit_u64<E>(self, value: u64) -> Result<Value, E> {
        Ok(value.into())
    }
    fn visit_f64<E: de::Error>(self, value: f64) -> Result<Value, E> {
        Number::from_f64(value)
            .map(Value::Number)
            .ok_or_else(|| E::custom("a number that is not finite"))
    }
    fn visit_str<E>(self, value: &str) -> Result<Value, E> {
        Ok(self.text(value.to_owned()))
    }
    fn visit_string<E>(self, value: String) -> Result<Value, E> {
        Ok(self.text(value))
    }
    fn visit_unit<E>(self) -> Result<Value, E> {
        Ok(Value::Null)
    }
    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<Value, A::Error> {
        let mut list = Vec::new();
        while let Some(item) = items.next_element_seed(self)? {
            list.push(item);
        }
        Ok(Value::Array(list))
    }
    fn visit_map<A: MapAccess<'de>>(self, mut entries: A) -> Result<Value, A::Error> {
        let mut map = Map::new();
        while let Some(key) = entries.next_key::<String>()? {
            let value = entries.next_value_seed(self)?;
            if map.contains_key(&key) {
                return Err(de::Error::custom("a key that stands twice in one object"));
            }
            map.insert(key, value);
        }
        Ok(Value::Object(map))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_repeated_key_is_refused_at_any_depth() {
        assert!(parse_strict(br#"{"a":1,"a":1}"#).is_err());
        assert!(parse_strict(br#"[{"a":{"b":1,"c":2,"b":3}}]"#).is_err());
        assert!(parse_strict(br#"{"a":{"a":1},"b":[{"a":1},{"a":2}]}"#).is_ok());
    }

    #[test]
    fn nan_and_trailing_text_are_refused() {
        for text in ["NaN", r#"{"a":NaN}"#, "{} {}", "", "1e999"] {
            assert!(parse_strict(text.as_bytes()).is_err(), "{text}");
        }
    }

    #[test]
    fn half_a_surrogate_pair_is_marked_with_its_place() {
        let text = br#"{"a":"\u00e9x\ud83dy\uDE00","b":["\ud83d\ude00","\\ud83d"],"\ud83d":1}"#;
        assert!(parse_strict(text).is_err());
        let value = parse_with_halves(text).unwrap();
        assert_eq!(half(&value["a"]), Some(Half { position: 2, rest: "éxy" }));
        assert_eq!(value["b"], serde_json::json!(["😀", "\\ud83d"]));
        assert_eq!(half(&value["b"][0]), None);
        assert_eq!(half(&value), None);
    }

    #[test]
    fn halves_change_nothing_else_that_is_refused() {
        for text in
            [r#"{"a":"\ud83d""#, r#"{"\ud83d":1,"\ud83d":2}"#, r#""\ud83""#, "\"\\ud83d\n\""]
        {
            assert!(parse_with_halves(text.as_bytes()).is_err(), "{text}");
        }
    }

    #[test]
    fn no_text_can_pass_for_a_mark() {
        let text = r#"["\ud83d","\ufdd0","﷐","\uFDD1","\\ufdd2"]"#;
        let value = parse_with_halves(text.as_bytes()).unwrap();
        let found: Vec<_> = (0..5).map(|index| half(&value[index]).is_some()).collect();
        assert_eq!(found, [true, false, false, false, false]);
    }

    proptest::proptest! {
        #![proptest_config(proptest::prelude::ProptestConfig::with_cases(20_000))]

        #[test]
        fn numbers_keep_every_bit(bits in proptest::prelude::any::<u64>()) {
            let number = f64::from_bits(bits);
            proptest::prop_assume!(number.is_finite());
            let text = serde_json::to_string(&number).unwrap();
            let read = parse_strict(text.as_bytes()).unwrap();
            proptest::prop_assert_eq!(read.as_f64().unwrap().to_bits(), bits, "{}", text);
            // As the standard library reads it, whoever wrote the digits.
            let digits = format!("{number:.30e}");
            let read = parse_strict(digits.as_bytes()).unwrap();
            proptest::prop_assert_eq!(read.as_f64(), digits.parse().ok(), "{}", digits);
            proptest::prop_assert_eq!(parse_strict(bits.to_string().as_bytes()).unwrap(), serde_json::json!(bits));
        }
    }

    #[test]
    fn a_large_whole_number_stays_exact() {
        assert_eq!(
            parse_strict(b"9007199254740993").unwrap().as_u64(),
            Some(9_007_199_254_740_993)
        );
    }
}
