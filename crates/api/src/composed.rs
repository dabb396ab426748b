//! `POST /api/v1/compose`: what would be sent for a request, or what is wrong with it.

use likeness_core::{Cost, Issue, Span};
use serde::Serialize;

/// A request that may be sent, with a body that FAL's crate has built.
#[derive(Clone, Debug, Serialize)]
pub struct Composed<Body> {
    /// FAL's endpoint id.
    pub endpoint: &'static str,
    /// What is posted there.
    pub body: Body,
    /// The prompt with its origins.
    pub prompt: Prompt,
    /// Warnings only.
    pub issues: Vec<Issue>,
    /// What it is expected to cost.
    pub cost: Cost,
}

/// The composed prompt in pieces.
#[derive(Clone, Debug, Serialize)]
pub struct Prompt {
    /// Equal to `body.prompt`.
    pub text: String,
    /// The text in pieces, with the origin of each.
    pub spans: Vec<Span>,
}

/// A request with mistakes in it.
#[derive(Clone, Copy, Debug, Serialize)]
pub struct Issues<'a> {
    /// The first of them, at least one an error.
    pub issues: &'a [Issue],
    /// How many there are beside these.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub more: Option<usize>,
}

impl<'a> Issues<'a> {
    /// Issues that are listed. Nobody reads more, and writing them keeps others waiting.
    pub const MOST: usize = 100;

    /// The first of these issues.
    pub fn of(issues: &'a [Issue]) -> Self {
        let (issues, rest) = issues.split_at(issues.len().min(Self::MOST));
        Self { issues, more: Some(rest.len()).filter(|more| *more > 0) }
    }
}
