//! Keeps in the wasm of a release what `cargo xtask` needs to cut it into parts.

fn main() {
    println!("cargo::rerun-if-changed=build.rs");
    let has = |name: &str| std::env::var_os(name).is_some();
    let is_wasm = std::env::var("CARGO_CFG_TARGET_ARCH").is_ok_and(|target| target == "wasm32");
    if has("CARGO_FEATURE_SPLIT") && is_wasm {
        println!("cargo::rustc-link-arg-bins=--emit-relocs");
    }
}
