//! WebP: a RIFF of chunks, each of a type, a length and data, filled up to an even length.

use super::mark::Mark;
use super::orientation::{EXIF, Orientation};
use super::reader::Reader;
use super::{OWN, Parts};

/// What the pixels need: data, transparency, colour, frames. `C2PA` holds signed content credentials.
const KEPT: [&[u8; 4]; 8] =
    [b"VP8 ", b"VP8L", b"VP8X", b"ALPH", b"ANIM", b"ANMF", b"ICCP", b"C2PA"];
/// What a file begins with; the length is written in the end.
const HEAD: &[u8; 12] = b"RIFF\0\0\0\0WEBP";
/// Flags of the extended header for metadata.
const HAS_EXIF: u8 = 0x08;
const HAS_XMP: u8 = 0x04;

pub(super) fn without_recipe(bytes: &[u8]) -> Option<Parts> {
    let mut reader = Reader(bytes);
    reader.take(4)?;
    let length = usize::try_from(reader.u32_le()?).ok()?;
    // What follows the picture is not part of it.
    let mut reader = Reader(reader.take(length)?);
    reader.take(4)?;
    let (mut size, mut mark, mut has_pixels) = (None, None, false);
    let mut exif: Option<&[u8]> = None;
    let mut kept = Vec::with_capacity(bytes.len() + OWN);
    kept.extend_from_slice(HEAD);
    let mut extended = None;
    while !reader.is_empty() {
        let kind: &[u8; 4] = reader.take(4)?.try_into().ok()?;
        let length = usize::try_from(reader.u32_le()?).ok()?;
        let data = reader.take(length)?;
        if length % 2 == 1 {
            reader.take(1)?;
        }
        match kind {
            b"VP8X" if kept.len() == HEAD.len() => extended = Some(kept.len() + 8),
            b"EXIF" if exif.is_none() => exif = Some(data.strip_prefix(EXIF).unwrap_or(data)),
            b"XMP " if mark.is_none() => mark = Mark::find(data),
            b"VP8 " | b"VP8L" | b"ANMF" => has_pixels = true,
            _ => {}
        }
        if size.is_none() {
            size = dimensions(kind, data);
        }
        if KEPT.contains(&kind) {
            chunk(&mut kept, kind, data);
        }
    }
    // Both need the extended header, and a file that had one of them has it.
    let mark = mark.filter(|_| extended.is_some());
    let orientation = exif.and_then(Orientation::find).filter(|_| extended.is_some());
    if let Some(at) = extended {
        let flags = kept.get_mut(at)?;
        *flags &= !(HAS_EXIF | HAS_XMP);
        *flags |= if orientation.is_some() { HAS_EXIF } else { 0 };
        *flags |= if mark.is_some() { HAS_XMP } else { 0 };
    }
    if let Some(orientation) = orientation {
        chunk(&mut kept, b"EXIF", &orientation.block());
    }
    if let Some(mark) = mark {
        chunk(&mut kept, b"XMP ", &mark.packet());
    }
    let (width, height) = size?;
    let length = u32::try_from(kept.len() - 8).ok()?;
    kept[4..8].copy_from_slice(&length.to_le_bytes());
    has_pixels.then_some(Parts { width, height, mark, orientation, bytes: kept })
}

fn chunk(kept: &mut Vec<u8>, kind: &[u8; 4], data: &[u8]) {
    kept.extend_from_slice(kind);
    kept.extend(u32::try_from(data.len()).unwrap_or(u32::MAX).to_le_bytes());
    kept.extend_from_slice(data);
    if data.len() % 2 == 1 {
        kept.push(0);
    }
}

/// Pixels, as the first chunk that knows them says.
fn dimensions(kind: &[u8; 4], data: &[u8]) -> Option<(u32, u32)> {
    match (kind, data) {
        (b"VP8X", [_, _, _, _, w0, w1, w2, h0, h1, h2]) => {
            let side = |a: &u8, b: &u8, c: &u8| u32::from_le_bytes([*a, *b, *c, 0]) + 1;
            Some((side(w0, w1, w2), side(h0, h1, h2)))
        }
        (b"VP8 ", [_, _, _, 0x9d, 0x01, 0x2a, w0, w1, h0, h1, ..]) => {
            let side = |a: &u8, b: &u8| u32::from(u16::from_le_bytes([*a, *b]) & 0x3fff);
            Some((side(w0, w1), side(h0, h1)))
        }
        (b"VP8L", [0x2f, a, b, c, d, ..]) => {
            let bits = u32::from_le_bytes([*a, *b, *c, *d]);
            Some(((bits & 0x3fff) + 1, (bits >> 14 & 0x3fff) + 1))
        }
        _ => None,
    }
}
