//! Not written yet.
use leptos::prelude::*;
/// Not written yet.
#[component]
pub fn SettingsPage() -> impl IntoView {
    view! { <main class="page" id="main"></main> }.into_any()
}
