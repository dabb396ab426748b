//! The library once it is open: what is read from it, what is written into it, and the engine that works on it.

use super::{Ended, Keeping, Machine, Ordered, Pending, Studio, StudioScreen};
use crate::browser::{
    clock, ids,
    local::{self, Key},
    platform::Platform,
    store::{self, Contents, Store},
    telegram, tombstones,
};
use crate::ui::components::{
    focus,
    job::{SHEET, card_id},
};
use leptos::{prelude::*, task::spawn_local};
use likeness_core::{
    Avatar,
    job::{Job, JobId, Order, State},
};
use likeness_studio::{
    draft::Draft,
    order,
    picture::Picture,
    ports::StoreError,
    runner::Runner,
    runs::{self, Adoption},
    tombstones::Kind,
};
use std::rc::Rc;

impl Studio {
    /// Opens the library, shows what is in it, goes on with what was under way, and does what had to wait. Once; again it does nothing.
    pub fn open_library(self) {
        if self.is_opened.get_value() {
            return;
        }
        self.is_opened.set_value(true);
        self.keeping.set(Keeping::Opening);
        spawn_local(async move {
            let store = self.open_store().await;
            let is_erased = self.finish_erasing(&store).await;
            let mut contents = if is_erased { Contents::default() } else { store.contents().await };
            let gone = tombstones::all();
            contents.avatars.retain(|avatar| !gone.has(Kind::Avatar, &avatar.id));
            contents.jobs.retain(|job| !gone.has(Kind::Job, &job.id.0));
            contents.pictures.retain(|picture| !gone.has(Kind::Picture, &picture.id.0));
            if !contents.avatars.is_empty() || !contents.pictures.is_empty() {
                local::set(Key::Library, Some("yes"));
            }
            self.avatars.update(|avatars| merge(avatars, contents.avatars));
            let main = self.main_avatar.get_untracked();
            self.avatars.update(|avatars| avatars.sort_by_key(|avatar| avatar.id != main));
            self.pictures.set(contents.pictures);
            if store.is_durable() {
                self.keeping.set(Keeping::OnDisk);
            } else {
                self.keeping.set(Keeping::InMemory);
                self.guard_leaving();
                // What could be read lies on the disk.
                self.note_pictures_safe();
            }
            if contents.corrupt > 0 {
                self.toast(self.t().rooms().print_corrupt.to_owned(), None);
            }
            if contents.newer > 0 {
                self.toast(self.t().rooms().newer_records.to_owned(), None);
            }
            match contents.failure {
                Some(error) => self.tell(Err(error)),
                None if store.is_durable() => self.miss_pictures(),
                None => {}
            }
            let channel = self.join_tabs();
            let platform = Platform {
                store: store.clone(),
                screen: StudioScreen(self),
                channel: channel.clone(),
            };
            let runner = Rc::new(Runner::new(platform));
            let machine = Machine { store, channel, runner: runner.clone(), work: Self::work };
            let machine: &Machine = Box::leak(Box::new(machine));
            self.machine.set_value(Some(machine));
            self.sweep(machine);
            let mut jobs = contents.jobs;
            jobs.retain(|job| !matches!(job.state, State::Done { .. }));
            runner.show_stored(&jobs);
            for job in jobs {
                let runner = runner.clone();
                spawn_local(async move { runner.resume(job).await });
            }
            self.greet();
            self.choose_if_none();
            self.work();
        });
    }

    /// Goes on with what a page began that was closed meanwhile. Whether everything is gone, or is to go.
    async fn finish_erasing(self, store: &Store) -> bool {
        if local::get(Key::Erasing).is_none() {
            return false;
        }
        let outcome = store.clear().await;
        if outcome.is_ok() {
            local::clear();
            self.draft.set(Draft::default());
        }
        self.tell(outcome);
        true
    }

    /// The store, in memory if there is no other.
    async fn open_store(self) -> Store {
        if telegram::is_nameless() {
            return Store::in_memory();
        }
        let blocked = move || self.toast(self.t().rooms().other_version.to_owned(), None);
        match Store::open(&store::name(), blocked).await {
            Ok(store) => store,
            Err(error) => {
                // That the browser refuses is said where it cannot be overlooked.
                if error == StoreError::Newer {
                    self.tell(Err(error));
                }
                Store::in_memory()
            }
        }
    }

    /// Does everything that waits.
    fn work(self) {
        let Some(machine) = self.machine.get_value() else { return };
        let pending = self.pending.try_update_value(std::mem::take).unwrap_or_default();
        for it in pending {
            let (store, runner) = (machine.store.clone(), machine.runner.clone());
            spawn_local(async move {
                match it {
                    Pending::Order(ordered) => {
                        runner.order(JobId(ids::id()), self.order(&ordered)).await;
                    }
                    Pending::Keep(avatars) => {
                        let outcome = store.put_avatars(&avatars).await;
                        if outcome.is_ok() && store.is_durable() {
                            local::set(Key::Library, Some("yes"));
                        }
                        self.tell(outcome);
                    }
                    Pending::Adopt(job, is_over) => {
                        // Where the library does not say, nobody can tell.
                        let Ok(known) = store.job(&job.id).await else { return };
                        let has_seen_end = || self.has_seen_end_of(&job.id);
                        match Adoption::of(known.as_ref(), has_seen_end) {
                            Adoption::Over => is_over.run(),
                            Adoption::Follow => match store.put_job(&job).await {
                                Ok(()) => runner.resume(*job).await,
                                failed => self.tell(failed),
                            },
                            Adoption::Leave => {}
                        }
                    }
                    Pending::Forget(avatar) => {
                        self.carry_out(machine, Kind::Avatar, avatar).await;
                    }
                }
            });
        }
    }

    /// Says why something could not be stored.
    pub(super) fn tell(&self, outcome: Result<(), StoreError>) {
        let t = self.t();
        match outcome {
            Ok(()) => {}
            Err(StoreError::Full) => {
                self.toast([t.storage_full, t.storage_full_why].join(" "), None)
            }
            Err(StoreError::Newer) => self.toast(t.rooms().newer_version.to_owned(), None),
            Err(StoreError::Refused | StoreError::Failed) => {
                self.toast(t.storage_failed.to_owned(), None)
            }
        }
    }

    /// What a press of the button ordered.
    fn order(self, ordered: &Ordered) -> Order {
        let Ordered { prepared, draft, avatar } = ordered;
        let request = draft.request(avatar.as_ref());
        let order = order::compose(prepared, &request, untrack(|| self.is_demo()));
        let usual = untrack(|| self.usual(prepared.seconds));
        Order { seconds: (usual.low, usual.high), ..order }
    }

    /// Goes on with an order as a run of its own. Gives its id.
    pub(super) fn start_run(&self, order: Order) -> Option<JobId> {
        let (runner, id) = (self.runner()?, JobId(ids::id()));
        let new = id.clone();
        spawn_local(async move { runner.order(new, order).await });
        Some(id)
    }

    fn runner(&self) -> Option<Rc<Runner<Platform<StudioScreen>>>> {
        self.machine.with_value(|machine| machine.as_ref().map(|machine| machine.runner.clone()))
    }

    pub(super) fn store(&self) -> Option<Store> {
        self.machine.with_value(|machine| machine.as_ref().map(|machine| machine.store.clone()))
    }

    /// A job as the engine has it.
    pub fn job(&self, id: &JobId) -> Option<Job> {
        self.runner()?.job(id)
    }

    /// Asks to cancel a job.
    pub fn cancel(self, id: &JobId) {
        let Some(runner) = self.runner() else { return };
        let id = id.clone();
        spawn_local(async move { runner.cancel(&id).await });
    }

    /// Lets two orders that wait for the network change places, and says where the first now stands. The focus stays on `button`, whose card is drawn anew.
    pub fn change_places(self, job: &Job, other: &Job, button: String) {
        let Some(runner) = self.runner() else { return };
        let (place, other_place) = runs::changed_places(job, other);
        let (id, other) = (job.id.clone(), other.id.clone());
        spawn_local(async move {
            runner.place(&id, place).await;
            runner.place(&other, other_place).await;
            if let Some((at, all)) = self.in_line(&id) {
                self.announcement.set((self.t().rooms().job_place)(at + 1, all));
            }
            focus::focus_later(button);
        });
    }

    /// Sends a job again that reached nobody, under the key it had.
    pub fn send_again(self, id: &JobId) {
        let Some(runner) = self.runner() else { return };
        let id = id.clone();
        spawn_local(async move { runner.send_again(&id).await });
    }

    /// Whether a run that the store does not know came to its end in this browser: its pictures are here, or were.
    fn has_seen_end_of(self, id: &JobId) -> bool {
        let is_of_it = |picture: &Picture| picture.id.is_of(id);
        runs::is_over(&local::get(Key::Over).unwrap_or_default(), id)
            || self.pictures.with_untracked(|all| all.iter().any(is_of_it))
    }

    /// Takes a job that is over off the screen.
    pub fn dismiss(&self, id: &JobId) {
        if telegram::is_inside() {
            let over = local::get(Key::Over).unwrap_or_default();
            local::set(Key::Over, Some(&runs::with_over(&over, id)));
        }
        tombstones::add(Kind::Job, [&*id.0], clock::now());
        self.hide_job(id);
        if let Some(machine) = self.machine.get_value() {
            machine.runner.dismiss(id);
            spawn_local(self.carry_out(machine, Kind::Job, id.0.clone()));
        }
    }

    /// Another tab has removed the job, or this one is about to.
    pub(super) fn hide_job(&self, id: &JobId) {
        focus::keep(&card_id(id), SHEET);
        // A run that is done goes too; its pictures are still to be seen.
        let is_gone = |ended: &Ended| ended.job.id == *id && !ended.has_pictures;
        if self.ended.with_untracked(|ended| ended.as_ref().is_some_and(is_gone)) {
            self.ended.set(None);
        }
        self.jobs.update(|jobs| jobs.retain(|job| job.id != *id));
    }
}

/// Puts what was stored in front of what came meanwhile.
fn merge(shown: &mut Vec<Avatar>, stored: Vec<Avatar>) {
    shown.retain(|avatar| stored.iter().all(|other| other.id != avatar.id));
    shown.splice(0..0, stored);
}
