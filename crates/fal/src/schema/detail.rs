//! One item of FAL's `detail`.

use serde::Serialize;
use serde_json::{Value, json};

/// One step of the way to a value.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(untagged)]
pub enum Loc {
    /// A key of an object.
    Key(String),
    /// A place in a list.
    Index(usize),
}

impl Loc {
    /// The way to a field of the body.
    pub fn body(key: &str) -> Vec<Self> {
        vec![Self::from("body"), Self::from(key)]
    }
}

impl From<&str> for Loc {
    fn from(key: &str) -> Self {
        Self::Key(key.to_owned())
    }
}

impl From<usize> for Loc {
    fn from(index: usize) -> Self {
        Self::Index(index)
    }
}

/// A problem with one value, as FAL writes it. Clients go by `type`, never by `msg`.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Detail {
    /// The way to the value, beginning with `body`.
    pub loc: Vec<Loc>,
    /// A sentence in English.
    pub msg: String,
    /// The machine-readable kind, such as `less_than_equal`.
    #[serde(rename = "type")]
    pub kind: &'static str,
    /// The limit that was broken, such as `{"le": 50}`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub ctx: Option<Value>,
    /// What was sent: numbers, flags and short names of a list only, never free text.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub input: Option<Value>,
}

impl Detail {
    /// A problem with a field of the body.
    pub fn new(key: &str, kind: &'static str, msg: impl Into<String>) -> Self {
        Self::at(Loc::body(key), kind, msg)
    }

    /// A problem with the body as a whole.
    pub fn at_body(kind: &'static str, msg: impl Into<String>) -> Self {
        Self::at(vec![Loc::from("body")], kind, msg)
    }

    /// A problem somewhere.
    pub fn at(loc: Vec<Loc>, kind: &'static str, msg: impl Into<String>) -> Self {
        Self { loc, msg: msg.into(), kind, ctx: None, input: None }
    }

    /// A field that must be there is not.
    pub fn missing(key: &str) -> Self {
        Self::new(key, "missing", "Field required")
    }

    /// The same with the limit that was broken.
    pub fn ctx(mut self, key: &str, limit: impl Into<Value>) -> Self {
        self.ctx = Some(json!({ key: limit.into() }));
        self
    }

    /// The same with what was sent.
    pub fn input(mut self, value: &Value) -> Self {
        self.input = Some(value.clone());
        self
    }

    /// The body of a 422 reply.
    pub fn reply(details: &[Self]) -> Value {
        json!({ "detail": details })
    }
}
