//! What the browsers of version 0.1.0 hold is read. See `tests/fixtures/README.md`.

use crate::support::js;
use likeness::browser::{
    database::{Change, Database, Table},
    ids,
    store::Store,
};
use likeness_core::job::Job;
use serde_json::Value;
use wasm_bindgen::JsValue;
use wasm_bindgen_test::wasm_bindgen_test;

const JOBS: &str = include_str!("../fixtures/0.1.0/jobs.jsonl");
const LIBRARY: &str = include_str!("../fixtures/0.1.0/library.json");

/// Puts records into a table as the browser held them: what was absent there is absent.
async fn put(database: &Database, table: Table, records: &Value) {
    let record = |record: &Value| {
        let key = record["id"].as_str().unwrap().to_owned();
        let value = js("return JSON.parse(it)", &JsValue::from_str(&record.to_string()));
        Change::Put(table, key, value)
    };
    let changes = records.as_array().unwrap().iter().map(record).collect();
    database.write(changes).await.unwrap();
}

#[wasm_bindgen_test]
async fn a_library_of_an_earlier_version_is_opened_whole() {
    let name = format!("likeness-test-{}", ids::id());
    let database = Database::open(&name, || {}).await.unwrap();
    let library: Value = serde_json::from_str(LIBRARY).unwrap();
    for (table, key) in
        [(Table::Avatars, "avatars"), (Table::Jobs, "jobs"), (Table::Pictures, "pictures")]
    {
        put(&database, table, &library[key]).await;
    }
    let jobs: Vec<Value> = JOBS.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    put(&database, Table::Jobs, &jobs.clone().into()).await;

    let found = Store::open(&name, || {}).await.unwrap().contents().await;
    assert_eq!((found.corrupt, found.newer, found.failure), (0, 0, None));
    assert_eq!(
        found.avatars,
        serde_json::from_value::<Vec<_>>(library["avatars"].clone()).unwrap()
    );
    assert_eq!(
        found.pictures,
        serde_json::from_value::<Vec<_>>(library["pictures"].clone()).unwrap()
    );
    let mut all: Vec<Job> = serde_json::from_value(library["jobs"].clone()).unwrap();
    all.extend(jobs.into_iter().map(|job| serde_json::from_value(job).unwrap()));
    all.sort_by_key(|job| job.created_at);
    assert_eq!(found.jobs, all);
}
