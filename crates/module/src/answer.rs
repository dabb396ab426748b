//! What a call answers, as the text that JavaScript reads.

use likeness_core::Issue;
use serde::Serialize;
use serde_json::{Value, json};

/// The largest whole number up to which a JavaScript number holds every whole number.
const SAFE: u64 = (1 << 53) - 1;

/// The outcome of one call.
#[derive(Clone, Debug, PartialEq)]
pub enum Answer {
    /// What was asked for.
    Value(Value),
    /// The request cannot be sent. All issues, at least one of them an error.
    Issues(Vec<Issue>),
    /// The request cannot be read.
    Unreadable {
        /// `malformed` or `too_large`.
        code: &'static str,
        /// An English sentence.
        message: &'static str,
    },
}

impl Answer {
    pub(crate) fn of(value: impl Serialize) -> Self {
        Self::Value(serde_json::to_value(value).expect("an answer holds only texts for keys"))
    }

    /// `{"value", "big"}`, `{"issues", "big"}` or `{"error": {"code", "message"}}`. `big` lists the paths of whole numbers that a JavaScript number cannot hold; they
    /// stand there as decimal digits.
    pub fn into_json(self) -> String {
        let (key, mut value) = match self {
            Self::Value(value) => ("value", value),
            Self::Issues(issues) => ("issues", json!(issues)),
            Self::Unreadable { code, message } => {
                return json!({ "error": { "code": code, "message": message } }).to_string();
            }
        };
        let mut big = Vec::new();
        mark(&mut value, &mut Vec::new(), &mut big);
        json!({ key: value, "big": big }).to_string()
    }
}

/// Writes numbers that are too large for JavaScript as digits and notes where they stand.
fn mark(value: &mut Value, path: &mut Vec<Value>, big: &mut Vec<Value>) {
    match value {
        Value::Number(number) => {
            if let Some(whole) = number.as_u64().filter(|whole| *whole > SAFE) {
                *value = whole.to_string().into();
                big.push(path.clone().into());
            }
        }
        Value::Array(items) => {
            for (index, item) in items.iter_mut().enumerate() {
                path.push(index.into());
                mark(item, path, big);
                path.pop();
            }
        }
        Value::Object(fields) => {
            for (key, item) in fields {
                path.push(key.as_str().into());
                mark(item, path, big);
                path.pop();
            }
        }
        Value::Null | Value::Bool(_) | Value::String(_) => {}
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_numbers_beyond_those_of_javascript_travel_as_digits() {
        let answer =
            Answer::Value(json!({ "a": [SAFE, SAFE + 1], "b": "9007199254740993", "c": 0.5 }));
        let expected = json!({
            "value": { "a": [SAFE, "9007199254740992"], "b": "9007199254740993", "c": 0.5 },
            "big": [["a", 1]],
        });
        assert_eq!(answer.into_json(), expected.to_string());
    }
}
