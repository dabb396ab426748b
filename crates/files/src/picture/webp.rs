//! WebP: a RIFF of chunks, each of a type, a length and data, filled up to an even length.

use super::Parts;
use super::mark::Mark;
use super::orientation::{EXIF, Orientation};
use super::reader::Reader;
use super::sieve::Sieve;

/// What the pixels need: data, transparency, colour, frames. `C2PA` holds signed content credentials.
const KEPT: [&[u8; 4]; 8] =
    [b"VP8 ", b"VP8L", b"VP8X", b"ALPH", b"ANIM", b"ANMF", b"ICCP", b"C2PA"];
/// How long what a file begins with is: `RIFF`, the length of the rest, `WEBP`.
const HEAD: usize = 12;
/// Flags of the extended header for metadata.
const HAS_EXIF: u8 = 0x08;
const HAS_XMP: u8 = 0x04;

pub(super) fn without_recipe(mut bytes: Vec<u8>) -> Option<Parts> {
    let mut reader = Reader(bytes.get(4..)?);
    let length = usize::try_from(reader.u32_le()?).ok()?;
    // What follows the picture is not part of it.
    reader.take(length)?;
    bytes.truncate(8 + length);
    let mut file = Sieve::new(bytes);
    file.rest().take(HEAD)?;
    file.keep(HEAD);
    let (mut size, mut mark, mut has_pixels) = (None, None, false);
    let mut exif: Option<Option<Orientation>> = None;
    // Where the flags of the extended header are, and what they were.
    let mut extended = None;
    while !file.rest().is_empty() {
        let mut reader = file.rest();
        let kind: [u8; 4] = reader.take(4)?.try_into().ok()?;
        let length = usize::try_from(reader.u32_le()?).ok()?;
        let data = reader.take(length)?;
        let padding = length % 2;
        reader.take(padding)?;
        match &kind {
            b"VP8X" if file.kept() == HEAD => extended = Some((HEAD + 8, *data.first()?)),
            b"EXIF" if exif.is_none() => {
                exif = Some(Orientation::find(data.strip_prefix(EXIF).unwrap_or(data)));
            }
            b"XMP " if mark.is_none() => mark = Mark::find(data),
            b"VP8 " | b"VP8L" | b"ANMF" => has_pixels = true,
            _ => {}
        }
        if size.is_none() {
            size = dimensions(&kind, data);
        }
        if KEPT.contains(&&kind) {
            file.keep(8 + length + padding);
            if padding == 1 {
                file.set(file.kept() - 1, 0);
            }
        } else {
            file.skip(8 + length + padding);
        }
    }
    // Both need the extended header, and a file that had one of them has it.
    let mark = mark.filter(|_| extended.is_some());
    let orientation = exif.flatten().filter(|_| extended.is_some());
    if let Some((at, flags)) = extended {
        let mut flags = flags & !(HAS_EXIF | HAS_XMP);
        flags |= if orientation.is_some() { HAS_EXIF } else { 0 };
        flags |= if mark.is_some() { HAS_XMP } else { 0 };
        file.set(at, flags);
    }
    let exif = orientation.map(|orientation| chunk(b"EXIF", &orientation.block()));
    let xmp = mark.map(|mark| chunk(b"XMP ", &mark.packet()));
    let own: Vec<u8> = [exif, xmp].into_iter().flatten().flatten().collect();
    let (width, height) = size?;
    let end = file.kept();
    let mut bytes = file.with(end, own);
    let length = u32::try_from(bytes.len() - 8).ok()?;
    bytes[4..8].copy_from_slice(&length.to_le_bytes());
    has_pixels.then_some(Parts { width, height, mark, orientation, bytes })
}

fn chunk(kind: &[u8; 4], data: &[u8]) -> Vec<u8> {
    let length = u32::try_from(data.len()).expect("a packet is short");
    let padding = &[0][..data.len() % 2];
    [kind, &length.to_le_bytes()[..], data, padding].concat()
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
