//! The release app, cut into parts that are fetched when they are needed.
//!
//! The compiler leaves one wasm, which holds marks where `later!` functions begin. It is cut there, each part is bound and
//! shrunk. All names carry one digest of all files, because the parts fit no
//! others than those they were cut with.

use std::fs;
use std::path::{Path, PathBuf};

use sha2::{Digest, Sha256};
use wasm_split_cli_support::{Options, transform};

use crate::app::empty;
use crate::bind::bind;
use crate::failure::{Doing, Failure, Outcome};
use crate::page::{App, short};
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

/// Cuts the compiled app into `dist`, and says what the page has to load.
pub(crate) fn cut(
    project: &Project,
    wasm: &Path,
    dist: &Path,
    packages: &Packages,
) -> Outcome<App> {
    let scratch = project.scratch().join("parts");
    let [raw, bound, shrunk] = ["raw", "bound", "shrunk"].map(|name| scratch.join(name));
    for folder in [&raw, &bound, &shrunk] {
        empty(folder)?;
    }

    let whole = fs::read(wasm).doing("read the wasm of the app")?;
    let main = raw.join("studio.wasm");
    let mut options = Options::new(&whole);
    options.output_dir = &raw;
    options.main_out_path = &main;
    options.main_module = "./studio.js";
    options.link_name = "./parts.js";
    let parts = transform(options).doing("cut the app into parts")?.split_modules;

    bind(&main, &bound, MAIN, |options| options.keep_lld_exports(true))?;
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
    let app = App { script: format!("{MAIN}-{digest}.js"), wasm: format!("{MAIN}-{digest}.wasm") };
    fs::write(bound.join("start.js"), start("./studio.js", &app.wasm))
        .doing("write the start script")?;

    run(command(packages.programs.join("esbuild"))
        .arg(bound.join("start.js"))
        .args(["--bundle", "--minify", "--format=esm", "--target=es2022", "--log-level=error"])
        .arg(format!("--outfile={}", dist.join(&app.script).display())))?;
    for part in crate::compression::files(&shrunk)? {
        let name = name(&part)?.replace(".wasm", &format!("-{digest}.wasm"));
        fs::copy(&part, dist.join(name)).doing("copy a part")?;
    }
    Ok(app)
}

/// The app in one piece, as debug builds have it.
pub(crate) fn whole(project: &Project, wasm: &Path, dist: &Path) -> Outcome<App> {
    let bound = project.scratch().join("parts/debug");
    empty(&bound)?;
    bind(wasm, &bound, MAIN, |options| options.debug(true))?;
    let digest = digest(&[&bound])?;
    let app = App { script: format!("start-{digest}.js"), wasm: format!("{MAIN}-{digest}.wasm") };
    let bindings = format!("{MAIN}-{digest}.js");
    fs::copy(bound.join("studio.js"), dist.join(&bindings)).doing("copy the bindings")?;
    fs::copy(bound.join("studio_bg.wasm"), dist.join(&app.wasm)).doing("copy the wasm")?;
    fs::write(dist.join(&app.script), start(&format!("/{bindings}"), &app.wasm))
        .doing("write the start script")?;
    Ok(app)
}

fn start(bindings: &str, wasm: &str) -> String {
    format!("import init from \"{bindings}\";\ninit({{ module_or_path: \"/{wasm}\" }});\n")
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

fn name(path: &Path) -> Outcome<&str> {
    path.file_name()
        .and_then(|name| name.to_str())
        .ok_or_else(|| Failure::new(format!("{} has no name that can be read", path.display())))
}
