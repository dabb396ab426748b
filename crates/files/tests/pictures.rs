//! What leaves with a picture. The files of the corpus were written by another program; the private ones say `sentinel` in every place that can
//! hold text.
#![allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

use likeness_files::picture::Mark;
use likeness_files::{Format, Picture, PictureError};

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
        let picture = Picture::without_recipe(bytes).unwrap();
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

#[test]
fn doing_it_again_changes_nothing() {
    for bytes in MARKED.map(|(bytes, _)| bytes).into_iter().chain(PLAIN) {
        let once = Picture::without_recipe(bytes).unwrap();
        assert_eq!(Picture::without_recipe(&once.bytes), Ok(once));
    }
}

#[test]
fn a_picture_with_nothing_private_is_left_byte_for_byte() {
    for bytes in PLAIN {
        let picture = Picture::without_recipe(bytes).unwrap();
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
    let clean = |bytes| Picture::without_recipe(bytes).unwrap().bytes;
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
        let whole = Picture::without_recipe(bytes).unwrap().bytes;
        for end in 12..whole.len() {
            assert_eq!(Picture::without_recipe(&whole[..end]), Err(PictureError::Damaged), "{end}");
        }
    }
    for bytes in
        [&b""[..], b"<svg/>", b"GIF89a", b"\x89PNG", b"\xff\xd8", b"%PDF-1.7", b"RIFF\0\0\0\0WAVE"]
    {
        assert_eq!(Picture::without_recipe(bytes), Err(PictureError::Unknown));
    }
}
