//! What this page alone has, and what would be gone with it where the browser keeps nothing. Whoever shows the page asks before it closes.

use crate::{
    demo,
    picture::{Picture, PictureId},
};
use likeness_core::{Avatar, job::Job};
use std::collections::BTreeSet;

/// Where pictures and avatars are kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Keeping {
    /// Nothing is kept yet, so there was no need to look.
    Nothing,
    /// The library is being opened.
    Opening,
    /// On the disk.
    OnDisk,
    /// As long as the page is open; the browser refuses storage.
    InMemory,
}

/// What can be lost. The name of a thing is its kind and its id, as [`Thing::name`] gives it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Thing {
    /// A run that is not over.
    Run,
    /// An avatar that the person made.
    Avatar,
    /// A picture's bytes.
    Picture,
}

impl Thing {
    /// What names of this kind begin with.
    pub const fn start(self) -> &'static str {
        match self {
            Self::Run => "job-",
            Self::Avatar => "avatar-",
            Self::Picture => "picture-",
        }
    }

    /// The name of one of this kind.
    pub fn name(self, id: &str) -> String {
        [self.start(), id].concat()
    }
}

/// The name of an avatar as it is now: one that was changed since is another.
pub fn name_of_avatar(avatar: &Avatar) -> String {
    Thing::Avatar.name(&serde_json::to_string(avatar).unwrap_or_default())
}

/// The avatars that would have to be made again: all but those that a demo gives to everybody.
pub fn own_avatars(avatars: &[Avatar]) -> Vec<Avatar> {
    let given = demo::avatars();
    avatars.iter().filter(|avatar| !given.contains(avatar)).cloned().collect()
}

/// The names of what is somewhere else too: runs from some step on, avatars as they are, pictures.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Safe(BTreeSet<String>);

impl Safe {
    /// Notes whether a thing is somewhere else too. Whether that is news.
    pub fn note(&mut self, name: String, is_so: bool) -> bool {
        if is_so { self.0.insert(name) } else { self.0.remove(&name) }
    }

    /// Whether every run that is not over is somewhere else too.
    pub fn has_runs(&self, jobs: &[Job]) -> bool {
        jobs.iter().all(|job| job.is_at_rest() || self.has(Thing::Run, &job.id.0))
    }

    /// Whether every avatar that the person made is somewhere else too, as it is now.
    pub fn has_avatars(&self, avatars: &[Avatar]) -> bool {
        own_avatars(avatars).iter().all(|avatar| self.0.contains(&name_of_avatar(avatar)))
    }

    /// Whether every picture that can be seen is somewhere else too.
    pub fn has_pictures(&self, pictures: &[Picture]) -> bool {
        pictures.iter().all(|picture| picture.is_blocked || self.has_picture(&picture.id))
    }

    /// Whether a picture is somewhere else too.
    pub fn has_picture(&self, id: &PictureId) -> bool {
        self.has(Thing::Picture, &id.0)
    }

    fn has(&self, thing: Thing, id: &str) -> bool {
        self.0.contains(&thing.name(id))
    }
}

/// Whether Telegram is to be told whether it asks before it closes the page. Some clients cannot take it back, so it is not said before it is needed.
pub fn is_worth_telling(before: Option<bool>, is_needed: bool) -> bool {
    is_needed || before == Some(true)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::order::tests::ordered;
    use likeness_core::{
        AvatarKind,
        job::{JobId, State},
    };

    fn picture(id: &str) -> Picture {
        Picture {
            id: PictureId(id.to_owned()),
            created_at: 0,
            took: 0,
            width: 8,
            height: 8,
            bytes: 1,
            content_type: String::new(),
            seed: None,
            is_blocked: false,
            order: ordered(),
        }
    }

    #[test]
    fn a_run_is_at_risk_until_it_is_over_or_somewhere_else() {
        let mut job = Job::new(JobId("a".into()), 0, ordered());
        let mut safe = Safe::default();
        assert!(!safe.has_runs(std::slice::from_ref(&job)));
        assert!(safe.note(Thing::Run.name("a"), true));
        assert!(safe.has_runs(std::slice::from_ref(&job)));
        assert!(safe.note(Thing::Run.name("a"), false), "what took it may lose it again");
        assert!(!safe.has_runs(std::slice::from_ref(&job)));
        job.state = State::Cancelled;
        assert!(safe.has_runs(&[job]));
    }

    #[test]
    fn an_avatar_that_was_changed_since_is_at_risk_again() {
        let mut avatar = Avatar { id: "a".into(), ..Avatar::blank(AvatarKind::Portrait) };
        let mut safe = Safe::default();
        assert!(!safe.has_avatars(std::slice::from_ref(&avatar)));
        safe.note(name_of_avatar(&avatar), true);
        assert!(safe.has_avatars(std::slice::from_ref(&avatar)));
        avatar.name = "Vera".to_owned();
        assert!(!safe.has_avatars(&[avatar]));
    }

    #[test]
    fn what_a_demo_gives_to_everybody_is_not_at_risk_until_it_is_changed() {
        let mut given = demo::avatars();
        assert!(Safe::default().has_avatars(&given));
        given[0].name = "Vera at home".to_owned();
        assert!(!Safe::default().has_avatars(&given));
        assert_eq!(own_avatars(&given), given[..1]);
    }

    #[test]
    fn a_picture_of_nothing_is_not_at_risk() {
        let mut safe = Safe::default();
        let pictures = [picture("a-0"), Picture { is_blocked: true, ..picture("a-1") }];
        assert!(!safe.has_pictures(&pictures));
        safe.note(Thing::Picture.name("a-0"), true);
        assert!(safe.has_pictures(&pictures));
    }

    #[test]
    fn what_is_known_already_is_no_news() {
        let mut safe = Safe::default();
        assert!(!safe.note(Thing::Run.name("a"), false));
        assert!(safe.note(Thing::Run.name("a"), true));
        assert!(!safe.note(Thing::Run.name("a"), true));
    }

    #[test]
    fn telegram_is_told_from_the_first_need_on_and_then_until_it_is_over() {
        assert!(!is_worth_telling(None, false));
        assert!(!is_worth_telling(Some(false), false));
        assert!(is_worth_telling(None, true));
        assert!(is_worth_telling(Some(true), false));
    }
}
