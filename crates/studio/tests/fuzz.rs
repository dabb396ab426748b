//! Files that people import, mutated at random.
#![allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]
#![allow(clippy::print_stdout, reason = "how much was tried is for people to read")]

use likeness_core::{Avatar, reference};
use likeness_studio::library::{export, import};
use mutation::{corpus, fuzz};

#[path = "../../fal/tests/support/mutation.rs"]
mod mutation;

#[test]
fn what_is_imported_can_be_exported_and_imported_again() {
    let seeds = corpus(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/corpus/imports"));
    fuzz(&seeds, |input| {
        let Ok(first) = import(input) else { return };
        let again = import(export(&first.avatars).as_bytes()).expect("what we write, we read");
        assert_eq!(again.avatars.len(), first.avatars.len());
        for (again, first) in again.avatars.into_iter().zip(first.avatars) {
            assert!(is_close(again.lora_scale, first.lora_scale));
            assert!(is_close(again.finetune_strength, first.finetune_strength));
            let bare = |avatar| Avatar { lora_scale: None, finetune_strength: None, ..avatar };
            // Keys do not leave with an address.
            let lora_url = first.lora_url.as_deref().map(reference::masked);
            assert_eq!(bare(again), bare(Avatar { lora_url, ..first }));
        }
    });
}

/// The JSON parser reads the last digit of a number with twenty of them one way or the other.
fn is_close(again: Option<f64>, first: Option<f64>) -> bool {
    match (again, first) {
        (Some(again), Some(first)) => (again - first).abs() <= first.abs() * 1e-12,
        (again, first) => again == first,
    }
}
