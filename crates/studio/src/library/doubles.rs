//! Avatars of a file that are here already, by name or by the model that they refer to.

use super::{Import, masked};
use likeness_core::Avatar;

/// What is done with avatars that are here already.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Doubles {
    /// Those here stay, those of the file do not come.
    Skip,
    /// Those of the file take the place of those here.
    Replace,
    /// All of them are kept.
    KeepBoth,
}

impl Import {
    /// The avatars that are here already, as the file has them.
    pub fn doubles(&self, here: &[Avatar]) -> Vec<&Avatar> {
        let here = Known::all(here);
        let is_here = |avatar: &&Avatar| double_of(avatar, &here).is_some();
        self.avatars.iter().filter(is_here).collect()
    }

    /// The avatars that share a name or a model with another of the same file. All of them come.
    pub fn alike(&self) -> Vec<&Avatar> {
        let all = Known::all(&self.avatars);
        let is_alike = |at: &usize| {
            let others = all.iter().enumerate().filter(|(other, _)| other != at);
            others.map(|(_, other)| other).any(|other| all[*at].is_double_of(other))
        };
        (0..all.len()).filter(is_alike).map(|at| all[at].avatar).collect()
    }

    /// The avatars that come, in the order of the file. One that takes another's place has its id, the others have none. Each avatar here is replaced at most once;
    /// what would be a second time is added.
    pub fn settle(self, here: &[Avatar], choice: Doubles) -> Vec<Avatar> {
        let mut here = Known::all(here);
        let mut coming = Vec::with_capacity(self.avatars.len());
        for mut avatar in self.avatars {
            match (choice, double_of(&avatar, &here)) {
                (Doubles::Skip, Some(_)) => continue,
                (Doubles::Replace, Some(at)) => here.remove(at).give_way_to(&mut avatar),
                _ => {}
            }
            coming.push(avatar);
        }
        coming
    }
}

/// An avatar that is here, with its model as an export shows it.
struct Known<'a> {
    avatar: &'a Avatar,
    shown: Avatar,
}

impl<'a> Known<'a> {
    fn all(here: &'a [Avatar]) -> Vec<Self> {
        here.iter().map(Self::of).collect()
    }

    fn of(avatar: &'a Avatar) -> Self {
        Self { avatar, shown: masked(avatar) }
    }

    fn is_same_model(&self, other: &Self) -> bool {
        let (own, others) = (&self.shown, &other.shown);
        (own.lora_url.is_some() && own.lora_url == others.lora_url)
            || (own.finetune_id.is_some() && own.finetune_id == others.finetune_id)
    }

    fn is_namesake(&self, other: &Self) -> bool {
        let name = |avatar: &Avatar| avatar.name.trim().to_lowercase();
        let own = name(self.avatar);
        !own.is_empty() && own == name(other.avatar)
    }

    fn is_double_of(&self, other: &Self) -> bool {
        self.is_same_model(other) || self.is_namesake(other)
    }

    /// The other takes its place. An export has no keys in its addresses; where it comes back onto the avatar that it was made of, the keys stay.
    fn give_way_to(self, other: &mut Avatar) {
        other.id.clone_from(&self.avatar.id);
        if other.lora_url == self.shown.lora_url {
            other.lora_url.clone_from(&self.avatar.lora_url);
        }
    }
}

/// Where the avatar with the same model is, else the one with the same name.
fn double_of(avatar: &Avatar, here: &[Known<'_>]) -> Option<usize> {
    let coming = Known::of(avatar);
    let same = here.iter().position(|known| coming.is_same_model(known));
    same.or_else(|| here.iter().position(|known| coming.is_namesake(known)))
}
