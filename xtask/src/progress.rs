//! What a long command is doing: `2 of 5 · the server · about 1 min`, and a sign of life every ten seconds.

use std::sync::mpsc::{RecvTimeoutError, channel};
use std::thread;
use std::time::{Duration, Instant};

use crate::failure::Outcome;

/// The longest silence.
const SIGN_OF_LIFE: Duration = Duration::from_secs(10);

/// The steps of a command, one after another.
#[derive(Debug)]
pub(crate) struct Progress {
    steps: usize,
    done: usize,
    started: Instant,
}

impl Progress {
    pub(crate) fn of(steps: usize) -> Self {
        Self { steps, done: 0, started: Instant::now() }
    }

    /// Does the next step. `about` is how long it takes on two cores where nothing is there yet.
    pub(crate) fn step<T>(
        &mut self,
        what: &str,
        about: &str,
        work: impl FnOnce() -> Outcome<T>,
    ) -> Outcome<T> {
        self.done += 1;
        println!("\n{} of {} · {what} · {about} the first time", self.done, self.steps);
        let started = Instant::now();
        let (over, waits) = channel::<()>();
        thread::scope(|scope| {
            scope.spawn(move || {
                while waits.recv_timeout(SIGN_OF_LIFE) == Err(RecvTimeoutError::Timeout) {
                    println!("  … {what}, {}", minutes(started.elapsed()));
                }
            });
            let outcome = work();
            drop(over);
            outcome
        })
    }

    /// How long all of it has taken.
    pub(crate) fn took(&self) -> String {
        minutes(self.started.elapsed())
    }
}

/// Minutes and seconds: `1:05`.
fn minutes(time: Duration) -> String {
    format!("{}:{:02}", time.as_secs() / 60, time.as_secs() % 60)
}

#[cfg(test)]
mod tests {
    use super::{Progress, minutes};
    use crate::failure::Failure;
    use std::time::Duration;

    #[test]
    fn a_step_hands_on_what_its_work_gave() {
        let mut progress = Progress::of(2);
        assert_eq!(progress.step("one", "a moment", || Ok(7)).unwrap(), 7);
        assert!(
            progress.step("two", "a moment", || Err::<(), _>(Failure::new("no luck"))).is_err()
        );
        assert_eq!(progress.done, 2);
    }

    #[test]
    fn times_are_in_minutes_and_seconds() {
        assert_eq!(minutes(Duration::from_secs(65)), "1:05");
    }
}
