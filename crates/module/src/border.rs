//! What wasm-bindgen exports: each call of [`crate::call`] from text to text. What they are for is written in `package/index.d.ts`, not in the script that browsers fetch.

use crate::call;
use wasm_bindgen::prelude::wasm_bindgen;

/// Every preset.
#[wasm_bindgen(skip_jsdoc)]
pub fn presets() -> String {
    call::presets().into_json()
}

/// Every route.
#[wasm_bindgen(skip_jsdoc)]
pub fn routes() -> String {
    call::routes().into_json()
}

/// Endpoint, body, prompt, warnings and cost of a request.
#[wasm_bindgen(skip_jsdoc)]
pub fn compose(request: &str, now: f64) -> String {
    call::compose(request, now as u64).into_json()
}

/// All issues of a request.
#[wasm_bindgen(skip_jsdoc)]
pub fn validate(request: &str, now: f64) -> String {
    call::validate(request, now as u64).into_json()
}

/// What is sent to FAL.
#[wasm_bindgen(skip_jsdoc)]
pub fn build_request(request: &str, now: f64) -> String {
    call::build_request(request, now as u64).into_json()
}

/// Cost and time of a request.
#[wasm_bindgen(skip_jsdoc)]
pub fn estimate(request: &str, now: f64) -> String {
    call::estimate(request, now as u64).into_json()
}
