//! The prompts of `prompts.jsonl`: `[kind, trigger word, trigger phrase, typed, sent]` a line, made by an implementation of the same rules that shares no code with
//! ours.

use likeness_core::{Avatar, AvatarKind, prompt};

#[test]
fn prompts_are_composed_as_by_a_second_implementation() {
    let mut differing = Vec::new();
    let lines: Vec<&str> = include_str!("prompts.jsonl").lines().collect();
    assert!(lines.len() > 2_000);
    for line in lines {
        let [kind, word, phrase, typed, sent]: [Option<String>; 5] =
            serde_json::from_str(line).unwrap();
        let kind = AvatarKind::parse(&kind.unwrap()).unwrap();
        let avatar = Avatar { trigger_word: word, trigger_phrase: phrase, ..Avatar::blank(kind) };
        let ours = prompt::compose(&avatar, &typed.unwrap()).map(|composition| composition.text);
        if ours != sent {
            differing.push(format!("{line}\n  {ours:?}"));
        }
    }
    assert!(differing.is_empty(), "{}", differing.join("\n"));
}
