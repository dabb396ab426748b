//! The pages, one a file.

pub mod about;
pub mod avatar_form;
pub mod avatars;
pub mod check;
pub mod help;
pub mod more;
pub mod pictures;
pub mod settings;
pub mod studio;
