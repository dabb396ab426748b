//! The exact body of every kind of avatar with every preset, with and without the Ultra switch, against committed files.
//!
//! `UPDATE_GOLDEN=1 cargo test -p likeness-fal --test golden` rewrites them; the difference is then there to be read.

use likeness_core::{AvatarKind, Preset};
use likeness_fal::compose::{Composed, compose};
use serde_json::{Value, json};
use std::{fs, path::PathBuf};

fn request(kind: AvatarKind, preset: Preset, overrides: Value) -> Value {
    let avatar = match kind {
        AvatarKind::Portrait => json!({
            "kind": "portrait", "trigger_word": "TOK", "trigger_phrase": "a photo of TOK person",
            "lora_url": "https://v3.fal.media/files/lion/vera.safetensors",
        }),
        AvatarKind::Artistic => json!({
            "kind": "artistic", "trigger_word": "ARTST", "finetune_id": "3f8e2a54-ink-and-ash",
        }),
    };
    json!({ "avatar": avatar, "prompt": "castle in the fog", "preset": preset, "overrides": overrides })
}

fn answer(request: &Value) -> String {
    // A struct, not a JSON value, so that the order of the fields on the wire is held too.
    #[derive(serde::Serialize)]
    struct Answer {
        endpoint: &'static str,
        body: likeness_fal::request::Body,
        cost: likeness_core::Cost,
    }
    let text = match compose(request, 0) {
        Ok(Composed { endpoint, body, cost, .. }) => {
            serde_json::to_string_pretty(&Answer { endpoint, body, cost })
        }
        Err(issues) => serde_json::to_string_pretty(&json!({ "issues": issues })),
    };
    text.expect("the values serialise") + "\n"
}

#[test]
fn every_kind_and_preset_has_its_committed_body() {
    let folder = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/golden");
    let mut wrong = Vec::new();
    for kind in AvatarKind::ALL {
        for preset in Preset::ALL {
            for (suffix, overrides) in
                [("", json!({})), ("-on-ultra", json!({ "use_ultra": true }))]
            {
                let name = format!("{}-{}{suffix}.json", kind.name(), preset.name());
                let found = answer(&request(kind, preset, overrides));
                let path = folder.join(&name);
                if std::env::var_os("UPDATE_GOLDEN").is_some() {
                    fs::write(&path, &found).unwrap();
                } else if fs::read_to_string(&path).unwrap_or_default() != found {
                    wrong.push(name);
                }
            }
        }
    }
    assert!(wrong.is_empty(), "these bodies changed: {wrong:?}");
}

#[test]
fn seeds_reach_the_wire_unchanged() {
    for seed in [0, 9_007_199_254_740_993, u64::MAX] {
        for written in [json!(seed), json!(seed.to_string())] {
            let request =
                request(AvatarKind::Portrait, Preset::Balanced, json!({ "seed": written }));
            let body = compose(&request, 0).unwrap().body.to_json();
            assert!(body.contains(&format!("\"seed\":{seed}")), "{body}");
        }
    }
}

#[test]
fn the_prompt_of_the_reply_is_the_prompt_of_the_body() {
    let composed = compose(&request(AvatarKind::Portrait, Preset::Fast, json!(null)), 0).unwrap();
    assert_eq!(composed.body.to_value()["prompt"], composed.prompt.text);
}
