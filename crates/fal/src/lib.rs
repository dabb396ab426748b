//! What Likeness knows about fal.ai: endpoints as data, request bodies, queue wire types, errors.

pub mod compose;
pub mod request;
