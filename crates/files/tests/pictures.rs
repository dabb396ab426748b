//! What leaves with a picture. The files of the corpus were written by another program; the private ones say `sentinel` in every place that can
//! hold text.
#![allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

use likeness_files::picture::Mark;
use likeness_files::{Format, Picture, PictureError};

fn without_recipe(bytes: &[u8]) -> Result<Picture, PictureError> {
    Picture::without_recipe(bytes.to_vec())
}

macro_rules! corpus {
    ($name:literal) => {{
        let bytes: &[u8] = include_bytes!(concat!("corpus/pictures/", $name));
        bytes
    }};
}

const MARKED: [(&[u8], Format); 3] = [
    (corpus!("marked.png"), Format::Png),
    (corpus!("marked.jpg"), Format::Jpeg),
    (corpus!("marked.webp"), Format::Webp),
];
/// With the orientation, and how wide and high they are once they are turned.
const TURNED: [(&[u8], u8, (u32, u32)); 4] = [
    (corpus!("turned.jpg"), 6, (6, 8)),
    (corpus!("mirrored.jpg"), 5, (6, 8)),
    (corpus!("turned.png"), 8, (6, 8)),
    (corpus!("turned.webp"), 3, (8, 6)),
];
const PLAIN: [&[u8]; 5] = [
    corpus!("plain.png"),
    corpus!("progressive.jpg"),
    corpus!("lossless.webp"),
    corpus!("lossy.webp"),
    corpus!("credentials.png"),
];

fn holds(bytes: &[u8], text: &str) -> bool {
    bytes.windows(text.len()).any(|window| window == text.as_bytes())
}

#[test]
fn the_recipe_goes_and_the_mark_of_the_machine_stays() {
    for (bytes, format) in MARKED {
        assert!(holds(bytes, "sentinel"));
        let picture = without_recipe(bytes).unwrap();
        assert_eq!((picture.format, picture.width, picture.height), (format, 8, 6));
        assert!(
            !holds(&picture.bytes, "sentinel") && !holds(&picture.bytes, "Exif\0"),
            "{format:?}"
        );
        assert_eq!(picture.mark, Some(Mark::TrainedAlgorithmicMedia));
        let attribute = "Iptc4xmpExt:DigitalSourceType=\"http://cv.iptc.org/newscodes/digitalsourcetype/trainedAlgorithmicMedia\"";
        assert!(holds(&picture.bytes, attribute), "{format:?}");
    }
}

/// The block that Exif 2.32 (4.6.2 to 4.6.4) makes of an orientation and nothing else, in the byte order of Motorola.
fn orientation_alone(value: u8) -> Vec<u8> {
    let mut block = b"MM\0\x2a\0\0\0\x08\0\x01\x01\x12\0\x03\0\0\0\x01".to_vec();
    block.extend([0, value, 0, 0, 0, 0, 0, 0]);
    block
}

#[test]
fn a_turned_picture_stays_turned_and_loses_the_rest_of_its_exif() {
    for (bytes, value, size) in TURNED {
        assert!(holds(bytes, "sentinel"));
        let picture = without_recipe(bytes).unwrap();
        assert!(!holds(&picture.bytes, "sentinel"), "{:?}", picture.format);
        assert_eq!((picture.width, picture.height), size, "as it is looked at");
        let block = orientation_alone(value);
        let before: &[u8] = match picture.format {
            Format::Jpeg => b"\xff\xe1\0\x22Exif\0\0",
            Format::Png => b"\0\0\0\x1aeXIf",
            Format::Webp => b"EXIF\x1a\0\0\0",
        };
        let piece = [before, &block].concat();
        assert!(picture.bytes.windows(piece.len()).any(|window| window == piece), "{value}");
    }
}

/// A JPEG with these blocks of EXIF in this order, and what is left of them.
fn kept_of(blocks: &[&[u8]]) -> Vec<u8> {
    let plain = corpus!("progressive.jpg");
    let mut bytes = plain[..2].to_vec();
    for block in blocks {
        let length = u16::try_from(block.len() + 8).unwrap();
        bytes.extend([0xff, 0xe1]);
        bytes.extend(length.to_be_bytes());
        bytes.extend_from_slice(b"Exif\0\0");
        bytes.extend_from_slice(block);
    }
    bytes.extend_from_slice(&plain[2..]);
    let kept = without_recipe(&bytes).unwrap().bytes;
    let start = kept.windows(6).position(|window| window == b"Exif\0\0");
    start.map_or_else(Vec::new, |start| kept[start + 6..start + 32].to_vec())
}

#[test]
fn only_an_orientation_that_turns_is_kept_and_only_the_first_block_counts() {
    for value in 0..=9 {
        let expected = if (2..=8).contains(&value) { orientation_alone(value) } else { Vec::new() };
        assert_eq!(kept_of(&[&orientation_alone(value)]), expected);
        // The same in the byte order of Intel, behind another entry and with the directory elsewhere.
        let intel = [
            &b"II\x2a\0\x0a\0\0\0\xff\xff\x02\0"[..],
            b"\x0e\x01\x02\0\x04\0\0\0abc\0",
            &[0x12, 0x01, 0x03, 0, 1, 0, 0, 0, value, 0, 0, 0],
            &[0; 4],
        ];
        assert_eq!(kept_of(&[&intel.concat()]), expected);
    }
    let (six, none) = (orientation_alone(6), orientation_alone(1));
    assert_eq!(kept_of(&[&none, &six]), b"");
    assert_eq!(kept_of(&[&six, &none]), six);
    // Another type, two values, a directory that is not there, one that is cut: nothing that anybody would turn.
    let changed = |at: usize, byte: u8| {
        let mut block = six.clone();
        block[at] = byte;
        block
    };
    for block in [changed(13, 4), changed(17, 2), changed(7, 200), changed(4, 0xff), changed(3, 0)]
    {
        assert_eq!(kept_of(&[&block]), b"");
    }
    assert_eq!(kept_of(&[&six[..20]]), b"");
}

#[test]
fn doing_it_again_changes_nothing() {
    let turned = TURNED.map(|(bytes, ..)| bytes);
    for bytes in MARKED.map(|(bytes, _)| bytes).into_iter().chain(PLAIN).chain(turned) {
        let once = without_recipe(bytes).unwrap();
        assert_eq!(without_recipe(&once.bytes), Ok(once));
    }
}

#[test]
fn a_picture_with_nothing_private_is_left_byte_for_byte() {
    for bytes in PLAIN {
        let picture = without_recipe(bytes).unwrap();
        assert!(
            picture.bytes == bytes && (picture.width, picture.height) == (8, 6),
            "{:?}",
            picture.format
        );
        assert_eq!(picture.mark, None);
    }
}

#[test]
fn what_the_pixels_need_stays() {
    let clean = |bytes| without_recipe(bytes).unwrap().bytes;
    let decoded = |bytes: &[u8]| {
        let mut reader =
            png::Decoder::new(std::io::Cursor::new(bytes.to_vec())).read_info().unwrap();
        let mut pixels = vec![0; reader.output_buffer_size().unwrap()];
        reader.next_frame(&mut pixels).unwrap();
        pixels
    };
    let (png, jpeg) = (clean(corpus!("marked.png")), clean(corpus!("marked.jpg")));
    assert_eq!(decoded(&png), decoded(corpus!("marked.png")));
    assert!(holds(&png, "pHYs") && holds(&jpeg, "ICC_PROFILE\0") && holds(&jpeg, "JFIF\0"));
    // The data of the scan, from its head to the end of the picture.
    let scan = |bytes: &[u8]| {
        let from = bytes.windows(2).rposition(|pair| pair == [0xff, 0xda]).unwrap();
        let to = bytes.windows(2).rposition(|pair| pair == [0xff, 0xd9]).unwrap();
        bytes[from..to].to_vec()
    };
    assert_eq!(scan(&jpeg), scan(corpus!("marked.jpg")));
    assert!(holds(&clean(corpus!("credentials.png")), "caBX"));
}

#[test]
fn a_cut_picture_is_damaged_and_other_files_are_none() {
    for (bytes, _) in MARKED {
        let whole = without_recipe(bytes).unwrap().bytes;
        for end in 12..whole.len() {
            assert_eq!(without_recipe(&whole[..end]), Err(PictureError::Damaged), "{end}");
        }
    }
    for bytes in
        [&b""[..], b"<svg/>", b"GIF89a", b"\x89PNG", b"\xff\xd8", b"%PDF-1.7", b"RIFF\0\0\0\0WAVE"]
    {
        assert_eq!(without_recipe(bytes), Err(PictureError::Unknown));
    }
}
