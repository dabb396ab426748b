//! What the form accepts, refuses and keeps.

use super::*;

fn filled(texts: &[(Slot, &str)]) -> AvatarForm {
    let mut form = AvatarForm::default();
    for (slot, text) in texts {
        form.set(*slot, (*text).to_owned());
    }
    form
}

fn portrait() -> AvatarForm {
    filled(&[
        (Slot::Name, "Max"),
        (Slot::TriggerWord, "TOK"),
        (Slot::LoraUrl, " https://example.org/max.safetensors "),
    ])
}

fn reasons(form: &AvatarForm) -> Vec<(Option<Slot>, Reason)> {
    form.check(0).0.iter().map(|issue| (Slot::of_path(&issue.field), issue.reason)).collect()
}

#[test]
fn a_complete_form_gives_the_avatar_without_surplus_blanks() {
    let (issues, avatar) = portrait().check(0);
    let avatar = avatar.unwrap();
    assert_eq!(issues, []);
    assert_eq!(avatar.lora_url.as_deref(), Some("https://example.org/max.safetensors"));
    assert_eq!((avatar.trigger_phrase, avatar.lora_scale), (None, None));
}

#[test]
fn an_empty_form_says_everything_in_its_own_order() {
    let form = AvatarForm::default();
    assert_eq!(
        reasons(&form),
        [
            (Some(Slot::Name), Reason::Missing),
            (Some(Slot::TriggerWord), Reason::NoTrigger),
            (Some(Slot::LoraUrl), Reason::NoLora),
        ]
    );
    assert_eq!(form.check(0).1, None);
}

#[test]
fn an_avatar_without_a_trigger_may_be_saved() {
    let mut form = portrait();
    form.set(Slot::TriggerWord, " ".to_owned());
    assert_eq!(reasons(&form), [(Some(Slot::TriggerWord), Reason::NoTrigger)]);
    assert_eq!(form.check(0).1.unwrap().trigger_word, None);
}

#[test]
fn a_name_of_invisible_characters_is_none() {
    let mut form = portrait();
    form.set(Slot::Name, "\u{200B} ".to_owned());
    assert_eq!(reasons(&form), [(Some(Slot::Name), Reason::Missing)]);
}

#[test]
fn markup_is_text() {
    let mut form = portrait();
    form.set(Slot::Name, "<img src=x onerror=alert(1)>".to_owned());
    assert_eq!(form.check(0).1.unwrap().name, "<img src=x onerror=alert(1)>");
}

#[test]
fn a_strength_is_judged_as_it_was_typed() {
    let mut form = portrait();
    form.pin();
    assert_eq!(form.check(0).1.unwrap().lora_scale, Some(1.0));
    for (typed, expected) in [
        ("1,25", None),
        ("0", None),
        ("1.5", Some(Reason::HighLoraScale)),
        ("4.1", Some(Reason::OutOfRange)),
        ("-1", Some(Reason::OutOfRange)),
        ("1e3", Some(Reason::OutOfRange)),
        ("", Some(Reason::NotNumber)),
        ("NaN", Some(Reason::NotNumber)),
        ("strong", Some(Reason::NotNumber)),
    ] {
        form.set(Slot::Strength, typed.to_owned());
        let found = reasons(&form).first().copied();
        assert_eq!(found, expected.map(|reason| (Some(Slot::Strength), reason)), "{typed}");
    }
    form.unpin();
    assert_eq!(form.check(0).1.unwrap().lora_scale, None);
}

#[test]
fn a_fix_makes_the_address_safe_and_the_strength_possible() {
    let mut form = portrait();
    form.set(Slot::LoraUrl, "http://example.org/max.safetensors".to_owned());
    form.pin();
    form.set(Slot::Strength, "9".to_owned());
    let fixes: Vec<_> = form.check(0).0.into_iter().flat_map(|issue| issue.fix).collect();
    form.follow(&fixes);
    assert_eq!(form.text(Slot::LoraUrl), "https://example.org/max.safetensors");
    assert!(form.check(0).1.is_some());
}

#[test]
fn what_was_typed_for_the_other_kind_is_kept_but_not_saved() {
    let mut form = portrait();
    form.choose(AvatarKind::Artistic);
    assert!(!form.has(Slot::LoraUrl) && !form.has(Slot::TriggerPhrase));
    form.set(Slot::FinetuneId, "ink".to_owned());
    assert_eq!(form.check(0).1.unwrap().lora_url, None);
    form.choose(AvatarKind::Portrait);
    assert!(form.check(0).1.unwrap().lora_url.is_some());
}

#[test]
fn an_avatar_that_came_with_two_models_shows_both_until_one_is_removed() {
    let mut avatar = portrait().check(0).1.unwrap();
    avatar.finetune_id = Some("ink".to_owned());
    let mut form = AvatarForm::of(&avatar);
    assert!(form.has(Slot::LoraUrl) && form.has(Slot::FinetuneId));
    assert_eq!(reasons(&form), [(Some(Slot::FinetuneId), Reason::BothModels)]);
    let fix = form.check(0).0.remove(0).fix;
    form.follow(&fix);
    assert!(!form.has(Slot::FinetuneId));
    assert_eq!(form.check(0).1.unwrap().finetune_id, None);
}

#[test]
fn the_wrong_kind_is_changed_by_its_fix() {
    let mut avatar = portrait().check(0).1.unwrap();
    (avatar.finetune_id, avatar.lora_url) = (Some("ink".to_owned()), None);
    let mut form = AvatarForm::of(&avatar);
    let fix = form
        .check(0)
        .0
        .into_iter()
        .find_map(|issue| Some(issue.fix).filter(|fix| !fix.is_empty()))
        .unwrap();
    form.follow(&fix);
    assert_eq!(form.kind(), AvatarKind::Artistic);
    assert!(form.check(0).1.is_some());
}

#[test]
fn an_avatar_survives_the_form() {
    let mut form = portrait();
    form.pin();
    form.set(Slot::Strength, "1.15".to_owned());
    let avatar = Avatar { id: "a".to_owned(), ..form.check(0).1.unwrap() };
    assert_eq!(AvatarForm::of(&avatar).check(0).1, Some(avatar));
}

#[test]
fn the_result_of_a_training_fills_in_what_it_tells_and_leaves_what_was_written() {
    let lora = "https://v3.fal.media/files/a.safetensors";
    let result = format!(
        r#"{{"payload":{{"diffusers_lora_file":{{"url":"{lora}"}},"trigger_word":"ohwx","trigger_phrase":"a photo of ohwx"}}}}"#
    );
    let mut form = filled(&[(Slot::Name, "Max"), (Slot::TriggerWord, "TOK")]);
    assert!(form.write(Slot::LoraUrl, result.clone()));
    assert_eq!(form.text(Slot::LoraUrl), lora);
    assert_eq!(form.text(Slot::TriggerWord), "TOK");
    assert_eq!(form.text(Slot::TriggerPhrase), "a photo of ohwx");

    let mut form = AvatarForm::default();
    form.choose(AvatarKind::Artistic);
    assert!(form.write(Slot::FinetuneId, result));
    assert_eq!((form.kind(), form.text(Slot::FinetuneId)), (AvatarKind::Portrait, ""));
    assert_eq!(form.text(Slot::LoraUrl), lora);
    assert!(form.write(Slot::LoraUrl, r#"{"finetune_id":"ink"}"#.to_owned()));
    assert_eq!((form.kind(), form.text(Slot::FinetuneId)), (AvatarKind::Artistic, "ink"));

    assert!(!form.write(Slot::Name, r#"{"finetune_id":"ink"}"#.to_owned()));
    assert!(!form.write(Slot::LoraUrl, lora.to_owned()));
}

#[test]
fn an_address_in_the_field_of_the_id_moves_with_one_press() {
    let mut form = filled(&[(Slot::Name, "Max"), (Slot::TriggerWord, "TOK")]);
    form.choose(AvatarKind::Artistic);
    form.set(Slot::FinetuneId, "https://example.org/max.safetensors".to_owned());
    assert_eq!(reasons(&form), [(Some(Slot::FinetuneId), Reason::AddressAsId)]);
    let fix = form.check(0).0[0].fix.clone();
    form.follow(&fix);
    assert_eq!(reasons(&form), []);
    assert_eq!(form.text(Slot::LoraUrl), "https://example.org/max.safetensors");
}
