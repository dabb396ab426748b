//! Removing things for good. What the screen shows as gone is written down at once and then done, so that a reload in between brings nothing back.

use super::{Machine, Studio};
use crate::browser::{clock, local, tabs::News, tombstones};
use core::time::Duration;
use leptos::{prelude::*, task::spawn_local};
use likeness_core::job::JobId;
use likeness_studio::{
    picture::PictureId,
    ports::StoreError,
    tombstones::{Kind, Tombstone},
};

impl Studio {
    /// Takes out of what was read what the person had removed before, and removes it now, or as soon as nobody can undo it any more.
    pub(super) fn sweep(self, machine: &'static Machine) {
        for Tombstone { kind, id, due } in tombstones::all().iter() {
            if *kind == Kind::Picture {
                machine.store.note_deleted(&PictureId(id.clone()));
            }
            let (kind, id) = (*kind, id.clone());
            let wait = Duration::from_millis(due.saturating_sub(clock::now()));
            set_timeout(move || spawn_local(self.carry_out(machine, kind, id)), wait);
        }
    }

    /// Removes a thing from the store, unless it was brought back. If that fails it stays hidden, and the next page tries again.
    pub(super) async fn carry_out(self, machine: &'static Machine, kind: Kind, id: String) {
        if !local::is_refused() && !tombstones::all().has(kind, &id) {
            return;
        }
        let outcome = match kind {
            Kind::Avatar => machine.store.delete_avatar(&id).await,
            Kind::Job => machine.store.delete_job(&JobId(id.clone())).await,
            Kind::Picture => machine.store.delete_picture(&PictureId(id.clone())).await,
        };
        if outcome.is_err() {
            return self.mind_failure(kind, outcome);
        }
        // A picture whose run goes on may still arrive, in this page or in another.
        let is_awaited = kind == Kind::Picture
            && machine.runner.job(&JobId(PictureId(id.clone()).run().to_owned())).is_some();
        if !is_awaited {
            tombstones::take_back(kind, [&*id]);
        }
        match kind {
            Kind::Avatar => {}
            Kind::Job => machine.channel.tell(&News::Job(id)),
            Kind::Picture => {
                machine.runner.room_was_made();
                machine.channel.tell(&News::Picture(id));
            }
        }
    }

    /// An avatar that cannot be removed was asked for by name, and could be used elsewhere meanwhile.
    fn mind_failure(self, kind: Kind, outcome: Result<(), StoreError>) {
        if kind == Kind::Avatar {
            self.tell(outcome);
        }
    }
}
