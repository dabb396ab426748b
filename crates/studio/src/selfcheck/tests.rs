//! The checks pass here, and would not pass if something were wrong.

use super::*;

#[test]
fn every_check_passes_and_none_is_missing() {
    let counts = Group::ALL.map(|group| {
        let checks = group.run();
        let failed: Vec<_> = checks.iter().filter(|check| !check.is_passed()).collect();
        assert!(failed.is_empty(), "{failed:#?}");
        checks.len()
    });
    assert_eq!(counts, [8, 8, 3, 3, 3]);
}

#[test]
fn a_preset_is_checked_with_every_kind_that_can_take_it() {
    let bodies = Preset::ALL
        .into_iter()
        .flat_map(|preset| AvatarKind::ALL.map(|kind| expected::sent(kind, preset)));
    assert_eq!(bodies.flatten().count(), 15);
}

#[test]
fn an_input_that_is_accepted_fails_its_check() {
    let harmless = Refusal {
        input: "num_images: 2",
        field: "overrides.num_images",
        value: || 2.into(),
        reason: Reason::OutOfRange,
    };
    assert_eq!(refusal(&harmless).surprise.as_deref(), Some("accepted"));
}

#[test]
fn a_refusal_for_another_reason_fails_its_check() {
    let other = Refusal {
        input: "num_images: 9",
        field: "overrides.num_images",
        value: || 9.into(),
        reason: Reason::Fraction,
    };
    let check = refusal(&other);
    let surprise = check.surprise.as_deref().unwrap_or_default();
    assert!(surprise.starts_with("overrides.num_images: "), "{surprise}");
    assert_eq!(passed(&[check]), 0);
}

#[test]
fn another_text_than_expected_fails_its_check() {
    let wrong = Trigger { sent: "castle", ..expected::TRIGGERS[0] };
    assert_eq!(trigger(&wrong).surprise.as_deref(), Some("ARTST, castle in the fog"));
}
