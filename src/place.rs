//! A place in the browser's history: what the app shows there, and what a step from it does to the history.
//!
//! Whatever lies over a page (the viewer, a question) has an entry of its own above that of the page, so that the way back closes it and nothing else.

use crate::page::{self, Page};
use likeness_studio::picture::PictureId;

/// What one entry of the history shows.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Place {
    /// The page.
    pub page: Page,
    /// The picture that lies over it.
    pub picture: Option<PictureId>,
    /// Whether a question lies over all.
    pub is_asking: bool,
    /// How many steps the app has made to get here.
    depth: u32,
    /// Whether the entry before shows what lies beneath.
    is_above: bool,
}

/// What a step does to the history.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Step {
    /// Nothing.
    Stay,
    /// Adds an entry.
    Push,
    /// Writes the entry anew.
    Replace,
    /// Goes to the entry before.
    Back,
}

impl Place {
    /// The place of an entry, by its path and what the app noted in it.
    pub fn read(path: &str, note: &str) -> Self {
        let mut words = note.split(' ');
        let depth = words.next().and_then(|depth| depth.parse().ok()).unwrap_or_default();
        words.next();
        let is_asking = words.next() == Some(ASKING);
        let beneath = words.next().map(Page::parse);
        let is_above = beneath.is_some();
        let picture = picture_at(path);
        // By itself a picture lies over all the others.
        let page = match picture {
            Some(_) => beneath.unwrap_or(Page::Pictures),
            None => Page::parse(path),
        };
        Self { page, picture, is_asking, depth, is_above }
    }

    /// The same after the page was loaded. A picture then lies over all the others, from wherever it was opened before; a question was that of the page that is gone.
    pub fn loaded(mut self) -> (Self, Step) {
        if self.is_asking {
            return self.close();
        }
        if self.picture.is_none() || self.page == Page::Pictures {
            return (self, Step::Stay);
        }
        (self.page, self.is_above) = (Page::Pictures, false);
        (self, Step::Replace)
    }

    /// Its path.
    pub fn path(&self) -> String {
        self.picture.as_ref().map_or_else(|| self.page.path(), |id| picture_path(id))
    }

    /// What the app notes in its entry, with how far the page is scrolled.
    pub fn note(&self, scrolled: u32) -> String {
        let (depth, scrolled) = (self.depth.to_string(), scrolled.to_string());
        if !self.is_above {
            return [&*depth, &scrolled].join(" ");
        }
        let kind = if self.is_asking { ASKING } else { VIEWING };
        [&depth, &scrolled, kind, &self.page.path()].join(" ")
    }

    /// How far the page of an entry was scrolled, by what the app noted in it.
    pub fn scrolled(note: &str) -> Option<u32> {
        note.split(' ').nth(1)?.parse().ok()
    }

    /// Whether the app has made steps to get here.
    pub const fn has_before(&self) -> bool {
        self.depth > 0
    }

    /// Goes to a page. What lies over this one is left behind.
    pub fn go(&self, page: Page) -> (Self, Step) {
        match (self.is_covered(), self.page == page) {
            (false, true) => (self.clone(), Step::Stay),
            (false, false) => (self.next(page, false), Step::Push),
            (true, true) => self.close(),
            (true, false) => {
                let to = Self { depth: self.depth, ..self.next(page, false) };
                (to, Step::Replace)
            }
        }
    }

    /// Opens a picture, in place of the one that is open.
    pub fn view(&self, id: PictureId) -> (Self, Step) {
        let picture = Some(id);
        if self.picture.is_some() {
            return (Self { picture, ..self.clone() }, Step::Replace);
        }
        (Self { picture, ..self.next(self.page.clone(), true) }, Step::Push)
    }

    /// Asks a question.
    pub fn ask(&self) -> (Self, Step) {
        if self.is_asking {
            return (self.clone(), Step::Stay);
        }
        let picture = self.picture.clone();
        let to = Self { picture, is_asking: true, ..self.next(self.page.clone(), true) };
        (to, Step::Push)
    }

    /// Closes what lies on top.
    pub fn close(&self) -> (Self, Step) {
        if !self.is_covered() {
            return (self.clone(), Step::Stay);
        }
        let picture = self.picture.clone().filter(|_| self.is_asking);
        let mut to = Self { picture, is_asking: false, is_above: false, ..self.clone() };
        if !self.is_above {
            return (to, Step::Replace);
        }
        to.depth = to.depth.saturating_sub(1);
        // What the entry of a picture beneath says of itself is read from it.
        to.is_above = to.picture.is_some();
        (to, Step::Back)
    }

    /// Whether anything lies over the page.
    pub const fn is_covered(&self) -> bool {
        self.is_asking || self.picture.is_some()
    }

    const fn next(&self, page: Page, is_above: bool) -> Self {
        Self { page, picture: None, is_asking: false, depth: self.depth + 1, is_above }
    }
}

const ASKING: &str = "ask";
const VIEWING: &str = "view";
const PICTURES: &str = "/pictures/";

/// The path of a picture.
pub fn picture_path(id: &PictureId) -> String {
    [PICTURES, &id.0].concat()
}

fn picture_at(path: &str) -> Option<PictureId> {
    let id = path.strip_prefix(PICTURES)?.trim_end_matches('/');
    page::is_id(id).then(|| PictureId(id.to_owned()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn id(name: &str) -> PictureId {
        PictureId(name.to_owned())
    }

    /// A browser's history, in which the app makes steps.
    struct History {
        entries: Vec<(String, String)>,
        at: usize,
        place: Place,
    }

    impl History {
        fn open(path: &str) -> Self {
            let mut history = Self {
                entries: vec![(path.to_owned(), String::new())],
                at: 0,
                place: Place::read(path, ""),
            };
            history.load();
            history
        }

        fn step(&mut self, make: impl FnOnce(&Place) -> (Place, Step)) {
            let (to, step) = make(&self.place);
            self.take(to, step);
        }

        fn take(&mut self, to: Place, step: Step) {
            let entry = (to.path(), to.note(7));
            match step {
                Step::Stay => {}
                Step::Replace => self.entries[self.at] = entry,
                Step::Push => {
                    self.entries.truncate(self.at + 1);
                    self.entries.push(entry);
                    self.at += 1;
                }
                Step::Back => {
                    self.at -= 1;
                    let (path, note) = &self.entries[self.at];
                    assert_eq!(
                        (&to.page, &to.picture, to.is_asking),
                        (&Place::read(path, note).page, &Place::read(path, note).picture, false),
                        "the entry before shows what is shown at once"
                    );
                }
            }
            self.place = to;
            self.arrive();
        }

        fn arrive(&mut self) {
            let (path, note) = &self.entries[self.at];
            self.place = Place::read(path, note);
        }

        fn travel(&mut self, by: isize) {
            self.at = self.at.checked_add_signed(by).expect("the app is not left");
            self.arrive();
        }

        fn load(&mut self) {
            self.arrive();
            let (to, step) = self.place.clone().loaded();
            self.take(to, step);
        }

        fn paths(&self) -> Vec<&str> {
            self.entries.iter().map(|(path, _)| path.as_str()).collect()
        }
    }

    #[test]
    fn the_way_back_closes_a_picture_and_stays_on_the_page() {
        let mut history = History::open("/");
        history.step(|place| place.view(id("a-0")));
        assert_eq!(history.entries[history.at].0, "/pictures/a-0");
        assert_eq!(history.place.page, Page::Studio, "the page beneath stays");
        history.travel(-1);
        assert_eq!(
            (history.place.page.clone(), history.place.picture.clone()),
            (Page::Studio, None)
        );
        history.travel(1);
        assert_eq!(
            (history.place.page.clone(), history.place.picture.clone()),
            (Page::Studio, Some(id("a-0"))),
            "and forward opens it again"
        );
    }

    #[test]
    fn a_picture_that_is_closed_leaves_no_entry_before() {
        let mut history = History::open("/");
        history.step(|place| place.go(Page::Pictures));
        history.step(|place| place.view(id("a-0")));
        history.step(|place| place.view(id("b-0")));
        assert_eq!(history.paths(), ["/", "/pictures", "/pictures/b-0"], "stepping adds none");
        history.step(Place::close);
        assert_eq!((history.at, history.place.path()), (1, "/pictures".to_owned()));
        history.travel(-1);
        assert_eq!(history.place.page, Page::Studio);
    }

    #[test]
    fn a_picture_that_was_opened_by_its_address_lies_over_all_the_others() {
        let mut history = History::open("/pictures/a-0");
        assert_eq!(history.place.page, Page::Pictures);
        assert_eq!(history.place.picture, Some(id("a-0")));
        history.step(Place::close);
        assert_eq!(history.paths(), ["/pictures"]);
    }

    #[test]
    fn after_a_reload_a_picture_closes_to_all_the_others() {
        let mut history = History::open("/");
        history.step(|place| place.view(id("a-0")));
        history.load();
        assert_eq!(history.place.page, Page::Pictures);
        history.step(Place::close);
        assert_eq!(history.paths(), ["/", "/pictures"]);

        let mut history = History::open("/pictures");
        history.step(|place| place.view(id("a-0")));
        history.load();
        history.step(Place::close);
        assert_eq!((history.at, history.place.path()), (0, "/pictures".to_owned()), "not twice");
    }

    #[test]
    fn a_question_lies_over_its_page_without_an_address_of_its_own() {
        let mut history = History::open("/settings");
        history.step(Place::ask);
        assert!(history.place.is_asking);
        assert_eq!(history.paths(), ["/settings", "/settings"]);
        history.step(Place::ask);
        assert_eq!(history.paths().len(), 2, "it is asked once");
        history.step(Place::close);
        assert_eq!((history.at, history.place.is_asking), (0, false));
    }

    #[test]
    fn a_question_over_a_picture_closes_to_the_picture() {
        let mut history = History::open("/");
        history.step(|place| place.view(id("a-0")));
        history.step(Place::ask);
        history.step(Place::close);
        assert_eq!(history.place.picture, Some(id("a-0")));
        history.step(Place::close);
        assert_eq!((history.at, history.place.is_covered()), (0, false));
    }

    #[test]
    fn a_question_is_gone_after_a_reload() {
        let mut history = History::open("/settings");
        history.step(Place::ask);
        history.load();
        assert_eq!((history.at, history.place.is_asking), (0, false));
    }

    #[test]
    fn going_to_a_page_from_a_picture_leaves_no_picture_behind() {
        let mut history = History::open("/pictures");
        history.step(|place| place.view(id("a-0")));
        history.step(|place| place.go(Page::Studio));
        assert_eq!(history.paths(), ["/pictures", "/"]);

        let mut history = History::open("/");
        history.step(|place| place.view(id("a-0")));
        history.step(|place| place.go(Page::Studio));
        assert_eq!((history.at, history.place.path()), (0, "/".to_owned()));
    }

    #[test]
    fn going_where_one_is_adds_nothing() {
        let mut history = History::open("/help");
        history.step(|place| place.go(Page::Help));
        assert_eq!(history.paths(), ["/help"]);
        assert!(!history.place.has_before());
        history.step(|place| place.go(Page::About));
        assert!(history.place.has_before());
    }

    #[test]
    fn what_is_no_id_is_no_picture() {
        for path in ["/pictures/", "/pictures/a/b", "/pictures/<b>"] {
            assert_eq!(Place::read(path, "").picture, None, "{path}");
        }
    }

    #[test]
    fn an_entry_knows_how_far_its_page_was_scrolled() {
        let mut history = History::open("/pictures");
        history.step(|place| place.view(id("a-0")));
        assert_eq!(Place::scrolled(&history.place.note(1_500)), Some(1_500));
        let read = Place::read("/pictures/a-0", &history.place.note(1_500));
        assert_eq!(read, history.place, "and is the same for all that");
        for note in ["", "3", "3 view /pictures"] {
            assert_eq!(Place::scrolled(note), None, "{note}");
        }
    }

    #[test]
    fn what_others_noted_does_no_harm() {
        for note in ["", "x", "-1", "1 2 3 4", "99999999999", "2 ask", "2 7 ask"] {
            assert_eq!(Place::read("/help", note).page, Page::Help, "{note}");
        }
    }
}
