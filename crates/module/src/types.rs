//! The TypeScript declarations of the package, written from the rules themselves.
//!
//! Names and ranges come from the lists of the core, so they cannot drift. The shapes of answers stand in `package/index.d.ts`; the tests of the package hold real
//! answers against them.

use likeness_core::{AspectRatio, AvatarKind, Code, Field, ImageSize, Preset, Route, Rule};
use serde_json::json;
use std::fmt::Write;

/// Every code that an issue can have.
const CODES: [Code; 12] = [
    Code::Required,
    Code::WrongType,
    Code::NotWhole,
    Code::OutOfRange,
    Code::UnknownValue,
    Code::UnknownKey,
    Code::NotApplicable,
    Code::Conflict,
    Code::UnsafeUrl,
    Code::TooLong,
    Code::NoTrigger,
    Code::Notice,
];

/// The text of `index.d.ts`: what is written by hand, then what follows from the rules.
pub fn declarations() -> String {
    let mut out = include_str!("../package/index.d.ts").to_owned();
    let codes: Vec<String> =
        CODES.iter().filter_map(|code| json!(code).as_str().map(str::to_owned)).collect();
    let endpoints = Route::ALL.map(Route::endpoint);
    union(&mut out, "AvatarKind", &AvatarKind::NAMES);
    union(&mut out, "PresetName", &Preset::NAMES);
    union(&mut out, "Endpoint", &endpoints);
    union(&mut out, "ImageSizeName", &ImageSize::NAMES);
    union(&mut out, "AspectRatioName", &AspectRatio::NAMES);
    union(&mut out, "FieldName", &Field::ALL.map(Field::key));
    union(&mut out, "IssueCode", &codes);
    settings(&mut out);
    for route in Route::ALL {
        body(&mut out, route);
    }
    let names: Vec<_> = Route::ALL.iter().map(|route| format!("{route:?}Body")).collect();
    write(&mut out, format_args!("\nexport type Body = {};\n", names.join(" | ")));
    out
}

fn union(out: &mut String, name: &str, texts: &[impl AsRef<str>]) {
    let texts: Vec<_> = texts.iter().map(|text| format!("\"{}\"", text.as_ref())).collect();
    write(out, format_args!("\nexport type {name} = {};\n", texts.join(" | ")));
}

/// What a preset sets or a caller overrides: every field, none of them needed.
fn settings(out: &mut String) {
    out.push_str("\n/** Settings by name. */\nexport interface Settings {\n");
    for field in Field::ALL {
        let kind = kind(Route::any_rule(field), "number | bigint | string");
        member(out, field.key(), "?", &range(field), &kind);
    }
    out.push_str("}\n");
}

/// What a field may be, by endpoint where they differ.
fn range(field: Field) -> String {
    let widest = note(Route::any_rule(field));
    let others = Route::ALL.into_iter().filter_map(|route| {
        let own = note(route.rule(field)?);
        (own != widest).then(|| format!(" On `{}` {own}", route.endpoint()))
    });
    let others: String = others.collect();
    widest + &others
}

/// The body of a route: what it always sends, and what only when set.
fn body(out: &mut String, route: Route) {
    let endpoint = route.endpoint();
    write(out, format_args!("\n/** What is posted to `{endpoint}`. */\n"));
    write(out, format_args!("export interface {route:?}Body {{\n  prompt: string;\n"));
    match route.kind() {
        AvatarKind::Portrait => out.push_str("  loras: [{ path: string; scale: number }];\n"),
        AvatarKind::Artistic => out.push_str("  finetune_id: string;\n"),
    }
    for field in Field::ALL {
        // A LoRA's scale travels beside its address.
        let Some(rule) = route.rule(field).filter(|_| field != Field::LoraScale) else { continue };
        let mark = if route.defaults().value(field).is_some() { "" } else { "?" };
        member(out, field.key(), mark, &note(rule), &kind(rule, "number | bigint"));
    }
    out.push_str("}\n");
}

fn note(rule: Rule) -> String {
    match rule {
        Rule::Whole { min, max } => format!("Whole, {min} to {max}."),
        Rule::Number { min, max } => format!("{min} to {max}."),
        Rule::OneOf(_) => "One of these.".to_owned(),
        Rule::Flag => "On or off.".to_owned(),
        Rule::Size => "A name or own sides.".to_owned(),
        Rule::Ratio => "Any `w:h` from `9:21` to `21:9`.".to_owned(),
        Rule::Seed => format!("0 to {}; a bigint beyond 2^53.", u64::MAX),
    }
}

/// The type of a value; `seed` is that of a seed.
fn kind(rule: Rule, seed: &str) -> String {
    match rule {
        Rule::Whole { .. } | Rule::Number { .. } => "number".to_owned(),
        Rule::OneOf(texts) => {
            let texts: Vec<_> = texts.iter().map(|text| format!("\"{text}\"")).collect();
            texts.join(" | ")
        }
        Rule::Flag => "boolean".to_owned(),
        Rule::Size => "ImageSize".to_owned(),
        Rule::Ratio => "AspectRatio".to_owned(),
        Rule::Seed => seed.to_owned(),
    }
}

fn member(out: &mut String, key: &str, mark: &str, note: &str, kind: &str) {
    write(out, format_args!("  /** {note} */\n  {key}{mark}: {kind};\n"));
}

fn write(out: &mut String, text: std::fmt::Arguments<'_>) {
    out.write_fmt(text).expect("a String takes all that is written to it");
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Does not compile when a code is new, so that nobody forgets the list.
    const fn place(code: Code) -> usize {
        match code {
            Code::Required => 0,
            Code::WrongType => 1,
            Code::NotWhole => 2,
            Code::OutOfRange => 3,
            Code::UnknownValue => 4,
            Code::UnknownKey => 5,
            Code::NotApplicable => 6,
            Code::Conflict => 7,
            Code::UnsafeUrl => 8,
            Code::TooLong => 9,
            Code::NoTrigger => 10,
            Code::Notice => 11,
        }
    }

    #[test]
    fn every_code_is_declared() {
        for (index, code) in CODES.into_iter().enumerate() {
            assert_eq!(place(code), index);
        }
    }

    #[test]
    fn a_body_declares_what_its_route_takes() {
        let text = declarations();
        let ultra = text.split("interface UltraFinetunedBody").nth(1).unwrap();
        let ultra = ultra.split('}').next().unwrap();
        assert!(ultra.contains("  aspect_ratio: ") && ultra.contains("  seed?: number | bigint;"));
        assert!(!ultra.contains("image_size") && !ultra.contains("string |"), "{ultra}");
    }

    #[test]
    fn a_setting_says_where_its_range_differs() {
        assert_eq!(range(Field::GuidanceScale), "0 to 35. On `fal-ai/flux-pro/finetuned` 1 to 20.");
        assert_eq!(range(Field::NumImages), "Whole, 1 to 4.");
    }
}
