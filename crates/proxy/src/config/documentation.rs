//! docs/settings.md says what the program says: its table is made of the options.
//!
//! `UPDATE_GOLDEN=1 cargo test -p likeness-proxy --lib documentation` rewrites the table.

use super::Settings;
use clap::CommandFactory;
use std::fmt::Write;

const PAGE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../../docs/settings.md");
const START: &str = "<!-- options -->\n";
const END: &str = "<!-- end of options -->";

/// The options as a table of Markdown, in the order of the program's help.
fn table() -> String {
    let mut table =
        String::from("| variable | option | default | meaning |\n| --- | --- | --- | --- |\n");
    let command = Settings::command();
    for option in command.get_arguments() {
        let Some(long) = option.get_long() else { continue };
        let code = |text: &str| format!("`{text}`");
        let variable = option.get_env().map(|name| code(&name.to_string_lossy()));
        let default =
            option.get_default_values().first().map(|value| code(&value.to_string_lossy()));
        let value = option.get_value_names().filter(|_| option.get_action().takes_values());
        let value = value.map(|names| format!(" {}", names[0])).unwrap_or_default();
        let meaning = option.get_help().map(ToString::to_string).unwrap_or_default();
        let [variable, default] = [variable, default].map(Option::unwrap_or_default);
        writeln!(table, "| {variable} | `--{long}{value}` | {default} | {meaning} |").unwrap();
    }
    table
}

#[test]
fn the_page_of_settings_lists_the_options_of_the_program() {
    let page = std::fs::read_to_string(PAGE).unwrap();
    let (before, rest) = page.split_once(START).expect("the table has a start");
    let (listed, after) = rest.split_once(END).expect("the table has an end");
    let table = table();
    if std::env::var_os("UPDATE_GOLDEN").is_some() {
        std::fs::write(PAGE, format!("{before}{START}{table}{END}{after}")).unwrap();
        return;
    }
    assert_eq!(listed, table);
}

#[test]
fn the_page_of_settings_names_every_secret() {
    let page = std::fs::read_to_string(PAGE).unwrap();
    let keys = include_str!("keys.rs");
    let names: Vec<&str> =
        keys.split("read(\"").skip(1).map(|rest| rest.split('"').next().unwrap()).collect();
    assert!(names.len() > 10, "{names:?}");
    for name in names {
        assert!(page.contains(&format!("`{name}`")), "{name} is not on the page");
    }
}
