//! JSON by the browser's own parser. It is there anyway; the one of serde would be a twentieth of the first page.

use js_sys::{Array, JSON, Object};
use serde_json::{Map, Value};
use wasm_bindgen::{JsCast, JsValue};

/// The largest whole number up to which a JavaScript number holds every whole number.
const SAFE: f64 = 9_007_199_254_740_991.0;

/// The value of a text; none if it is no JSON. Whole numbers beyond 2^53 are rounded, so seeds are kept as texts.
pub fn parse(text: &str) -> Option<Value> {
    Some(value(&JSON::parse(text).ok()?))
}

/// A value as a text.
pub fn text(value: &Value) -> String {
    JSON::stringify(&script_value(value)).map(String::from).unwrap_or_default()
}

fn script_value(of: &Value) -> JsValue {
    match of {
        Value::Null => JsValue::NULL,
        Value::Bool(is) => (*is).into(),
        Value::Number(number) => number.as_f64().into(),
        Value::String(text) => text.into(),
        Value::Array(items) => items.iter().map(script_value).collect::<Array>().into(),
        Value::Object(map) => {
            let entries: Array = map
                .iter()
                .map(|(key, item)| Array::of2(&key.into(), &script_value(item)))
                .collect();
            // Entries are pairs, so there is an object of them.
            Object::from_entries(&entries).map_or(JsValue::NULL, Into::into)
        }
    }
}

fn value(from: &JsValue) -> Value {
    if let Some(text) = from.as_string() {
        return text.into();
    }
    if let Some(is) = from.as_bool() {
        return is.into();
    }
    if let Some(number) = from.as_f64() {
        let is_whole = number.trunc() == number && number.abs() <= SAFE;
        return if is_whole { (number as i64).into() } else { number.into() };
    }
    if let Some(list) = from.dyn_ref::<Array>() {
        return list.iter().map(|item| value(&item)).collect();
    }
    let Some(object) = from.dyn_ref::<Object>() else { return Value::Null };
    let mut map = Map::new();
    for entry in Object::entries(object).iter() {
        let entry: Array = entry.unchecked_into();
        map.insert(entry.get(0).as_string().unwrap_or_default(), value(&entry.get(1)));
    }
    map.into()
}
