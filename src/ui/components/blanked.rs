//! Pictures that the safety filter held back: a card that says so, in place of prints of nothing.

use super::{focus::focus_later, link::icon};
use crate::ui::context::{Studio, use_studio};
use leptos::prelude::*;
use likeness_core::Field;
use likeness_studio::picture::Picture;
use serde_json::Value;

/// The safety tolerance above which there is none.
const LOOSEST: &str = "6";

/// What the filter held back of one run. There is at least one.
#[component]
pub fn Blanked(
    /// Those of one run.
    pictures: Vec<Picture>,
) -> impl IntoView {
    let studio = use_studio();
    let t = studio.t();
    let first = &pictures[0];
    let title_id = format!("blanked-{}", first.id.0);
    let (named, described, also) = (title_id.clone(), title_id.clone(), title_id.clone());
    let title = (t.rooms().blanked)(pictures.len(), first.order.count.into());
    let next = [t.rooms().blanked_next].into_iter().chain(looser(studio, first));
    let next = next.collect::<Vec<_>>().join(" ");
    let (paid, order) = (charge(studio, &pictures), first.order.clone());
    let line = [first.order.avatar_name.as_str(), first.order.prompt.as_str()].join(": ");
    let edit = move |_| {
        studio.use_request(&order.request);
        focus_later("prompt".to_owned());
    };
    let dismiss = move |_| {
        studio.dismiss_blanked(pictures.clone());
        // The pressed button goes with its card.
        focus_later("sheet-title".to_owned());
    };
    view! {
        <li class="job" data-state="blocked" aria-labelledby=named>
            <div class="job__print">{icon("hidden")}</div>
            <div class="job__body">
                <h4 class="job__title" id=title_id>{title}</h4>
                <p class="job__line job__prompt">{line}</p>
                <p class="job__cost" translate="no" prop:textContent=paid></p>
                <p class="job__next">{next}</p>
            </div>
            <div class="job__actions">
                <button class="button" type="button" aria-describedby=described on:click=edit>{t.rooms().edit}</button>
                <button class="icon-button" type="button" aria-label=t.rooms().dismiss title=t.rooms().dismiss aria-describedby=also on:click=dismiss>{icon("close")}</button>
            </div>
        </li>
    }
    .into_any()
}

/// What those were charged: fal.ai made them, whatever became of them.
fn charge(studio: Studio, pictures: &[Picture]) -> String {
    let t = studio.t();
    let order = &pictures[0].order;
    if order.is_free() {
        return t.rooms().demo_free.to_owned();
    }
    let each = order.cost.map(|(low, _)| low / u64::from(order.count.max(1)));
    let sum = each.map(|each| studio.tongue().money(each * pictures.len() as u64));
    (t.rooms().blanked_cost)(&sum.unwrap_or_default())
}

/// The setting that makes the filter less strict, where the route has one that is not at its end yet.
fn looser(studio: Studio, picture: &Picture) -> Option<&'static str> {
    let body: Value = serde_json::from_str(&picture.order.body).ok()?;
    let route = picture.order.route()?;
    if route.takes(Field::EnableSafetyChecker) {
        (body["enable_safety_checker"] != false).then_some(studio.t().rooms().blanked_checker)
    } else {
        (body["safety_tolerance"] != LOOSEST).then_some(studio.t().rooms().blanked_tolerance)
    }
}
