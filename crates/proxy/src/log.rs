//! The log of the process. No reply ever waits for it or depends on it.
//!
//! Lines go through a bounded queue to a thread of their own. Where nobody reads them, or the disk
//! is full, they are dropped and counted. A line is a line: whatever could act on a terminal or
//! seem to begin another one is escaped.

use std::backtrace::Backtrace;
use std::borrow::Cow;
use std::fmt::Write as _;
use std::io::{self, BufWriter, IsTerminal, Stderr, Write};
use std::panic::PanicHookInfo;
use std::sync::OnceLock;
use std::sync::atomic::{AtomicU64, Ordering};
use tracing_appender::non_blocking::{ErrorCounter, NonBlocking, NonBlockingBuilder, WorkerGuard};
use tracing_subscriber::EnvFilter;
use tracing_subscriber::fmt::MakeWriter;

/// Lines that may wait to be written.
const MOST_WAITING: usize = 4096;

/// Lines for which there was no room.
static DROPPED: OnceLock<ErrorCounter> = OnceLock::new();
/// Lines that the system did not take.
static UNWRITTEN: AtomicU64 = AtomicU64::new(0);
static PANICS: AtomicU64 = AtomicU64::new(0);

/// How many lines were lost so far.
pub(crate) fn lost() -> u64 {
    let dropped = DROPPED.get().map_or(0, |dropped| dropped.dropped_lines() as u64);
    dropped + UNWRITTEN.load(Ordering::Relaxed)
}

/// How many panics there were so far.
pub(crate) fn panics() -> u64 {
    PANICS.load(Ordering::Relaxed)
}

/// Keeps the log; what still waits is written when this is dropped, unless nobody takes it.
#[must_use]
pub struct Log(Option<WorkerGuard>);

impl Log {
    /// Begins to log to standard error: readable on a terminal, one JSON object a line elsewhere.
    /// `RUST_LOG` chooses how much.
    pub fn start() -> Self {
        let (queue, guard) = NonBlockingBuilder::default()
            .lossy(true)
            .buffered_lines_limit(MOST_WAITING)
            .finish(Counted(BufWriter::new(io::stderr())));
        // A second log of one process would be a mistake of ours; it counts with the first.
        let _ = DROPPED.set(queue.error_counter());
        let filter = EnvFilter::try_from_default_env().unwrap_or_else(|_| EnvFilter::new("info"));
        let log = tracing_subscriber::fmt()
            .with_env_filter(filter)
            .with_writer(Lines(queue))
            // A complaint about the log would go to where the log could not.
            .log_internal_errors(false)
            .with_ansi(false)
            .with_target(false);
        if io::stderr().is_terminal() {
            log.compact().init();
        } else {
            log.json().flatten_event(true).with_current_span(false).with_span_list(false).init();
        }
        // The usual one writes to standard error itself, and would wait there.
        std::panic::set_hook(Box::new(note));
        Self(Some(guard))
    }
}

impl Drop for Log {
    fn drop(&mut self) {
        let guard = self.0.take();
        // It may have something to say on standard output, which may be closed.
        let _ = std::thread::spawn(move || drop(guard)).join();
    }
}

/// Writes a panic down.
fn note(panic: &PanicHookInfo<'_>) {
    PANICS.fetch_add(1, Ordering::Relaxed);
    let place = panic.location().map(ToString::to_string).unwrap_or_default();
    let message = panic.payload_as_str().unwrap_or_default();
    let backtrace = Backtrace::capture();
    tracing::error!(place, message, %backtrace, "a panic");
}

/// Counts what could not be written.
struct Counted(BufWriter<Stderr>);

impl Write for Counted {
    fn write(&mut self, line: &[u8]) -> io::Result<usize> {
        let written = self.0.write(line);
        if written.is_err() {
            UNWRITTEN.fetch_add(1, Ordering::Relaxed);
        }
        written
    }

    fn flush(&mut self) -> io::Result<()> {
        self.0.flush()
    }
}

/// Where each line is handed over.
struct Lines(NonBlocking);

struct Line(NonBlocking);

impl<'a> MakeWriter<'a> for Lines {
    type Writer = Line;

    fn make_writer(&'a self) -> Line {
        Line(self.0.clone())
    }
}

impl Write for Line {
    fn write(&mut self, line: &[u8]) -> io::Result<usize> {
        self.0.write_all(escaped(line).as_bytes())?;
        Ok(line.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// The same line, with what is not to be seen written as JSON writes it.
fn escaped(line: &[u8]) -> Cow<'_, str> {
    let line = String::from_utf8_lossy(line);
    let (text, end) = line.strip_suffix('\n').map_or((&*line, ""), |text| (text, "\n"));
    if !text.contains(is_unseen) {
        return line;
    }
    let mut escaped = String::with_capacity(line.len() + 16);
    for char in text.chars() {
        if is_unseen(char) {
            // Writing to a string does not fail.
            let _ = write!(escaped, "\\u{:04x}", u32::from(char));
        } else {
            escaped.push(char);
        }
    }
    Cow::Owned(escaped + end)
}

/// Controls of both sets, ends of lines and paragraphs, and what turns the direction of writing.
fn is_unseen(char: char) -> bool {
    char.is_control()
        || matches!(char, '\u{61c}' | '\u{200e}' | '\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_acts_on_a_terminal_or_ends_a_line_is_escaped_and_words_are_not() {
        for (line, expected) in [
            ("plain words\n", "plain words\n"),
            ("café \u{1f642}", "café \u{1f642}"),
            ("a\nb\r\n", "a\\u000ab\\u000d\n"),
            ("\u{1b}[31m\u{9b}31m\u{7f}\n", "\\u001b[31m\\u009b31m\\u007f\n"),
            ("\u{202e}gnp.exe\u{2066}\u{2028}", "\\u202egnp.exe\\u2066\\u2028"),
        ] {
            assert_eq!(escaped(line.as_bytes()), expected);
        }
        assert_eq!(escaped(b"\xff\n"), "\u{fffd}\n");
    }
}
