//! What several tests need: records of the library, a little JavaScript, and a stage to mount components on.

use js_sys::{Function, Promise};
use leptos::prelude::*;
use likeness::{browser::clock, i18n::Language, ui::context::Studio};
use likeness_core::{
    Avatar, AvatarKind, Preset,
    job::{JobId, Order, OrderedPreset},
};
use likeness_studio::picture::{Picture, PictureId};
use std::{any::Any, cell::RefCell, rc::Rc};
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;
use web_sys::{Blob, Element, HtmlElement};

/// A portrait avatar that lacks nothing.
pub fn portrait() -> Avatar {
    Avatar {
        id: "p-1".into(),
        name: "Vera".into(),
        kind: AvatarKind::Portrait,
        trigger_word: Some("TOK".into()),
        trigger_phrase: Some("a photo of TOK person".into()),
        lora_url: Some("https://weights.example/vera.safetensors".into()),
        lora_scale: None,
        finetune_id: None,
        finetune_strength: None,
    }
}

/// An artistic avatar that lacks nothing.
pub fn artistic() -> Avatar {
    Avatar {
        id: "a-1".into(),
        name: "Ink".into(),
        kind: AvatarKind::Artistic,
        trigger_word: Some("ARTST".into()),
        trigger_phrase: None,
        lora_url: None,
        lora_scale: None,
        finetune_id: Some("ink-1".into()),
        finetune_strength: Some(1.15),
    }
}

/// An order with a seed that no JavaScript number can hold.
pub fn order() -> Order {
    Order {
        request: r#"{"prompt":"at dawn","overrides":{"seed":"9007199254740993"}}"#.into(),
        endpoint: "fal-ai/flux-lora".into(),
        body: r#"{"prompt":"TOK, at dawn","seed":9007199254740993}"#.into(),
        preset: OrderedPreset::Known(Preset::Balanced),
        avatar_id: "p-1".into(),
        avatar_name: "Vera".into(),
        prompt: "TOK, at dawn".into(),
        count: 2,
        pixels: (1024, 1024),
        seconds: (25, 35),
        cost: Some((70_000, 140_000)),
    }
}

/// A picture of [`order`].
pub fn picture(job: &str, created_at: u64) -> Picture {
    Picture {
        id: PictureId::of(&JobId(job.into()), 0),
        created_at,
        took: 29_000,
        width: 1024,
        height: 1024,
        content_type: "image/jpeg".into(),
        bytes: 5,
        seed: Some(u64::MAX.to_string()),
        is_blocked: false,
        order: order(),
    }
}

/// A file with this text in it.
pub fn file(text: &str) -> Blob {
    Blob::new_with_str_sequence(&js_sys::Array::of1(&text.into())).unwrap()
}

/// Calls the body of a JavaScript function with `it`.
pub fn js(body: &str, it: &JsValue) -> JsValue {
    Function::new_with_args("it", body).call1(&JsValue::NULL, it).unwrap()
}

/// Calls the body of a JavaScript function that gives a promise, and waits for it.
pub async fn js_promise(body: &str, it: &JsValue) -> JsValue {
    let promise: Promise = js(body, it).unchecked_into();
    JsFuture::from(promise).await.unwrap()
}

/// Waits for a later turn of the event loop, which is when a person's next event comes. A tick of the effects alone is too early: an effect may
/// lie behind another one.
pub async fn settled() {
    clock::sleep(0).await;
}

/// Components mounted in an element of their own, which goes with this value.
pub struct Stage {
    host: HtmlElement,
    /// The state that they show.
    pub studio: Studio,
    mounted: Option<Box<dyn Any>>,
}

impl Stage {
    /// Mounts a view for a composer with this avatar chosen, an empty prompt, and English words.
    pub async fn with<V: IntoView + 'static>(
        avatar: Avatar,
        view: impl FnOnce() -> V + 'static,
    ) -> Self {
        let host = document().create_element("div").unwrap().unchecked_into::<HtmlElement>();
        document().body().unwrap().append_child(&host).unwrap();
        let made = Rc::new(RefCell::new(None));
        let hand_out = Rc::clone(&made);
        let mounted = leptos::mount::mount_to(host.clone(), move || {
            let studio = Studio::from_storage();
            studio.language.set(Language::En);
            studio.draft.set(likeness_studio::draft::Draft::default());
            studio.choose_avatar(&avatar.id);
            studio.avatars.set(vec![avatar]);
            provide_context(studio);
            *hand_out.borrow_mut() = Some(studio);
            view().into_any()
        });
        let studio = made.borrow_mut().take().unwrap();
        let stage = Self { host, studio, mounted: Some(Box::new(mounted)) };
        settled().await;
        stage
    }

    /// All elements that a selector finds.
    pub fn all(&self, selector: &str) -> Vec<Element> {
        let found = self.host.query_selector_all(selector).unwrap();
        (0..found.length()).map(|index| found.item(index).unwrap().unchecked_into()).collect()
    }

    /// The only element that a selector finds.
    pub fn one(&self, selector: &str) -> Element {
        let mut found = self.all(selector);
        assert_eq!(found.len(), 1, "`{selector}` in {}", self.host.inner_html());
        found.remove(0)
    }

    /// The text of the only element that a selector finds, with plain blanks.
    pub fn text(&self, selector: &str) -> String {
        self.one(selector).text_content().unwrap().replace('\u{A0}', " ").trim().to_owned()
    }

    /// Types into a field as a person does: the value changes, then the event comes.
    pub async fn type_into(&self, selector: &str, text: &str) {
        let field = self.one(selector);
        js_sys::Reflect::set(&field, &"value".into(), &text.into()).unwrap();
        js("it.dispatchEvent(new Event('input', { bubbles: true }))", &field);
        settled().await;
    }

    /// Unfolds the settings and waits until they are drawn.
    pub async fn unfold(&self) {
        self.one("#details").set_attribute("open", "").unwrap();
        while self.all("#seed").is_empty() {
            settled().await;
        }
    }

    /// Clicks.
    pub async fn click(&self, selector: &str) {
        self.one(selector).unchecked_into::<HtmlElement>().click();
        settled().await;
    }

    /// Takes the elements away and leaves everything else alive, for what goes on working as long as the page is there.
    pub fn abandon(mut self) {
        std::mem::forget(self.mounted.take());
    }
}

impl Drop for Stage {
    fn drop(&mut self) {
        drop(self.mounted.take());
        self.host.remove();
    }
}
