//! Pictures on their way into a chat or onto a device: in memory, for a quarter of an hour.
//!
//! Memory is counted in one place, [`Room`]: what arrives, what is kept, and what is still being sent after it was let go. Where there is none left, the
//! oldest pictures of whoever has the most make room, so nobody can shut the others out.

use crate::entropy;
use crate::refusal::Refusal;
use bytes::Bytes;
use likeness_api::ServerCode;
use likeness_files::Picture;
use likeness_telegram::UserId;
use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

/// How long a picture can be had. With the half minute until it is swept away it is in memory for a quarter of an hour, unless it is still being sent.
pub(super) const KEPT: Duration = Duration::from_secs(15 * 60 - 30);
/// Bytes of one person, and of all: the largest picture fits while its copy is made.
const MOST_OF_ONE: usize = 50 << 20;
const MOST: usize = 100 << 20;

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
    /// Whoever knows this may fetch it. The picture's id does not do: it stands in paths, and paths in the log.
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

    fn size(&self) -> usize {
        self.picture().bytes.len()
    }

    /// Whether letting go of it gives its room back: nobody sends or fetches it.
    fn is_idle(&self) -> bool {
        Arc::strong_count(&self.stored) == 1
    }
}

/// Room in memory, in bytes, which is free again when this is dropped.
struct Room(OwnedSemaphorePermit);

/// All pictures that are kept, by their ids.
pub(super) struct Pictures {
    free: Arc<Semaphore>,
    kept: Mutex<HashMap<String, Kept>>,
}

/// A picture of which not all is here yet. It takes the room that it has come to need.
pub(super) struct Arrival<'a> {
    pictures: &'a Pictures,
    owner: UserId,
    room: Room,
}

impl Default for Pictures {
    fn default() -> Self {
        Self { free: Arc::new(Semaphore::new(MOST)), kept: Mutex::default() }
    }
}

impl Pictures {
    /// Somebody begins to hand over a picture.
    pub(super) fn arrive(&self, owner: UserId) -> Arrival<'_> {
        let none = Arc::clone(&self.free).try_acquire_many_owned(0);
        Arrival { pictures: self, owner, room: Room(none.expect("nothing is always free")) }
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
        self.kept.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// So much room for somebody who has `held` bytes elsewhere already.
    fn room(&self, owner: UserId, held: usize, size: usize) -> Result<Room, Refusal> {
        let count = u32::try_from(size).map_err(|_| ServerCode::BodyTooLarge)?;
        let mut all = self.all();
        loop {
            if let Ok(room) = Arc::clone(&self.free).try_acquire_many_owned(count) {
                return Ok(Room(room));
            }
            all.retain(|_, kept| !kept.left().is_zero());
            let mut shares = HashMap::from([(owner, held + size)]);
            for kept in all.values() {
                *shares.entry(kept.owner).or_default() += kept.size();
            }
            let own = shares[&owner];
            // Nobody loses anything to somebody who has more.
            let may_go =
                |kept: &&Kept| kept.is_idle() && (kept.owner == owner || shares[&kept.owner] > own);
            let largest = all.values().filter(may_go).map(|kept| shares[&kept.owner]).max();
            let goes = all
                .iter()
                .filter(|(_, kept)| may_go(kept) && Some(shares[&kept.owner]) == largest)
                .min_by_key(|(_, kept)| kept.until)
                .map(|(id, _)| id.clone());
            let Some(goes) = goes else {
                let soonest = all.values().map(Kept::left).min().unwrap_or_default();
                return Err(Refusal::later(ServerCode::TooManyPictures, soonest));
            };
            all.remove(&goes);
        }
    }
}

impl Arrival<'_> {
    /// It has come to need so many bytes in all.
    ///
    /// # Errors
    /// There is no room for that.
    pub(super) fn takes(&mut self, bytes: usize) -> Result<(), Refusal> {
        let held = self.room.0.num_permits();
        if bytes > held {
            let more = self.pictures.room(self.owner, held, bytes - held)?;
            self.room.0.merge(more.0);
        } else {
            drop(self.room.0.split(held - bytes));
        }
        Ok(())
    }

    /// Keeps what has arrived. The oldest pictures of its owner make way for it.
    ///
    /// # Errors
    /// There is no room even then.
    pub(super) fn keep(mut self, picture: Picture) -> Result<(String, Kept), Refusal> {
        let size = picture.bytes.len();
        self.takes(picture.bytes.capacity())?;
        let random = || entropy::hex().map_err(|_| Refusal::from(ServerCode::Internal));
        let (id, key) = (random()?, random()? + &random()?);
        let name = format!("likeness-{}.{}", &id[..8], picture.format.extension());
        let Self { pictures, owner, room } = self;
        let stored = Arc::new(Stored { picture, _room: room });
        let kept = Kept { stored, name, key, owner, until: Instant::now() + KEPT };
        let mut all = pictures.all();
        let is_own = |kept: &&Kept| kept.owner == owner;
        while all.values().filter(is_own).map(Kept::size).sum::<usize>() + size > MOST_OF_ONE {
            let own = all.iter().filter(|(_, kept)| is_own(kept));
            let Some(oldest) = own.min_by_key(|(_, kept)| kept.until).map(|(id, _)| id.clone())
            else {
                return Err(ServerCode::BodyTooLarge.into());
            };
            all.remove(&oldest);
        }
        all.insert(id.clone(), kept.clone());
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
        all.arrive(user(owner)).keep(picture(megabytes)).map_err(Refusal::code)
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
        for owner in 1..=3 {
            for _ in 0..2 {
                keep(&all, owner, 16).unwrap();
            }
        }
        let (small, _) = keep(&all, 4, 4).unwrap();
        let (fifth, _) = keep(&all, 5, 16).unwrap();
        assert!(all.of(user(4), &small).is_ok(), "the smallest loses nothing");
        let counts = [1, 2, 3]
            .map(|owner| all.all().values().filter(|kept| kept.owner == user(owner)).count());
        assert_eq!(counts.iter().sum::<usize>(), 5, "one picture went");
        let (sixth, _) = keep(&all, 6, 16).unwrap();
        assert!(all.of(user(5), &fifth).is_ok() && all.of(user(6), &sixth).is_ok());
        // Everybody has one of 16 by now: nobody's goes for one that is as large.
        keep(&all, 7, 16).unwrap();
        assert_eq!(keep(&all, 8, 16).err(), Some(ServerCode::TooManyPictures));
        assert!(all.of(user(4), &small).is_ok());
    }

    #[test]
    fn what_is_being_sent_takes_room_until_it_is_sent() {
        let all = Pictures::default();
        let used = || MOST - all.free.available_permits();
        let (_, sent) = keep(&all, 1, 30).unwrap();
        let bytes = sent.bytes();
        drop(sent);
        keep(&all, 1, 30).unwrap();
        assert_eq!(used(), 60 << 20, "the first was let go, and is still being sent");
        drop(bytes);
        assert_eq!(used(), 30 << 20);
        let mut arrival = all.arrive(user(2));
        arrival.takes(35 << 20).unwrap();
        assert_eq!(used(), 65 << 20);
        arrival.takes(5 << 20).unwrap();
        assert_eq!(used(), 35 << 20);
        drop(arrival);
        assert_eq!(used(), 30 << 20);
    }
}
