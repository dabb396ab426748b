//! How a picture is to be turned before it is looked at: the one thing in EXIF that its pixels need.
//!
//! EXIF can hold anything, prompts and places among it. So the orientation is read from it and written into a block of our own, and the rest goes.

use super::reader::Reader;

/// What stands before the block in a JPEG, and in some WebP files.
pub(super) const EXIF: &[u8] = b"Exif\0\0";
/// Its tag in the first directory of the block.
const TAG: u16 = 0x0112;
/// The type of a whole number of two bytes.
const SHORT: u16 = 3;

/// A turn or a reflection: 2 to 8. A picture that is shown as it lies in the file has none.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Orientation(u8);

impl Orientation {
    /// The orientation in a block of EXIF, which is a TIFF file without a picture.
    pub(super) fn find(block: &[u8]) -> Option<Self> {
        let mut reader = Reader(block);
        let is_big = match reader.take(4)? {
            b"MM\0*" => true,
            b"II*\0" => false,
            _ => return None,
        };
        let short = |reader: &mut Reader<'_>| {
            if is_big { reader.u16_be() } else { reader.u16_be().map(u16::swap_bytes) }
        };
        let long = |reader: &mut Reader<'_>| {
            if is_big { reader.u32_be() } else { reader.u32_le() }
        };
        let start = usize::try_from(long(&mut reader)?).ok()?;
        let mut reader = Reader(block.get(start..)?);
        for _ in 0..short(&mut reader)? {
            let (tag, kind) = (short(&mut reader)?, short(&mut reader)?);
            let count = long(&mut reader)?;
            let mut value = Reader(reader.take(4)?);
            if (tag, kind, count) == (TAG, SHORT, 1) {
                let value = u8::try_from(short(&mut value)?).ok()?;
                return (2..=8).contains(&value).then_some(Self(value));
            }
        }
        None
    }

    /// Whether what lies across in the file stands upright when it is shown.
    pub(super) const fn is_on_its_side(self) -> bool {
        self.0 >= 5
    }

    /// A block that says this and nothing else: byte order, place of the directory, one entry, no directory after it.
    pub(super) fn block(self) -> Vec<u8> {
        let entry = [&TAG.to_be_bytes()[..], &SHORT.to_be_bytes(), &1_u32.to_be_bytes()].concat();
        [b"MM\0*\0\0\0\x08\0\x01", &entry[..], &[0, self.0, 0, 0], &[0; 4]].concat()
    }
}
