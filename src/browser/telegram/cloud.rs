//! The bot's storage at Telegram: what outlives a page that has no storage of its own.

use super::{A_MOMENT, A_WHILE, invoke};
use likeness_telegram::bridge::cloud;
use serde_json::{Value, json};

/// The names of all texts that begin so.
pub async fn names(start: &str) -> Vec<String> {
    let keys = invoke("getStorageKeys", json!({}), A_WHILE).await.unwrap_or_default();
    let keys = keys.as_array().map(Vec::as_slice).unwrap_or_default();
    let names = keys.iter().filter_map(Value::as_str).filter_map(cloud::name_of);
    let mut names: Vec<_> =
        names.filter(|name| name.starts_with(start)).map(str::to_owned).collect();
    names.sort();
    names.dedup();
    names
}

/// A text, if all of it is there.
pub async fn get(name: &str) -> Option<String> {
    let asked = json!({ "keys": cloud::keys(name) });
    let values = invoke("getStorageValues", asked, A_WHILE).await?;
    cloud::joined(name, &values)
}

/// Keeps a text. Whether Telegram took all of it.
pub async fn set(name: &str, text: &str) -> bool {
    let Some(pieces) = cloud::pieces(name, text) else { return false };
    for (key, value) in pieces {
        let piece = json!({ "key": key, "value": value });
        let kept = invoke("saveStorageValue", piece, A_MOMENT).await;
        if kept != Some(true.into()) {
            return false;
        }
    }
    true
}

/// Removes every text whose name is wanted, with so much patience for each answer. Whether nothing of them is left.
pub async fn clear(is_wanted: impl Fn(&str) -> bool, patience: u64) -> bool {
    let Some(keys) = invoke("getStorageKeys", json!({}), patience).await else { return false };
    let keys = keys.as_array().map(Vec::as_slice).unwrap_or_default().iter();
    let is_wanted = |key: &&Value| key.as_str().and_then(cloud::name_of).is_some_and(&is_wanted);
    let keys: Vec<_> = keys.filter(is_wanted).collect();
    keys.is_empty()
        || invoke("deleteStorageValues", json!({ "keys": keys }), patience).await
            == Some(true.into())
}

/// Removes a text. What a silent client keeps is met again, and is harmless: the app remembers which runs are over, where it can store that.
pub async fn remove(name: &str) {
    invoke("deleteStorageValues", json!({ "keys": cloud::keys(name) }), A_MOMENT).await;
}
