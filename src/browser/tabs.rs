//! Several tabs of the app: who drives what, and what the others are told.
//!
//! A claim is a Web Lock, which the browser itself lets go of when a tab dies. News travel by a `BroadcastChannel` and say only what changed; how it is now,
//! the store knows.

use js_sys::{Function, Promise, Reflect};
use likeness_core::job::Millis;
use wasm_bindgen::{JsCast, JsValue, closure::Closure};
use wasm_bindgen_futures::JsFuture;
use web_sys::{BroadcastChannel, MessageEvent};

/// What one tab tells the others.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum News {
    /// A job changed or was removed, by its id.
    Job(String),
    /// A picture came or was deleted, by its id.
    Picture(String),
    /// A job shall be cancelled by whoever drives it, by its id.
    Cancel(String),
    /// A job shall stand there among those that wait for the network, by its id.
    Place(String, Millis),
}

impl News {
    fn write(&self) -> String {
        match self {
            Self::Job(id) => format!("job {id}"),
            Self::Picture(id) => format!("picture {id}"),
            Self::Cancel(id) => format!("cancel {id}"),
            Self::Place(id, place) => format!("place {id} {place}"),
        }
    }

    /// None for news of another version.
    fn read(text: &str) -> Option<Self> {
        let (kind, id) = text.split_once(' ')?;
        let id = id.to_owned();
        match kind {
            "job" => Some(Self::Job(id)),
            "picture" => Some(Self::Picture(id)),
            "cancel" => Some(Self::Cancel(id)),
            "place" => {
                let (id, place) = id.split_once(' ')?;
                Some(Self::Place(id.to_owned(), place.parse().ok()?))
            }
            _ => None,
        }
    }
}

/// The way to the other tabs; to nowhere where the browser has none.
#[derive(Clone)]
pub struct Channel(Option<BroadcastChannel>);

impl Channel {
    /// Opens the channel of this name and hears what the other tabs say on it, as long as the page lives.
    pub fn open(name: &str, mut on_news: impl FnMut(News) + 'static) -> Self {
        let is_there = has(&js_sys::global(), "BroadcastChannel");
        let Some(channel) = is_there.then(|| BroadcastChannel::new(name).ok()).flatten() else {
            return Self(None);
        };
        let hear = Closure::<dyn FnMut(MessageEvent)>::new(move |event: MessageEvent| {
            if let Some(news) = event.data().as_string().and_then(|text| News::read(&text)) {
                on_news(news);
            }
        });
        channel.set_onmessage(Some(hear.into_js_value().unchecked_ref()));
        Self(Some(channel))
    }

    /// Tells the other tabs.
    pub fn tell(&self, news: &News) {
        if let Some(channel) = &self.0 {
            // A channel that is closed belongs to a page that goes; nobody is there to be told.
            let _ = channel.post_message(&news.write().into());
        }
    }

    /// Whether other tabs can be told anything.
    pub fn is_open(&self) -> bool {
        self.0.is_some()
    }
}

/// Something that one tab at a time may have. Dropping it lets the next one have it.
pub struct Claim(Option<Function>);

impl Drop for Claim {
    fn drop(&mut self) {
        if let Some(release) = &self.0 {
            // Resolving a promise cannot fail.
            let _ = release.call0(&JsValue::NULL);
        }
    }
}

/// Waits until no other tab has the claim of this name. Where the browser has no locks, it is given at once.
pub async fn claim(name: &str) -> Claim {
    // A browser with locks may still refuse them to a page; then it is as if it had none.
    let granted = request(name).map(JsFuture::from);
    let release = match granted {
        Some(granted) => granted.await.ok().and_then(|value| value.dyn_into::<Function>().ok()),
        None => None,
    };
    Claim(release)
}

/// Whether claims keep tabs apart.
pub fn has_claims() -> bool {
    locks().is_some()
}

fn locks() -> Option<JsValue> {
    let navigator = web_sys::window()?.navigator();
    let locks = Reflect::get(&navigator, &"locks".into()).ok()?;
    locks.is_object().then_some(locks)
}

/// A promise of the function that lets go again; of anything else if there will be no lock.
fn request(name: &str) -> Option<Promise> {
    let locks = locks()?;
    let request: Function = Reflect::get(&locks, &"request".into()).ok()?.dyn_into().ok()?;
    let mut outcome = None;
    let granted = Promise::new(&mut |resolve: Function, _| {
        let given = resolve.clone();
        let hold = Closure::once_into_js(move |_lock: JsValue| -> Promise {
            Promise::new(&mut |release: Function, _| {
                // Resolving a promise cannot fail.
                let _ = given.call1(&JsValue::NULL, &release);
            })
        });
        let asked = request.call2(&locks, &name.into(), &hold).ok();
        if let Some(asked) = asked.and_then(|asked| asked.dyn_into::<Promise>().ok()) {
            // A refusal is an outcome too.
            let catch = Reflect::get(&asked, &"catch".into()).ok();
            let catch = catch.and_then(|catch| catch.dyn_into::<Function>().ok());
            outcome = catch.and_then(|catch| catch.call1(&asked, &resolve).ok());
        }
    });
    outcome.map(|_refusal| granted)
}

fn has(object: &JsValue, key: &str) -> bool {
    Reflect::has(object, &key.into()).unwrap_or_default()
}
