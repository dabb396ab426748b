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
pub fn table(name: String, heads: &[&'static str], rows: Vec<Vec<Cell>>) -> AnyView {
    let kinds = rows.first().into_iter().flatten().map(Cell::kind);
    let heads = heads
        .iter()
        .zip(kinds)
        .map(|(head, kind)| view! { <th scope="col" data-kind=kind>{*head}</th> })
        .collect_view();
    let rows = rows
        .into_iter()
        .map(|cells| {
            let mut cells = cells.into_iter();
            let head = cells.next().map(|cell| view! { <th scope="row">{cell.content()}</th> });
            let rest = cells
                .map(|cell| {
                    let kind = cell.kind();
                    view! { <td data-kind=kind>{cell.content()}</td> }
                })
                .collect_view();
            view! { <tr>{head}{rest}</tr> }
        })
        .collect_view();
    view! {
        <div class="table-scroll" tabindex="0" role="region" aria-label=name>
            <table class="table"><thead><tr>{heads}</tr></thead><tbody>{rows}</tbody></table>
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
