//! Mounts the studio. Nothing else.

#[cfg(target_arch = "wasm32")]
fn main() {
    likeness::ui::mount();
}

#[cfg(not(target_arch = "wasm32"))]
fn main() {
    eprintln!("The studio runs in a browser. Start it with `cargo xtask run`.");
}
