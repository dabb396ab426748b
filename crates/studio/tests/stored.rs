//! What version 0.1.0 has stored is read, and would be written again as it was. See `tests/fixtures/README.md`.

#![allow(clippy::unwrap_used, reason = "a test may stop at the first surprise")]
use likeness_core::{
    Avatar,
    job::{FailureKind, Job, State},
};
use likeness_studio::{
    draft::Draft,
    library::import,
    picture::{Picture, count},
};
use serde::de::DeserializeOwned;
use serde_json::Value;
use std::{collections::BTreeSet, io::Read};

const JOBS: &str = include_str!("../../../tests/fixtures/0.1.0/jobs.jsonl");
const LIBRARY: &str = include_str!("../../../tests/fixtures/0.1.0/library.json");
const AVATARS: &[u8] = include_bytes!("../../../tests/fixtures/0.1.0/avatars.json");
const ARCHIVE: &[u8] = include_bytes!("../../../tests/fixtures/0.1.0/library.zip");

fn table<T: DeserializeOwned>(name: &str) -> Vec<T> {
    let library: Value = serde_json::from_str(LIBRARY).unwrap();
    serde_json::from_value(library[name].clone()).unwrap()
}

#[test]
fn a_job_in_each_state_and_of_each_failure_is_read_and_written_as_it_was() {
    let (mut states, mut kinds) = (BTreeSet::new(), BTreeSet::new());
    for line in JOBS.lines() {
        let job: Job = serde_json::from_str(line).unwrap();
        assert_eq!(serde_json::to_string(&job).unwrap(), line);
        states.insert(job.state.name());
        if let State::Failed { failure } = job.state {
            assert!(!matches!(failure.kind, FailureKind::Other(_)), "{line}");
            kinds.insert(failure.kind.name().to_owned());
        }
    }
    assert_eq!((states.len(), kinds.len()), (12, 40));
}

#[test]
fn a_library_of_a_browser_is_read() {
    let jobs: Vec<Job> = table("jobs");
    let states: Vec<_> = jobs.iter().map(|job| job.state.name()).collect();
    assert_eq!(states, ["failed", "failed", "unknown", "held"]);
    let names: Vec<_> = table("avatars").into_iter().map(|avatar: Avatar| avatar.name).collect();
    assert_eq!(names, ["Ink & ash", "Vera"]);
    let pictures: Vec<Picture> = table("pictures");
    assert_eq!(count(&pictures), 1);
    assert_eq!(pictures[0].seed.as_deref(), Some("18446744073709551615"));
    // The form can be filled again from what was ordered.
    let ordered = Draft::of_request(&serde_json::from_str(&pictures[0].order.request).unwrap());
    assert_eq!(ordered.prompt, "at a harbour in the fog");
}

#[test]
fn a_draft_of_a_browser_is_read_and_written_as_it_was() {
    let library: Value = serde_json::from_str(LIBRARY).unwrap();
    let text = library["local"]["likeness.draft"].as_str().unwrap();
    let draft: Draft = serde_json::from_str(text).unwrap();
    assert_eq!((draft.prompt.as_str(), draft.preset.name()), ("under the stars", "fast"));
    assert_eq!(draft.avatar_id, "demo-ink");
    let stored: Value = serde_json::from_str(text).unwrap();
    assert_eq!(Value::from(draft), stored);
}

#[test]
fn exports_are_read() {
    let brought = import(AVATARS).unwrap();
    let names: Vec<_> = brought.avatars.iter().map(|avatar| avatar.name.as_str()).collect();
    assert_eq!((&names[..], brought.skipped), (&["Vera", "Ink & ash"][..], 0));
    assert!(brought.left_out.is_empty(), "{:?}", brought.left_out);

    let mut archive = zip::ZipArchive::new(std::io::Cursor::new(ARCHIVE)).unwrap();
    let mut file = |name: &str| {
        let mut bytes = Vec::new();
        archive.by_name(name).unwrap().read_to_end(&mut bytes).unwrap();
        bytes
    };
    assert_eq!(import(&file("avatars.json")).unwrap(), brought);
    let pictures: Vec<Picture> = serde_json::from_slice(&file("pictures.json")).unwrap();
    assert_eq!(pictures, table("pictures"));
    let settings: Value = serde_json::from_slice(&file("settings.json")).unwrap();
    let draft: Draft = serde_json::from_value(settings["draft"].clone()).unwrap();
    assert_eq!((draft.preset.name(), &settings["theme"]), ("fast", &"light".into()));
}
