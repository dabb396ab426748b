//! Doing what was pressed with a picture that is to leave the app: the server first, then Telegram's client, which is asked in the turn of the press.

use super::super::Studio;
use super::notify;
use crate::{
    browser::{clock::now, fetch, telegram::post},
    ui::components::focus::show,
};
use core::time::Duration;
use leptos::{prelude::*, task::spawn_local};
use likeness_api::telegram::Offer;
use likeness_studio::{picture::PictureId, unsaved::Thing};
use likeness_telegram::{
    bridge::{Call, Event},
    sending::{Delivery, Heard, Press, Said, Trouble, Way},
};
use serde_json::Value;

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
    /// The delivery of a picture, followed; none before it was opened.
    pub fn delivery(self, id: &PictureId) -> Option<Delivery> {
        self.later().deliveries.with(|deliveries| deliveries.delivery(&id.0).cloned())
    }

    /// How many milliseconds of a pause that Telegram wants are left, followed.
    pub fn pause(self) -> u64 {
        self.later().deliveries.with(|deliveries| deliveries.pause(now()))
    }

    /// Opens the delivery of a picture, which is made ready the first time.
    pub fn open_delivery(self, id: &PictureId, offer: Offer) {
        if self.later().deliveries.try_update(|deliveries| deliveries.open(&id.0, offer))
            == Some(true)
        {
            spawn_local(self.work_at(id.clone()));
        }
    }

    /// A way was pressed.
    pub fn press_way(self, id: &PictureId, way: Way) {
        match self.later().deliveries.try_update(|deliveries| deliveries.press(&id.0, way, now())) {
            Some(Press::Finish(call, data)) => {
                post(call, &data);
                let address = data["url"].as_str().or_else(|| data["media_url"].as_str());
                if let Some(address) = address {
                    spawn_local(self.look_after(id.clone(), address.to_owned()));
                }
            }
            Some(Press::Work) => spawn_local(self.work_at(id.clone())),
            Some(Press::Nothing) | None => {}
        }
    }

    /// Asks whether the bot may write.
    pub fn ask_access(self, id: &PictureId) {
        self.later().deliveries.update(|deliveries| deliveries.ask_access(&id.0));
        post(Call::WriteAccess, &Value::Null);
    }

    /// The client answered what it was asked.
    pub(super) fn hear_answer(self, event: &Event) {
        match self.later().deliveries.try_update(|deliveries| deliveries.hear_client(event)) {
            Some(Heard::Said(id)) => self.note_delivery(&PictureId(id)),
            Some(Heard::Go(id, way)) => {
                let id = PictureId(id);
                if self.viewing.with_untracked(|viewing| viewing.as_ref() == Some(&id)) {
                    // The button that asked for it goes.
                    show(button(way));
                }
                self.press_way(&id, way);
            }
            Some(Heard::Nothing) | None => {}
        }
    }

    /// Talks with the server until there is nothing more to do.
    async fn work_at(self, id: PictureId) {
        let deliveries = &self.later().deliveries;
        let file = match self.store() {
            Some(store) => store.file(&id).await,
            None => None,
        };
        let Some(file) = file else {
            return deliveries.update(|deliveries| deliveries.fail(&id.0, Trouble::NoBytes));
        };
        while let Some(ask) = deliveries.with_untracked(|deliveries| deliveries.ask(&id.0, now())) {
            let answer = fetch::at_telegram(&ask, &file).await;
            deliveries.update(|deliveries| deliveries.hear_server(&id.0, &ask, &answer, now()));
        }
        self.note_delivery(&id);
        let pause = deliveries.with_untracked(|deliveries| deliveries.pause(now()));
        if pause > 0 {
            let end = move || deliveries.update(|deliveries| deliveries.end_pause(now()));
            set_timeout(end, Duration::from_millis(pause));
        }
    }

    /// Says so if Telegram was given an address that leads nowhere: the server may have been started again since. It cannot be asked before, since a client
    /// wants to be asked within the turn of the press.
    async fn look_after(self, id: PictureId, address: String) {
        let trouble = match fetch::is_there(&address).await {
            Some(true) => return,
            Some(false) => Trouble::Gone,
            None => Trouble::NoNetwork,
        };
        self.later().deliveries.update(|deliveries| deliveries.lose_link(&id.0, trouble));
        self.note_delivery(&id);
    }

    /// What has arrived can be felt, and is safe.
    fn note_delivery(self, id: &PictureId) {
        let Some(delivery) = untrack(|| self.delivery(id)) else { return };
        self.note_safe(Thing::Picture.name(&id.0), delivery.is_out());
        match delivery.said() {
            Some(Said::Sent { .. } | Said::Shared) => notify("success"),
            Some(Said::Failed(_)) => notify("error"),
            _ => {}
        }
    }
}
