//! What this is, which version, and which models make the pictures.

use crate::{
    page::Page,
    ui::{
        components::{
            card,
            link::Link,
            live::live,
            table::{Cell, table},
        },
        context::{Server, use_studio},
    },
};
use leptos::prelude::*;
use likeness_core::Route;

/// The page about the app.
#[component]
pub fn AboutPage() -> impl IntoView {
    let studio = use_studio();
    let t = studio.t();
    let server = move || match studio.server.get() {
        Server::Here(config) => config.version,
        Server::Unknown | Server::Away => t.rooms().about_server_unknown.to_owned(),
    };
    let mode = move || match studio.server.get() {
        Server::Here(config) if config.is_demo() => t.rooms().about_mode_demo,
        Server::Here(_) => t.rooms().about_mode_live,
        Server::Unknown | Server::Away => "–",
    };
    view! {
        <main class="page" id="main">
            <article class="prose">
                <h1>{t.about_title}</h1>
                <p>{t.rooms().about_text}</p>
                <dl class="facts">
                    {fact(t.rooms().about_version, env!("CARGO_PKG_VERSION").into_any())}
                    {fact(t.rooms().about_server, live(server))}
                    {fact(t.rooms().about_mode, live(mode))}
                    {fact(t.rooms().about_licence, env!("CARGO_PKG_LICENSE").into_any())}
                </dl>
                <p>{t.rooms().about_private}</p>
                <h2>{t.rooms().about_engines}</h2>
                <Engines />
                <p><Link to=Page::Check class="">{t.check_title}</Link></p>
            </article>
        </main>
    }
    .into_any()
}

fn fact(name: &'static str, value: AnyView) -> AnyView {
    view! {
        <div class="facts__row"><dt class="facts__name">{name}</dt><dd class="facts__value">{value}</dd></div>
    }
    .into_any()
}

/// The three models with their addresses; what FAL no longer lists is marked.
#[component]
fn Engines() -> impl IntoView {
    let t = use_studio().t();
    let row = |route: Route| {
        vec![
            Cell::Text(route.engine().to_owned()),
            Cell::Text(card::kind(t, route.kind()).to_owned()),
            Cell::Code(route.endpoint().to_owned()),
        ]
    };
    let rows = Route::ALL.into_iter().map(row).collect();
    let legacy = Route::ALL
        .into_iter()
        .filter(|route| route.is_legacy())
        .map(|route| view! { <p><code>{route.endpoint()}</code> " " {t.rooms().legacy}</p> })
        .collect_view();
    let table = table(
        t.rooms().about_engines.to_owned(),
        &[t.rooms().help_route, t.rooms().avatar_kind, "API"],
        rows,
    );
    view! { {table} {legacy} }.into_any()
}
