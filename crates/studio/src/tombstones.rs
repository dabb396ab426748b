//! What the person has removed, written down before it is done: what is gone on the screen stays gone after a reload, whether the store had time for it or not.
//!
//! A tombstone is taken back by an undo, and goes once the thing itself is gone. It holds no more than names, so that it can be written at once.

use likeness_core::job::Millis;
use std::fmt::Write;

/// What kind of thing was removed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// An avatar.
    Avatar,
    /// A run.
    Job,
    /// A picture, or the record of one that was blanked.
    Picture,
}

impl Kind {
    const ALL: [Self; 3] = [Self::Avatar, Self::Job, Self::Picture];

    const fn name(self) -> &'static str {
        match self {
            Self::Avatar => "avatar",
            Self::Job => "job",
            Self::Picture => "picture",
        }
    }
}

/// Something that was removed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Tombstone {
    /// What it is.
    pub kind: Kind,
    /// Its id.
    pub id: String,
    /// From when on it cannot be undone any more.
    pub due: Millis,
}

/// Everything that was removed and may still lie in the store.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Tombstones(Vec<Tombstone>);

impl Tombstones {
    /// Reads what [`Tombstones::write`] has written. Lines of another version are left out.
    pub fn read(text: &str) -> Self {
        let tombstone = |line: &str| {
            let (kind, rest) = line.split_once(' ')?;
            let (due, id) = rest.split_once(' ')?;
            let kind = Kind::ALL.into_iter().find(|known| known.name() == kind)?;
            Some(Tombstone { kind, id: id.to_owned(), due: due.parse().ok()? })
        };
        Self(text.lines().filter_map(tombstone).collect())
    }

    /// As text, one a line.
    pub fn write(&self) -> String {
        let mut text = String::new();
        for Tombstone { kind, id, due } in &self.0 {
            // Writing into a text cannot fail.
            let _ = writeln!(text, "{} {due} {id}", kind.name());
        }
        text
    }

    /// Something is removed, and can be brought back until it is `due`.
    pub fn add(&mut self, kind: Kind, id: &str, due: Millis) {
        self.take_back(kind, id);
        self.0.push(Tombstone { kind, id: id.to_owned(), due });
    }

    /// Something is there again, or nothing is left of it. Whether it had been removed.
    pub fn take_back(&mut self, kind: Kind, id: &str) -> bool {
        let before = self.0.len();
        self.0.retain(|known| known.kind != kind || known.id != id);
        self.0.len() < before
    }

    /// Whether something was removed.
    pub fn has(&self, kind: Kind, id: &str) -> bool {
        self.0.iter().any(|known| known.kind == kind && known.id == id)
    }

    /// All of them.
    pub fn iter(&self) -> impl Iterator<Item = &Tombstone> {
        self.0.iter()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_removed_is_read_back_as_it_was_written() {
        let mut gone = Tombstones::default();
        gone.add(Kind::Picture, "abc-0", 1_795_000_000_000);
        gone.add(Kind::Job, "abc", 5);
        gone.add(Kind::Avatar, "an id with blanks", 0);
        let again = Tombstones::read(&gone.write());
        assert_eq!(again, gone);
        assert!(again.has(Kind::Avatar, "an id with blanks") && !again.has(Kind::Job, "abc-0"));
    }

    #[test]
    fn an_undo_takes_one_back_and_leaves_the_others() {
        let mut gone = Tombstones::default();
        gone.add(Kind::Picture, "a", 1);
        gone.add(Kind::Picture, "b", 1);
        gone.add(Kind::Picture, "a", 2);
        assert_eq!(gone.iter().count(), 2, "removed twice is removed once");
        assert!(gone.take_back(Kind::Picture, "a"));
        assert!(!gone.take_back(Kind::Picture, "a") && !gone.take_back(Kind::Job, "b"));
        assert!(gone.has(Kind::Picture, "b"));
    }

    #[test]
    fn lines_that_nobody_can_read_are_left_out() {
        let text = "picture 7 a\nrecipe 7 b\njob soon c\n\njob 9\npicture 8 d";
        let ids: Vec<_> = Tombstones::read(text).iter().map(|it| it.id.clone()).collect();
        assert_eq!(ids, ["a", "d"]);
    }
}
