//! Pictures on their way into a chat or onto a device: in memory, for a quarter of an hour.

use crate::entropy;
use crate::refusal::Refusal;
use bytes::Bytes;
use likeness_fal::ServerCode;
use likeness_files::Picture;
use likeness_telegram::UserId;
use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

/// How long a picture is kept.
pub(super) const KEPT: Duration = Duration::from_secs(15 * 60);
/// Bytes of one person, and of all.
const MOST_OF_ONE: usize = 100 << 20;
const MOST: usize = 256 << 20;

/// A picture that is kept.
#[derive(Clone)]
pub(super) struct Kept {
    pub(super) picture: Arc<Picture>,
    /// What the file is called.
    pub(super) name: String,
    /// Whoever knows this may fetch it. The picture's id does not do: it stands in paths, and paths in the log.
    pub(super) key: String,
    owner: UserId,
    until: Instant,
}

/// The bytes of a picture that is kept, to be handed out without a copy.
struct Shared(Arc<Picture>);

impl AsRef<[u8]> for Shared {
    fn as_ref(&self) -> &[u8] {
        &self.0.bytes
    }
}

impl Kept {
    /// The file.
    pub(super) fn bytes(&self) -> Bytes {
        Bytes::from_owner(Shared(Arc::clone(&self.picture)))
    }

    /// How long it will still be kept.
    pub(super) fn left(&self) -> Duration {
        self.until.saturating_duration_since(Instant::now())
    }
}

/// All pictures that are kept, by their ids.
#[derive(Default)]
pub(super) struct Pictures(Mutex<HashMap<String, Kept>>);

impl Pictures {
    /// Keeps a picture. The oldest ones of its owner make room for it.
    ///
    /// # Errors
    /// There is no room even then.
    pub(super) fn keep(&self, owner: UserId, picture: Picture) -> Result<(String, Kept), Refusal> {
        let random = || entropy::hex().map_err(|_| Refusal::from(ServerCode::Internal));
        let (id, key) = (random()?, random()? + &random()?);
        let name = format!("likeness-{}.{}", &id[..8], picture.format.extension());
        let (picture, until) = (Arc::new(picture), Instant::now() + KEPT);
        let kept = Kept { picture, name, key, owner, until };
        let mut all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        forget(&mut all);
        let size = kept.picture.bytes.len();
        let of = |all: &HashMap<String, Kept>, owner: Option<UserId>| -> usize {
            let counted = all.values().filter(|kept| owner.is_none_or(|owner| kept.owner == owner));
            counted.map(|kept| kept.picture.bytes.len()).sum()
        };
        while of(&all, Some(owner)) + size > MOST_OF_ONE {
            let own = all.iter().filter(|(_, kept)| kept.owner == owner);
            let Some(oldest) = own.min_by_key(|(_, kept)| kept.until).map(|(id, _)| id.clone())
            else {
                return Err(ServerCode::BodyTooLarge.into());
            };
            all.remove(&oldest);
        }
        if of(&all, None) + size > MOST {
            let soonest = all.values().map(Kept::left).min().unwrap_or_default();
            return Err(Refusal::later(ServerCode::TooManyPictures, soonest));
        }
        all.insert(id.clone(), kept.clone());
        Ok((id, kept))
    }

    /// A picture of this person.
    pub(super) fn of(&self, owner: UserId, id: &str) -> Result<Kept, Refusal> {
        let all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let kept = all.get(id).filter(|kept| kept.owner == owner && !kept.left().is_zero());
        kept.cloned().ok_or(ServerCode::PictureGone.into())
    }

    /// The picture for whoever knows its key and name.
    pub(super) fn fetched(&self, key: &str, name: &str) -> Result<Kept, Refusal> {
        let all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let fits = |kept: &&Kept| kept.key == key && kept.name == name && !kept.left().is_zero();
        all.values().find(fits).cloned().ok_or(ServerCode::PictureGone.into())
    }

    /// Forgets what was kept long enough.
    pub(super) fn forget(&self) {
        forget(&mut self.0.lock().unwrap_or_else(PoisonError::into_inner));
    }
}

fn forget(all: &mut HashMap<String, Kept>) {
    all.retain(|_, kept| !kept.left().is_zero());
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

    #[test]
    fn a_picture_is_its_owners_and_whoever_knows_its_key() {
        let all = Pictures::default();
        let (id, kept) = all.keep(user(1), picture(0)).unwrap();
        assert!(all.of(user(1), &id).is_ok());
        assert_eq!(all.of(user(2), &id).err().unwrap().code(), ServerCode::PictureGone);
        assert!(all.fetched(&kept.key, &kept.name).is_ok());
        assert!(all.fetched(&id, &kept.name).is_err() && all.fetched(&kept.key, "x.png").is_err());
    }

    #[test]
    fn the_oldest_pictures_of_a_person_make_room_and_those_of_others_do_not() {
        let all = Pictures::default();
        let (first, _) = all.keep(user(1), picture(40)).unwrap();
        let (second, _) = all.keep(user(1), picture(40)).unwrap();
        let (third, _) = all.keep(user(1), picture(40)).unwrap();
        assert!(all.of(user(1), &first).is_err());
        assert!(all.of(user(1), &second).is_ok() && all.of(user(1), &third).is_ok());
        all.keep(user(2), picture(90)).unwrap();
        all.keep(user(3), picture(80)).unwrap();
        let refused = all.keep(user(4), picture(10)).err().unwrap();
        assert_eq!(refused.code(), ServerCode::TooManyPictures);
        assert!(all.of(user(1), &second).is_ok());
    }
}
