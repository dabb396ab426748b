//! Why a command stopped: one sentence for a person, with what to do next.

use std::fmt::{self, Display};

/// A sentence that says what was expected, what was found and what to do.
#[derive(Debug)]
pub(crate) struct Failure(String);

/// What every step of a command returns.
pub(crate) type Outcome<T> = Result<T, Failure>;

impl Failure {
    pub(crate) fn new(sentence: impl Into<String>) -> Self {
        Self(sentence.into())
    }
}

impl Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// Turns the error of a library into a [`Failure`] that names what was being done.
pub(crate) trait Doing<T> {
    /// `what` completes the sentence "could not …".
    fn doing(self, what: impl Display) -> Outcome<T>;
}

impl<T, E: Display> Doing<T> for Result<T, E> {
    fn doing(self, what: impl Display) -> Outcome<T> {
        self.map_err(|error| Failure::new(format!("could not {what}: {error}")))
    }
}
