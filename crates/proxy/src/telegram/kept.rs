//! Pictures on their way into a chat or onto a device: in memory, for a quarter of an hour.
//!
//! Memory is counted in one place, [`Room`]: what arrives, what is kept, and what is still being
//! sent after it was let go. Nobody has more than their share of it. Where there is none left, the
//! oldest pictures of whoever has the most make room, so nobody can shut the others out.

use crate::entropy;
use crate::refusal::Refusal;
use bytes::Bytes;
use likeness_api::ServerCode;
use likeness_files::Picture;
use likeness_telegram::UserId;
use std::cmp::Reverse;
use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

/// How long a picture can be had. With the half minute until it is swept away it is in memory for a
/// quarter of an hour, unless it is still being sent.
pub(super) const KEPT: Duration = Duration::from_secs(15 * 60 - 30);
/// Bytes of one person, and of all: beside the largest picture of one there is room for those of
/// others.
const MOST_OF_ONE: usize = 50 << 20;
const MOST: usize = 80 << 20;

/// When to come again while others hand theirs over.
const A_MOMENT: Duration = Duration::from_secs(3);

/// A picture and the room that it takes.
struct Stored {
    picture: Picture,
    _room: Room,
}

/// A picture that is kept.
#[derive(Clone)]
pub(super) struct Kept {
    stored: Arc<Stored>,
    /// What the file is called.
    pub(super) name: String,
    /// Whoever knows this may fetch it. The picture's id does not do: it stands in paths, and paths
    /// in the log.
    pub(super) key: String,
    owner: UserId,
    until: Instant,
}

/// The bytes of a picture that is kept, to be handed out without a copy.
struct Shared(Arc<Stored>);

impl AsRef<[u8]> for Shared {
    fn as_ref(&self) -> &[u8] {
        &self.0.picture.bytes
    }
}

impl Kept {
    /// What is known of it.
    pub(super) fn picture(&self) -> &Picture {
        &self.stored.picture
    }

    /// The file, which takes no room of its own.
    pub(super) fn bytes(&self) -> Bytes {
        Bytes::from_owner(Shared(Arc::clone(&self.stored)))
    }

    /// How long it will still be kept.
    pub(super) fn left(&self) -> Duration {
        self.until.saturating_duration_since(Instant::now())
    }

    /// Whether letting go of it gives its room back: nobody sends or fetches it.
    fn is_idle(&self) -> bool {
        Arc::strong_count(&self.stored) == 1
    }
}

/// How many bytes of memory each person has.
type Shares = Arc<Mutex<HashMap<UserId, usize>>>;

/// Room in memory, which is free again when this is dropped.
struct Room {
    shares: Shares,
    owner: UserId,
    bytes: usize,
}

impl Room {
    /// Makes it so large, if there is so much for this person.
    fn resize(&mut self, bytes: usize) -> bool {
        let mut shares = locked(&self.shares);
        let total = shares.values().sum::<usize>() - self.bytes + bytes;
        let own = shares.get(&self.owner).copied().unwrap_or_default() - self.bytes + bytes;
        if bytes > self.bytes && (own > MOST_OF_ONE || total > MOST) {
            return false;
        }
        match own {
            0 => drop(shares.remove(&self.owner)),
            own => drop(shares.insert(self.owner, own)),
        }
        self.bytes = bytes;
        true
    }
}

impl Drop for Room {
    fn drop(&mut self) {
        self.resize(0);
    }
}

fn locked<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// All pictures that are kept, by their ids.
#[derive(Default)]
pub(super) struct Pictures {
    shares: Shares,
    kept: Mutex<HashMap<String, Kept>>,
}

/// A picture of which not all is here yet. It takes the room that it has come to need.
pub(super) struct Arrival<'a> {
    pictures: &'a Pictures,
    room: Room,
}

impl Pictures {
    /// Somebody begins to hand over a picture.
    pub(super) fn arrive(&self, owner: UserId) -> Arrival<'_> {
        Arrival { pictures: self, room: Room { shares: Arc::clone(&self.shares), owner, bytes: 0 } }
    }

    /// A picture of this person.
    pub(super) fn of(&self, owner: UserId, id: &str) -> Result<Kept, Refusal> {
        let all = self.all();
        let kept = all.get(id).filter(|kept| kept.owner == owner && !kept.left().is_zero());
        kept.cloned().ok_or(ServerCode::PictureGone.into())
    }

    /// The picture for whoever knows its key and name.
    pub(super) fn fetched(&self, key: &str, name: &str) -> Result<Kept, Refusal> {
        let fits = |kept: &&Kept| kept.key == key && kept.name == name && !kept.left().is_zero();
        self.all().values().find(fits).cloned().ok_or(ServerCode::PictureGone.into())
    }

    /// Forgets what was kept long enough.
    pub(super) fn forget(&self) {
        self.all().retain(|_, kept| !kept.left().is_zero());
    }

    fn all(&self) -> MutexGuard<'_, HashMap<String, Kept>> {
        locked(&self.kept)
    }
}

impl Arrival<'_> {
    /// It has come to need so many bytes in all. The oldest pictures of its owner make way for it,
    /// then those of whoever has more.
    ///
    /// # Errors
    /// There is no room even then.
    pub(super) fn takes(&mut self, bytes: usize) -> Result<(), Refusal> {
        let mut all = self.pictures.all();
        while !self.room.resize(bytes) {
            all.retain(|_, kept| !kept.left().is_zero());
            let shares = locked(&self.pictures.shares).clone();
            let share = |owner: UserId| shares.get(&owner).copied().unwrap_or_default();
            let owner = self.room.owner;
            let own = share(owner) - self.room.bytes + bytes;
            // Nobody loses anything to somebody who has more, and nothing helps who has too much by
            // themselves.
            let may_go = |kept: &Kept| {
                let is_other = own <= MOST_OF_ONE && share(kept.owner) > own;
                kept.is_idle() && (kept.owner == owner || is_other)
            };
            let largest = |kept: &Kept| if kept.owner == owner { own } else { share(kept.owner) };
            let goes = all
                .iter()
                .filter(|(_, kept)| may_go(kept))
                .max_by_key(|(_, kept)| (largest(kept), Reverse(kept.until)));
            let Some(goes) = goes.map(|(id, _)| id.clone()) else {
                let soonest = all.values().map(Kept::left).min().unwrap_or(A_MOMENT);
                return Err(Refusal::later(ServerCode::TooManyPictures, soonest));
            };
            all.remove(&goes);
        }
        Ok(())
    }

    /// Keeps what has arrived, in the room that it took.
    ///
    /// # Errors
    /// The system has no random bytes for its names.
    pub(super) fn keep(self, picture: Picture) -> Result<(String, Kept), Refusal> {
        let random = || entropy::hex().map_err(|_| Refusal::from(ServerCode::Internal));
        let (id, key) = (random()?, random()? + &random()?);
        let name = format!("likeness-{}.{}", &id[..8], picture.format.extension());
        let Self { pictures, room } = self;
        let owner = room.owner;
        let stored = Arc::new(Stored { picture, _room: room });
        let kept = Kept { stored, name, key, owner, until: Instant::now() + KEPT };
        pictures.all().insert(id.clone(), kept.clone());
        Ok((id, kept))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use likeness_files::Format;

    fn picture(megabytes: usize) -> Picture {
        let bytes = vec![0; megabytes << 20];
        Picture { format: Format::Png, width: 1, height: 1, mark: None, bytes }
    }

    fn user(id: u64) -> UserId {
        id.try_into().unwrap()
    }

    fn keep(all: &Pictures, owner: u64, megabytes: usize) -> Result<(String, Kept), ServerCode> {
        let mut arrival = all.arrive(user(owner));
        arrival.takes(megabytes << 20).map_err(Refusal::code)?;
        arrival.keep(picture(megabytes)).map_err(Refusal::code)
    }

    #[test]
    fn a_picture_is_its_owners_and_whoever_knows_its_key() {
        let all = Pictures::default();
        let (id, kept) = keep(&all, 1, 0).unwrap();
        assert!(all.of(user(1), &id).is_ok());
        assert_eq!(all.of(user(2), &id).err().unwrap().code(), ServerCode::PictureGone);
        assert!(all.fetched(&kept.key, &kept.name).is_ok());
        assert!(all.fetched(&id, &kept.name).is_err() && all.fetched(&kept.key, "x.png").is_err());
    }

    #[test]
    fn the_oldest_pictures_of_a_person_make_room_for_their_own() {
        let all = Pictures::default();
        let [first, second, third] = [20, 20, 20].map(|size| keep(&all, 1, size).unwrap().0);
        assert!(all.of(user(1), &first).is_err());
        assert!(all.of(user(1), &second).is_ok() && all.of(user(1), &third).is_ok());
    }

    #[test]
    fn who_has_the_most_makes_room_for_who_has_less_and_not_the_other_way_round() {
        let all = Pictures::default();
        for (owner, megabytes) in [(1, 16), (1, 16), (2, 16), (2, 16), (3, 12)] {
            keep(&all, owner, megabytes).unwrap();
        }
        let (small, _) = keep(&all, 4, 4).unwrap();
        let (fifth, _) = keep(&all, 5, 16).unwrap();
        assert!(all.of(user(4), &small).is_ok(), "the smallest loses nothing");
        let of = |owner: u64| all.all().values().filter(|kept| kept.owner == user(owner)).count();
        assert_eq!([1, 2, 3].map(of).iter().sum::<usize>(), 4, "one picture went");
        let (sixth, _) = keep(&all, 6, 16).unwrap();
        assert!(all.of(user(5), &fifth).is_ok() && all.of(user(6), &sixth).is_ok());
        // Nobody has more than 16 by now: nobody's goes for one that is as large.
        assert_eq!(keep(&all, 7, 16).err(), Some(ServerCode::TooManyPictures));
        assert_eq!([1, 2, 3, 4, 5, 6].map(of), [1; 6]);
    }

    #[test]
    fn what_is_being_sent_takes_room_until_it_is_sent() {
        let all = Pictures::default();
        let used = || locked(&all.shares).values().sum::<usize>();
        let (_, sent) = keep(&all, 1, 20).unwrap();
        let bytes = sent.bytes();
        drop(sent);
        let (second, _) = keep(&all, 1, 20).unwrap();
        keep(&all, 1, 30).unwrap();
        assert!(all.of(user(1), &second).is_err(), "the other one is being sent");
        assert_eq!(used(), 50 << 20);
        drop(bytes);
        let mut arrival = all.arrive(user(2));
        arrival.takes(35 << 20).unwrap();
        assert_eq!(used(), 65 << 20);
        arrival.takes(5 << 20).unwrap();
        assert_eq!(used(), 35 << 20);
        drop(arrival);
        assert_eq!(used(), 30 << 20);
    }

    #[test]
    fn who_reads_nothing_has_no_more_than_their_share() {
        let all = Pictures::default();
        let unread = [20, 20].map(|megabytes| keep(&all, 1, megabytes).unwrap().1.bytes());
        assert_eq!(keep(&all, 1, 20).err(), Some(ServerCode::TooManyPictures));
        // Nobody else loses anything by it, and there is room for them.
        let (other, _) = keep(&all, 2, 30).unwrap();
        assert_eq!(keep(&all, 1, 20).err(), Some(ServerCode::TooManyPictures));
        assert!(all.of(user(2), &other).is_ok());
        drop(unread);
        keep(&all, 1, 20).unwrap();
    }
}
