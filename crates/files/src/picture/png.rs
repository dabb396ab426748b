//! PNG: a signature and chunks of length, type, data and checksum.

use super::Parts;
use super::mark::Mark;
use super::orientation::Orientation;
use super::reader::Reader;
use super::sieve::Sieve;

const SIGNATURE: usize = 8;
/// What the pixels need: data, palette, transparency, colour, size on paper, frames. `caBX` holds signed content credentials.
const KEPT: [&[u8; 4]; 19] = [
    b"IHDR", b"PLTE", b"IDAT", b"IEND", b"tRNS", b"gAMA", b"cHRM", b"sRGB", b"iCCP", b"cICP",
    b"sBIT", b"bKGD", b"pHYs", b"mDCV", b"cLLI", b"acTL", b"fcTL", b"fdAT", b"caBX",
];
/// The beginning of a chunk `iTXt` with an XMP packet that is not compressed: keyword, two flags, two empty texts.
const XMP: &[u8] = b"XML:com.adobe.xmp\0\0\0\0\0";

pub(super) fn without_recipe(bytes: Vec<u8>) -> Option<Parts> {
    let mut file = Sieve::new(bytes);
    file.rest().take(SIGNATURE)?;
    file.keep(SIGNATURE);
    let (mut size, mut mark, mut has_pixels) = (None, None, false);
    let mut exif: Option<Option<Orientation>> = None;
    // What is written anew comes right after the header, wherever it stood.
    let mut after_header = 0;
    loop {
        let mut reader = file.rest();
        let length = usize::try_from(reader.u32_be()?).ok()?;
        let kind: [u8; 4] = reader.take(4)?.try_into().ok()?;
        let data = reader.take(length)?;
        reader.take(4)?;
        match (&kind, size) {
            (b"IHDR", None) if length == 13 => {
                let mut header = Reader(data);
                size = Some((header.u32_be()?, header.u32_be()?));
            }
            // The header comes first, and once.
            (b"IHDR", _) | (_, None) => return None,
            (b"IDAT", _) => has_pixels = true,
            (b"eXIf", _) if exif.is_none() => exif = Some(Orientation::find(data)),
            (b"iTXt", _) if mark.is_none() => mark = data.strip_prefix(XMP).and_then(Mark::find),
            _ => {}
        }
        if KEPT.contains(&&kind) {
            file.keep(12 + length);
        } else if kind[0].is_ascii_uppercase() {
            // Without a piece of this kind nobody can draw the picture, and we do not know what it is.
            return None;
        } else {
            file.skip(12 + length);
        }
        match &kind {
            b"IHDR" => after_header = file.kept(),
            b"IEND" => break,
            _ => {}
        }
    }
    let orientation = exif.flatten();
    let exif = orientation.map(|orientation| chunk(b"eXIf", &orientation.block()));
    let xmp = mark.map(|mark| chunk(b"iTXt", &[XMP, &mark.packet()].concat()));
    let own: Vec<u8> = [exif, xmp].into_iter().flatten().flatten().collect();
    let (width, height) = size?;
    let bytes = file.with(after_header, own);
    has_pixels.then_some(Parts { width, height, mark, orientation, bytes })
}

fn chunk(kind: &[u8; 4], data: &[u8]) -> Vec<u8> {
    let length = u32::try_from(data.len()).expect("a packet is short");
    let body = [kind, data].concat();
    [&length.to_be_bytes()[..], &body, &crc32fast::hash(&body).to_be_bytes()].concat()
}
