//! The press on the button: which is an order of its own, which belongs to the one before, and when the person is asked.

use crate::{draft::Draft, runs::is_free_of_charge};
use likeness_core::job::{Job, Millis, State};

/// Two presses within this time are one, in milliseconds.
const DOUBLE_PRESS: Millis = 500;
/// A press so soon after the last one may mean that nobody saw what that did, in milliseconds. For the same once more it asks.
const IMPATIENCE: Millis = 2_000;

/// What a press of the button means.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Press {
    /// An order of its own.
    Order,
    /// Perhaps the same order; only the person knows.
    Ask,
    /// Part of the press before.
    Nothing,
}

/// What was pressed and ordered lately.
#[derive(Clone, Debug, Default)]
pub struct Presses {
    /// When an order was last taken; 0 once that came to nothing.
    ordered_at: Millis,
    /// When the button was last pressed, whether or not that ordered something.
    pressed_at: Millis,
    /// What was ordered last, unless that came to nothing.
    ordered: Option<Draft>,
    /// Whether an order waits for the library, and is no job yet.
    is_pending: bool,
}

impl Presses {
    /// Whether an order is on its way and its answer is not here yet. Another press meanwhile orders nothing.
    pub fn is_sending(&self, jobs: &[Job]) -> bool {
        let is_sent = |job: &Job| matches!(job.state, State::Intended | State::Sent);
        self.is_pending || jobs.iter().any(is_sent)
    }

    /// The button is pressed for this draft.
    pub fn press(&mut self, draft: &Draft, jobs: &[Job], now: Millis) -> Press {
        let pause = now.saturating_sub(self.pressed_at);
        self.pressed_at = now;
        let is_same = self.ordered.as_ref() == Some(draft);
        if is_same && pause < IMPATIENCE {
            return if self.is_double(jobs, now) { Press::Nothing } else { Press::Ask };
        }
        if self.take(jobs, now) { Press::Order } else { Press::Nothing }
    }

    /// Takes an order, unless one is being sent or was taken so lately that this belongs to a double press. Whether it is taken.
    pub fn take(&mut self, jobs: &[Job], now: Millis) -> bool {
        let is_taken = !self.is_double(jobs, now);
        if is_taken {
            self.ordered_at = now;
        }
        is_taken
    }

    /// The order that was taken is what this draft says. It waits for the library.
    pub fn begin(&mut self, draft: Draft) {
        self.ordered = Some(draft);
        self.is_pending = true;
    }

    /// A job changed, or is shown for the first time. Whether what waited has become one.
    pub fn hear_of(&mut self, job: &Job, is_known: bool) -> bool {
        if !job.is_active() && !matches!(job.state, State::Done { .. }) {
            // It gave nothing, so the next press does not belong to a double click.
            self.ordered_at = 0;
        }
        if is_free_of_charge(job) {
            // It took nothing either, so the same once more is meant.
            self.ordered = None;
        }
        !is_known && std::mem::take(&mut self.is_pending)
    }

    /// The library cannot be opened. Whether that takes an order away.
    pub fn give_up(&mut self) -> bool {
        let is_lost = std::mem::take(&mut self.is_pending);
        if is_lost {
            // Nothing left, so the next press is meant.
            self.ordered_at = 0;
            self.ordered = None;
        }
        is_lost
    }

    fn is_double(&self, jobs: &[Job], now: Millis) -> bool {
        now.saturating_sub(self.ordered_at) < DOUBLE_PRESS || self.is_sending(jobs)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::runs::tests::{failed, job};
    use likeness_core::job::Charge;

    /// When these presses begin; far from 0, as every clock is.
    const T: Millis = 1_795_000_000_000;

    fn draft(prompt: &str) -> Draft {
        Draft { prompt: prompt.to_owned(), ..Draft::default() }
    }

    /// Someone who ordered this at [`T`], and whose run is queued.
    fn after(ordered: &str) -> Presses {
        let mut presses = Presses::default();
        assert_eq!(presses.press(&draft(ordered), &[], T), Press::Order);
        presses.begin(draft(ordered));
        assert!(presses.hear_of(&job("a", State::Intended), false));
        presses
    }

    #[test]
    fn a_double_press_orders_once() {
        let mut presses = after("at dawn");
        assert_eq!(presses.press(&draft("at dawn"), &[], T + 499), Press::Nothing);
    }

    #[test]
    fn the_same_once_more_within_two_seconds_of_the_last_press_is_asked_about() {
        let mut presses = after("at dawn");
        assert_eq!(presses.press(&draft("at dawn"), &[], T + 500), Press::Ask);
        assert_eq!(presses.press(&draft("at dawn"), &[], T + 2_499), Press::Ask, "and again");
        assert_eq!(presses.press(&draft("at dawn"), &[], T + 4_499), Press::Order);
    }

    #[test]
    fn something_else_is_an_order_of_its_own_once_it_is_no_double_press() {
        let mut presses = after("at dawn");
        assert_eq!(presses.press(&draft("at dusk"), &[], T + 499), Press::Nothing);
        assert_eq!(presses.press(&draft("at dusk"), &[], T + 500), Press::Order);
    }

    #[test]
    fn nothing_is_ordered_while_an_order_is_being_sent() {
        let mut presses = after("at dawn");
        for state in [State::Intended, State::Sent] {
            let jobs = [job("a", state)];
            assert!(presses.is_sending(&jobs));
            assert_eq!(presses.press(&draft("at dusk"), &jobs, T + 9_000), Press::Nothing);
            assert!(!presses.take(&jobs, T + 9_000));
        }
        assert!(!presses.is_sending(&[job("a", State::Held)]));
    }

    #[test]
    fn an_order_that_waits_for_the_library_holds_the_next_back() {
        let mut presses = Presses::default();
        assert_eq!(presses.press(&draft("at dawn"), &[], T), Press::Order);
        presses.begin(draft("at dawn"));
        assert!(presses.is_sending(&[]));
        assert_eq!(presses.press(&draft("at dusk"), &[], T + 9_000), Press::Nothing);
        assert!(!presses.hear_of(&job("before", State::Held), true), "a known one is another");
        assert!(presses.hear_of(&job("a", State::Intended), false));
        assert!(!presses.is_sending(&[]));
    }

    #[test]
    fn an_order_whose_library_cannot_be_opened_can_be_pressed_again_at_once() {
        let mut presses = Presses::default();
        assert!(!presses.give_up(), "there was none");
        assert_eq!(presses.press(&draft("at dawn"), &[], T), Press::Order);
        presses.begin(draft("at dawn"));
        assert!(presses.give_up());
        assert_eq!(presses.press(&draft("at dawn"), &[], T + 1), Press::Order);
    }

    #[test]
    fn what_failed_for_nothing_can_be_pressed_again_at_once() {
        let mut presses = after("at dawn");
        presses.hear_of(&failed("a", Charge::No), true);
        assert_eq!(presses.press(&draft("at dawn"), &[], T + 100), Press::Order);
    }

    #[test]
    fn what_failed_and_may_have_cost_something_is_asked_about() {
        let mut presses = after("at dawn");
        presses.hear_of(&failed("a", Charge::Maybe), true);
        assert_eq!(presses.press(&draft("at dawn"), &[], T + 100), Press::Ask);
        assert!(presses.take(&[], T + 200), "the person says so");
    }
}
