//! What files bring, what is left out of them, and what they meet.

use super::*;
use likeness_core::AvatarKind;
use serde_json::Value;

/// What was left out, as lines.
fn lines(import: &Import) -> Vec<(&str, Why, String)> {
    let line = |left: &LeftOut| (left.why, left.avatars.join(","));
    import.left_out.iter().map(|left| (left.key.as_str(), line(left).0, line(left).1)).collect()
}

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
    let place =
        |key: &str| LeftOut { key: key.to_owned(), why: Why::NotAvatar, avatars: Vec::new() };
    assert_eq!(style.left_out, [beside, place("#2"), place("#3")]);
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
    assert_eq!(
        lines(&import),
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
fn a_model_says_the_kind_and_what_does_not_go_with_it_is_left_out_and_said() {
    let file = br#"[
        {"name":"A","kind":"artistic","lora_url":"https://a.example/1","finetune_strength":1.0},
        {"name":"B","type":"character","finetune_id":"ink","lora_scale":0.8,"finetune_strength":0.9},
        {"name":"C","kind":"artistic","lora_url":"https://a.example/3","finetune_id":"three"},
        {"name":"D","lora_url":"https://a.example/4","finetune_id":"four","diffusers_lora_file_url":"https://a.example/5"},
        {"name":"E","lora_url":" https://a.example/6 ","diffusers_lora_file_url":"https://a.example/6","finetune_id":" "}
    ]"#;
    let import = import(file).unwrap();
    assert_eq!(
        lines(&import),
        [
            ("finetune_strength", Why::OtherKind, "A".to_owned()),
            ("kind", Why::OtherKind, "A".to_owned()),
            ("lora_scale", Why::OtherKind, "B".to_owned()),
            ("type", Why::OtherKind, "B".to_owned()),
            ("lora_url", Why::SecondModel, "C".to_owned()),
            ("diffusers_lora_file_url", Why::SecondModel, "D".to_owned()),
            ("finetune_id", Why::SecondModel, "D".to_owned()),
        ]
    );
    use AvatarKind::{Artistic, Portrait};
    let kinds: Vec<_> = import.avatars.iter().map(|avatar| avatar.kind).collect();
    assert_eq!(kinds, [Portrait, Artistic, Artistic, Portrait, Portrait]);
    assert_eq!(import.avatars[1].finetune_strength, Some(0.9));
    for avatar in &import.avatars {
        let errors: Vec<_> = likeness_core::validate::check_avatar(avatar);
        assert!(
            errors.iter().all(|issue| issue.reason == likeness_core::Reason::NoTrigger),
            "{errors:?}"
        );
    }
}

#[test]
fn a_strength_that_no_model_takes_is_left_out_and_said() {
    let file = br#"[
        {"name":"A","lora_url":"https://a.example/1","lora_scale":4.01},
        {"name":"B","lora_url":"https://a.example/2","lora_scale":-0.1},
        {"name":"C","lora_url":"https://a.example/3","lora_scale":4},
        {"name":"D","finetune_id":"d","finetune_strength":2.5},
        {"name":"E","finetune_id":"e","finetune_strength":1e300,"lora_scale":9}
    ]"#;
    let import = import(file).unwrap();
    assert_eq!(
        lines(&import),
        [
            ("lora_scale", Why::OutOfRange, "A,B,E".to_owned()),
            ("finetune_strength", Why::OutOfRange, "D,E".to_owned()),
        ]
    );
    let scales: Vec<_> = import.avatars.iter().map(|avatar| avatar.lora_scale).collect();
    assert_eq!(scales, [None, None, Some(4.0), None, None]);
}

#[test]
fn one_broken_entry_spoils_no_other() {
    let deep = format!("{}1{}", r#"{"a":"#.repeat(200), "}".repeat(200));
    let file = format!(
        r#"{{"avatars":[
        {{"name":"Ann \ud83d","lora_url":"https://a.example/1\ude00","trigger_word":"TO\ud800K","kind":"portrait\ud83d","lora_scale":"\ud83d"}},
        {{"name":"Bob","name":"Bill","lora_url":"https://a.example/2"}},
        {{"name":"Cat","lora_url":"https://a.example/3","lora_scale":1e999}},
        {{"name":"Dan","lora_url":"https://a.example/4","more":{deep}}},
        "\ud83d",
        {{"name":"Eve","lora_url":"https://a.example/5","\ud83d":1}},
        {{"name":"\ud83d\ude00","finetune_id":"six"}}
        ]}}"#
    );
    let import = import(file.as_bytes()).unwrap();
    assert_eq!(names(&import.avatars), ["Ann", "Eve", "\u{1F600}"]);
    let ann = &import.avatars[0];
    assert_eq!(ann.lora_url.as_deref(), Some("https://a.example/1"));
    assert_eq!((ann.trigger_word.as_deref(), ann.kind), (Some("TOK"), AvatarKind::Portrait));
    let ann = || "Ann".to_owned();
    let said = lines(&import);
    assert_eq!(
        said[..5],
        [
            ("kind", Why::HalfCharacter, ann()),
            ("lora_scale", Why::NotNumber, ann()),
            ("lora_url", Why::HalfCharacter, ann()),
            ("name", Why::HalfCharacter, ann()),
            ("trigger_word", Why::HalfCharacter, ann()),
        ]
    );
    assert_eq!(
        said[5..9],
        [
            ("#2", Why::Unreadable, String::new()),
            ("#3", Why::Unreadable, String::new()),
            ("#4", Why::Unreadable, String::new()),
            ("#5", Why::NotAvatar, String::new()),
        ]
    );
    assert_eq!((said[9].1, &said[9].2[..], said.len()), (Why::Unknown, "Eve", 10));
    assert_eq!(import.skipped, 4);
}

#[test]
fn what_stands_twice_in_a_file_comes_once_and_what_is_alike_is_said() {
    let file = r#"[
        {"name":"Vera","lora_url":"https://a.example/1?token=x"},
        {"name":"Vera","lora_url":"https://a.example/1?token=x"},
        {"name":"Max","lora_url":"https://a.example/2"},
        {"name":" ВЕРА","finetune_id":"v"},
        {"name":"max","finetune_id":"m"},
        {"name":"Вера","finetune_id":"w"},
        {"name":"Vera 2","lora_url":"https://a.example/1?token=y","lora_scale":1.2},
        {"finetune_id":"alone"},
        {"finetune_id":"alone"},
        {"name":"","finetune_id":"other"}
    ]"#;
    let import = import(file.as_bytes()).unwrap();
    assert_eq!(
        lines(&import),
        [("Vera", Why::Twice, String::new()), ("#9", Why::Twice, String::new())]
    );
    assert_eq!((import.avatars.len(), import.skipped), (8, 0));
    assert_eq!(names(import.alike()), ["Vera", "Max", "ВЕРА", "max", "Вера", "Vera 2"]);
}

#[test]
fn a_file_of_windows_is_read_in_utf_16_and_with_any_mark() {
    let text = r#"[{"name":"Вера 😀","finetune_id":"v"}]"#;
    let units = |write: fn(u16) -> [u8; 2]| text.encode_utf16().flat_map(write).collect::<Vec<_>>();
    let files = [
        text.as_bytes().to_vec(),
        [b"\xEF\xBB\xBF", text.as_bytes()].concat(),
        [b"\xFF\xFE".to_vec(), units(u16::to_le_bytes)].concat(),
        [b"\xFE\xFF".to_vec(), units(u16::to_be_bytes)].concat(),
    ];
    for file in files {
        assert_eq!(names(&import(&file).unwrap().avatars), ["Вера 😀"]);
    }
    for broken in [&b"\xFF\xFE["[..], b"\xFE\xFF\xD8\x00", b"[\xFF]", b"\xFF\xFE"] {
        assert_eq!(import(broken), Err(ImportError::NotJson));
    }
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
            reference::issues(avatar, 0).iter().map(|issue| issue.reason).collect::<Vec<_>>()
        })
        .collect();
    use likeness_core::Reason::{PageAddress, RepositoryName};
    assert_eq!(issues, [vec![PageAddress], vec![RepositoryName], vec![]]);
    let fix = &reference::issues(&import.avatars[0], 0)[0].fix[0];
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
    let entry = |n: usize| format!(r#"{{"finetune_id":"{n}"}}"#);
    let file = |count| format!("[{}]", (0..count).map(entry).collect::<Vec<_>>().join(","));
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
