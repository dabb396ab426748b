//! JPEG: segments that begin with a marker, and behind the head of each scan its data up to the next marker.

use super::mark::Mark;
use super::orientation::{EXIF, Orientation};
use super::reader::Reader;
use super::{OWN, Parts};

const XMP: &[u8] = b"http://ns.adobe.com/xap/1.0/\0";

pub(super) fn without_recipe(bytes: &[u8]) -> Option<Parts> {
    let mut reader = Reader(bytes);
    reader.take(2)?;
    let mut kept = Vec::with_capacity(bytes.len() + OWN);
    kept.extend([0xff, 0xd8]);
    // JFIF has to come first; our own pieces come behind it.
    let mut after_head = kept.len();
    let (mut size, mut mark, mut has_pixels) = (None, None, false);
    let mut exif: Option<&[u8]> = None;
    loop {
        let marker = marker(&mut reader)?;
        if marker == 0xd9 {
            break;
        }
        // A marker without a segment has no place between segments.
        if matches!(marker, 0x00 | 0x01 | 0xd0..=0xd8) {
            return None;
        }
        let whole = reader.0;
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
            exif = data.strip_prefix(EXIF);
        }
        if is_kept(marker, data) {
            let is_head = marker == 0xe0 && kept.len() == after_head;
            kept.extend([0xff, marker]);
            kept.extend_from_slice(&whole[..length]);
            if is_head {
                after_head = kept.len();
            }
        }
        if marker == 0xda {
            size?;
            has_pixels = true;
            kept.extend_from_slice(scan(&mut reader)?);
        }
    }
    let orientation = exif.and_then(Orientation::find);
    let exif = orientation.map(|orientation| [EXIF, &orientation.block()].concat());
    let xmp = mark.map(|mark| [XMP, &mark.packet()].concat());
    let mut own = Vec::new();
    for data in [exif, xmp].into_iter().flatten() {
        let length = u16::try_from(data.len() + 2).expect("both are short");
        own.extend([0xff, 0xe1]);
        own.extend(length.to_be_bytes());
        own.extend(data);
    }
    kept.splice(after_head..after_head, own);
    kept.extend([0xff, 0xd9]);
    let (width, height) = size?;
    has_pixels.then_some(Parts { width, height, mark, orientation, bytes: kept })
}

/// The next marker; before it any number of fill bytes may stand.
fn marker(reader: &mut Reader<'_>) -> Option<u8> {
    if reader.byte()? != 0xff {
        return None;
    }
    loop {
        match reader.byte()? {
            0xff => {}
            marker => return Some(marker),
        }
    }
}

/// The data of a scan: everything before the next marker that is neither a stuffed byte nor a restart.
fn scan<'a>(reader: &mut Reader<'a>) -> Option<&'a [u8]> {
    let is_end = |pair: &[u8]| pair[0] == 0xff && !matches!(pair[1], 0x00 | 0xd0..=0xd7 | 0xff);
    let end = reader.0.windows(2).position(is_end)?;
    // Fill bytes in front of a marker belong to it.
    let data = &reader.0[..end];
    reader.take(end)?;
    Some(data)
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
