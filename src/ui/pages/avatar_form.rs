//! Not written yet.
use leptos::prelude::*;
/// Not written yet.
#[component]
pub fn AvatarFormPage(id: Option<String>) -> impl IntoView {
    let _ = id;
    view! { <main class="page" id="main"></main> }.into_any()
}
