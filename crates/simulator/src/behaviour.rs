//! What a prompt can make the simulator do on purpose, so that rare answers can be seen and tested.
//!
//! Asked once for each run. Everything that is to go wrong on demand belongs here.

/// The answer that FAL's safety checker gives to this word in a prompt.
const UNSAFE_WORD: &str = "nsfw-test";

/// How a run departs from an ordinary one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Behaviour {
    /// The safety checker, if it is on, blanks the pictures.
    pub(crate) is_unsafe: bool,
}

impl Behaviour {
    /// Reads the wish from a prompt.
    pub(crate) fn of(prompt: &str) -> Self {
        Self { is_unsafe: prompt.contains(UNSAFE_WORD) }
    }
}
