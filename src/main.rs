//! Mounts the studio. Nothing else.
fn main() {}
