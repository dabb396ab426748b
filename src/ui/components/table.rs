//! Tables of the reference page. One shape for all of them keeps the program small.

use leptos::prelude::*;

/// What stands in a cell.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Cell {
    /// Words.
    Text(String),
    /// A number, set to the end.
    Number(String),
    /// A name of a field or a value, as it is sent.
    Code(String),
}

/// A table with its first row and first column as headings. `name` is what a screen reader calls it.
///
/// On a phone its cells stand under each other, each with its heading. A style that does that takes the meaning of the elements away, so it is said again.
pub fn table(name: String, heads: &[&'static str], rows: Vec<Vec<Cell>>) -> AnyView {
    let kinds = rows.first().into_iter().flatten().map(Cell::kind);
    let names = heads.to_vec();
    let heads = heads
        .iter()
        .zip(kinds)
        .map(|(head, kind)| view! { <th scope="col" role="columnheader" data-kind=kind>{*head}</th> })
        .collect_view();
    let rows = rows
        .into_iter()
        .map(|cells| {
            let mut cells = cells.into_iter();
            let head = cells
                .next()
                .map(|cell| view! { <th scope="row" role="rowheader">{cell.content()}</th> });
            let rest = cells
                .zip(names.iter().skip(1))
                .map(|(cell, name)| {
                    let kind = cell.kind();
                    view! { <td role="cell" data-kind=kind data-head=*name>{cell.content()}</td> }
                })
                .collect_view();
            view! { <tr role="row">{head}{rest}</tr> }
        })
        .collect_view();
    view! {
        <div class="table-scroll" tabindex="0" role="region" aria-label=name>
            <table class="table" role="table"><thead role="rowgroup"><tr role="row">{heads}</tr></thead><tbody role="rowgroup">{rows}</tbody></table>
        </div>
    }
    .into_any()
}

impl Cell {
    const fn kind(&self) -> Option<&'static str> {
        match self {
            Self::Number(_) => Some("number"),
            Self::Text(_) | Self::Code(_) => None,
        }
    }

    fn content(self) -> AnyView {
        match self {
            Self::Text(text) | Self::Number(text) => text.into_any(),
            Self::Code(text) => view! { <code>{text}</code> }.into_any(),
        }
    }
}
