//! Pictures mutated at random: none may panic, and what is passed on holds nothing more to take away.
#![allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]
#![allow(clippy::print_stdout, reason = "how much was tried is for people to read")]

use likeness_files::Picture;
use mutation::{corpus, fuzz};

#[path = "../../fal/tests/support/mutation.rs"]
mod mutation;

#[test]
fn what_is_passed_on_has_nothing_more_to_lose() {
    let seeds = corpus(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/corpus/pictures"));
    fuzz(&seeds, |input| {
        let Ok(picture) = Picture::without_recipe(input.to_vec()) else { return };
        assert!(picture.width > 0 && picture.height > 0);
        assert!(picture.bytes.len() <= input.len() + Picture::OWN);
        assert_eq!(Picture::without_recipe(picture.bytes.clone()), Ok(picture));
    });
}
