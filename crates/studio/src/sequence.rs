//! Ids that sort in the order in which they were made, also within one millisecond and when the clock steps back.

use likeness_core::job::Millis;

/// The ids of one page.
#[derive(Debug, Default)]
pub struct Sequence([u8; 16]);

impl Sequence {
    /// No id yet.
    pub const fn new() -> Self {
        Self([0; 16])
    }

    /// The next id: 48 bits of time and 80 random ones as 32 hexadecimal digits. Where the time is not later than that of the one before, it is the one before, plus one.
    pub fn next(&mut self, now: Millis, random: [u8; 10]) -> String {
        let time: [u8; 8] = now.to_be_bytes();
        if time[2..] > self.0[..6] {
            self.0[..6].copy_from_slice(&time[2..]);
            self.0[6..].copy_from_slice(&random);
        } else {
            for byte in self.0.iter_mut().rev() {
                *byte = byte.wrapping_add(1);
                if *byte > 0 {
                    break;
                }
            }
        }
        self.0.iter().map(|byte| format!("{byte:02x}")).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn an_id_is_time_and_chance() {
        let mut ids = Sequence::new();
        assert_eq!(ids.next(0x19a_bcde_f012, [7; 10]), "019abcdef01207070707070707070707");
        assert_eq!(ids.next(0x19a_bcde_f012, [1; 10]), "019abcdef01207070707070707070708");
        assert_eq!(ids.next(0x19a_bcde_f011, [1; 10]), "019abcdef01207070707070707070709");
        assert_eq!(ids.next(0x19a_bcde_f013, [255; 10]), "019abcdef013ffffffffffffffffffff");
        assert_eq!(ids.next(0x19a_bcde_f013, [0; 10]), "019abcdef01400000000000000000000");
    }

    proptest! {
        #[test]
        fn ids_sort_as_they_were_made_whatever_clock_and_chance_do(
            made in prop::collection::vec((0_u64..4, any::<[u8; 10]>()), 2..50),
        ) {
            let mut ids = Sequence::new();
            let ids: Vec<_> = made.into_iter().map(|(now, random)| ids.next(now, random)).collect();
            prop_assert!(ids.windows(2).all(|pair| pair[0] < pair[1]), "{:?}", ids);
        }
    }
}
