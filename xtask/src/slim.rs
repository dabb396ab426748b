//! Makes the seam between wasm and its script lighter: what no one calls is no longer exported, and imports get short
//! names. wasm-bindgen gives every import a digest in its name, which no compression can shorten.

use crate::failure::{Failure, Outcome};

use std::collections::BTreeSet;
use std::error::Error;

use wasm_encoder::reencode::{Reencode, RoundtripReencoder};
use wasm_encoder::{CodeSection, ExportSection, ImportSection, Module, RawSection};
use wasmparser::{BinaryReader, CodeSectionReader, KnownCustom, Name, Parser, Payload, TypeRef};

/// Exports of a library that Leptos brings for streams between server and browser, which this app has not.
const UNUSED: [&str; 2] = ["intounderlying", "__wbg_intounderlying"];

/// Whether a function does the work of those exports. A table holds it, so that nobody else can tell that it is unused.
fn is_unused(name: &str) -> bool {
    name.contains("future_to_promise") && name.contains("wasm_streams")
}

/// A function without locals that stops the app.
const NEVER: [u8; 3] = [0x00, 0x00, 0x0b];

/// What became of a module.
#[derive(Debug)]
pub(crate) struct Slim {
    /// The module.
    pub(crate) wasm: Vec<u8>,
    /// Old and new names of its imports from wasm-bindgen's script.
    pub(crate) renamed: Vec<(String, String)>,
}

/// Rewrites the imports from `script` and the exports of a module; everything else stays to the byte.
pub(crate) fn slim(wasm: &[u8], script: &str) -> Outcome<Slim> {
    let unused = unused_functions(wasm).map_err(malformed)?;
    slimmed(wasm, script, &unused).map_err(malformed)
}

fn slimmed(wasm: &[u8], script: &str, unused: &BTreeSet<u32>) -> Result<Slim, Malformed> {
    let (mut module, mut renamed) = (Module::new(), Vec::new());
    for payload in Parser::new(0).parse_all(wasm) {
        let payload = payload?;
        let section = payload.as_section().and_then(|(id, range)| {
            let range = usize::try_from(range.start).ok()?..usize::try_from(range.end).ok()?;
            Some(RawSection { id, data: wasm.get(range)? })
        });
        match (payload, section) {
            (Payload::ImportSection(imports), _) => {
                let mut section = ImportSection::new();
                for import in imports.into_imports() {
                    let import = import?;
                    let kind = RoundtripReencoder.entity_type(import.ty)?;
                    if import.module == script {
                        let short = format!("i{}", renamed.len());
                        section.import(import.module, &short, kind);
                        renamed.push((import.name.to_owned(), short));
                    } else {
                        section.import(import.module, import.name, kind);
                    }
                }
                module.section(&section);
            }
            (Payload::ExportSection(exports), _) => {
                let mut section = ExportSection::new();
                for export in exports {
                    let export = export?;
                    if !UNUSED.iter().any(|unused| export.name.starts_with(unused)) {
                        let kind = RoundtripReencoder.export_kind(export.kind)?;
                        section.export(export.name, kind, export.index);
                    }
                }
                module.section(&section);
            }
            (Payload::CodeSectionStart { .. }, Some(code)) => {
                let functions = CodeSectionReader::new(BinaryReader::new(code.data, 0))?;
                module.section(&code_without(functions, unused)?);
            }
            (_, Some(section)) => _ = module.section(&section),
            (_, None) => {}
        }
    }
    Ok(Slim { wasm: module.finish(), renamed })
}

/// The script with the new names.
pub(crate) fn rename(script: &str, renamed: &[(String, String)]) -> String {
    let is_name = |c: char| c.is_ascii_alphanumeric() || c == '_' || c == '$';
    let mut out = String::with_capacity(script.len());
    let mut rest = script;
    while let Some(start) = rest.find(is_name) {
        let end =
            rest[start..].find(|c: char| !is_name(c)).map_or(rest.len(), |length| start + length);
        let word = &rest[start..end];
        let new = renamed.iter().find(|(old, _)| old == word).map_or(word, |(_, new)| new);
        out.push_str(&rest[..start]);
        out.push_str(new);
        rest = &rest[end..];
    }
    out + rest
}

/// Indices of the functions that are [unused](is_unused), without those that are imported.
fn unused_functions(wasm: &[u8]) -> Result<BTreeSet<u32>, Malformed> {
    let (mut imported, mut unused) = (0, BTreeSet::new());
    for payload in Parser::new(0).parse_all(wasm) {
        match payload? {
            Payload::ImportSection(imports) => {
                for import in imports.into_imports() {
                    imported += u32::from(matches!(import?.ty, TypeRef::Func(_)));
                }
            }
            Payload::CustomSection(custom) => {
                let KnownCustom::Name(sections) = custom.as_known() else { continue };
                for section in sections {
                    let Name::Function(functions) = section? else { continue };
                    for function in functions {
                        let function = function?;
                        if is_unused(function.name) {
                            unused.extend(function.index.checked_sub(imported));
                        }
                    }
                }
            }
            _ => {}
        }
    }
    Ok(unused)
}

/// The same code, in which unused functions do nothing.
fn code_without(
    functions: CodeSectionReader,
    unused: &BTreeSet<u32>,
) -> Result<CodeSection, Malformed> {
    let mut code = CodeSection::new();
    for function in functions {
        let function = function?;
        match unused.contains(&code.len()) {
            true => code.raw(&NEVER),
            false => code.raw(function.as_bytes()),
        };
    }
    Ok(code)
}

/// What the parser says of a module that it cannot read.
type Malformed = wasm_encoder::reencode::Error;

fn malformed(error: Malformed) -> Failure {
    let why = error.source().map_or_else(|| error.to_string(), ToString::to_string);
    Failure::new(format!("expected a module that wasm-bindgen made, found something else: {why}"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use wasm_encoder::{
        EntityType, ExportKind, FunctionSection, NameMap, NameSection, TypeSection,
    };

    /// A module that imports `x.__wbg_a_1`, `y.b`, exports `intounderlyingsink_close` and `go`, and
    /// has two functions, one of them unused.
    fn module() -> Vec<u8> {
        let (mut imports, mut exports) = (ImportSection::new(), ExportSection::new());
        for (module, name) in [("x", "__wbg_a_1"), ("y", "b")] {
            imports.import(module, name, EntityType::Function(0));
        }
        for (name, index) in [("intounderlyingsink_close", 0), ("go", 200)] {
            exports.export(name, ExportKind::Func, index);
        }
        let (mut code, mut types) = (CodeSection::new(), TypeSection::new());
        let mut kinds = FunctionSection::new();
        kinds.function(0).function(0);
        code.raw(&[0, 1, 1, 0x0b]).raw(&[0, 1, 1, 0x0b]);
        types.ty().function([], []);
        let (mut names, mut functions) = (NameSection::new(), NameMap::new());
        functions.append(2, "f");
        functions.append(3, "future_to_promise::<wasm_streams::Sink>");
        names.functions(&functions);
        let mut module = Module::new();
        module
            .section(&types)
            .section(&imports)
            .section(&kinds)
            .section(&exports)
            .section(&code)
            .section(&names);
        module.finish()
    }

    #[test]
    fn imports_of_the_script_get_short_names_and_unused_exports_go() {
        let slim = slim(&module(), "x").unwrap();
        assert_eq!(slim.renamed, [("__wbg_a_1".to_owned(), "i0".to_owned())]);
        let text = String::from_utf8_lossy(&slim.wasm).into_owned();
        assert!(text.contains("i0") && text.contains("go") && !text.contains("__wbg"), "{text:?}");
        assert!(!text.contains("intounderlying"), "{text:?}");
        // Of the functions the second does nothing any more.
        let code = [2, 4, 0, 1, 1, 0x0b, 3, 0, 0, 0x0b];
        assert!(slim.wasm.windows(code.len()).any(|bytes| bytes == code), "{:?}", slim.wasm);
        // Once more, nothing is left to do.
        assert_eq!(super::slim(&slim.wasm, "none").unwrap().wasm, slim.wasm);
    }

    #[test]
    fn only_whole_names_of_the_script_change() {
        let renamed = [("__wbg_a_1".to_owned(), "i0".to_owned())];
        let script = "{ __wbg_a_1: f, __wbg_a_12: g, x__wbg_a_1: h }";
        assert_eq!(rename(script, &renamed), "{ i0: f, __wbg_a_12: g, x__wbg_a_1: h }");
    }

    #[test]
    fn what_is_no_module_is_refused() {
        assert!(slim(b"\0asm", "x").is_err());
        assert!(slim(b"\0asm\x01\0\0\0\x02\x7f", "x").is_err());
    }
}
