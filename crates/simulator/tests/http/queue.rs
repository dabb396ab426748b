//! The queue as FAL's documents describe it. Time is paused: sleeping moves it on.

use crate::support::*;
use serde_json::{Value, json};

#[tokio::test(start_paused = true)]
async fn a_run_waits_works_and_delivers() {
    let simulator = simulator();
    let submitted = call(&simulator, "POST", "/queue/fal-ai/flux-lora", &lora().to_string()).await;
    let reply = submitted.json();
    let id = reply["request_id"].as_str().unwrap();
    assert_eq!(submitted.header("x-fal-request-id"), id);
    let request = format!("https://queue.fal.run/fal-ai/flux-lora/requests/{id}");
    let expected = json!({
        "status": "IN_QUEUE", "request_id": id, "response_url": request, "status_url": format!("{request}/status"),
        "cancel_url": format!("{request}/cancel"), "queue_position": 0,
    });
    assert_eq!(reply, expected);

    let waiting = status(&simulator, id).await;
    assert_eq!((waiting.status, &waiting.json()["queue_position"]), (202, &json!(0)));
    let early = result(&simulator, id).await;
    assert_eq!(
        (early.status, early.json()),
        (400, json!({ "detail": "Request is still in progress" }))
    );

    seconds(1.0).await;
    let working = status(&simulator, id).await;
    assert_eq!((working.status, &working.json()["status"]), (202, &json!("IN_PROGRESS")));
    assert_eq!(working.json()["logs"][0]["source"], "USER");
    assert!(working.json().get("queue_position").is_none());

    seconds(4.0).await;
    let over = status(&simulator, id).await;
    assert_eq!((over.status, &over.json()["status"]), (200, &json!("COMPLETED")));
    assert!(over.json()["metrics"]["inference_time"].as_f64().unwrap() > 1.0);
    assert!(over.json().get("error").is_none());

    let delivered = result(&simulator, id).await;
    assert_eq!((delivered.status, delivered.header("x-fal-billable-units")), (200, "1"));
    let url = format!("http://media.test/media/files/b/runs/{id}_0.jpg");
    let image = json!({ "url": url, "width": 64, "height": 48, "content_type": "image/jpeg" });
    assert_eq!(delivered.json()["images"], json!([image]));
    assert_eq!(delivered.json()["prompt"], "a photo of TOK person");
    assert_eq!(delivered.json()["has_nsfw_concepts"], json!([false]));
}

#[tokio::test(start_paused = true)]
async fn a_usual_run_takes_three_seconds_at_the_default_speed() {
    let simulator = simulator();
    let mut body = lora();
    body["image_size"] = json!("square_hd");
    let id = submit(&simulator, &body).await;
    seconds(2.7).await;
    assert_eq!(status(&simulator, &id).await.status, 202);
    seconds(0.7).await;
    assert_eq!(status(&simulator, &id).await.status, 200);
}

#[tokio::test(start_paused = true)]
async fn seeds_above_two_to_the_53_come_back_digit_by_digit() {
    let simulator = simulator();
    for seed in ["18446744073709551615", "9007199254740993", "0"] {
        let body = lora().to_string().replace("18446744073709551615", seed);
        let id = submit(&simulator, &serde_json::from_str(&body).unwrap()).await;
        seconds(5.0).await;
        let text = String::from_utf8(result(&simulator, &id).await.bytes).unwrap();
        assert!(text.contains(&format!("\"seed\":{seed},")), "{text}");
    }
}

#[tokio::test(start_paused = true)]
async fn a_run_without_a_seed_gets_one_of_32_bits() {
    let simulator = simulator();
    let mut body = lora();
    body.as_object_mut().unwrap().remove("seed");
    let (first, second) = (submit(&simulator, &body).await, submit(&simulator, &body).await);
    seconds(9.0).await;
    let seed = |reply: Reply| reply.json()["seed"].as_u64().unwrap();
    let seeds = (seed(result(&simulator, &first).await), seed(result(&simulator, &second).await));
    assert!(seeds.0 <= u64::from(u32::MAX) && seeds.0 != seeds.1, "{seeds:?}");
}

#[tokio::test(start_paused = true)]
async fn two_runs_are_made_at_once_and_the_others_move_up_in_order() {
    let simulator = simulator();
    let mut ids = Vec::new();
    for _ in 0..5 {
        ids.push(submit(&simulator, &lora()).await);
    }
    seconds(0.5).await;
    let mut seen = Vec::new();
    while seen
        .last()
        .is_none_or(|states: &Vec<Value>| states.iter().any(|state| *state != "COMPLETED"))
    {
        let mut states = Vec::new();
        for id in &ids {
            let reply = status(&simulator, id).await.json();
            let position = reply.get("queue_position").cloned();
            states.push(position.unwrap_or_else(|| reply["status"].clone()));
        }
        assert!(states.iter().filter(|state| **state == "IN_PROGRESS").count() <= 2, "{states:?}");
        if seen.last() != Some(&states) {
            seen.push(states);
        }
        seconds(0.05).await;
    }
    assert_eq!(seen[0], json!(["IN_PROGRESS", "IN_PROGRESS", 0, 1, 2]).as_array().unwrap().clone());
    assert!(
        seen.contains(
            &json!(["COMPLETED", "COMPLETED", "IN_PROGRESS", "IN_PROGRESS", 0])
                .as_array()
                .unwrap()
                .clone()
        )
    );
}

#[tokio::test(start_paused = true)]
async fn accounts_do_not_wait_for_each_other_nor_see_each_other() {
    let simulator = simulator();
    for _ in 0..4 {
        submit(&simulator, &lora()).await;
    }
    let body = lora().to_string();
    let reply =
        call_as(&simulator, Some("Key other:2"), "POST", "/queue/fal-ai/flux-lora", &body).await;
    assert_eq!(reply.json()["queue_position"], 0);
    let id = reply.json()["request_id"].as_str().unwrap().to_owned();
    assert_eq!(status(&simulator, &id).await.status, 404);
}

#[tokio::test(start_paused = true)]
async fn a_wrong_body_is_accepted_and_its_422_comes_with_the_result() {
    let simulator = simulator();
    let mut body = lora();
    body["num_inference_steps"] = json!(51);
    body["guidance_scale"] = json!("high");
    let id = submit(&simulator, &body).await;
    seconds(1.0).await;
    let over = status(&simulator, &id).await;
    assert_eq!((over.status, &over.json()["status"]), (200, &json!("COMPLETED")));
    assert_eq!(over.json()["error_type"], "validation_error");
    let refused = result(&simulator, &id).await;
    assert_eq!((refused.status, refused.header("x-fal-retryable")), (422, "false"));
    let problems = refused.json()["detail"].clone();
    assert_eq!(problems[0]["loc"], json!(["body", "num_inference_steps"]));
    assert_eq!(problems[1]["type"], "float_type");
    let broken = call(&simulator, "POST", "/queue/fal-ai/flux-lora", "{").await;
    assert_eq!((broken.status, &broken.json()["detail"][0]["type"]), (422, &json!("json_invalid")));
}

#[tokio::test(start_paused = true)]
async fn sides_beyond_the_model_are_refused_rather_than_drawn() {
    let simulator = simulator();
    let mut body = lora();
    body["image_size"] = json!({ "width": 14142, "height": 14142 });
    let id = submit(&simulator, &body).await;
    seconds(1.0).await;
    let refused = result(&simulator, &id).await;
    assert_eq!(
        (refused.status, &refused.json()["detail"][0]["type"]),
        (422, &json!("image_too_large"))
    );
}

#[tokio::test(start_paused = true)]
async fn a_run_can_be_cancelled_until_it_is_over() {
    let simulator = simulator();
    let cancel = async |id: &str| {
        let path = format!("/queue/fal-ai/flux-lora/requests/{id}/cancel");
        let reply = call(&simulator, "PUT", &path, "").await;
        (reply.status, reply.json()["status"].as_str().unwrap_or_default().to_owned())
    };
    let requested = (202, "CANCELLATION_REQUESTED".to_owned());
    let (first, _, waiting) = (
        submit(&simulator, &lora()).await,
        submit(&simulator, &lora()).await,
        submit(&simulator, &lora()).await,
    );
    assert_eq!(cancel(&waiting).await, requested);
    let over = status(&simulator, &waiting).await;
    assert_eq!((over.status, &over.json()["error_type"]), (200, &json!("client_cancelled")));
    assert_eq!(result(&simulator, &waiting).await.status, 499);

    seconds(0.6).await;
    assert_eq!(cancel(&first).await, requested, "a run in its first half is stopped");
    assert_eq!(status(&simulator, &first).await.status, 200);

    let late = submit(&simulator, &lora()).await;
    seconds(2.0).await;
    assert_eq!(cancel(&late).await, requested, "the signal comes too late");
    assert_eq!(status(&simulator, &late).await.status, 202);
    seconds(2.0).await;
    assert_eq!(result(&simulator, &late).await.status, 200);
    assert_eq!(cancel(&late).await, (400, "ALREADY_COMPLETED".to_owned()));
    assert_eq!(cancel("00000000-0000-4000-8000-000000000000").await, (404, "NOT_FOUND".to_owned()));
    assert_eq!((simulator.stats().cancelled, simulator.stats().completed), (2, 2));
}

#[tokio::test(start_paused = true)]
async fn every_spelling_of_a_run_works_and_other_apps_do_not_know_it() {
    let simulator = simulator();
    let body = json!({ "prompt": "ARTST, tea", "finetune_id": "f-1", "finetune_strength": 1.1, "seed": 1 }).to_string();
    let reply =
        call(&simulator, "POST", "/queue/fal-ai/flux-pro/v1.1-ultra-finetuned", &body).await.json();
    let id = reply["request_id"].as_str().unwrap();
    assert_eq!(
        reply["status_url"],
        format!("https://queue.fal.run/fal-ai/flux-pro/requests/{id}/status")
    );
    seconds(9.0).await;
    for app in ["fal-ai/flux-pro", "fal-ai/flux-pro/v1.1-ultra-finetuned"] {
        for end in ["/status", "/status?logs=0", "", "/response"] {
            let path = format!("/queue/{app}/requests/{id}{end}");
            assert_eq!(call(&simulator, "GET", &path, "").await.status, 200, "{path}");
        }
    }
    assert_eq!(result(&simulator, id).await.status, 404);
}

#[tokio::test(start_paused = true)]
async fn what_does_not_exist_is_told_as_fal_tells_it() {
    let simulator = simulator();
    let unknown = call(&simulator, "POST", "/queue/fal-ai/flux-nine", "{}").await;
    assert_eq!(
        (unknown.status, unknown.json()),
        (404, json!({ "detail": "Application \"flux-nine\" not found" }))
    );
    for end in ["/status", "", "/response"] {
        let path =
            format!("/queue/fal-ai/flux-lora/requests/00000000-0000-4000-8000-000000000000{end}");
        let reply = call(&simulator, "GET", &path, "").await;
        assert_eq!((reply.status, reply.json()), (404, json!({ "status": "NOT_FOUND" })), "{path}");
    }
    assert_eq!(call(&simulator, "GET", "/queue/fal-ai/flux-lora", "").await.status, 405);
    assert_eq!(call(&simulator, "DELETE", "/queue/fal-ai/flux-lora", "").await.status, 405);
}

#[tokio::test(start_paused = true)]
async fn without_a_key_nothing_is_answered() {
    let simulator = simulator();
    let required = json!({ "detail": "Authorization header is required" });
    let nobody = json!({ "detail": "No user found for Key ID and Secret" });
    let requests = [
        ("POST", "/queue/fal-ai/flux-lora"),
        ("GET", "/queue/fal-ai/flux-lora/requests/12345678/status"),
        ("POST", "/run/fal-ai/flux-lora"),
        ("POST", "/rest/storage/upload/initiate?storage_type=fal-cdn-v3"),
    ];
    for (method, path) in requests {
        for (key, expected) in
            [(None, &required), (Some("Key "), &nobody), (Some("Bearer x"), &nobody)]
        {
            let reply = call_as(&simulator, key, method, path, "{}").await;
            assert_eq!((reply.status, &reply.json()), (401, expected), "{path} {key:?}");
        }
    }
}

#[tokio::test(start_paused = true)]
async fn a_full_queue_is_refused_where_a_length_was_asked_for() {
    let simulator = simulator();
    for _ in 0..4 {
        submit(&simulator, &lora()).await;
    }
    let path = "/queue/fal-ai/flux-lora?fal_max_queue_length=1";
    assert_eq!(call(&simulator, "POST", path, &lora().to_string()).await.status, 429);
}

#[tokio::test(start_paused = true)]
async fn the_status_stream_tells_every_change_and_ends() {
    let simulator = simulator();
    let id = submit(&simulator, &lora()).await;
    let path = format!("/queue/fal-ai/flux-lora/requests/{id}/status/stream?logs=1");
    let reply = call(&simulator, "GET", &path, "").await;
    assert!(reply.header("content-type").starts_with("text/event-stream"));
    let text = String::from_utf8(reply.bytes).unwrap();
    let events = text.split("\n\n").filter_map(|event| event.strip_prefix("data: "));
    let states: Vec<String> = events
        .map(|data| {
            serde_json::from_str::<Value>(data).unwrap()["status"].as_str().unwrap().to_owned()
        })
        .collect();
    assert_eq!(states.first().map(String::as_str), Some("IN_QUEUE"));
    assert_eq!(states.last().map(String::as_str), Some("COMPLETED"));
    assert!(
        states.iter().filter(|state| *state == "IN_PROGRESS").count() >= 4,
        "logs come bit by bit: {states:?}"
    );
}

#[tokio::test(start_paused = true)]
async fn a_run_is_forgotten_after_an_hour() {
    let simulator = simulator();
    let id = submit(&simulator, &lora()).await;
    seconds(3590.0).await;
    assert_eq!(result(&simulator, &id).await.status, 200);
    seconds(20.0).await;
    assert_eq!(result(&simulator, &id).await.status, 404);
}
