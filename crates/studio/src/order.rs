//! What a press of the button orders, and whether that is still what would be ordered when it comes to be sent later.

use likeness_core::{
    Prepared,
    job::{Order, OrderedPreset},
    reference, validate,
};
use likeness_fal::request;
use serde_json::Value;

/// The order of a request that was prepared. `is_free` says that our server draws pictures instead of buying them.
pub fn compose(prepared: &Prepared, request: &Value, is_free: bool) -> Order {
    let pixels = prepared.parameters.pixels();
    Order {
        request: request.to_string(),
        endpoint: prepared.parameters.route().endpoint().to_owned(),
        body: request::body(prepared).to_json(),
        preset: OrderedPreset::Known(prepared.preset),
        avatar_id: prepared.avatar.id.clone(),
        avatar_name: prepared.avatar.name.clone(),
        prompt: prepared.composition.text.clone(),
        count: prepared.parameters.num_images(),
        pixels: (pixels.width, pixels.height),
        seconds: (prepared.seconds.low, prepared.seconds.high),
        cost: if is_free {
            Some((0, 0))
        } else {
            prepared.cost.micro_usd.map(|range| (range.low, range.high))
        },
    }
}

/// The same order without the keys in its addresses, for a file that may be passed on.
pub fn masked(order: &Order) -> Order {
    let mask = |json: &str, path: &str| {
        let value = serde_json::from_str::<Value>(json).unwrap_or_default();
        let Some(address) = value.pointer(path).and_then(Value::as_str) else {
            return json.to_owned();
        };
        let quoted = |text: &str| Value::from(text).to_string();
        json.replace(&quoted(address), &quoted(&reference::masked(address)))
    };
    Order {
        request: mask(&order.request, "/avatar/lora_url"),
        body: mask(&order.body, "/loras/0/path"),
        ..order.clone()
    }
}

/// What became of an order while it waited.
#[derive(Clone, Debug, PartialEq)]
pub enum Review {
    /// The same would be sent, at the same price.
    Same,
    /// This is what the same request comes to now.
    Changed(Box<Order>),
    /// The request is not valid any more.
    Invalid,
}

/// Composes the request of an order once more, by what this version of the app and this server know, and compares what would be sent and what it costs.
pub fn review(order: &Order, is_free: bool) -> Review {
    let Ok(request) = serde_json::from_str::<Value>(&order.request) else { return Review::Invalid };
    let Ok(recipe) = validate::check_draft(&request).into_recipe() else { return Review::Invalid };
    let now = compose(&recipe.prepare(), &request, is_free);
    if (&now.endpoint, &now.body, now.cost) == (&order.endpoint, &order.body, order.cost) {
        Review::Same
    } else {
        Review::Changed(Box::new(now))
    }
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;
    use serde_json::json;

    /// What a press on a valid request orders.
    pub(crate) fn ordered() -> Order {
        let request = json!({
            "avatar": { "id": "a", "name": "Vera", "kind": "portrait", "trigger_word": "TOK", "lora_url": "https://example.org/a.safetensors" },
            "prompt": "x", "preset": "balanced", "overrides": {},
        });
        let recipe = validate::check(&request, 0).into_recipe().expect("a valid request");
        compose(&recipe.prepare(), &request, false)
    }

    #[test]
    fn an_order_that_nothing_happened_to_is_the_same() {
        assert_eq!(review(&ordered(), false), Review::Same);
        let free = Order { cost: Some((0, 0)), ..ordered() };
        assert_eq!(review(&free, true), Review::Same);
    }

    #[test]
    fn a_key_in_an_address_is_masked_in_request_and_body() {
        let swap = |text: &str| text.replace("a.safetensors", "a.safetensors?token=hf_secret");
        let plain = ordered();
        assert_eq!(masked(&plain), plain);
        let order = Order { request: swap(&plain.request), body: swap(&plain.body), ..plain };
        let shown = masked(&order);
        for (text, before) in [(shown.request, order.request), (shown.body, order.body)] {
            assert_eq!(text, before.replace("hf_secret", "***"));
        }
    }

    #[test]
    fn another_price_body_or_model_is_a_change_and_shows_what_it_is_now() {
        let changes: [fn(&mut Order); 4] = [
            |order| order.cost = Some((1, 2)),
            |order| order.cost = Some((0, 0)),
            |order| order.body = order.body.replace("28", "27"),
            |order| order.endpoint = "fal-ai/flux-pro/finetuned".into(),
        ];
        for change in changes {
            let mut order = ordered();
            change(&mut order);
            assert_eq!(review(&order, false), Review::Changed(Box::new(ordered())));
        }
    }

    #[test]
    fn a_request_that_is_not_valid_any_more_is_said_to_be() {
        for request in ["", "{}", r#"{"prompt":"x","preset":"unheard-of"}"#] {
            let order = Order { request: request.into(), ..ordered() };
            assert_eq!(review(&order, false), Review::Invalid, "{request}");
        }
    }
}
