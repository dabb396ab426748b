//! A number of a request is the same number in the body.

use likeness_core::json::parse_strict;
use likeness_fal::compose::compose;
use proptest::prelude::*;

/// The body of a request for a portrait with these overrides, as it goes on the wire.
fn body(overrides: &str) -> String {
    let request = format!(
        r#"{{"avatar":{{"lora_url":"https://a.example/b.safetensors","trigger_word":"TOK"}},"prompt":"fog","preset":"fast","overrides":{overrides}}}"#
    );
    let request = parse_strict(request.as_bytes()).expect("it is JSON");
    compose(&request, 0).expect("the values lie within their ranges").body.to_json()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(5_000))]

    #[test]
    fn numbers_and_seeds_reach_the_wire_as_they_are(bits in any::<u64>(), guidance in 0.0..=35.0, seed in any::<u64>()) {
        // Between 2 and 4, with every bit of the fraction at random.
        let scale = f64::from_bits((1.0_f64.to_bits() & !0xF_FFFF_FFFF_FFFF) | (bits >> 12)) * 2.0;
        let sent = body(&format!(r#"{{"lora_scale":{scale},"guidance_scale":{guidance},"seed":{seed}}}"#));
        let read: serde_json::Value = serde_json::from_str(&sent).unwrap();
        prop_assert_eq!(read["loras"][0]["scale"].as_f64(), Some(scale));
        prop_assert_eq!(read["guidance_scale"].as_f64(), Some(guidance));
        prop_assert!(sent.contains(&format!(r#""seed":{seed}"#)), "{}", sent);
    }
}
