//! Components, mounted for real and used as a person uses them.

use crate::support::{Stage, artistic, js, portrait, settled};
use leptos::prelude::*;
use likeness::{
    i18n::Language,
    ui::{
        components::{
            avatars::AvatarChooser, card::Card, details::Details, go::Go, presets::PresetChooser,
            prompt::PromptField,
        },
        context::Turn,
        pages::studio::StudioPage,
    },
};
use likeness_core::{Avatar, Field, Preset};
use serde_json::{Value, json};
use wasm_bindgen_test::wasm_bindgen_test;

fn is_checked(element: &web_sys::Element) -> bool {
    js("return it.checked", element).is_truthy()
}

#[wasm_bindgen_test]
async fn the_eight_presets_are_one_group_of_radio_buttons() {
    let stage = Stage::with(portrait(), || view! { <PresetChooser /> }).await;
    let radios = stage.all("[role=radiogroup] input[type=radio][name=preset]");
    let names: Vec<_> = radios.iter().map(|radio| radio.get_attribute("value").unwrap()).collect();
    assert_eq!(names, Preset::ALL.map(|preset| preset.name().to_owned()));
    let checked: Vec<_> = radios.iter().filter(|radio| is_checked(radio)).collect();
    assert_eq!(checked.len(), 1);
    assert_eq!(checked[0].get_attribute("value").as_deref(), Some("balanced"));

    stage.click("input[value=quality]").await;
    assert_eq!(stage.studio.draft.get_untracked().preset, Preset::Quality);
    assert!(is_checked(&stage.one("input[value=quality]")));
}

#[wasm_bindgen_test]
async fn a_preset_is_never_just_a_name() {
    let stage = Stage::with(artistic(), || view! { <PresetChooser /> }).await;
    for part in ["name", "advice", "time", "size", "difference"] {
        let texts: Vec<_> = stage
            .all(&format!(".preset__{part}"))
            .iter()
            .map(|it| it.text_content().unwrap())
            .collect();
        assert_eq!(texts.len(), 8, "{part}");
        assert!(texts.iter().all(|text| !text.trim().is_empty()), "{part}: {texts:?}");
    }
}

#[wasm_bindgen_test]
async fn ultra_stays_choosable_for_a_portrait_and_says_why_it_will_not_do() {
    let stage = Stage::with(portrait(), || view! { <PresetChooser /> <Go /> }).await;
    stage.studio.draft.update(|draft| draft.prompt = "at dawn".into());
    settled().await;
    assert!(stage.all(".go__reason").is_empty());
    assert_eq!(stage.one("#make").get_attribute("aria-disabled"), None);

    stage.click("input[value=ultra]").await;
    assert_eq!(stage.text("#why-ultra"), "Style avatars only");
    assert_eq!(
        stage.one("input[value=ultra]").get_attribute("aria-describedby").as_deref(),
        Some("why-ultra")
    );
    assert_eq!(stage.text(".go__reason .go__link"), "Ultra needs a Style avatar.");
    assert_eq!(stage.one("#make").get_attribute("aria-disabled").as_deref(), Some("true"));

    stage.click(".go__reason .fix").await;
    assert_eq!(stage.studio.draft.get_untracked().preset, Preset::Quality);
    assert!(is_checked(&stage.one("input[value=quality]")));
    assert!(stage.all(".go__reason").is_empty());
}

#[wasm_bindgen_test]
async fn the_ultra_switch_is_there_for_styles_only() {
    let stage = Stage::with(portrait(), || view! { <StudioPage /> }).await;
    stage.studio.turn.set(Turn::All);
    settled().await;
    assert!(stage.all("#field-use_ultra").is_empty());
    stage.studio.avatars.set(vec![artistic()]);
    stage.studio.choose_avatar("a-1");
    settled().await;
    stage.click("#field-use_ultra input").await;
    assert_eq!(stage.studio.draft.get_untracked().own(Field::UseUltra), Some(&Value::Bool(true)));
    stage.click("#field-use_ultra input").await;
    assert_eq!(stage.studio.draft.get_untracked().own(Field::UseUltra), None);
}

/// Origin and text of every marked span of what will be sent.
fn spans(stage: &Stage) -> Vec<(String, String)> {
    let of = |span: web_sys::Element| {
        (span.get_attribute("data-origin").unwrap(), span.text_content().unwrap())
    };
    stage.all("#sent .sent__span").into_iter().map(of).collect()
}

fn pairs(expected: &[(&str, &str)]) -> Vec<(String, String)> {
    expected.iter().map(|(origin, text)| ((*origin).into(), (*text).into())).collect()
}

#[wasm_bindgen_test]
async fn what_will_be_sent_follows_every_keystroke_with_its_origins() {
    let stage = Stage::with(portrait(), || view! { <PromptField /> }).await;
    assert_eq!(stage.one(".sent").get_attribute("data-state").as_deref(), Some("empty"));

    stage.type_into("#prompt", "in armor").await;
    assert_eq!(stage.studio.draft.get_untracked().prompt, "in armor");
    assert_eq!(spans(&stage), pairs(&[("avatar", "a photo of TOK person"), ("you", "in armor")]));
    assert_eq!(stage.text("#sent"), "Will be sent: a photo of TOK person in armor");

    stage.type_into("#prompt", "smiling, a photo of tok person, at dawn").await;
    let expected =
        [("you", "smiling, "), ("avatar", "a photo of TOK person"), ("you", ", at dawn")];
    assert_eq!(spans(&stage), pairs(&expected));
    assert_eq!(stage.one(".prompt__chip").get_attribute("data-state").as_deref(), Some("inside"));

    stage.type_into("#prompt", "a photo of a man in armor").await;
    assert_eq!(spans(&stage), pairs(&[("avatar", "a photo of TOK person"), ("you", "in armor")]));
    let merged = stage.text(".sent__key[data-origin=avatar]");
    assert!(merged.contains("a photo of a man"), "the dropped words are named: {merged}");

    stage.click(".prompt__clear").await;
    assert_eq!(stage.studio.draft.get_untracked().prompt, "");
    assert_eq!(stage.one(".sent").get_attribute("data-state").as_deref(), Some("empty"));
}

#[wasm_bindgen_test]
async fn a_prompt_is_text_whatever_is_in_it() {
    let stage = Stage::with(artistic(), || view! { <PromptField /> }).await;
    let typed = "<img src=x onerror=alert(1)> &amp; \u{202E}{}";
    stage.type_into("#prompt", typed).await;
    assert!(stage.all("img").is_empty());
    assert_eq!(stage.text("#sent"), format!("Will be sent: ARTST, {typed}"));
}

#[wasm_bindgen_test]
async fn without_words_nothing_can_be_made_and_the_reason_leads_to_the_prompt() {
    let stage = Stage::with(portrait(), || view! { <PromptField /> <Go /> }).await;
    assert_eq!(stage.one("#make").get_attribute("aria-disabled").as_deref(), Some("true"));
    // An empty field is no mistake yet, so it is not marked as one.
    assert_eq!(stage.one("#prompt").get_attribute("aria-invalid"), None);
    stage.click(".go__reason .go__link").await;
    let focused = document().active_element().unwrap();
    assert_eq!(focused.id(), "prompt");

    stage.type_into("#prompt", "  \u{200B}\n ").await;
    assert_eq!(stage.one("#make").get_attribute("aria-disabled").as_deref(), Some("true"));
    stage.type_into("#prompt", "at dawn").await;
    assert_eq!(stage.one("#make").get_attribute("aria-disabled"), None);
    assert!(stage.text("#make").contains("$0.0"), "the price stands on the button");
}

#[wasm_bindgen_test]
async fn a_prompt_of_a_hundred_thousand_characters_is_kept_and_refused() {
    let stage = Stage::with(portrait(), || view! { <PromptField /> <Go /> }).await;
    stage.type_into("#prompt", &"w ".repeat(50_000)).await;
    assert_eq!(stage.studio.draft.get_untracked().prompt.len(), 100_000);
    assert_eq!(stage.one("#prompt").get_attribute("aria-invalid").as_deref(), Some("true"));
    assert_eq!(stage.one("#make").get_attribute("aria-disabled").as_deref(), Some("true"));
    assert_eq!(stage.all(".go__reason").len(), 1);
}

#[wasm_bindgen_test]
async fn the_name_of_an_avatar_is_text_wherever_it_stands() {
    let name = "<img src=x onerror=\"alert(1)\"><b>Vera</b>";
    let avatar = Avatar { name: name.into(), ..portrait() };
    let card = avatar.clone();
    let stage = Stage::with(avatar, || view! { <AvatarChooser /> <Card avatar=card /> }).await;
    assert_eq!(stage.text(".avatar__name"), name);
    assert_eq!(stage.text(".card__name"), name);
    assert!(stage.all("img, b").is_empty());
}

#[wasm_bindgen_test]
async fn an_avatar_that_lacks_something_says_what() {
    let avatar = Avatar { lora_url: Some("http://weights.example/v".into()), ..portrait() };
    let stage = Stage::with(avatar, || view! { <AvatarChooser /> }).await;
    assert_eq!(stage.one(".avatar").get_attribute("data-state").as_deref(), Some("unready"));
    assert!(stage.text(".avatar__why").contains("https"), "{}", stage.text(".avatar__why"));
}

#[wasm_bindgen_test]
async fn only_the_controls_that_the_route_takes_are_shown() {
    let stage = Stage::with(portrait(), || view! { <Details /> }).await;
    stage.unfold().await;
    assert_eq!(stage.all("#field-lora_scale, #field-enable_safety_checker").len(), 2);
    assert!(stage.all("#field-finetune_strength, #safety, #field-raw").is_empty());
    stage.studio.avatars.set(vec![artistic()]);
    stage.studio.choose_avatar("a-1");
    settled().await;
    assert_eq!(stage.all("#field-finetune_strength, #safety, #field-guidance_scale").len(), 3);
    assert!(stage.all("#field-lora_scale, #field-enable_safety_checker").is_empty());
    stage.studio.edit(Field::UseUltra, Value::Bool(true));
    settled().await;
    assert_eq!(stage.all("#field-raw, #field-aspect_ratio").len(), 2);
    assert!(
        stage
            .all("#field-guidance_scale, #field-num_inference_steps, #field-image_size")
            .is_empty()
    );
}

#[wasm_bindgen_test]
async fn a_wrong_number_stays_as_it_was_typed_and_can_be_taken_back() {
    let stage = Stage::with(portrait(), || view! { <Details /> <Go /> }).await;
    stage.unfold().await;
    stage.studio.draft.update(|draft| draft.prompt = "at dawn".into());
    for wrong in ["28.5", "NaN", "-1", "1e999", "99"] {
        stage.type_into("#num_inference_steps", wrong).await;
        assert_eq!(js("return it.value", &stage.one("#num_inference_steps")), wrong);
        let row = stage.one("#field-num_inference_steps");
        assert_eq!(row.get_attribute("data-state").as_deref(), Some("error"), "{wrong}");
        assert_eq!(stage.one("#make").get_attribute("aria-disabled").as_deref(), Some("true"));
    }
    stage.click("#field-num_inference_steps .row__reset").await;
    assert!(stage.studio.draft.get_untracked().overrides.is_empty());
    assert_eq!(js("return it.value", &stage.one("#num_inference_steps")), "28");
    assert_eq!(stage.one("#make").get_attribute("aria-disabled"), None);
}

#[wasm_bindgen_test]
async fn a_seed_stays_digits_however_many() {
    let stage = Stage::with(portrait(), || view! { <Details /> }).await;
    stage.unfold().await;
    stage.studio.draft.update(|draft| draft.prompt = "at dawn".into());
    stage.type_into("#seed", "9007199254740993").await;
    let own = stage.studio.draft.get_untracked().own(Field::Seed).cloned();
    assert_eq!(own, Some(json!("9007199254740993")));
    assert_eq!(js("return it.value", &stage.one("#seed")), "9007199254740993");
    assert_eq!(stage.one("#seed").get_attribute("aria-invalid"), None);
    stage.type_into("#seed", "18446744073709551616").await;
    assert_eq!(stage.one("#seed").get_attribute("aria-invalid").as_deref(), Some("true"));
}

#[wasm_bindgen_test]
async fn the_whole_app_mounts_and_changes_its_language() {
    let skeleton = document().create_element("div").unwrap();
    skeleton.set_id("skeleton");
    skeleton.set_inner_html("<textarea id='prompt'>typed early</textarea>");
    document().body().unwrap().append_child(&skeleton).unwrap();
    let stage = Stage::with(portrait(), || view! { <likeness::ui::App /> }).await;
    // It is drawn in turns, and then takes the place of the skeleton.
    while document().get_element_by_id("skeleton").is_some() {
        settled().await;
    }
    settled().await;
    // The app makes a studio of its own; what was typed before it came is in it.
    assert_eq!(js("return it.value", &stage.one("#prompt")), "typed early");
    assert_eq!(stage.all("h1").len(), 1);
    assert_eq!(stage.all("main").len(), 1);
    assert_eq!(stage.all("input[name=preset]").len(), 8);
    stage.abandon();
    likeness::browser::local::clear();
}

#[wasm_bindgen_test]
async fn another_language_has_words_of_its_own() {
    let stage = Stage::with(portrait(), || {
        use_context::<likeness::ui::context::Studio>().unwrap().language.set(Language::Ru);
        view! { <PresetChooser /> <PromptField /> <Go /> }
    })
    .await;
    let text = stage.one("#make").text_content().unwrap();
    assert!(text.chars().any(|letter| ('а'..='я').contains(&letter)), "{text}");
    let latin = |it: &web_sys::Element| it.text_content().unwrap().is_ascii();
    assert!(!stage.all(".preset__advice").iter().any(latin));
}
