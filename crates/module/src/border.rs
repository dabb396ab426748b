//! What wasm-bindgen exports: each call of [`crate::call`] from text to text.

use crate::call;
use wasm_bindgen::prelude::wasm_bindgen;

/// Every preset.
#[wasm_bindgen]
pub fn presets() -> String {
    call::presets().into_json()
}

/// Every route.
#[wasm_bindgen]
pub fn routes() -> String {
    call::routes().into_json()
}

/// Endpoint, body, prompt, warnings and cost of a request.
#[wasm_bindgen]
pub fn compose(request: &str) -> String {
    call::compose(request).into_json()
}

/// All issues of a request.
#[wasm_bindgen]
pub fn validate(request: &str) -> String {
    call::validate(request).into_json()
}

/// What is sent to FAL.
#[wasm_bindgen]
pub fn build_request(request: &str) -> String {
    call::build_request(request).into_json()
}

/// Cost and time of a request.
#[wasm_bindgen]
pub fn estimate(request: &str) -> String {
    call::estimate(request).into_json()
}
