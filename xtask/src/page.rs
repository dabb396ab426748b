//! `index.html` as it is served: what it lists for the build becomes files with names that follow their content, and
//! links to them.
//!
//! The list is that of Trunk (`<link data-trunk rel="css" href="…">`), so that `trunk build` reads it too. Nothing of
//! the page is a script inside it: the policy allows scripts of our own origin only.

use std::fs;
use std::path::Path;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use sha2::{Digest, Sha256, Sha384};

use crate::failure::{Doing, Failure, Outcome};
use crate::process::{command, run};
use crate::project::Project;
use crate::tool::node::Packages;

/// The style sheet that comes when it is needed; `src/browser/style.rs` brings it.
const LATER_STYLE: &str = "style/later.css";

/// What a build makes of texts on their way into the page.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Texts<'a> {
    /// As they are.
    Plain,
    /// Minified by esbuild.
    Minified(&'a Packages),
}

/// The app as it was built, in the folder that will be served.
#[derive(Debug)]
pub(crate) struct App {
    /// Name of the script that starts it.
    pub(crate) script: String,
    /// Name of the wasm that the script loads first.
    pub(crate) wasm: String,
}

/// Writes `index.html`, its style sheets and what it lists beside the app in `dist`.
pub(crate) fn write(project: &Project, dist: &Path, app: &App, texts: Texts) -> Outcome<()> {
    let source = fs::read_to_string(project.path("index.html")).doing("read index.html")?;
    let page = Page::read(&source)?;
    for file in &page.files {
        let path = dist.join(file_name(file));
        fs::copy(project.path(file), &path).doing(format_args!("copy {file}"))?;
        if let (Texts::Minified(packages), Some("js")) = (texts, extension(file)) {
            // These run before the app, in browsers too that cannot run it.
            minify(packages, &path, "--target=es5")?;
        }
    }

    let (later, first): (Vec<_>, Vec<_>) =
        page.styles.iter().partition(|style| **style == LATER_STYLE);
    let mut links = String::new();
    let later = style_sheet(project, dist, "later", &later, texts)?;
    links.push_str(&format!("<meta name=later-style content=/{later}>"));
    let style = style_sheet(project, dist, "style", &first, texts)?;
    for (name, before, after) in [
        (&*style, "<link rel=stylesheet href=/", ""),
        (&app.wasm, "<link rel=preload as=fetch type=application/wasm crossorigin href=/", ""),
        (&app.script, "<script type=module crossorigin src=/", "</script>"),
    ] {
        let integrity = if name == app.wasm { String::new() } else { integrity(&dist.join(name))? };
        links.push_str(&format!("{before}{name}{integrity}>{after}"));
    }
    let html = page.with(&links)?;
    fs::write(dist.join("index.html"), html).doing("write index.html")
}

/// Joins style sheets, in their order, into one file and returns its name.
fn style_sheet(
    project: &Project,
    dist: &Path,
    name: &str,
    sources: &[&String],
    texts: Texts,
) -> Outcome<String> {
    let mut style = String::new();
    for source in sources {
        style.push_str(
            &fs::read_to_string(project.path(source)).doing(format_args!("read {source}"))?,
        );
    }
    let path = dist.join(format!("{name}.css"));
    fs::write(&path, &style).doing("write a style sheet")?;
    if let Texts::Minified(packages) = texts {
        minify(packages, &path, "--target=es2022")?;
    }
    named_by_content(&path)
}

/// Makes a script or a style sheet small.
fn minify(packages: &Packages, file: &Path, target: &str) -> Outcome<()> {
    run(command(packages.programs.join("esbuild"))
        .arg(file)
        .args(["--minify", target, "--log-level=error", "--allow-overwrite"])
        .arg(format!("--outfile={}", file.display())))
}

/// Puts a digest of the content into the name of a file: `a.css` becomes `a-0123456789abcdef.css`.
pub(crate) fn named_by_content(path: &Path) -> Outcome<String> {
    let bytes = fs::read(path).doing(format_args!("read {}", path.display()))?;
    let stem = path.file_stem().unwrap_or_default().to_string_lossy();
    let extension = path.extension().unwrap_or_default().to_string_lossy();
    let name = format!("{stem}-{}.{extension}", short(&Sha256::digest(&bytes)));
    fs::rename(path, path.with_file_name(&name)).doing(format_args!("rename {stem}"))?;
    Ok(name)
}

/// Sixteen hexadecimal digits of a digest. The server knows by them that a file never changes.
pub(crate) fn short(digest: &[u8]) -> String {
    digest.iter().take(8).map(|byte| format!("{byte:02x}")).collect()
}

fn integrity(path: &Path) -> Outcome<String> {
    let bytes = fs::read(path).doing(format_args!("read {}", path.display()))?;
    Ok(format!(" integrity=sha384-{}", STANDARD.encode(Sha384::digest(bytes))))
}

fn file_name(path: &str) -> &str {
    path.rsplit('/').next().unwrap_or(path)
}

fn extension(path: &str) -> Option<&str> {
    path.rsplit_once('.').map(|(_, extension)| extension)
}

/// The source of the page, without the list for the build.
#[derive(Debug, Eq, PartialEq)]
struct Page {
    html: String,
    styles: Vec<String>,
    files: Vec<String>,
}

impl Page {
    /// Takes the list out, and comments and indentation with it.
    fn read(source: &str) -> Outcome<Self> {
        let mut page = Self { html: String::new(), styles: Vec::new(), files: Vec::new() };
        for line in without_comments(source)?.lines().map(str::trim).filter(|line| !line.is_empty())
        {
            if !line.starts_with("<link data-trunk") {
                page.html.push_str(line);
                page.html.push('\n');
                continue;
            }
            match (attribute(line, "rel"), attribute(line, "href")) {
                (Some("css"), Some(path)) => page.styles.push(path.to_owned()),
                (Some("copy-file"), Some(path)) => page.files.push(path.to_owned()),
                (Some("rust"), None) => {}
                _ => {
                    return Err(Failure::new(format!(
                        "expected index.html to list css, copy-file and rust for the build, found {line}"
                    )));
                }
            }
        }
        Ok(page)
    }

    /// The page with more at the end of its head.
    fn with(&self, links: &str) -> Outcome<String> {
        let (head, body) = self
            .html
            .split_once("</head>")
            .ok_or_else(|| Failure::new("expected a head in index.html, found none"))?;
        Ok(format!("{head}{links}</head>{body}"))
    }
}

fn without_comments(html: &str) -> Outcome<String> {
    let mut kept = String::with_capacity(html.len());
    let mut rest = html;
    while let Some((before, comment)) = rest.split_once("<!--") {
        kept.push_str(before);
        let after = comment.split_once("-->");
        rest = after.ok_or_else(|| Failure::new("index.html ends within a comment"))?.1;
    }
    Ok(kept + rest)
}

/// The value of an attribute in quotes.
fn attribute<'a>(tag: &'a str, name: &str) -> Option<&'a str> {
    let (_, value) = tag.split_once(&format!(" {name}=\""))?;
    value.split('"').next()
}

#[cfg(test)]
mod tests {
    use super::Page;

    const SOURCE: &str = "<html>\n<head>\n  <!-- why\n  so -->\n<link data-trunk rel=\"css\" href=\"style/a.css\">\n\
                          <link data-trunk rel=\"copy-file\" href=\"public/b.svg\">\n\
                          <link data-trunk rel=\"rust\" data-bin=\"app\">\n</head>\n<body>1 &lt; 2</body>\n";

    #[test]
    fn the_list_for_the_build_is_read_and_goes() {
        let page = Page::read(SOURCE).unwrap();
        assert_eq!(page.styles, ["style/a.css"]);
        assert_eq!(page.files, ["public/b.svg"]);
        assert_eq!(page.html, "<html>\n<head>\n</head>\n<body>1 &lt; 2</body>\n");
        assert_eq!(
            page.with("<x>").unwrap(),
            "<html>\n<head>\n<x></head>\n<body>1 &lt; 2</body>\n"
        );
    }

    #[test]
    fn what_the_build_does_not_know_is_refused() {
        assert!(Page::read("<link data-trunk rel=\"sass\" href=\"a.scss\">").is_err());
        assert!(Page::read("<!-- <html>").is_err());
        assert!(Page::read("<p>").unwrap().with("").is_err());
    }

    #[test]
    fn the_page_of_the_project_is_known() {
        let source = include_str!("../../index.html");
        let page = Page::read(source).unwrap();
        assert!(page.styles.iter().any(|style| style == super::LATER_STYLE));
        assert!(!page.html.contains("data-trunk") && !page.html.contains("<script>"));
    }
}
