//! Makes the seam between wasm and its script lighter: what no one calls is no longer exported, and imports get short
//! names. wasm-bindgen gives every import a digest in its name, which no compression can shorten.

use crate::failure::{Failure, Outcome};

use std::collections::BTreeSet;

const NAMES: u8 = 0;
const IMPORTS: u8 = 2;
const EXPORTS: u8 = 7;
const CODE: u8 = 10;

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
    let header = wasm.get(..8).filter(|header| header.starts_with(b"\0asm"));
    let mut slim = Slim { wasm: header.ok_or_else(malformed)?.to_vec(), renamed: Vec::new() };
    let sections = Reader(&wasm[8..]).sections()?;
    let unused = unused_functions(&sections)?;
    for (id, body) in sections {
        let body = match id {
            CODE => code(body, &unused)?,
            IMPORTS => imports(body, script, &mut slim.renamed)?,
            EXPORTS => exports(body)?,
            _ => body.to_vec(),
        };
        slim.wasm.push(id);
        write_number(body.len(), &mut slim.wasm);
        slim.wasm.extend(body);
    }
    Ok(slim)
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
fn unused_functions(sections: &[(u8, &[u8])]) -> Outcome<BTreeSet<usize>> {
    let mut imported = 0;
    let mut unused = BTreeSet::new();
    for (id, body) in sections {
        let mut body = Reader(body);
        if *id == IMPORTS {
            for _ in 0..body.number()? {
                body.text()?;
                body.text()?;
                imported += usize::from(body.0.first() == Some(&0));
                body.skip_type()?;
            }
        }
        if *id != NAMES || body.text()? != "name" {
            continue;
        }
        for (kind, names) in body.sections()? {
            let mut names = Reader(names);
            // Of the names only those of functions.
            let count = if kind == 1 { names.number()? } else { 0 };
            for _ in 0..count {
                let index = names.number()?;
                if is_unused(names.text()?) {
                    unused.insert(index.checked_sub(imported).ok_or_else(malformed)?);
                }
            }
        }
    }
    Ok(unused)
}

fn code(body: &[u8], unused: &BTreeSet<usize>) -> Outcome<Vec<u8>> {
    let mut body = Reader(body);
    let count = body.number()?;
    let mut out: Vec<u8> = Vec::new();
    write_number(count, &mut out);
    for index in 0..count {
        let length = body.number()?;
        let function = body.take(length)?;
        let function = if unused.contains(&index) { &NEVER } else { function };
        write_number(function.len(), &mut out);
        out.extend(function);
    }
    Ok(out)
}

fn imports(body: &[u8], script: &str, renamed: &mut Vec<(String, String)>) -> Outcome<Vec<u8>> {
    let mut body = Reader(body);
    let count = body.number()?;
    let mut out: Vec<u8> = Vec::new();
    write_number(count, &mut out);
    for _ in 0..count {
        let (module, name) = (body.text()?, body.text()?);
        write_text(module, &mut out);
        if module == script {
            let short = format!("i{}", renamed.len());
            write_text(&short, &mut out);
            renamed.push((name.to_owned(), short));
        } else {
            write_text(name, &mut out);
        }
        let before = body.0;
        body.skip_type()?;
        out.extend(&before[..before.len() - body.0.len()]);
    }
    Ok(out)
}

fn exports(body: &[u8]) -> Outcome<Vec<u8>> {
    let mut body = Reader(body);
    let count = body.number()?;
    let mut kept = 0;
    let mut out: Vec<u8> = Vec::new();
    for _ in 0..count {
        let before = body.0;
        let name = body.text()?;
        body.byte()?;
        body.number()?;
        if !UNUSED.iter().any(|unused| name.starts_with(unused)) {
            kept += 1;
            out.extend(&before[..before.len() - body.0.len()]);
        }
    }
    let mut whole: Vec<u8> = Vec::new();
    write_number(kept, &mut whole);
    whole.extend(out);
    Ok(whole)
}

/// What is left to read of a module.
struct Reader<'a>(&'a [u8]);

impl<'a> Reader<'a> {
    /// Numbered sections up to the end.
    fn sections(&mut self) -> Outcome<Vec<(u8, &'a [u8])>> {
        let mut sections = Vec::new();
        while !self.0.is_empty() {
            let id = self.byte()?;
            let length = self.number()?;
            sections.push((id, self.take(length)?));
        }
        Ok(sections)
    }

    fn byte(&mut self) -> Outcome<u8> {
        Ok(self.take(1)?[0])
    }

    fn take(&mut self, length: usize) -> Outcome<&'a [u8]> {
        let (taken, rest) = self.0.split_at_checked(length).ok_or_else(malformed)?;
        self.0 = rest;
        Ok(taken)
    }

    /// A number in LEB128.
    fn number(&mut self) -> Outcome<usize> {
        let mut number = 0_usize;
        for shift in (0..35_u32).step_by(7) {
            let byte = self.byte()?;
            number |= usize::from(byte & 0x7f) << shift;
            if byte & 0x80 == 0 {
                return Ok(number);
            }
        }
        Err(malformed())
    }

    fn text(&mut self) -> Outcome<&'a str> {
        let length = self.number()?;
        std::str::from_utf8(self.take(length)?).map_err(|_| malformed())
    }

    /// The type of an import: a function, a table, a memory, a global or a tag.
    fn skip_type(&mut self) -> Outcome<()> {
        match self.byte()? {
            0 => drop(self.number()?),
            1 => {
                self.byte()?;
                self.skip_limits()?;
            }
            2 => self.skip_limits()?,
            3 => drop(self.take(2)?),
            4 => {
                self.byte()?;
                self.number()?;
            }
            _ => return Err(malformed()),
        }
        Ok(())
    }

    fn skip_limits(&mut self) -> Outcome<()> {
        let flags = self.byte()?;
        self.number()?;
        if flags & 1 != 0 {
            self.number()?;
        }
        Ok(())
    }
}

fn write_number(mut number: usize, out: &mut Vec<u8>) {
    while number >= 0x80 {
        out.push((number & 0x7f) as u8 | 0x80);
        number >>= 7;
    }
    out.push(number as u8);
}

fn write_text(text: &str, out: &mut Vec<u8>) {
    write_number(text.len(), out);
    out.extend(text.as_bytes());
}

fn malformed() -> Failure {
    Failure::new("expected a module that wasm-bindgen made, found something else")
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A module that imports `x.__wbg_a_1`, `y.b`, exports `intounderlyingsink_close` and `go`, and has two functions, one of them unused.
    fn module() -> Vec<u8> {
        let mut imports = vec![2];
        for (module, name) in [("x", "__wbg_a_1"), ("y", "b")] {
            write_text(module, &mut imports);
            write_text(name, &mut imports);
            imports.extend([0, 0]);
        }
        let mut exports = vec![2];
        for (name, index) in [("intounderlyingsink_close", 0), ("go", 200)] {
            write_text(name, &mut exports);
            exports.push(0);
            write_number(index, &mut exports);
        }
        let code = vec![2, 4, 0, 1, 1, 0x0b, 4, 0, 1, 1, 0x0b];
        let mut functions = vec![2];
        for (index, name) in [(2, "f"), (3, "future_to_promise::<wasm_streams::Sink>")] {
            write_number(index, &mut functions);
            write_text(name, &mut functions);
        }
        let mut names = Vec::new();
        write_text("name", &mut names);
        names.extend([1, functions.len() as u8]);
        names.extend(functions);
        let mut module = b"\0asm\x01\0\0\0".to_vec();
        let types = vec![1, 0x60, 0, 0];
        for (id, body) in
            [(1, types), (IMPORTS, imports), (EXPORTS, exports), (CODE, code), (NAMES, names)]
        {
            module.push(id);
            write_number(body.len(), &mut module);
            module.extend(body);
        }
        module
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
