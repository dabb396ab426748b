//! Likeness, the browser app.
