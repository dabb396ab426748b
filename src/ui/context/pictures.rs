//! What can be done to pictures.

use super::{Action, Studio};
use crate::{
    browser::{clock, files, tabs::News, tombstones},
    ui::components::{focus, prints::print_id},
};
use leptos::{prelude::*, task::spawn_local};
use likeness_studio::{
    image_type,
    picture::{self, Picture, PictureId},
    tombstones::Kind,
};

/// Which copy of a picture.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Copy {
    /// As received.
    Whole,
    /// Small.
    Thumbnail,
}

impl Studio {
    /// A picture arrived.
    pub(super) fn show_picture(&self, picture: &Picture) {
        self.fresh.update(|fresh| fresh.push(picture.id.clone()));
        self.put_picture(picture);
    }

    /// A picture that is shown was stored, or could not be.
    pub(super) fn note_kept(self, id: &PictureId, is_stored: bool) {
        let is_known = self.unstored.with_untracked(|ids| ids.contains(id));
        match (is_stored, is_known) {
            (true, true) => self.unstored.update(|ids| ids.retain(|known| known != id)),
            (false, false) => {
                self.unstored.update(|ids| ids.push(id.clone()));
                self.announcement.set(self.t().rooms().not_stored_why.to_owned());
            }
            _ => {}
        }
        if is_stored {
            self.mark_pictures();
            self.mind_the_room();
        }
    }

    /// Puts a picture in its place among the others.
    fn put_picture(&self, picture: &Picture) {
        self.pictures.update(|pictures| {
            pictures.retain(|known| known.id != picture.id);
            let place = pictures.partition_point(|known| {
                (known.created_at, &picture.id) > (picture.created_at, &known.id)
            });
            pictures.insert(place, picture.clone());
        });
    }

    /// An address for a picture's bytes in this page, for as long as the caller's owner lives. None until it is loaded, and if the bytes are gone.
    pub fn address(&self, id: &PictureId, copy: Copy) -> RwSignal<Address> {
        let address = RwSignal::new(Address::Loading);
        let (id, store) = (id.clone(), self.store());
        spawn_local(async move {
            let blob = match (store, copy) {
                (None, _) => None,
                (Some(store), Copy::Whole) => store.file(&id).await,
                (Some(store), Copy::Thumbnail) => store.thumbnail(&id).await,
            };
            let url = blob.as_ref().and_then(files::object_url);
            let next = url.map_or(Address::Lost, Address::Here);
            // The tile may have gone while the bytes were read.
            if let Some(Address::Here(url)) = address.try_set(next) {
                files::revoke(&url);
            }
        });
        on_cleanup(move || {
            if let Some(Address::Here(url)) = address.try_get_untracked() {
                files::revoke(&url);
            }
        });
        address
    }

    /// Hands a picture's bytes to the person, as received.
    pub fn download(self, picture: Picture) {
        spawn_local(async move {
            let Some(store) = self.store() else { return };
            match store.file(&picture.id).await {
                Some(file) => {
                    files::download(&file, &file_name(&picture, &file.type_()));
                    self.note_picture_safe(&picture.id);
                }
                None => self.toast(self.t().print_lost.to_owned(), None),
            }
        });
    }

    /// Takes a picture away. It can be undone for some seconds; then its bytes are deleted.
    pub fn delete_picture(self, picture: &Picture) {
        self.close();
        self.take_away(vec![picture.clone()], (self.t().rooms().deleted)(1));
    }

    /// Takes the card of what the safety filter held back of one run away, in the same way.
    pub fn dismiss_blanked(self, pictures: Vec<Picture>) {
        self.take_away(pictures, self.t().rooms().blanked_gone.to_owned());
    }

    fn take_away(self, gone: Vec<Picture>, said: String) {
        let ids: Vec<_> = gone.iter().map(|picture| picture.id.clone()).collect();
        let due = clock::now() + super::TOAST_TIME.as_millis() as u64;
        tombstones::add(Kind::Picture, ids.iter().map(|id| &*id.0), due);
        self.pictures.update(|pictures| pictures.retain(|known| !ids.contains(&known.id)));
        self.mark_pictures();
        let undo = Action::new(move || {
            tombstones::take_back(Kind::Picture, gone.iter().map(|picture| &*picture.id.0));
            gone.iter().for_each(|picture| self.put_picture(picture));
            self.mark_pictures();
            // A tab that was opened meanwhile does not show it.
            if let Some(machine) = self.machine.get_value() {
                gone.iter().for_each(|it| machine.channel.tell(&News::Picture(it.id.0.clone())));
            }
            focus::focus_later(print_id(&gone[0].id));
        });
        self.toast(said, Some((self.t().undo, undo)));
        set_timeout(
            move || {
                let is_back = self.pictures.with_untracked(|pictures| {
                    pictures.iter().any(|known| ids.contains(&known.id))
                });
                let machine = self.machine.get_value().filter(|_| !is_back);
                let Some(machine) = machine else { return };
                spawn_local(async move {
                    for id in ids {
                        self.carry_out(machine, Kind::Picture, id.0).await;
                    }
                });
            },
            super::TOAST_TIME,
        );
    }

    /// How many pictures there are to be seen.
    pub fn count(&self) -> usize {
        self.pictures.with(|pictures| picture::count(pictures))
    }

    /// Shows the picture before or after the one in the viewer.
    pub fn step(&self, by: isize) {
        let next = untrack(|| self.neighbour(by));
        if let Some(next) = next {
            self.view(next);
        }
    }

    /// The picture so many places behind the one in the viewer, if there is one.
    pub fn neighbour(&self, by: isize) -> Option<PictureId> {
        let id = self.viewing.get()?;
        self.pictures.with(|pictures| {
            let seen: Vec<_> = pictures.iter().filter(|picture| !picture.is_blocked).collect();
            let place = seen.iter().position(|picture| picture.id == id)?;
            seen.get(place.checked_add_signed(by)?).map(|picture| picture.id.clone())
        })
    }
}

/// Where a picture's bytes can be shown from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Address {
    /// Being read.
    Loading,
    /// An address of this page.
    Here(String),
    /// The bytes are not here.
    Lost,
}

impl Address {
    /// The address, if there is one.
    pub fn url(&self) -> Option<String> {
        if let Self::Here(url) = self { Some(url.clone()) } else { None }
    }
}

/// `vera-2026-11-22-balanced-0.jpg`, from the avatar, the day, the preset and the place in the run.
fn file_name(picture: &Picture, content_type: &str) -> String {
    let avatar: String = picture
        .order
        .avatar_name
        .to_lowercase()
        .chars()
        .map(|c| if c.is_alphanumeric() { c } else { '-' })
        .collect();
    let place = picture.id.0.rsplit('-').next().unwrap_or_default();
    let day = clock::iso_day(picture.created_at);
    let stem =
        format!("{}-{day}-{}-{place}", avatar.trim_matches('-'), picture.order.preset.name());
    image_type::file_name(&stem, content_type)
}
