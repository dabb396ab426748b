//! wasm-bindgen as a library: the script beside a wasm. Its version is that of the library in the app.

use std::path::Path;

use wasm_bindgen_cli_support::Bindgen;

use crate::failure::{Doing, Outcome};

/// Writes `NAME.js` and `NAME_bg.wasm` of a compiled module into a folder, as modules of the web.
pub(crate) fn bind(
    wasm: &Path,
    folder: &Path,
    name: &str,
    options: impl FnOnce(&mut Bindgen) -> &mut Bindgen,
) -> Outcome<()> {
    let mut bindgen = Bindgen::new();
    bindgen.web(true).doing("bind for the web")?;
    bindgen.input_path(wasm).out_name(name).typescript(false);
    options(&mut bindgen);
    bindgen.generate(folder).doing(format_args!("bind {name}"))
}
