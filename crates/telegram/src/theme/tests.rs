//! Whatever colours a theme has, all text can be read.

use super::*;
use proptest::prelude::*;
use serde_json::json;

/// What text of ours is written on.
fn pairs(palette: &Palette) -> Vec<(Colour, Colour)> {
    let of = |name: &str| palette.properties().iter().find(|(other, _)| *other == name).unwrap().1;
    let mut pairs = vec![(of("safelight-ink"), of("safelight")), (of("bad-ink"), of("bad"))];
    for ink in ["ink", "ink-2", "ink-3", "safelight", "ok", "warn", "bad"] {
        for ground in ["paper", "surface", "raised"] {
            pairs.push((of(ink), of(ground)));
        }
    }
    for name in ["safelight", "ok", "warn", "bad"] {
        pairs.push((of(name), of(&format!("{name}-soft"))));
    }
    pairs.push((of("ink"), of("mat")));
    pairs
}

#[test]
fn our_own_colours_are_those_of_the_style() {
    let css = include_str!("../../../../style/tokens.css");
    let (dark, light) = css.split_once("[data-theme=light] {").unwrap();
    for (scheme, css) in [(Scheme::Dark, dark), (Scheme::Light, light)] {
        let own = Palette::own(scheme);
        for (name, colour) in [
            ("paper", own.paper),
            ("surface", own.surface),
            ("raised", own.raised),
            ("ink", own.ink),
            ("ink-2", own.ink_2),
            ("ink-3", own.ink_3),
            ("safelight", own.safelight),
            ("safelight-ink", own.safelight_ink),
            ("safelight", own.button),
            ("safelight-ink", own.button_ink),
            ("ok", own.ok),
            ("warn", own.warn),
            ("bad", own.bad),
        ] {
            let value = css.split(&format!("--{name}: ")).nth(1).unwrap().split(';').next();
            assert_eq!(value, Some(colour.to_string().as_str()), "--{name}");
        }
    }
}

#[test]
fn a_readable_theme_is_taken_as_it_is() {
    let palette = Palette::of_telegram(
        &json!({
            "bg_color": "#17212b", "text_color": "#f5f5f5", "hint_color": "#a8b5c0", "link_color": "#6ab3f3", "button_color": "#5288c1",
            "button_text_color": "#ffffff", "secondary_bg_color": "#232e3c", "section_bg_color": "#17212b", "accent_text_color": "#8cc8ff",
            "destructive_text_color": "#ff9a9a",
        }),
        Scheme::Light,
    );
    let text = |colour: Colour| colour.to_string();
    assert_eq!(palette.scheme, Scheme::Dark);
    assert_eq!(
        (text(palette.paper), text(palette.surface), text(palette.ink)),
        ("#232e3c".into(), "#17212b".into(), "#f5f5f5".into())
    );
    assert_eq!(
        (text(palette.ink_3), text(palette.safelight), text(palette.bad)),
        ("#a8b5c0".into(), "#8cc8ff".into(), "#ff9a9a".into())
    );
}

#[test]
fn telegrams_own_button_keeps_its_colour_and_gets_an_ink_that_can_be_read() {
    let of = |params: &Value| {
        let palette = Palette::of_telegram(params, Scheme::Dark);
        (palette.button.to_string(), palette.button_ink.to_string())
    };
    let pair = |button: &str, ink: &str| (button.to_owned(), ink.to_owned());
    let mut theme = json!({"bg_color": "#17212b", "text_color": "#f5f5f5", "accent_text_color": "#8cc8ff",
        "button_color": "#1f4e79", "button_text_color": "#ffffff"});
    assert_eq!(
        of(&theme),
        pair("#1f4e79", "#ffffff"),
        "as it is, although no text of ours could have it"
    );
    theme["button_text_color"] = json!("#2f5e89");
    assert_eq!(of(&theme), pair("#1f4e79", "#ffffff"), "the ink alone is another");
    theme["button_color"] = json!("#ffe08a");
    theme["button_text_color"] = json!("#ffffff");
    assert_eq!(of(&theme), pair("#ffe08a", "#000000"));
    let unreadable = json!({"bg_color": "#777777", "text_color": "#7a7a7a", "button_color": "#123456", "button_text_color": "#eeeeee"});
    assert_eq!(of(&unreadable), pair("#123456", "#eeeeee"), "of a theme whose page is ours");
    let own = Palette::own(Scheme::Dark);
    assert_eq!(of(&json!({})), pair(&own.safelight.to_string(), &own.safelight_ink.to_string()));
}

#[test]
fn an_unreadable_theme_is_replaced_by_ours() {
    let grey =
        json!({"bg_color": "#777777", "text_color": "#7a7a7a", "secondary_bg_color": "#808080"});
    let of = |params: &Value| Palette::of_telegram(params, Scheme::Dark);
    assert_eq!(of(&grey), Palette::own(Scheme::Dark));
    for device in [Scheme::Dark, Scheme::Light] {
        assert_eq!(Palette::of_telegram(&json!({}), device), Palette::own(device));
    }
    assert_eq!(of(&json!({"text_color": "#000000"})), Palette::own(Scheme::Light));
    assert_eq!(of(&json!({"bg_color": "url(x)", "text_color": 7})), Palette::own(Scheme::Dark));
}

proptest! {
    #[test]
    fn whatever_the_theme_all_text_can_be_read(colours in proptest::collection::vec(0_u32..0x100_0000, 12), missing in any::<u16>()) {
        let names = ["bg_color", "text_color", "hint_color", "link_color", "button_color", "button_text_color", "secondary_bg_color",
            "section_bg_color", "accent_text_color", "subtitle_text_color", "destructive_text_color", "header_bg_color"];
        let told = names.iter().zip(colours).enumerate().filter(|(at, _)| missing >> at & 1 == 0);
        let params: serde_json::Map<_, _> = told.map(|(_, (name, colour))| ((*name).to_owned(), json!(format!("#{colour:06x}")))).collect();
        let palette = Palette::of_telegram(&params.into(), Scheme::Light);
        // Our own are measured by the tests of the style, and judged here where Telegram's take
        // their place.
        if palette != Palette::own(palette.scheme) {
            for (text, ground) in pairs(&palette).into_iter().chain([(palette.button_ink, palette.button)]) {
                prop_assert!(text.contrast(ground) >= READABLE, "{text} on {ground} in {palette:?}");
            }
        }
    }
}
