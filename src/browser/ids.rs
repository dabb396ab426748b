//! Randomness: ids and seeds.

use core::cell::RefCell;
use likeness_studio::sequence::Sequence;
use wasm_bindgen::JsCast;

thread_local! {
    static IDS: RefCell<Sequence> = const { RefCell::new(Sequence::new()) };
}

/// An id of 32 hexadecimal digits: unique, and in the order in which they were made.
pub fn id() -> String {
    let mut random = [0; 10];
    fill(&mut random);
    IDS.with_borrow_mut(|ids| ids.next(super::clock::now(), random))
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
