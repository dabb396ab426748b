//! A part of the screen that follows signals.
//!
//! Every closure has a type of its own, and the code that draws it is compiled again for each. Behind one boxed type it is compiled once, which halves
//! the weight of the app.

use leptos::{prelude::*, tachys::reactive_graph::SharedReactiveFunction};
use std::sync::{Arc, Mutex};

/// Shows what the closure gives, and shows it anew when a signal that it read changes.
pub fn live<V: IntoView + 'static>(mut part: impl FnMut() -> V + Send + 'static) -> AnyView {
    shared(Arc::new(Mutex::new(move || part().into_any())))
}

fn shared(part: SharedReactiveFunction<AnyView>) -> AnyView {
    part.into_any()
}
