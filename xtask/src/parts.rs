//! The release app after Trunk: cut into parts that are fetched when they are needed.
//!
//! Trunk leaves one wasm, which holds marks where `later!` functions begin. It is cut there, each part is bound and
//! shrunk, and the page is told the new names. All names carry one digest of all files, because the parts fit no
//! others than those they were cut with.

use std::fs;
use std::path::{Path, PathBuf};

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use sha2::{Digest, Sha256, Sha384};
use wasm_split_cli_support::{Options, transform};

use crate::failure::{Doing, Failure, Outcome};
use crate::process::{command, run};
use crate::project::Project;
use crate::slim;
use crate::tool::node::Packages;

/// What browsers that can run the app understand, for the shrinking of files that no longer say it themselves.
pub(crate) const WASM_FEATURES: [&str; 6] = [
    "--enable-bulk-memory",
    "--enable-nontrapping-float-to-int",
    "--enable-sign-ext",
    "--enable-mutable-globals",
    "--enable-reference-types",
    "--enable-multivalue",
];

/// For few bytes after compression: functions of one kind stand together, and what is computed twice in the same way is
/// shorter than what is kept in one more local. Measured: 2 % of the first page.
pub(crate) const SMALL: [&str; 4] = [
    "--reorder-functions-by-name",
    "-Os",
    "--skip-pass=local-cse",
    "--one-caller-inline-max-function-size=40",
];

/// The wasm of the first page, and beginning of the name of its script.
pub(crate) const MAIN: &str = "studio";

/// Scripts that run before the app, in browsers too that cannot run it.
const BEFORE_THE_APP: [&str; 2] = ["boot.js", "telegram.js"];

/// The style sheet that comes with the parts; `src/browser/style.rs` brings it.
const LATER_STYLE: &str = "/later-";

/// Replaces Trunk's script and wasm in `dist` by the parts. `bindgen` is the folder of `wasm-bindgen`.
pub(crate) fn cut(
    project: &Project,
    dist: &Path,
    bindgen: &Path,
    packages: &Packages,
) -> Outcome<()> {
    let scratch = project.scratch().join("parts");
    if scratch.exists() {
        fs::remove_dir_all(&scratch).doing("clear the folder of parts")?;
    }
    let [raw, bound, shrunk] = ["raw", "bound", "shrunk"].map(|name| scratch.join(name));
    for folder in [&raw, &bound, &shrunk] {
        fs::create_dir_all(folder).doing("make a folder for parts")?;
    }

    let whole = project.wasm_target().join("wasm32-unknown-unknown/wasm/studio.wasm");
    let whole = fs::read(whole).doing("read the wasm that Trunk had built")?;
    let main = raw.join("studio.wasm");
    let mut options = Options::new(&whole);
    options.output_dir = &raw;
    options.main_out_path = &main;
    options.main_module = "./studio.js";
    options.link_name = "./parts.js";
    let parts = transform(options).doing("cut the app into parts")?.split_modules;

    run(command(bindgen.join("wasm-bindgen"))
        .args(["--target", "web", "--no-typescript", "--keep-lld-exports", "--out-name", MAIN])
        .arg("--out-dir")
        .arg(&bound)
        .arg(&main))?;
    make_slim(&bound)?;
    shrink(packages, &bound.join("studio_bg.wasm"), &shrunk.join("studio.wasm"))?;
    for part in &parts {
        let name = name(part)?;
        shrink(packages, part, &shrunk.join(name.strip_prefix("split_").unwrap_or(name)))?;
    }

    let digest = digest(&[&shrunk, &bound])?;
    let links = fs::read_to_string(raw.join("parts.js")).doing("read how the parts are linked")?;
    let links =
        links.replace("\"./split_", "\"./").replace(".wasm\"", &format!("-{digest}.wasm\""));
    fs::write(bound.join("parts.js"), links).doing("write how the parts are linked")?;
    let start = format!(
        "import init from \"./studio.js\";\ninit({{ module_or_path: \"/studio-{digest}.wasm\" }});\n"
    );
    fs::write(bound.join("start.js"), start).doing("write the start script")?;

    remove_trunks_own(dist)?;
    let script = dist.join(format!("{MAIN}-{digest}.js"));
    run(command(packages.programs.join("esbuild"))
        .arg(bound.join("start.js"))
        .args(["--bundle", "--minify", "--format=esm", "--target=es2022", "--log-level=error"])
        .arg(format!("--outfile={}", script.display())))?;
    for part in crate::compression::files(&shrunk)? {
        let name = name(&part)?.replace(".wasm", &format!("-{digest}.wasm"));
        fs::copy(&part, dist.join(name)).doing("copy a part")?;
    }
    for script in BEFORE_THE_APP {
        minify(packages, &dist.join(script))?;
    }
    rewrite_page(dist, &digest)
}

/// Rewrites what wasm-bindgen made.
fn make_slim(bound: &Path) -> Outcome<()> {
    let (wasm, script) = (bound.join("studio_bg.wasm"), bound.join("studio.js"));
    let module = fs::read(&wasm).doing("read the bound wasm")?;
    let slim = slim::slim(&module, "./studio_bg.js")?;
    let text = fs::read_to_string(&script).doing("read the script of the wasm")?;
    fs::write(wasm, &slim.wasm).doing("write the bound wasm")?;
    fs::write(script, slim::rename(&text, &slim.renamed)).doing("write the script of the wasm")
}

fn shrink(packages: &Packages, from: &Path, to: &Path) -> Outcome<()> {
    run(command(packages.programs.join("wasm-opt"))
        .args(["--strip-debug", "--strip-producers"])
        .args(WASM_FEATURES)
        .args(SMALL)
        .arg(from)
        .arg("-o")
        .arg(to))
}

fn minify(packages: &Packages, script: &Path) -> Outcome<()> {
    run(command(packages.programs.join("esbuild"))
        .arg(script)
        .args(["--minify", "--target=es5", "--log-level=error", "--allow-overwrite"])
        .arg(format!("--outfile={}", script.display())))
}

fn remove_trunks_own(dist: &Path) -> Outcome<()> {
    for file in crate::compression::files(dist)? {
        let name = name(&file)?;
        if name.starts_with(MAIN) && (name.ends_with(".js") || name.ends_with(".wasm")) {
            fs::remove_file(&file).doing("remove what Trunk made of the whole app")?;
        }
    }
    Ok(())
}

fn rewrite_page(dist: &Path, digest: &str) -> Outcome<()> {
    let path = dist.join("index.html");
    let html = fs::read_to_string(&path).doing("read the index.html that Trunk made")?;
    let (html, styles) = without_trunks_links(&html)?;

    let mut style = String::new();
    let (later, styles): (Vec<_>, Vec<_>) =
        styles.into_iter().partition(|href| href.starts_with(LATER_STYLE));
    for href in &styles {
        let file = dist.join(href.trim_start_matches('/'));
        style.push_str(&fs::read_to_string(&file).doing("read a style sheet")?);
        fs::remove_file(&file).doing("remove a style sheet that is part of the one")?;
    }
    let style_name = format!("style-{}.css", short(&Sha256::digest(&style)));
    fs::write(dist.join(&style_name), &style).doing("write the style sheet")?;
    let script_name = format!("{MAIN}-{digest}.js");
    let script = fs::read(dist.join(&script_name)).doing("read the script of the app")?;

    let later: String =
        later.iter().map(|href| format!("<meta name=later-style content={href}>")).collect();
    let links = format!(
        "{later}<link href=/{style_name} integrity={} rel=stylesheet>\
         <link as=fetch crossorigin href=/{MAIN}-{digest}.wasm rel=preload type=application/wasm>\
         <script type=module crossorigin src=/{script_name} integrity={}></script>",
        integrity(style.as_bytes()),
        integrity(&script),
    );
    let place = html
        .find("</head>")
        .ok_or_else(|| Failure::new("expected a head in index.html, found none"))?;
    let (head, body) = html.split_at(place);
    fs::write(path, [head, &links, body].concat()).doing("write index.html")
}

/// The page without what Trunk added for the whole app, and the addresses of its style sheets in their order.
fn without_trunks_links(html: &str) -> Outcome<(String, Vec<String>)> {
    let mut kept = String::with_capacity(html.len());
    let mut styles = Vec::new();
    let mut rest = html;
    while let Some(start) = rest.find('<') {
        let (before, from) = rest.split_at(start);
        kept.push_str(before);
        let end = from.find('>').ok_or_else(|| Failure::new("index.html ends within a tag"))? + 1;
        let tag = &from[..end];
        rest = &from[end..];
        if tag.starts_with("<script") && tag.contains("module") {
            let close = rest
                .find("</script>")
                .ok_or_else(|| Failure::new("index.html ends within a script"))?;
            rest = &rest[close + "</script>".len()..];
        } else if tag.starts_with("<link") && has(tag, "rel", "stylesheet") {
            styles.extend(attribute(tag, "href").map(str::to_owned));
        } else if tag.starts_with("<link")
            && (has(tag, "rel", "modulepreload") || has(tag, "as", "fetch"))
        {
            // The whole app's own; the parts get theirs.
        } else {
            kept.push_str(tag);
        }
    }
    kept.push_str(rest);
    Ok((kept, styles))
}

fn has(tag: &str, name: &str, value: &str) -> bool {
    attribute(tag, name) == Some(value)
}

/// The value of an attribute, quoted or not.
fn attribute<'a>(tag: &'a str, name: &str) -> Option<&'a str> {
    let start = tag.find(&format!(" {name}="))? + name.len() + 2;
    let value = &tag[start..];
    match value.strip_prefix('"') {
        Some(quoted) => quoted.split('"').next(),
        None => value.split([' ', '>']).next(),
    }
}

/// One digest of all files in some folders.
fn digest(folders: &[&PathBuf]) -> Outcome<String> {
    let mut digest = Sha256::new();
    for folder in folders {
        for file in crate::compression::files(folder)? {
            digest.update(fs::read(&file).doing("read a part")?);
        }
    }
    Ok(short(&digest.finalize()))
}

fn short(digest: &[u8]) -> String {
    digest.iter().take(8).map(|byte| format!("{byte:02x}")).collect()
}

fn integrity(bytes: &[u8]) -> String {
    format!("sha384-{}", STANDARD.encode(Sha384::digest(bytes)))
}

fn name(path: &Path) -> Outcome<&str> {
    path.file_name()
        .and_then(|name| name.to_str())
        .ok_or_else(|| Failure::new(format!("{} has no name that can be read", path.display())))
}

#[cfg(test)]
mod tests {
    use super::without_trunks_links;

    #[test]
    fn what_trunk_added_goes_and_the_rest_stays() {
        let html = "<head><link href=/favicon.svg rel=icon><script src=/boot.js></script>\
                    <link href=/a-1.css integrity=x rel=stylesheet><link rel=\"stylesheet\" href=\"/b-1.css\">\
                    <link crossorigin href=/studio-1.js rel=modulepreload><link as=fetch href=/studio-1.wasm rel=preload>\
                    <script type=module>import init from '/studio-1.js';</script></head><body>1 &lt; 2</body>";
        let (kept, styles) = without_trunks_links(html).unwrap();
        assert_eq!(
            kept,
            "<head><link href=/favicon.svg rel=icon><script src=/boot.js></script></head><body>1 &lt; 2</body>"
        );
        assert_eq!(styles, ["/a-1.css", "/b-1.css"]);
    }

    #[test]
    fn a_page_that_ends_within_a_tag_is_refused() {
        assert!(without_trunks_links("<p><link rel=stylesheet").is_err());
    }
}
