//! One answer for equal questions that are asked at the same time.

use crate::recent::Recent;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

/// How long an answer counts as the answer to the same question.
const FRESH: Duration = Duration::from_millis(300);

/// The answer to one question, while it is fresh. Whoever finds none asks, and the others wait at
/// the lock.
pub(crate) struct Cached<T>(Option<(Instant, T)>);

impl<T: Clone> Cached<T> {
    /// The answer, if someone got it a moment ago.
    pub(crate) fn fresh(&self) -> Option<T> {
        self.0.as_ref().filter(|(at, _)| at.elapsed() < FRESH).map(|(_, answer)| answer.clone())
    }

    /// Keeps an answer for who asks next.
    pub(crate) fn keep(&mut self, answer: T) {
        self.0 = Some((Instant::now(), answer));
    }
}

type Slot<T> = Arc<tokio::sync::Mutex<Cached<T>>>;

/// Lets one of several equal questions be asked, and gives all of them its answer.
pub(crate) struct Coalescer<T> {
    slots: Mutex<(Instant, Recent<String, Slot<T>>)>,
}

impl<T> Default for Coalescer<T> {
    fn default() -> Self {
        Self { slots: Mutex::new((Instant::now(), Recent::default())) }
    }
}

impl<T> Coalescer<T> {
    /// The place of a question.
    pub(crate) fn slot(&self, question: String) -> Slot<T> {
        let mut slots = self.slots.lock().unwrap_or_else(PoisonError::into_inner);
        let (turned, slots) = &mut *slots;
        turn(turned, slots);
        if let Some(slot) = slots.get(&question) {
            return Arc::clone(slot);
        }
        let slot = Slot::new(tokio::sync::Mutex::new(Cached(None)));
        slots.insert(question, Arc::clone(&slot));
        slot
    }

    /// Forgets answers that are no longer fresh, also where nobody asks.
    pub(crate) fn forget(&self) {
        let mut slots = self.slots.lock().unwrap_or_else(PoisonError::into_inner);
        let (turned, slots) = &mut *slots;
        turn(turned, slots);
    }
}

fn turn<T>(turned: &mut Instant, slots: &mut Recent<String, Slot<T>>) {
    if turned.elapsed() >= FRESH {
        *turned = Instant::now();
        // Whoever waits for a slow answer holds the slot, and others may join.
        slots.turn(|slot| Arc::strong_count(slot) > 1);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::atomic::{AtomicU32, Ordering};

    #[tokio::test]
    async fn equal_questions_are_asked_once() {
        let (coalescer, asked) = (Coalescer::default(), AtomicU32::new(0));
        let ask = async |question: &str| {
            let slot = coalescer.slot(question.to_owned());
            let mut held = slot.lock().await;
            if held.fresh().is_none() {
                asked.fetch_add(1, Ordering::Relaxed);
                tokio::time::sleep(Duration::from_millis(20)).await;
                held.keep("answer");
            }
            held.fresh()
        };
        let (one, two) = tokio::join!(ask("q"), ask("q"));
        assert_eq!(
            (one, two, ask("other").await),
            (Some("answer"), Some("answer"), Some("answer"))
        );
        assert_eq!(asked.load(Ordering::Relaxed), 2);
    }
}
