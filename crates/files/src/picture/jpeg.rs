//! JPEG: segments that begin with a marker, and behind the head of each scan its data up to the next marker.

use super::Parts;
use super::mark::Mark;
use super::orientation::{EXIF, Orientation};
use super::reader::Reader;
use super::sieve::Sieve;

/// The bytes of a marker.
const MARKER: usize = 2;
const XMP: &[u8] = b"http://ns.adobe.com/xap/1.0/\0";

pub(super) fn without_recipe(bytes: Vec<u8>) -> Option<Parts> {
    let mut file = Sieve::new(bytes);
    file.keep(2);
    // JFIF has to come first; our own pieces come behind it.
    let mut after_head = file.kept();
    let (mut size, mut mark, mut has_pixels) = (None, None, false);
    let mut exif: Option<Option<Orientation>> = None;
    loop {
        let mut reader = file.rest();
        let (fill, marker) = marker(&mut reader)?;
        file.skip(fill);
        if marker == 0xd9 {
            file.keep(MARKER);
            break;
        }
        // A marker without a segment has no place between segments.
        if matches!(marker, 0x00 | 0x01 | 0xd0..=0xd8) {
            return None;
        }
        let mut reader = file.rest();
        reader.take(MARKER)?;
        let length = usize::from(reader.u16_be()?);
        let data = reader.take(length.checked_sub(2)?)?;
        if is_frame(marker) && size.is_none() {
            let mut frame = Reader(data);
            frame.byte()?;
            let (height, width) = (frame.u16_be()?, frame.u16_be()?);
            size = Some((u32::from(width), u32::from(height)));
        }
        if marker == 0xe1 && mark.is_none() {
            mark = data.strip_prefix(XMP).and_then(Mark::find);
        }
        // The first one counts, whatever it says.
        if marker == 0xe1 && exif.is_none() {
            exif = data.strip_prefix(EXIF).map(Orientation::find);
        }
        if is_kept(marker, data) {
            let is_head = marker == 0xe0 && file.kept() == after_head;
            file.keep(MARKER + length);
            if is_head {
                after_head = file.kept();
            }
        } else {
            file.skip(MARKER + length);
        }
        if marker == 0xda {
            size?;
            has_pixels = true;
            file.keep(scan(&file.rest())?);
        }
    }
    let orientation = exif.flatten();
    let exif = orientation.map(|orientation| [EXIF, &orientation.block()].concat());
    let xmp = mark.map(|mark| [XMP, &mark.packet()].concat());
    let mut own = Vec::new();
    for data in [exif, xmp].into_iter().flatten() {
        let length = u16::try_from(data.len() + 2).expect("both are short");
        own.extend([0xff, 0xe1]);
        own.extend(length.to_be_bytes());
        own.extend(data);
    }
    let (width, height) = size?;
    let bytes = file.with(after_head, own);
    has_pixels.then_some(Parts { width, height, mark, orientation, bytes })
}

/// The next marker, and how many fill bytes stand before it.
fn marker(reader: &mut Reader<'_>) -> Option<(usize, u8)> {
    if reader.byte()? != 0xff {
        return None;
    }
    let mut fill = 0;
    loop {
        match reader.byte()? {
            0xff => fill += 1,
            marker => return Some((fill, marker)),
        }
    }
}

/// How long the data of a scan is: everything before the next marker that is neither a stuffed byte nor a restart. Fill bytes in front of a marker
/// belong to it.
fn scan(reader: &Reader<'_>) -> Option<usize> {
    let is_end = |pair: &[u8]| pair[0] == 0xff && !matches!(pair[1], 0x00 | 0xd0..=0xd7 | 0xff);
    reader.0.windows(2).position(is_end)
}

/// The head of a frame, in any of its codings.
const fn is_frame(marker: u8) -> bool {
    matches!(marker, 0xc0..=0xcf) && !matches!(marker, 0xc4 | 0xc8 | 0xcc)
}

/// Tables, frames and scans; JFIF without its thumbnails, colour profiles, Adobe's note on colours, and signed content credentials.
fn is_kept(marker: u8, data: &[u8]) -> bool {
    match marker {
        0xc0..=0xcf | 0xda..=0xdf => true,
        0xe0 => data.starts_with(b"JFIF\0") && data.len() == 14,
        0xe2 => data.starts_with(b"ICC_PROFILE\0"),
        0xeb => data.starts_with(b"JP"),
        0xee => data.starts_with(b"Adobe"),
        _ => false,
    }
}
