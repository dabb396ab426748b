//! What files bring, what is left out of them, and what they meet.

use super::*;
use likeness_core::AvatarKind;

fn names<'a>(avatars: impl IntoIterator<Item = &'a Avatar>) -> Vec<&'a str> {
    avatars.into_iter().map(|avatar| avatar.name.as_str()).collect()
}

#[test]
fn an_export_comes_back_as_it_was() {
    let first =
        import(br#"[{"name":"Vera","lora_url":"https://example.org/a","lora_scale":1.15}]"#)
            .unwrap();
    let again = import(export(&first.avatars).as_bytes()).unwrap();
    assert_eq!(again, first);
    assert_eq!((again.pinned(), again.without_pins().pinned()), (1, 0));
    // The example bots read it so.
    let file: Value = serde_json::from_str(&export(&first.avatars)).unwrap();
    assert_eq!(file["avatars"][0]["lora_url"], "https://example.org/a");
}

#[test]
fn a_key_in_an_address_is_not_exported() {
    let file = br#"{"lora_url":"https://example.org/a.safetensors?token=hf_secret"}"#;
    let text = export(&import(file).unwrap().avatars);
    assert!(text.contains("a.safetensors?token=***") && !text.contains("hf_secret"), "{text}");
}

#[test]
fn the_original_flat_portrait_is_taken_and_what_it_has_beyond_is_said() {
    let old =
        br#"{"name":"Old","gender":"female","training_type":"portrait","trigger_word":"TOK",
        "lora_url":"https://example.org/a","lora_scale":1.0,"is_main":true,"id":"x","finetune_id":null}"#;
    let import = import(old).unwrap();
    assert_eq!((import.avatars[0].kind, import.skipped), (AvatarKind::Portrait, 0));
    let unknown = |key: &str| LeftOut {
        key: key.to_owned(),
        why: Why::Unknown,
        avatars: vec!["Old".to_owned()],
    };
    assert_eq!(import.left_out, [unknown("gender"), unknown("is_main")]);
    let style = super::import(
        br#"{"avatars":[{"type":"style","finetune_id":"x"},7,{}],"format":"x","main":1}"#,
    )
    .unwrap();
    let beside = LeftOut { avatars: Vec::new(), ..unknown("main") };
    assert_eq!(style.left_out, [beside]);
    assert_eq!((style.avatars[0].kind, style.skipped), (AvatarKind::Artistic, 2));
}

#[test]
fn every_field_of_another_type_is_said_with_the_avatars_that_had_it() {
    let file = br#"[
        {"name":"Vera","lora_url":"https://a.example/1","trigger_word":["TOK"],"lora_scale":"1.1"},
        {"name":["Max"],"lora_url":"https://a.example/2","lora_scale":"1.1","kind":"statue"},
        {"name":"Ink","kind":7,"finetune_id":"ink","lora_url":{"url":"x"},"finetune_strength":true,"trigger_phrase":null}
    ]"#;
    let import = import(file).unwrap();
    let left_out: Vec<_> = import
        .left_out
        .iter()
        .map(|left| (left.key.as_str(), left.why, left.avatars.join(",")))
        .collect();
    assert_eq!(
        left_out,
        [
            ("lora_scale", Why::NotNumber, "Vera,#2".to_owned()),
            ("trigger_word", Why::NotText, "Vera".to_owned()),
            ("kind", Why::NotKind, "#2".to_owned()),
            ("name", Why::NotText, "#2".to_owned()),
            ("finetune_strength", Why::NotNumber, "Ink".to_owned()),
            ("kind", Why::NotText, "Ink".to_owned()),
            ("lora_url", Why::NotText, "Ink".to_owned()),
        ]
    );
    assert_eq!(import.avatars[0].trigger_word, None);
    assert_eq!(import.avatars[0].lora_scale, None);
    assert_eq!(import.avatars[2].kind, AvatarKind::Artistic);
}

#[test]
fn the_order_of_the_file_is_kept() {
    let entries: Vec<_> =
        (0..200).rev().map(|n| json!({ "name": format!("{n}"), "finetune_id": "x" })).collect();
    let import = import(json!(entries).to_string().as_bytes()).unwrap();
    let expected: Vec<_> = (0..200).rev().map(|n| n.to_string()).collect();
    assert_eq!(names(&import.avatars), expected);
}

#[test]
fn the_result_of_a_training_is_an_avatar_without_a_name() {
    let file = br#"{"status":"OK","payload":{"diffusers_lora_file":{"url":"https://v3.fal.media/a.safetensors"},"config_file":{"url":"https://v3.fal.media/c.json"}}}"#;
    let import = import(file).unwrap();
    assert_eq!(import.avatars[0].lora_url.as_deref(), Some("https://v3.fal.media/a.safetensors"));
    assert_eq!((import.avatars[0].name.as_str(), import.left_out.len()), ("", 0));
}

#[test]
fn an_address_is_cleaned_and_its_mistakes_are_told() {
    let file = "[{\"lora_url\":\" https://huggingface.co/u/r/blob/main/a.safetensors\u{200B}\"},{\"lora_url\":\"user/repo\"},{\"lora_url\":\"https://a.example/b\"}]";
    let import = import(file.as_bytes()).unwrap();
    let issues: Vec<_> = import
        .avatars
        .iter()
        .map(|avatar| {
            reference::issues(avatar).iter().map(|issue| issue.reason).collect::<Vec<_>>()
        })
        .collect();
    use likeness_core::Reason::{PageAddress, RepositoryName};
    assert_eq!(issues, [vec![PageAddress], vec![RepositoryName], vec![]]);
    let fix = &reference::issues(&import.avatars[0])[0].fix[0];
    assert_eq!(fix.value, "https://huggingface.co/u/r/resolve/main/a.safetensors");
}

fn here() -> Vec<Avatar> {
    let file = br#"[
        {"name":"Vera","lora_url":"https://a.example/vera?token=secret"},
        {"name":"Max","lora_url":"https://a.example/max"},
        {"name":"Ink","finetune_id":"ink"}
    ]"#;
    let mut avatars = import(file).unwrap().avatars;
    for (at, avatar) in avatars.iter_mut().enumerate() {
        avatar.id = format!("id-{at}");
    }
    avatars
}

fn coming() -> Import {
    let file = br#"[
        {"name":"Vera 2","lora_url":"https://a.example/vera?token=***","trigger_word":"TOK"},
        {"name":" max","lora_url":"https://a.example/other"},
        {"name":"New","finetune_id":"new"},
        {"name":"MAX","lora_url":"https://a.example/third"},
        {"lora_url":"https://a.example/nameless"}
    ]"#;
    import(file).unwrap()
}

#[test]
fn a_name_or_a_model_that_is_here_is_a_double() {
    assert_eq!(names(coming().doubles(&here())), ["Vera 2", "max", "MAX"]);
    assert_eq!(names(coming().doubles(&[])), Vec::<&str>::new());
    let nameless = import(br#"[{"name":"  ","finetune_id":"y"}]"#).unwrap();
    assert_eq!(nameless.doubles(&nameless.avatars.clone()).len(), 1, "by its id, not by no name");
}

#[test]
fn doubles_are_skipped_replaced_or_kept() {
    let skipped = coming().settle(&here(), Doubles::Skip);
    assert_eq!(names(&skipped), ["New", ""]);

    let replaced = coming().settle(&here(), Doubles::Replace);
    let ids: Vec<_> = replaced.iter().map(|avatar| avatar.id.as_str()).collect();
    assert_eq!(ids, ["id-0", "id-1", "", "", ""], "each is replaced once");
    assert_eq!(names(&replaced), ["Vera 2", "max", "New", "MAX", ""]);
    let vera = &replaced[0];
    assert_eq!(vera.lora_url.as_deref(), Some("https://a.example/vera?token=secret"));
    assert_eq!(vera.trigger_word.as_deref(), Some("TOK"));

    let both = coming().settle(&here(), Doubles::KeepBoth);
    assert_eq!(both, coming().avatars);
}

#[test]
fn five_hundred_avatars_come_in_at_once_and_one_more_is_too_many() {
    let file = |count: usize| format!("[{}]", vec![r#"{"finetune_id":"x"}"#; count].join(","));
    let import = |count| super::import(file(count).as_bytes());
    assert_eq!(import(MAX_IMPORT_AVATARS).unwrap().avatars.len(), 500);
    assert_eq!(import(501), Err(ImportError::TooMany { count: 501 }));
    assert_eq!(import(20_000), Err(ImportError::TooMany { count: 20_000 }));
}

#[test]
fn bad_files_are_named() {
    assert_eq!(import(b"<html>"), Err(ImportError::NotJson));
    assert_eq!(import(b"{}"), Err(ImportError::NoAvatars));
    assert_eq!(import(b"[]"), Err(ImportError::NoAvatars));
    assert_eq!(import(&vec![b' '; MAX_IMPORT_BYTES as usize + 1]), Err(ImportError::TooLarge));
}
