//! Doing what was pressed with a picture that is to leave the app: the server first, then Telegram's client, which is asked in the turn of the press.

use super::super::{Server, Studio};
use super::notify;
use crate::{
    browser::{
        clock, fetch,
        telegram::{self, post},
    },
    ui::components::focus::show,
};
use core::time::Duration;
use leptos::{prelude::*, task::spawn_local};
use likeness_engine::picture::PictureId;
use likeness_telegram::{
    bridge::Call,
    sending::{Desk, Offer, Press, Said, Trouble, Way},
};
use serde_json::Value;
use std::rc::Rc;

/// The id of the button of a way.
pub const fn button(way: Way) -> &'static str {
    match way {
        Way::Photo => "way-photo",
        Way::File => "way-file",
        Way::Share => "way-share",
        Way::Save => "way-save",
        Way::Story => "way-story",
    }
}

impl Studio {
    /// What the server can do with pictures at Telegram.
    pub fn offer(&self) -> Offer {
        self.server.with_untracked(|server| match server {
            Server::Here(config) => config.offer,
            _ => Offer::default(),
        })
    }

    /// A desk for a picture, which is made ready from now on. One at a time: it hears the client until [`Studio::close_desk`].
    pub fn open_desk(self, id: PictureId) -> RwSignal<Desk> {
        let desk = RwSignal::new(Desk::new(self.offer()));
        let heard = id.clone();
        telegram::overhear(Some(Rc::new(move |event| {
            let allowed = desk.try_update(|desk| desk.hear_client(event)).flatten();
            if let Some(way) = allowed {
                // The button that asked for it is gone.
                show(button(way));
                self.press_way(desk, &heard, way);
            }
            shake(desk);
        })));
        spawn_local(self.work_at(desk, id));
        desk
    }

    /// The picture stays here; whatever the server is doing with it goes on.
    pub fn close_desk(self) {
        telegram::overhear(None);
    }

    /// A way was pressed.
    pub fn press_way(self, desk: RwSignal<Desk>, id: &PictureId, way: Way) {
        match desk.try_update(|desk| desk.press(way, clock::now())) {
            Some(Press::Finish(call, data)) => post(call, &data),
            Some(Press::Work) => spawn_local(self.work_at(desk, id.clone())),
            Some(Press::Nothing) | None => {}
        }
    }

    /// Asks whether the bot may write.
    pub fn ask_access(self) {
        post(Call::WriteAccess, &Value::Null);
    }

    /// Talks with the server until there is nothing more to do. The desk may go meanwhile, and then nobody hears what came of it.
    async fn work_at(self, desk: RwSignal<Desk>, id: PictureId) {
        let file = match self.store() {
            Some(store) => store.file(&id).await,
            None => None,
        };
        let Some(file) = file else {
            desk.try_update(|desk| desk.fail(Trouble::NoBytes));
            return;
        };
        while let Some(ask) = desk.try_with_untracked(|desk| desk.ask(clock::now())).flatten() {
            let answer = fetch::at_telegram(&ask, &file).await;
            desk.try_update(|desk| desk.hear_server(&ask, &answer, clock::now()));
        }
        shake(desk);
        let pause = desk.try_with_untracked(|desk| desk.pause(clock::now())).unwrap_or_default();
        if pause > 0 {
            let end = move || {
                desk.try_update(Desk::end_pause);
            };
            set_timeout(end, Duration::from_millis(pause));
        }
    }
}

/// What has arrived can be felt.
fn shake(desk: RwSignal<Desk>) {
    match desk.try_with_untracked(Desk::said).flatten() {
        Some(Said::Sent { .. } | Said::Shared) => notify("success"),
        Some(Said::Failed(_)) => notify("error"),
        _ => {}
    }
}
