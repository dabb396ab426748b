//! How: the eight presets.

use super::live::live;
use super::{
    link::{icon, icon_with},
    sight, wording,
};
use crate::ui::context::use_studio;
use leptos::prelude::*;
use likeness_core::{AvatarKind, Preset, Route};

/// The choice of presets.
#[component]
pub fn PresetChooser() -> impl IntoView {
    let studio = use_studio();
    let t = studio.t();
    let kind =
        Memo::new(move |_| studio.avatar.with(|avatar| avatar.as_ref().map(|avatar| avatar.kind)));
    let cards = move || {
        let kind = kind.get().unwrap_or(AvatarKind::Portrait);
        Preset::ALL.map(|preset| view! { <Card preset kind /> }.into_any()).collect_view()
    };
    Effect::new(move || {
        studio.preset.track();
        studio.turn.track();
        sight::keep_chosen(".presets");
    });
    view! {
        <section class="field" id="field-preset" aria-labelledby="how">
            <div class="field__head">
                <h2 class="field__title" id="how">{t.how}</h2>
                // Whether all are shown at once is for the style to know.
                <label class="field__link field__all">
                    <input class="segment__input" type="checkbox" id="presets-all" on:change=move |_| sight::keep_chosen(".presets") />
                    <span>{t.presets_all}</span>
                </label>
            </div>
            <div class="presets" role="radiogroup" aria-labelledby="how">{live(cards)}</div>
            <p class="field__note">{t.our_estimate}</p>
        </section>
    }
    .into_any()
}

/// One preset, never just a name. One that this avatar cannot use stays choosable: then the reason stands at the button with a way out.
#[component]
fn Card(preset: Preset, kind: AvatarKind) -> impl IntoView {
    let studio = use_studio();
    let t = studio.t();
    let tongue = studio.tongue();
    let words = (t.preset_words)(preset);
    let route = Route::of(kind, preset == Preset::Ultra);
    let is_unavailable = preset == Preset::Ultra && !Route::is_switchable(kind);
    let (time, size) = wording::preset_facts(tongue, preset, route);
    let is_estimate = preset.seconds(route).is_our_estimate;
    let last = if is_unavailable {
        view! { <span class="preset__why" id="why-ultra">{icon("lock")}<span>{t.only_artistic}</span></span> }.into_any()
    } else {
        view! { <span class="preset__difference">{wording::difference(tongue, preset, route)}</span> }.into_any()
    };
    view! {
        <label class="preset" data-state=is_unavailable.then_some("unavailable")>
            <input class="preset__input" type="radio" name="preset" value=preset.name()
                aria-describedby=is_unavailable.then_some("why-ultra")
                prop:checked=move || studio.preset.get() == preset
                on:change=move |_| studio.choose_preset(preset) />
            <span class="preset__card">
                {icon_with("icon preset__glyph", preset.name())}
                <strong class="preset__name">{words.name}</strong>
                <span class="preset__advice">{words.advice}</span>
                <span class="preset__facts">
                    <span class="preset__time" translate="no" data-kind=is_estimate.then_some("estimate") prop:textContent=time></span>
                    <span class="preset__size" translate="no" prop:textContent=size></span>
                </span>
                {last}
            </span>
        </label>
    }
    .into_any()
}
