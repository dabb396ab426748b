//! Links within the app, and icons.

use crate::{page::Page, ui::context::use_studio};
use leptos::{ev::MouseEvent, prelude::*};

/// A line icon of the sprite; it says nothing to a screen reader.
pub fn icon(name: &'static str) -> AnyView {
    icon_with("icon", name)
}

/// An icon with more classes.
pub fn icon_with(class: &'static str, name: &'static str) -> AnyView {
    view! {
        <svg class=class aria-hidden="true">
            <use_ href=format!("/icons.svg#{name}") />
        </svg>
    }
    .into_any()
}

/// Whether a press of a link is to open it in this place. With a modifier key it is for the browser, which opens it elsewhere.
pub fn is_for_here(event: &MouseEvent) -> bool {
    let is_modified = event.ctrl_key() || event.meta_key() || event.shift_key() || event.alt_key();
    !is_modified && event.button() == 0
}

/// A link to a page. With a modifier key it is an ordinary link, for a new tab.
#[component]
pub fn Link(
    /// Where it leads.
    to: Page,
    /// Its class.
    class: &'static str,
    /// Which sort of button it looks like.
    #[prop(optional)]
    kind: Option<&'static str>,
    /// Whether to mark it while the page is shown.
    #[prop(optional)]
    is_nav: bool,
    /// What it says where its content does not.
    #[prop(optional)]
    label: String,
    /// What it shows.
    children: Children,
) -> impl IntoView {
    let studio = use_studio();
    let href = to.path();
    let target = to.clone();
    let on_click = move |event: MouseEvent| {
        if is_for_here(&event) {
            event.prevent_default();
            studio.go(target.clone());
        }
    };
    let current = move || (is_nav && studio.page.with(|page| *page == to)).then_some("page");
    let label = (!label.is_empty()).then_some(label);
    view! {
        <a class=class data-kind=kind href=href aria-current=move || current() aria-label=label.clone() title=label on:click=on_click>
            {children()}
        </a>
    }
    .into_any()
}
