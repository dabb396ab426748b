//! The document for machines against the wire: the same addresses, and in each reply the same
//! fields.

use likeness_api::{
    self as api, Access, Finding, FindingState, Health, Issues, Mode, Ready, ServerCode,
    ServerError, Submission, address, telegram,
};
use likeness_core::{AvatarKind, Issue, Reason};
use serde_json::{Map, Value, json};
use std::collections::BTreeSet;

fn document() -> Value {
    serde_json::from_str(include_str!("../openapi.json")).unwrap()
}

/// The schema of the reply with this status.
fn reply(address: &str, status: &str) -> Value {
    let document = document();
    let methods = document["paths"][address].as_object().expect(address);
    let operation = methods.values().next().unwrap();
    operation["responses"][status]["content"]["application/json"]["schema"].clone()
}

/// What a reference leads to.
fn followed(schema: &Value) -> Value {
    match schema["$ref"].as_str() {
        Some(name) => followed(document().pointer(name.trim_start_matches('#')).expect(name)),
        None => schema.clone(),
    }
}

/// All the shapes that a schema allows.
fn shapes(schema: &Value) -> Vec<Value> {
    let schema = followed(schema);
    match schema["oneOf"].as_array().or_else(|| schema["anyOf"].as_array()) {
        Some(choices) => choices.iter().flat_map(shapes).collect(),
        None => vec![schema],
    }
}

/// Holds that replies have the fields of a schema, that it calls required what all of them have,
/// and that it names what each may be.
fn hold(schema: &Value, replies: &[Value], at: &str) {
    let schema = followed(schema);
    let Some(properties) = schema["properties"].as_object() else {
        assert!(schema["type"] == "object", "{at} has fields that the document does not know");
        return;
    };
    let objects: Vec<&Map<String, Value>> =
        replies.iter().map(|reply| reply.as_object().expect(at)).collect();
    let written: BTreeSet<&String> = objects.iter().flat_map(|object| object.keys()).collect();
    assert_eq!(properties.keys().collect::<BTreeSet<_>>(), written, "{at}");
    let is_always = |key: &&String| objects.iter().all(|object| object.contains_key(*key));
    let required = schema["required"].as_array().into_iter().flatten();
    let required: BTreeSet<_> = required.filter_map(Value::as_str).collect();
    let always: BTreeSet<_> = written.into_iter().filter(is_always).map(String::as_str).collect();
    assert_eq!(required, always, "{at}");
    for (key, property) in properties {
        let at = format!("{at}.{key}");
        let values = objects.iter().filter_map(|object| object.get(key));
        let parts: Vec<Value> = values.cloned().collect();
        let property = followed(property);
        if let Some(known) = property["enum"].as_array() {
            assert!(parts.iter().all(|part| known.contains(part)), "{at}: {parts:?}");
        }
        let inner: Vec<Value> = parts.iter().filter(|part| part.is_object()).cloned().collect();
        if !inner.is_empty() && property["properties"].is_object() {
            hold(&property, &inner, &at);
        }
        let items: Vec<Value> =
            parts.iter().filter_map(Value::as_array).flatten().cloned().collect();
        if items.iter().any(Value::is_object) {
            hold(&property["items"], &items, &at);
        }
    }
}

/// The names that a schema lists for a field.
fn names(schema: &Value, key: &str) -> Value {
    followed(&followed(schema)["properties"][key])["enum"].clone()
}

#[test]
fn it_names_the_addresses_of_the_server() {
    let document = document();
    let paths: BTreeSet<&str> =
        document["paths"].as_object().unwrap().keys().map(String::as_str).collect();
    assert_eq!(paths, BTreeSet::from(address::ALL));
}

#[test]
fn it_has_the_fields_of_what_the_server_says_of_itself() {
    let config = |access, mode| {
        let budgets = api::Budgets { day: 1, month: 2, runs_per_user: 3, user_day: 4 };
        let offer = telegram::Offer { save: true, send: true };
        let (demo_speed, version) = (None, "1".to_owned());
        json!(api::ConfigReply {
            budgets: Some(budgets),
            config: api::Config { access, demo_speed, mode, offer, version },
            routes: vec![api::RouteInfo {
                endpoint: "e",
                kind: AvatarKind::Portrait,
                legacy: true
            }],
            telegram: Some(telegram::Bots { bots: vec![1], offer }),
        })
    };
    let rules = [Access::Open, Access::Password, Access::Header, Access::Telegram];
    let schema = reply(address::CONFIG, "200");
    hold(&schema, &[config(rules[0], Mode::Demo), config(rules[1], Mode::Live)], "config");
    assert_eq!(names(&schema, "access"), json!(rules));
    assert_eq!(names(&schema, "mode"), json!([Mode::Demo, Mode::Live]));
    hold(&reply(address::HEALTH, "200"), &[json!(Health::OK)], "health");
    let ready = [None, Some(7)].map(|ahead| json!(Ready::new(Mode::Live, ahead)));
    hold(&reply(address::READY, "200"), &ready, "ready");
    let error = json!({ "error": ServerError::new(ServerCode::Stopping, Some("r".to_owned())) });
    hold(&reply(address::READY, "503"), &[error], "error");
}

#[test]
fn it_has_the_fields_of_budgets_and_submissions() {
    let window = api::Window { held: 1, limit: None, spent: 2 };
    let spending = json!(api::Spending { day: window, month: window, user_day: window });
    hold(&reply(address::SPENDING, "200"), &[spending], "spending");
    let answered = api::Answered { headers: Vec::new(), reply: json!({}), status: 200 };
    let all = [
        Submission::InFlight,
        Submission::Unsent,
        Submission::Unknown,
        Submission::Answered(answered),
    ];
    let schema = reply(address::SUBMISSION, "200");
    hold(&schema, &all.clone().map(|known| json!(known)), "submission");
    assert_eq!(names(&schema, "state"), json!(all.map(|known| json!(known)["state"].clone())));
}

#[test]
fn it_has_the_fields_of_a_composed_request_and_of_its_mistakes() {
    let request = json!({
        "avatar": { "trigger_word": "TOK", "lora_url": "https://a.example/b" }, "prompt": "fog", "preset": "fast",
    });
    let composed = json!(likeness_fal::compose::compose(&request, 0).unwrap());
    hold(&reply(address::COMPOSE, "200"), &[composed], "composed");
    let issues = vec![Issue::new("prompt", Reason::Missing); Issues::MOST + 1];
    let schema = reply(address::COMPOSE, "422");
    let refusals = [json!(Issues::of(&issues)), json!(Issues::of(&issues[..1]))];
    let of_issues = shapes(&schema).remove(0);
    assert_eq!(followed(&of_issues)["required"], json!(["issues"]));
    let fields = |reply: &Value| reply.as_object().unwrap().keys().cloned().collect::<Vec<_>>();
    assert_eq!(refusals.each_ref().map(fields), [vec!["issues", "more"], vec!["issues"]]);
}

#[test]
fn it_has_the_fields_of_a_tested_address() {
    use FindingState::{Found, NoFile, NotFound, Unreachable, Untested};
    let schema = reply(address::AVATAR_TEST, "200");
    hold(&schema, &[json!(Finding::of(Found))], "finding");
    assert_eq!(names(&schema, "state"), json!([Found, NotFound, NoFile, Unreachable, Untested]));
    let asked = api::AvatarTest { lora_url: "https://a.example/b" };
    hold(&document()["components"]["schemas"]["AvatarTest"], &[asked.to_value()], "asked");
}

#[test]
fn it_has_the_fields_of_a_run_that_a_program_ordered() {
    let run =
        |standing| json!(api::Run { job_id: "j".to_owned(), poll_url: "p".to_owned(), standing });
    let (content_type, height, width) = (Some("image/png".to_owned()), Some(1), Some(1));
    let whole =
        api::RunImage { content_type, height, is_blocked: false, url: "u".to_owned(), width };
    let bare = api::RunImage { content_type: None, height: None, width: None, ..whole.clone() };
    let images = vec![whole, bare];
    let schemas = &document()["components"]["schemas"];
    let completed = api::Standing::Completed { image_url: None, images, seed: None };
    hold(&schemas["Completed"], &[run(completed)], "completed");
    let queued = run(api::Standing::Queued { queue_position: Some(1) });
    hold(&schemas["Underway"], &[queued, run(api::Standing::Running)], "under way");
    let error = api::Failed {
        code: "no_media".to_owned(),
        field: None,
        message: "",
        request_id: None,
        retry_after_ms: None,
        retryable: false,
        said: None,
    };
    hold(&schemas["Failed"], &[run(api::Standing::Failed { error })], "failed");
}

#[test]
fn it_has_the_fields_of_pictures_on_their_way_to_telegram() {
    use telegram::{HandedOver, Link, Prepared, SendAs, SendRequest, Sent, Unfit};
    let handed = HandedOver {
        bytes: 1,
        content_type: "image/png",
        expires_in: 1,
        height: 1,
        mark: None,
        photo: true,
        picture_id: "p",
        send: true,
        width: 1,
    };
    hold(&reply(address::TELEGRAM_PICTURES, "201"), &[json!(handed)], "handed over");
    let schema = reply(address::TELEGRAM_SEND, "200");
    let ways = [SendAs::Photo, SendAs::Document];
    hold(&schema, &[json!(Sent { reason: None, sent: ways[0] })], "sent");
    assert_eq!(names(&schema, "sent"), json!(ways));
    let reasons = [Unfit::TooLarge, Unfit::TooManyPixels, Unfit::TooNarrow, Unfit::Refused];
    let reasons: Vec<_> = reasons.into_iter().map(Some).chain([None]).collect();
    assert_eq!(names(&schema, "reason"), json!(reasons));
    let asked = &document()["paths"][address::TELEGRAM_SEND]["post"]["requestBody"]["content"]["application/json"]
        ["schema"];
    hold(asked, &ways.map(|send_as| json!(SendRequest { send_as })), "send");
    let prepared = Prepared { expires_at: 1, prepared_message_id: "m".to_owned() };
    hold(&reply(address::TELEGRAM_SHARE, "200"), &[json!(prepared)], "prepared");
    let link = Link { expires_in: 1, file_name: "f", url: "u" };
    hold(&reply(address::TELEGRAM_LINK, "200"), &[json!(link)], "link");
    let user = json!({ "id": 1 });
    let session = telegram::Session { expires_in: 1, token: "t".to_owned(), user: user.clone() };
    let schema = followed(&reply(address::TELEGRAM_SESSION, "200"));
    let written = json!(session);
    assert_eq!(
        schema["properties"].as_object().unwrap().keys().collect::<Vec<_>>(),
        written.as_object().unwrap().keys().collect::<Vec<_>>()
    );
}
