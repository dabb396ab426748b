//! One of a few values side by side, for whatever is not a setting of a run.

use super::focus::focus_later;
use leptos::prelude::*;

/// A value to choose: its name for the machine, its label, and the label's own language, if it has one.
pub struct Item {
    /// For the machine.
    pub value: &'static str,
    /// For people.
    pub label: &'static str,
    /// Set where the label is in another language than the page.
    pub lang: Option<&'static str>,
}

/// Radio buttons as segments. The keyboard stays on what was chosen even if choosing builds the screen anew.
#[component]
pub fn Choice(
    /// The name of the group, unique in the page.
    name: &'static str,
    /// What is chosen here.
    label: &'static str,
    /// What there is to choose.
    items: Vec<Item>,
    /// The value that is chosen.
    chosen: Signal<&'static str>,
    /// What choosing does.
    on_choose: Callback<&'static str>,
) -> impl IntoView {
    let items = items
        .into_iter()
        .map(|Item { value, label, lang }| {
            let id = format!("{name}-{value}");
            let choose = {
                let id = id.clone();
                move |_| {
                    on_choose.run(value);
                    focus_later(id.clone());
                }
            };
            view! {
                <label class="segment__item">
                    <input class="segment__input" type="radio" id=id name=name value=value
                        prop:checked=move || chosen.get() == value on:change=choose />
                    <span class="segment__face" lang=lang>{label}</span>
                </label>
            }
        })
        .collect_view();
    view! { <div class="segment" role="radiogroup" aria-label=label>{items}</div> }.into_any()
}
