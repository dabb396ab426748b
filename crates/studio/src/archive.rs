//! A zip archive in pieces, without compression: pictures do not shrink, and their bytes need not be copied to be packed. Headers come from here, the bytes
//! of the files from wherever they lie.
//!
//! The format is that of PKWARE's APPNOTE 6.3, without its 64-bit extension: 65,535 files and 4 GB at most.

use likeness_core::job::Millis;

/// The archive would have more files or bytes than a plain zip can hold.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("too much for one zip file")]
pub struct TooLarge;

/// What has been packed so far.
#[derive(Default)]
pub struct Archive {
    directory: Vec<u8>,
    count: u16,
    length: u32,
}

impl Archive {
    /// The header that stands before the bytes of a file. `name` may have folders, with slashes.
    ///
    /// # Errors
    /// [`TooLarge`]; the archive is as it was and may be finished.
    pub fn add(
        &mut self,
        name: &str,
        changed_at: Millis,
        bytes: &[u8],
    ) -> Result<Vec<u8>, TooLarge> {
        let name_length = u16::try_from(name.len()).map_err(|_| TooLarge)?;
        let size = u32::try_from(bytes.len()).map_err(|_| TooLarge)?;
        let next = (30 + u32::from(name_length)).checked_add(size).ok_or(TooLarge)?;
        // The directory repeats every name, with 46 bytes each, behind all files.
        let after = self.length.checked_add(next).ok_or(TooLarge)?;
        let directory = self.directory.len() as u64 + 46 + u64::from(name_length) + 22;
        if u64::from(after) + directory > u64::from(u32::MAX) {
            return Err(TooLarge);
        }
        let count = self.count.checked_add(1).filter(|count| *count < u16::MAX).ok_or(TooLarge)?;

        let mut common = Vec::with_capacity(26);
        // Version 2.0, names in UTF-8, stored as they are.
        for field in [20_u16, 1 << 11, 0] {
            common.extend(field.to_le_bytes());
        }
        common.extend(moment(changed_at).to_le_bytes());
        for field in [crc32fast::hash(bytes), size, size] {
            common.extend(field.to_le_bytes());
        }
        common.extend(name_length.to_le_bytes());
        common.extend([0, 0]);

        self.directory.extend(b"PK\x01\x02\x14\0");
        self.directory.extend(&common);
        // No comment, first disk, no attributes.
        self.directory.extend([0; 10]);
        self.directory.extend(self.length.to_le_bytes());
        self.directory.extend(name.as_bytes());
        (self.count, self.length) = (count, after);
        Ok([b"PK\x03\x04".as_slice(), &common, name.as_bytes()].concat())
    }

    /// What stands behind the last file.
    pub fn finish(self) -> Vec<u8> {
        let mut end = self.directory;
        let size = end.len() as u32;
        end.extend(b"PK\x05\x06\0\0\0\0");
        end.extend(self.count.to_le_bytes());
        end.extend(self.count.to_le_bytes());
        end.extend(size.to_le_bytes());
        end.extend(self.length.to_le_bytes());
        end.extend([0, 0]);
        end
    }
}

/// Time and date as DOS wrote them: two seconds a step, from 1980 to 2107, in UTC.
fn moment(at: Millis) -> u32 {
    let seconds = at / 1000;
    let (year, month, day) = date((seconds / 86_400) as u32);
    let Some(year) = year.checked_sub(1980).filter(|year| *year < 128) else { return 0x0021_0000 };
    let time = (seconds % 86_400) as u32;
    let (hour, minute, second) = (time / 3600, time / 60 % 60, time % 60);
    (year << 25) | (month << 21) | (day << 16) | (hour << 11) | (minute << 5) | (second / 2)
}

/// Year, month and day of a count of days since 1970, in the Gregorian calendar.
fn date(days: u32) -> (u32, u32, u32) {
    // From the first of March of year 0, so that leap days come last.
    let days = days + 719_468;
    let (era, day_of_era) = (days / 146_097, days % 146_097);
    let year = (day_of_era - day_of_era / 1_460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
    let day_of_year = day_of_era - (365 * year + year / 4 - year / 100);
    let month = (5 * day_of_year + 2) / 153;
    let day = day_of_year - (153 * month + 2) / 5 + 1;
    let month = if month < 10 { month + 3 } else { month - 9 };
    (era * 400 + year + u32::from(month <= 2), month, day)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::{Cursor, Read};

    /// 22 November 2026, 12:34:56 UTC.
    const NOON: Millis = 1_795_350_896_000;

    #[test]
    fn what_is_packed_is_found_again_by_a_reader_that_knows_nothing_of_us() {
        let files = [
            ("avatars.json", b"[]\n".to_vec()),
            ("pictures/зима.jpg", vec![0xff; 70_000]),
            ("empty", vec![]),
        ];
        let mut archive = Archive::default();
        let mut packed = Vec::new();
        for (name, bytes) in &files {
            packed.extend(archive.add(name, NOON, bytes).unwrap());
            packed.extend(bytes);
        }
        packed.extend(archive.finish());

        let mut found = zip::ZipArchive::new(Cursor::new(packed)).unwrap();
        assert_eq!(found.len(), files.len());
        for (index, (name, bytes)) in files.iter().enumerate() {
            let mut file = found.by_index(index).unwrap();
            assert_eq!(file.name().unwrap(), *name);
            let at = file.last_modified().unwrap();
            assert_eq!(
                (at.year(), at.month(), at.day(), at.hour(), at.minute(), at.second()),
                (2026, 11, 22, 12, 34, 56)
            );
            let mut read = Vec::new();
            // Reading to the end compares the checksum.
            file.read_to_end(&mut read).unwrap();
            assert_eq!(&read, bytes);
        }
    }

    #[test]
    fn an_archive_that_would_be_too_large_is_refused_before_and_stays_whole() {
        let mut archive = Archive { length: u32::MAX - 1_000, ..Archive::default() };
        assert_eq!(archive.add("a", NOON, &[0; 901]), Err(TooLarge));
        // To the last byte that four bytes can count.
        assert!(archive.add("a", NOON, &[0; 900]).is_ok());
        let mut archive = Archive { count: u16::MAX - 1, ..Archive::default() };
        assert_eq!(archive.add("a", NOON, b""), Err(TooLarge));
        assert_eq!(archive.add(&"a".repeat(70_000), NOON, b""), Err(TooLarge));
        assert_eq!(archive.count, u16::MAX - 1);
    }

    #[test]
    fn days_are_those_of_the_calendar() {
        for (days, day) in [
            (0, (1970, 1, 1)),
            (59, (1970, 3, 1)),
            (11_016, (2000, 2, 29)),
            (20_779, (2026, 11, 22)),
            (47_540, (2100, 2, 28)),
            (47_541, (2100, 3, 1)),
        ] {
            assert_eq!(date(days), day, "{days}");
        }
    }
}
