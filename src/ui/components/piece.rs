//! A piece of the screen that a part of the app draws once it is here.

use super::{link::icon_with, live::live};
use crate::ui::{
    context::{Arrival, use_studio},
    parts::Piece,
};
use leptos::prelude::*;

/// Shows a piece as soon as its part has been fetched; if that fails, an offer to try again.
pub fn piece(piece: Piece) -> AnyView {
    let studio = use_studio();
    let part = piece.part();
    studio.fetch(part);
    live(move || match studio.arrival(part).get() {
        Arrival::Here(draw) => draw(piece.clone()),
        // That there is another version is said at the top, for all parts at once.
        Arrival::Missing if studio.is_outdated.get() => ().into_any(),
        Arrival::Missing => {
            let t = studio.t();
            view! {
                <div class="notice" data-kind="error" role="alert">
                    {icon_with("icon notice__icon", "fail")}
                    <p class="notice__text"><strong>{t.part_missing}</strong> " " {t.part_missing_why}</p>
                    <button class="button" type="button" on:click=move |_| studio.fetch(part)>{t.try_again}</button>
                </div>
            }
            .into_any()
        }
        Arrival::Absent | Arrival::Coming => ().into_any(),
    })
}
