//! The self-check in short: how many checks of each group pass on this device, now.

use crate::{
    page::Page,
    ui::{
        components::{
            link::Link,
            table::{Cell, table},
        },
        context::use_studio,
        pages::check,
    },
};
use leptos::prelude::*;
use likeness_studio::selfcheck::{Group, passed};

/// The counts, and the way to the whole list. The storage is tried only there, because it takes time.
#[component]
pub fn Results() -> impl IntoView {
    let t = use_studio().t();
    let row = |group: Group| {
        let checks = group.run();
        let count = (t.rooms().check_passed)(passed(&checks), checks.len());
        vec![Cell::Text(check::title(t, group).to_owned()), Cell::Text(count)]
    };
    let rows = Group::ALL.into_iter().map(row).collect();
    let table =
        table(t.rooms().help_results.to_owned(), &[t.check_title, t.rooms().help_results], rows);
    view! {
        <p>{t.rooms().check_lead}</p>
        {table}
        <p><Link to=Page::Check class="button">{t.rooms().check_run}</Link></p>
    }
    .into_any()
}
