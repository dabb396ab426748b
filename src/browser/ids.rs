//! Randomness: ids and seeds.

use wasm_bindgen::JsCast;

/// The time in milliseconds and 80 random bits, as 32 hexadecimal digits: unique, and in the order in which they were made.
pub fn id() -> String {
    let mut bytes = [0; 10];
    fill(&mut bytes);
    let random: String = bytes.iter().map(|byte| format!("{byte:02x}")).collect();
    format!("{:012x}{random}", super::clock::now())
}

/// A random seed of 32 bits, which every model takes.
pub fn seed() -> u64 {
    let mut bytes = [0; 4];
    fill(&mut bytes);
    u64::from(u32::from_le_bytes(bytes))
}

fn fill(bytes: &mut [u8]) {
    let crypto = js_sys::Reflect::get(&js_sys::global(), &"crypto".into());
    let filled =
        crypto.ok().and_then(|crypto| crypto.dyn_into::<web_sys::Crypto>().ok()).map(|crypto| {
            // Fails only above 65,536 bytes.
            let _ = crypto.get_random_values_with_u8_array(bytes);
        });
    if filled.is_none() {
        bytes.fill_with(|| (js_sys::Math::random() * 256.0) as u8);
    }
}
