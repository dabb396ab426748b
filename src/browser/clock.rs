//! Time: the wall clock, waiting, and dates in words.

use crate::i18n::Language;
use js_sys::{Date, Object, Promise, Reflect};
use wasm_bindgen::JsValue;
use wasm_bindgen_futures::JsFuture;

/// Milliseconds since 1970.
pub fn now() -> u64 {
    Date::now() as u64
}

/// Waits at least this many milliseconds; longer in a hidden tab.
pub async fn sleep(milliseconds: u64) {
    let promise = Promise::new(&mut |resolve, _| {
        if let Some(window) = web_sys::window() {
            let wait = i32::try_from(milliseconds).unwrap_or(i32::MAX);
            let _ = window.set_timeout_with_callback_and_timeout_and_arguments_0(&resolve, wait);
        }
    });
    // The promise has no way to fail.
    let _ = JsFuture::from(promise).await;
}

/// What a promise comes to, or none if it comes to nothing within so many milliseconds: some browsers leave what they began without an end.
pub async fn in_time(promise: Promise, milliseconds: u32) -> Option<Result<JsValue, JsValue>> {
    let window = web_sys::window()?;
    let late = JsValue::from(js_sys::Object::new());
    let mut timer = None;
    let limit = Promise::new(&mut |resolve, _| {
        let wait = i32::try_from(milliseconds).unwrap_or(i32::MAX);
        timer = window
            .set_timeout_with_callback_and_timeout_and_arguments_1(&resolve, wait, &late)
            .ok();
    });
    let outcome = JsFuture::from(Promise::race(&js_sys::Array::of2(&promise, &limit))).await;
    if let Some(timer) = timer {
        window.clear_timeout_with_handle(timer);
    }
    if outcome.as_ref() == Ok(&late) { None } else { Some(outcome) }
}

/// The calendar day in the browser's zone, as a number that differs between days.
pub fn day_of(milliseconds: u64) -> i64 {
    let date = date(milliseconds);
    i64::from(date.get_full_year()) * 400
        + i64::from(date.get_month()) * 32
        + i64::from(date.get_date())
}

/// A day in words: "Friday, 20 November".
pub fn day_name(milliseconds: u64, language: Language) -> String {
    in_words(milliseconds, language, &[("weekday", "long"), ("day", "numeric"), ("month", "long")])
}

/// A day and time: "20 Nov 2026, 14:32".
pub fn moment(milliseconds: u64, language: Language) -> String {
    in_words(milliseconds, language, &[("dateStyle", "medium"), ("timeStyle", "short")])
}

/// A day written as `2026-11-22`, in words: "22 Nov 2026".
pub fn date_name(iso: &str, language: Language) -> String {
    let time = Date::parse(iso);
    if time.is_nan() {
        return iso.to_owned();
    }
    in_words(time as u64, language, &[("dateStyle", "medium"), ("timeZone", "UTC")])
}

/// The day of a moment in the browser's zone, as `2026-11-22`.
pub fn iso_day(milliseconds: u64) -> String {
    let date = date(milliseconds);
    format!("{:04}-{:02}-{:02}", date.get_full_year(), date.get_month() + 1, date.get_date())
}

fn in_words(milliseconds: u64, language: Language, options: &[(&str, &str)]) -> String {
    let object = Object::new();
    for (key, value) in options {
        // Setting a key on a plain object cannot fail.
        let _ = Reflect::set(&object, &JsValue::from_str(key), &JsValue::from_str(value));
    }
    // British order and 24 hours, as in the rest of the interface.
    let tag = if language == Language::En { "en-GB" } else { language.tag() };
    date(milliseconds).to_locale_string(tag, &object).into()
}

fn date(milliseconds: u64) -> Date {
    Date::new(&JsValue::from_f64(milliseconds as f64))
}
