//! `index.html` after Trunk, in debug builds: every script in a file of its own. For a release `parts` writes the links.
//!
//! Trunk starts the app by a script inside the page. A policy that allows scripts of our own origin
//! only (`script-src 'self' 'wasm-unsafe-eval'`) forbids it, and a policy loosened for it would
//! forbid nothing. So the text of each such script moves into a file named after its content.

use std::fs;
use std::path::Path;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use sha2::{Digest, Sha256, Sha384};

use crate::failure::{Doing, Failure, Outcome};

/// A page without scripts inside, and the files that took them.
#[derive(Debug)]
struct Page {
    html: String,
    scripts: Vec<Script>,
}

#[derive(Debug)]
struct Script {
    name: String,
    text: String,
}

/// Rewrites `index.html` in `dist`.
pub(crate) fn move_scripts_out(dist: &Path) -> Outcome<()> {
    let path = dist.join("index.html");
    let html = fs::read_to_string(&path).doing("read the index.html that Trunk made")?;
    let page = split(&html)?;
    for script in &page.scripts {
        fs::write(dist.join(&script.name), &script.text).doing("write a start script")?;
    }
    fs::write(path, page.html).doing("write index.html")
}

fn split(html: &str) -> Outcome<Page> {
    let mut page = Page { html: String::with_capacity(html.len()), scripts: Vec::new() };
    let mut rest = html;
    while let Some(start) = next_of_interest(rest) {
        let (before, from) = rest.split_at(start);
        page.html.push_str(before);
        let taken = if from.starts_with("<!--") {
            let end = from.find("-->").map_or(from.len(), |end| end + "-->".len());
            page.html.push_str(&from[..end]);
            end
        } else {
            take_script(from, &mut page)?
        };
        rest = &from[taken..];
    }
    page.html.push_str(rest);
    Ok(page)
}

/// Where the next comment or script starts. Other elements do not matter here.
fn next_of_interest(html: &str) -> Option<usize> {
    html.match_indices('<').map(|(at, _)| at).find(|&at| {
        let from = &html[at..];
        from.starts_with("<!--")
            || (starts_with_name(from, "<script")
                && from["<script".len()..].starts_with(|c: char| c == '>' || c.is_whitespace()))
    })
}

/// Moves the script at the start of `from` and returns how much of the text it took.
fn take_script(from: &str, page: &mut Page) -> Outcome<usize> {
    let open = from.find('>').ok_or_else(|| unfinished("tag"))? + 1;
    let tag = &from[..open];
    let close = from[open..]
        .match_indices("</")
        .map(|(at, _)| open + at)
        .find(|&at| starts_with_name(&from[at..], "</script"))
        .ok_or_else(|| unfinished("script"))?;
    let end = from[close..].find('>').ok_or_else(|| unfinished("tag"))? + close + 1;
    let text = from[open..close].trim();

    if has_attribute(tag, "src") || is_data(tag) || text.is_empty() {
        page.html.push_str(&from[..end]);
        return Ok(end);
    }
    let name = format!("start-{}.js", short_digest(text));
    let integrity = STANDARD.encode(Sha384::digest(text));
    let attributes = tag["<script".len()..].trim_end_matches('>').trim_end();
    page.html.push_str(&format!(
        "<script{attributes} src=\"/{name}\" integrity=\"sha384-{integrity}\"></script>"
    ));
    page.scripts.push(Script { name, text: text.to_owned() });
    Ok(end)
}

/// Whether the element holds data that no browser runs, such as JSON.
fn is_data(tag: &str) -> bool {
    words(tag).filter_map(|word| word.strip_prefix("type=")).any(|kind| {
        ["json", "importmap", "speculationrules"].iter().any(|data| kind.contains(data))
    })
}

fn has_attribute(tag: &str, name: &str) -> bool {
    words(tag).any(|word| word.split('=').next() == Some(name))
}

fn words(tag: &str) -> impl Iterator<Item = &str> {
    tag.split(|c: char| c.is_whitespace() || c == '>')
}

fn starts_with_name(text: &str, name: &str) -> bool {
    text.get(..name.len()).is_some_and(|start| start.eq_ignore_ascii_case(name))
}

fn short_digest(text: &str) -> String {
    Sha256::digest(text).iter().take(8).map(|byte| format!("{byte:02x}")).collect()
}

fn unfinished(what: &str) -> Failure {
    Failure::new(format!("expected index.html to close every script, found an unfinished {what}"))
}

#[cfg(test)]
mod tests {
    use super::split;

    const TRUNK: &str = "<html><head>\n<script type=\"module\">\nimport init from '/a.js';\n\
                         await init();\n</script><link rel=\"modulepreload\" href=\"/a.js\">\
                         </head></html>";

    #[test]
    fn the_start_script_moves_into_a_file_and_stays_a_module() {
        let page = split(TRUNK).unwrap();
        assert_eq!(page.scripts.len(), 1);
        assert_eq!(page.scripts[0].text, "import init from '/a.js';\nawait init();");
        let name = &page.scripts[0].name;
        let tag = format!("<script type=\"module\" src=\"/{name}\" integrity=\"sha384-");
        assert!(page.html.contains(&tag), "{}", page.html);
        assert!(!page.html.contains("import init"));
        assert!(page.html.contains("<link rel=\"modulepreload\" href=\"/a.js\">"));
    }

    #[test]
    fn a_second_pass_changes_nothing() {
        let once = split(TRUNK).unwrap().html;
        let twice = split(&once).unwrap();
        assert_eq!(twice.html, once);
        assert!(twice.scripts.is_empty());
    }

    #[test]
    fn the_name_follows_the_content() {
        let other = TRUNK.replace("/a.js", "/b.js");
        let (one, two) = (split(TRUNK).unwrap(), split(&other).unwrap());
        assert_ne!(one.scripts[0].name, two.scripts[0].name);
    }

    #[test]
    fn external_scripts_data_and_comments_stay_as_they_are() {
        for html in [
            "<script src=\"/x.js\" defer></script>",
            "<SCRIPT src=/x.js></SCRIPT>",
            "<script type=\"application/json\">{\"a\": 1}</script>",
            "<!-- <script>never()</script> -->",
            "<p>1 < 2</p><scripted>x</scripted>",
            "<p>Привет</p>",
        ] {
            assert_eq!(split(html).unwrap().html, html);
        }
    }

    #[test]
    fn only_the_type_makes_a_script_data() {
        let page = split("<script id=\"json-reader\">read()</script>").unwrap();
        assert_eq!(page.scripts.len(), 1);
    }

    #[test]
    fn a_script_without_an_end_is_refused() {
        assert!(split("<script>let a = 1;").is_err());
    }
}
