//! Long work beside threads that answer requests.

use tokio::sync::oneshot;

/// How much more it leaves to others than whoever begins it. Linux gives it a third of what a thread gets that
/// answers, where both want the same processor; whoever waits for a picture beside a busy browser
/// still gets it soon.
#[cfg(target_os = "linux")]
const NICE: i32 = 5;

/// Works on a thread of its own, which ends with it. What is received is an error where the work
/// panicked, or no thread could be had.
///
/// A thread of the runtime's pool will not do: it keeps the priority that it was once given.
pub fn run<T: Send + 'static>(work: impl FnOnce() -> T + Send + 'static) -> oneshot::Receiver<T> {
    let (tell, told) = oneshot::channel();
    let work = move || {
        #[cfg(target_os = "linux")]
        // Linux refuses nobody who asks for less, and means the thread alone.
        let _ = rustix::process::nice(NICE);
        // Whoever has gone away needs no answer.
        let _ = tell.send(work());
    };
    // Where there is no thread to be had, the sender is dropped with the work.
    let _ = std::thread::Builder::new().name("background".to_owned()).spawn(work);
    told
}

#[cfg(test)]
mod tests {
    use super::*;

    #[cfg(target_os = "linux")]
    #[tokio::test]
    async fn work_runs_with_less_priority_and_leaves_that_of_others() {
        let priority = || rustix::process::getpriority_process(Some(rustix::thread::gettid()));
        let before = priority().unwrap();
        let within = run(priority).await.unwrap().unwrap();
        assert_eq!(within, (before + NICE).min(19));
        assert_eq!(priority().unwrap(), before);
    }

    #[tokio::test]
    async fn a_panic_is_an_error_of_whoever_waits() {
        let work = || panic!("a fault of the test");
        assert!(run::<()>(work).await.is_err());
    }
}
