//! The state of the app, in signals, and everything a person can do to it.

mod avatars;
mod composing;
mod library;
mod loss;
mod parts;
mod pictures;
mod places;
mod removing;
mod runs;
mod settings;
mod start;
mod tabs;
mod telegram;

pub use likeness_studio::{
    runs::{Which, can_cancel},
    unsaved::Keeping,
};
pub use parts::Arrival;
pub use pictures::{Address, Copy};
pub use runs::Ended;
pub use settings::{Theme, chosen_language};
pub use tabs::NEARLY_FULL;
pub use telegram::button;

use crate::{
    browser::{
        history,
        platform::{Platform, Screen},
        store::Store,
        tabs::Channel,
        telegram as telegram_client,
    },
    i18n::{Language, Words},
    page::Page,
    place::Place,
};
use leptos::prelude::*;
use likeness_api::Config;
use likeness_core::{
    Avatar, Prepared, Preset, Route, Seconds,
    job::{Job, JobId},
    validate::Checked,
};
use likeness_studio::{
    draft::Draft,
    form::Unfinished,
    picture::{Picture, PictureId},
    ports::StoreError,
    press::Presses,
    runner::Runner,
    unsaved::Safe,
};
use likeness_telegram::sending::Deliveries;
use std::{
    rc::Rc,
    sync::{Arc, OnceLock},
};

/// What is known of our own server.
#[derive(Clone, Debug, PartialEq)]
pub enum Server {
    /// Not asked yet.
    Unknown,
    /// It answered.
    Here(Config),
    /// It did not answer as it should.
    Away,
}

/// How much of the first page is drawn, unseen behind the skeleton. It comes in several turns, between which the browser can answer a press.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Turn {
    /// Nothing; the app gets its bearings.
    Bearings,
    /// What surrounds every page.
    Frame,
    /// The page with avatars and the prompt.
    Prompt,
    /// The presets.
    Presets,
    /// Everything.
    All,
}

/// What a message offers to do. It outlives whatever offered it: a `Callback` would be gone with the card whose deletion it is there to undo.
#[derive(Clone)]
pub struct Action(Arc<dyn Fn() + Send + Sync>);

impl Action {
    /// Does this when pressed.
    pub fn new(run: impl Fn() + Send + Sync + 'static) -> Self {
        Self(Arc::new(run))
    }

    /// It was pressed.
    pub fn run(&self) {
        (self.0)();
    }
}

/// A short message with at most one action.
#[derive(Clone)]
pub struct Toast {
    /// Tells it from others.
    pub id: u64,
    /// What it says.
    pub text: String,
    /// The label of its action and the action.
    pub action: Option<(&'static str, Action)>,
}

/// Everything the screen shows. Cheap to copy: a bundle of signals.
#[derive(Clone, Copy)]
pub struct Studio {
    /// The language of the interface.
    pub language: RwSignal<Language>,
    /// Dark, light or the system's.
    pub theme: RwSignal<Theme>,
    /// The page that is shown.
    pub page: Memo<Page>,
    /// What is being composed.
    pub draft: RwSignal<Draft>,
    /// The avatars, in the order in which they were added.
    pub avatars: RwSignal<Vec<Avatar>>,
    /// The id of the main avatar, which a new draft takes.
    pub main_avatar: RwSignal<String>,
    /// Jobs that are under way or ended without pictures, the newest first.
    pub jobs: RwSignal<Vec<Job>>,
    /// Pictures, the newest first.
    pub pictures: RwSignal<Vec<Picture>>,
    /// Our own server.
    pub server: RwSignal<Server>,
    /// Whether the browser has a network.
    pub is_online: RwSignal<bool>,
    /// Whether our server wants an access code first.
    pub is_locked: RwSignal<bool>,
    /// Where things are kept.
    pub keeping: RwSignal<Keeping>,
    /// The picture in the viewer.
    pub viewing: Memo<Option<PictureId>>,
    /// Whether a question lies over the page.
    pub is_asking: Memo<bool>,
    /// Messages at the edge of the screen.
    pub toasts: RwSignal<Vec<Toast>>,
    /// What a screen reader is told.
    pub announcement: RwSignal<String>,
    /// The time, once a second while a job is under way, in milliseconds.
    pub now: RwSignal<u64>,
    /// Pictures that are shown and could not be stored.
    pub unstored: RwSignal<Vec<PictureId>>,
    /// Pictures that arrived while the page was open; they develop on the screen.
    pub fresh: RwSignal<Vec<PictureId>>,
    /// The chosen preset. Apart from the draft, so that the presets sleep while someone types.
    pub preset: Memo<Preset>,
    /// The chosen avatar.
    pub avatar: Memo<Option<Avatar>>,
    /// Everything that is wrong with the draft.
    pub checked: Memo<Arc<Checked>>,
    /// The route that the draft would take.
    pub route: Memo<Option<Route>>,
    /// What would be sent, if nothing is wrong.
    pub prepared: Memo<Option<Arc<Prepared>>>,
    /// Why nothing happened, if that is because a part of the app could not be fetched.
    pub missing: RwSignal<Option<&'static str>>,
    /// Whether the server has another version of the app by now, so that parts of this one are gone.
    pub is_outdated: RwSignal<bool>,
    /// Dark or light, where the app follows Telegram.
    pub scheme: RwSignal<Option<&'static str>>,
    /// Whether the app has the whole screen; none where that is not offered.
    pub fullscreen: RwSignal<Option<bool>>,
    /// What stands in the way of signing in by Telegram, if anything does.
    pub refusal: RwSignal<Option<telegram_client::session::NoSession>>,
    /// How much of the first page is drawn.
    pub turn: RwSignal<Turn>,
    place: RwSignal<Place>,
    darkroom: RwSignal<Arrival>,
    telegram: RwSignal<Arrival>,
    panels: RwSignal<Arrival>,
    pages: RwSignal<Arrival>,
    /// Whether the same is to be ordered once more is asked just now.
    pub asks_another: RwSignal<bool>,
    /// How the last run ended, until that has been seen.
    pub ended: RwSignal<Option<Ended>>,
    /// What was pressed and ordered lately.
    presses: RwSignal<Presses>,
    /// What waits for the library to be open.
    pending: StoredValue<Vec<Pending>, LocalStorage>,
    is_opened: StoredValue<bool>,
    /// Lives as long as the page. Behind a pointer, so that only the darkroom holds the code that ends it.
    machine: StoredValue<Option<&'static Machine>, LocalStorage>,
    /// Made by the first part that needs it, so that the first page does without its code.
    later: &'static OnceLock<Later>,
}

/// What only the later parts of the app need. It outlives the panels that show it.
#[derive(Default)]
struct Later {
    /// What was typed into forms and not saved.
    forms: ArcRwSignal<Unfinished>,
    /// What is somewhere else too, so that it does not go with this page.
    safe: ArcRwSignal<Safe>,
    /// What is being done with pictures that are to go to Telegram.
    deliveries: ArcRwSignal<Deliveries>,
}

/// What is there once the library is open.
struct Machine {
    store: Store,
    channel: Channel,
    runner: Rc<Runner<Platform<StudioScreen>>>,
    /// Does what is pending. Behind a pointer, so that only the darkroom's own code holds it.
    work: fn(Studio),
}

/// What is to be done with the library once it is open.
enum Pending {
    /// Order what was composed.
    Order(Ordered),
    /// Follow a run that was ordered in a page that is gone, or do this because it is over.
    Adopt(Box<Job>, Action),
    /// Store avatars.
    Keep(Vec<Avatar>),
    /// Remove an avatar, by its id.
    Forget(String),
}

/// What was composed when the button was pressed.
struct Ordered {
    prepared: Arc<Prepared>,
    draft: Draft,
    avatar: Option<Avatar>,
}

/// Tells the signals what the engine did.
struct StudioScreen(Studio);

impl Screen for StudioScreen {
    fn job_changed(&self, job: &Job) {
        self.0.show_job(job);
    }

    fn job_gone(&self, id: &JobId) {
        self.0.hide_job(id);
    }

    fn picture_arrived(&self, picture: &Picture) {
        self.0.show_picture(picture);
    }

    fn picture_kept(&self, id: &PictureId, outcome: Result<(), StoreError>) {
        self.0.note_kept(id, outcome.is_ok());
    }
}

/// The studio of this app.
pub fn use_studio() -> Studio {
    expect_context::<Studio>()
}

impl Studio {
    /// A studio with the stored settings and draft.
    pub fn from_storage() -> Self {
        let (draft, avatars) =
            (RwSignal::new(composing::stored_draft()), RwSignal::new(Vec::new()));
        let place = RwSignal::new(history::place());
        let avatar = Memo::new(move |_| {
            let id = draft.with(|draft| draft.avatar_id.clone());
            avatars.with(|avatars| avatars.iter().find(|avatar: &&Avatar| avatar.id == id).cloned())
        });
        let checked = Memo::new_with_compare(move |_| composing::check(draft, avatar), |_, _| true);
        Self {
            language: RwSignal::new(chosen_language()),
            theme: RwSignal::new(settings::theme()),
            page: Memo::new(move |_| place.with(|place| place.page.clone())),
            draft,
            avatars,
            main_avatar: RwSignal::new(avatars::stored_main()),
            jobs: RwSignal::new(Vec::new()),
            pictures: RwSignal::new(Vec::new()),
            server: RwSignal::new(Server::Unknown),
            is_online: RwSignal::new(true),
            is_locked: RwSignal::new(false),
            keeping: RwSignal::new(Keeping::Nothing),
            viewing: Memo::new(move |_| place.with(|place| place.picture.clone())),
            is_asking: Memo::new(move |_| place.with(|place| place.is_asking)),
            toasts: RwSignal::new(Vec::new()),
            announcement: RwSignal::new(String::new()),
            now: RwSignal::new(crate::browser::clock::now()),
            unstored: RwSignal::new(Vec::new()),
            fresh: RwSignal::new(Vec::new()),
            preset: Memo::new(move |_| draft.with(|draft| draft.preset)),
            avatar,
            checked,
            route: Memo::new(move |_| checked.with(|checked| checked.route)),
            prepared: Memo::new_with_compare(move |_| composing::prepare(checked), |_, _| true),
            missing: RwSignal::new(None),
            is_outdated: RwSignal::new(false),
            scheme: RwSignal::new(telegram_client::scheme()),
            fullscreen: RwSignal::new(None),
            refusal: RwSignal::new(None),
            turn: RwSignal::new(Turn::All),
            place,
            darkroom: RwSignal::new(Arrival::Absent),
            telegram: RwSignal::new(Arrival::Absent),
            panels: RwSignal::new(Arrival::Absent),
            pages: RwSignal::new(Arrival::Absent),
            asks_another: RwSignal::new(false),
            ended: RwSignal::new(None),
            presses: RwSignal::new(Presses::default()),
            pending: StoredValue::new_local(Vec::new()),
            is_opened: StoredValue::new(false),
            machine: StoredValue::new_local(None),
            later: Box::leak(Box::default()),
        }
    }

    fn later(self) -> &'static Later {
        self.later.get_or_init(Later::default)
    }

    /// The words of the language.
    pub fn t(&self) -> Words {
        self.language.get_untracked().words()
    }

    /// The language, read once: a change of it builds the screen anew.
    pub fn tongue(&self) -> Language {
        self.language.get_untracked()
    }

    /// Whether pictures are drawn and cost nothing.
    pub fn is_demo(&self) -> bool {
        self.server.with(|server| matches!(server, Server::Here(config) if config.is_demo()))
    }

    /// How long a run usually takes, here: the demo draws faster than FAL, and the page looks once a second whether it is done.
    pub fn usual(&self, seconds: Seconds) -> Seconds {
        let speed = self.server.with(|server| match server {
            Server::Here(config) if config.is_demo() => config.demo_speed,
            _ => None,
        });
        let Some(speed) = speed.filter(|speed| *speed > 0.0) else { return seconds };
        let shorter = |seconds: u16| (f64::from(seconds) / speed).ceil() as u16;
        Seconds {
            low: shorter(seconds.low) + 1,
            high: shorter(seconds.high) + 2,
            is_our_estimate: false,
        }
    }

    /// Whether it is not known yet which avatars there are.
    pub fn is_settling(&self) -> bool {
        self.avatars.with(Vec::is_empty)
            && (self.server.with(|server| *server == Server::Unknown)
                || self.keeping.get() == Keeping::Opening)
    }

    /// Shows a message for some seconds.
    pub fn toast(&self, text: String, action: Option<(&'static str, Action)>) {
        let id = self.toasts.with_untracked(|toasts| toasts.last().map_or(0, |toast| toast.id + 1));
        self.toasts.update(|toasts| toasts.push(Toast { id, text, action }));
        let toasts = self.toasts;
        set_timeout(
            move || toasts.update(|toasts| toasts.retain(|toast| toast.id != id)),
            TOAST_TIME,
        );
    }

    /// Does something with the library now, or as soon as it is open.
    fn run(self, it: Pending) {
        self.pending.update_value(|pending| pending.push(it));
        let work = self.machine.with_value(|machine| machine.as_ref().map(|machine| machine.work));
        if let Some(work) = work {
            work(self);
        }
    }
}

/// How long a message stays; long enough to read it and reach its action.
pub const TOAST_TIME: core::time::Duration = core::time::Duration::from_secs(8);
