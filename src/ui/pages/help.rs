//! Not written yet.
use leptos::prelude::*;
/// Not written yet.
#[component]
pub fn HelpPage() -> impl IntoView {
    view! { <main class="page" id="main"></main> }.into_any()
}
