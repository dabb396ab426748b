//! Forms that were left without an answer: nothing that was typed is lost, and whoever closes the page is asked first.

use super::AvatarForm;
use likeness_core::Avatar;

/// What is typed into a form.
#[derive(Clone, Debug, PartialEq)]
pub struct Typed {
    /// As it is now.
    pub form: AvatarForm,
    /// What the form began with.
    pub base: AvatarForm,
}

/// What was typed into forms and not saved. One form for each avatar; a new one has no id.
#[derive(Clone, Debug, Default)]
pub struct Unfinished {
    /// The avatars whose form holds something that is not saved, by id.
    changed: Vec<String>,
    /// Forms that were left by going elsewhere or by a change of language, and what a link offered.
    aside: Vec<Typed>,
    is_guarded: bool,
}

impl Unfinished {
    /// Notes whether the form of an avatar holds something that is not saved. Whether that is news.
    pub fn note(&mut self, id: &str, is_unsaved: bool) -> bool {
        let is_news = is_unsaved != self.has(id);
        if is_news {
            self.changed.retain(|known| known != id);
            self.changed.extend(is_unsaved.then(|| id.to_owned()));
        }
        is_news
    }

    /// Whether something would be lost. What was typed into the form of a deleted avatar comes back only with the avatar.
    pub fn is_any(&self, avatars: &[Avatar]) -> bool {
        let is_there = |id: &String| avatars.iter().any(|avatar| avatar.id == *id);
        self.changed.iter().any(|id| id.is_empty() || is_there(id))
    }

    /// Fills the form of a new avatar with what a link offered.
    pub fn offer(&mut self, form: AvatarForm) {
        self.put_aside(Typed { form, base: AvatarForm::default() });
    }

    /// The form of an avatar is left. It is kept if something in it is not saved.
    pub fn leave(&mut self, typed: Typed) {
        if self.has(typed.base.id()) {
            self.put_aside(typed);
        }
    }

    /// What the form of an avatar begins with: what was typed before, else the avatar, else nothing.
    pub fn begin(&mut self, id: &str, known: Option<&Avatar>) -> Typed {
        if let Some(at) = self.aside.iter().position(|typed| typed.form.id() == id) {
            return self.aside.swap_remove(at);
        }
        let form = known.map(AvatarForm::of).unwrap_or_default();
        Typed { base: form.clone(), form }
    }

    /// Whether nobody asks yet before the page closes. From now on somebody does.
    pub fn guard(&mut self) -> bool {
        !std::mem::replace(&mut self.is_guarded, true)
    }

    fn has(&self, id: &str) -> bool {
        self.changed.iter().any(|known| known == id)
    }

    fn put_aside(&mut self, typed: Typed) {
        self.aside.retain(|known| known.form.id() != typed.form.id());
        self.aside.push(typed);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::form::Slot;
    use likeness_core::AvatarKind;

    fn vera() -> Avatar {
        Avatar {
            id: "vera".to_owned(),
            name: "Vera".to_owned(),
            ..Avatar::blank(AvatarKind::Portrait)
        }
    }

    fn renamed(mut typed: Typed, name: &str) -> Typed {
        typed.form.set(Slot::Name, name.to_owned());
        typed
    }

    #[test]
    fn a_form_that_is_left_unsaved_comes_back_with_what_it_began_with() {
        let mut forms = Unfinished::default();
        let typed = renamed(forms.begin("vera", Some(&vera())), "Vera at home");
        forms.note("vera", true);
        forms.leave(typed.clone());
        assert_eq!(forms.begin("", None), Typed { form: <_>::default(), base: <_>::default() });
        assert_eq!(forms.begin("vera", Some(&vera())), typed);
        let again = forms.begin("vera", Some(&vera()));
        assert_eq!(again.form, again.base, "it comes back once");
    }

    #[test]
    fn a_form_that_was_saved_or_cancelled_begins_anew() {
        let mut forms = Unfinished::default();
        let typed = renamed(forms.begin("vera", Some(&vera())), "Vera at home");
        forms.note("vera", true);
        forms.note("vera", false);
        forms.leave(typed);
        assert_eq!(forms.begin("vera", Some(&vera())).form, AvatarForm::of(&vera()));
    }

    #[test]
    fn what_a_link_offers_fills_the_form_of_a_new_avatar_and_counts_as_typed() {
        let mut forms = Unfinished::default();
        let offered = AvatarForm::of(&Avatar { id: String::new(), ..vera() });
        forms.offer(AvatarForm::default());
        forms.offer(offered.clone());
        assert_eq!(forms.begin("", None), Typed { form: offered, base: AvatarForm::default() });
        assert_eq!(forms.begin("", None).form, AvatarForm::default(), "the last offer counts");
    }

    #[test]
    fn what_was_typed_for_a_deleted_avatar_holds_nobody_up() {
        let mut forms = Unfinished::default();
        assert!(!forms.is_any(&[vera()]));
        assert!(forms.note("vera", true) && !forms.note("vera", true));
        assert!(forms.is_any(&[vera()]) && !forms.is_any(&[]));
        assert!(forms.note("", true));
        assert!(forms.is_any(&[]), "a new avatar is in no list");
        assert!(forms.note("", false) && !forms.is_any(&[]));
    }

    #[test]
    fn the_page_is_guarded_once() {
        let mut forms = Unfinished::default();
        assert!(forms.guard() && !forms.guard());
    }
}
