//! Parts of the app that arrive when they are first needed.
//!
//! A function declared with `later!` is called like an async one. For release, `cargo xtask` cuts the wasm there: what only the functions of one part
//! reach goes into a file of its own, which the first call fetches. In every other build all is in one file and nothing is fetched.

/// A part of the app could not be fetched. The next call tries again.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Missing;

#[cfg(all(feature = "split", target_arch = "wasm32"))]
impl From<wasm_split_helpers::SplitLoaderError> for Missing {
    fn from(_: wasm_split_helpers::SplitLoaderError) -> Self {
        Self
    }
}

/// Declares a function of a part: `later! { part: /// Doc. pub fn name(argument: Type) -> Type { … } }`. It gives `Result<Type, Missing>`.
#[cfg(target_arch = "wasm32")]
macro_rules! later {
    ($part:ident: $(#[$meta:meta])* $vis:vis fn $name:ident($($argument:ident: $type:ty),*) -> $out:ty $body:block) => {
        $(#[$meta])*
        #[cfg(all(feature = "split", target_arch = "wasm32"))]
        #[wasm_split_helpers::wasm_split($part, fallible)]
        $vis fn $name($($argument: $type),*) -> Result<$out, $crate::later::Missing> {
            Ok($body)
        }

        $(#[$meta])*
        #[cfg(not(all(feature = "split", target_arch = "wasm32")))]
        #[allow(clippy::unused_async, reason = "as the function that fetches its part")]
        $vis async fn $name($($argument: $type),*) -> Result<$out, $crate::later::Missing> {
            Ok($body)
        }
    };
}
#[cfg(target_arch = "wasm32")]
pub(crate) use later;
