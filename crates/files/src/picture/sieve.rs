//! A file from which pieces are taken out where it lies, so that a large one is never there twice.

use super::reader::Reader;

/// What was kept so far stands in front, what is still to be read behind it.
pub(super) struct Sieve {
    bytes: Vec<u8>,
    kept: usize,
    read: usize,
}

impl Sieve {
    pub(super) const fn new(bytes: Vec<u8>) -> Self {
        Self { bytes, kept: 0, read: 0 }
    }

    /// What is still to be read.
    pub(super) fn rest(&self) -> Reader<'_> {
        Reader(&self.bytes[self.read..])
    }

    /// How many bytes were kept so far.
    pub(super) const fn kept(&self) -> usize {
        self.kept
    }

    /// Keeps the next bytes, of which [`rest`](Self::rest) has so many.
    pub(super) fn keep(&mut self, count: usize) {
        let end = self.read + count;
        if self.kept < self.read {
            self.bytes.copy_within(self.read..end, self.kept);
        }
        self.kept += count;
        self.read = end;
    }

    /// Leaves the next bytes out.
    pub(super) const fn skip(&mut self, count: usize) {
        self.read += count;
    }

    /// Changes a byte that was kept.
    pub(super) fn set(&mut self, at: usize, byte: u8) {
        debug_assert!(at < self.kept, "it was kept");
        self.bytes[at] = byte;
    }

    /// What was kept, with these bytes of our own at this place.
    pub(super) fn with(mut self, at: usize, own: Vec<u8>) -> Vec<u8> {
        self.bytes.truncate(self.kept);
        self.bytes.splice(at..at, own);
        self.bytes
    }
}
