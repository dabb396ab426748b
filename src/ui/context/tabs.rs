//! What the other tabs tell, and what the browser does to the library behind our back.

use super::{Keeping, Studio};
use crate::browser::{
    local::{self, Key},
    quota, store,
    tabs::{self, Channel, News},
};
use leptos::{prelude::*, task::spawn_local};
use likeness_core::job::JobId;
use likeness_studio::picture::PictureId;

/// From this part of the room on, in percent, a person is warned.
pub const NEARLY_FULL: u64 = 80;

impl Studio {
    /// Opens the way to the other tabs, and says what is lost where there is none.
    pub(super) fn join_tabs(self) -> Channel {
        let channel = Channel::open(&store::name(), move |news| self.hear(news));
        if !channel.is_open() || !tabs::has_claims() {
            self.toast(self.t().rooms().one_tab.to_owned(), None);
        }
        channel
    }

    fn hear(self, news: News) {
        let Some(machine) = self.machine.get_value() else { return };
        spawn_local(async move {
            match news {
                News::Job(id) => machine.runner.hear_of(&JobId(id)).await,
                News::Cancel(id) => {
                    let id = JobId(id);
                    if machine.runner.drives(&id) {
                        machine.runner.cancel(&id).await;
                    }
                }
                News::Place(id, place) => {
                    let id = JobId(id);
                    if machine.runner.drives(&id) {
                        machine.runner.place(&id, place).await;
                    }
                }
                News::Picture(id) => {
                    let id = PictureId(id);
                    match machine.store.picture(&id).await {
                        Ok(Some(picture)) => self.show_picture(&picture),
                        Ok(None) => self
                            .pictures
                            .update(|pictures| pictures.retain(|picture| picture.id != id)),
                        // A reload will show it.
                        Err(_) => {}
                    }
                }
            }
        });
    }

    /// Remembers apart from the library how many pictures are in it.
    pub(super) fn mark_pictures(self) {
        // What lies elsewhere is not missed here.
        if self.keeping.get_untracked() != Keeping::OnDisk {
            return;
        }
        let shown = self.pictures.with_untracked(Vec::len);
        let count = shown.saturating_sub(self.unstored.with_untracked(Vec::len));
        local::set(Key::Pictures, Some(&count.to_string()));
    }

    /// Says so if there are fewer pictures than there were: browsers clear what they think nobody needs.
    pub(super) fn miss_pictures(self) {
        let there = self.pictures.with_untracked(Vec::len);
        let marked =
            local::get(Key::Pictures).and_then(|count| count.parse().ok()).unwrap_or(there);
        if there < marked {
            self.toast((self.t().rooms().pictures_cleared)(marked - there), None);
        }
        self.mark_pictures();
    }

    /// With the first picture asks the browser to keep what is stored; later warns when the room gets tight.
    pub(super) fn mind_the_room(self) {
        let count = self.pictures.with_untracked(Vec::len);
        spawn_local(async move {
            if count == 1 && !quota::is_kept().await {
                // Refused or not, pictures are stored; the settings say which.
                quota::keep().await;
            }
            let Some(room) = quota::room().await else { return };
            if room.percent() >= NEARLY_FULL {
                let tongue = self.tongue();
                let (used, quota) = (tongue.bytes(room.used), tongue.bytes(room.quota));
                self.toast((self.t().rooms().storage_tight)(&used, &quota), None);
            }
        });
    }
}
