//! What kind of picture bytes are. The bytes themselves say it: the name of a file or the header of a server may be wrong, and so may a browser that was asked
//! for another kind.

/// A kind of picture that browsers show.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ImageType {
    /// PNG.
    Png,
    /// JPEG.
    Jpeg,
    /// WebP.
    WebP,
    /// GIF.
    Gif,
    /// AVIF.
    Avif,
}

impl ImageType {
    /// Every kind.
    pub const ALL: [Self; 5] = [Self::Png, Self::Jpeg, Self::WebP, Self::Gif, Self::Avif];
    /// How many bytes from the beginning of a file are enough to tell.
    pub const HEAD: i32 = 64;

    /// The kind of the picture that begins with these bytes.
    pub fn of(bytes: &[u8]) -> Option<Self> {
        match bytes {
            [0x89, b'P', b'N', b'G', b'\r', b'\n', 0x1a, b'\n', ..] => Some(Self::Png),
            [0xff, 0xd8, 0xff, ..] => Some(Self::Jpeg),
            [b'R', b'I', b'F', b'F', _, _, _, _, b'W', b'E', b'B', b'P', ..] => Some(Self::WebP),
            [b'G', b'I', b'F', b'8', b'7' | b'9', b'a', ..] => Some(Self::Gif),
            _ if is_avif(bytes) => Some(Self::Avif),
            _ => None,
        }
    }

    /// The kind that a content type names.
    pub fn of_content_type(content_type: &str) -> Option<Self> {
        let named = content_type.split(';').next()?.trim();
        Self::ALL.into_iter().find(|kind| kind.content_type().eq_ignore_ascii_case(named))
    }

    /// Such as `image/png`.
    pub const fn content_type(self) -> &'static str {
        match self {
            Self::Png => "image/png",
            Self::Jpeg => "image/jpeg",
            Self::WebP => "image/webp",
            Self::Gif => "image/gif",
            Self::Avif => "image/avif",
        }
    }

    /// What the name of such a file ends with.
    pub const fn extension(self) -> &'static str {
        match self {
            Self::Png => "png",
            Self::Jpeg => "jpg",
            Self::WebP => "webp",
            Self::Gif => "gif",
            Self::Avif => "avif",
        }
    }

    /// What people call it.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Png => "PNG",
            Self::Jpeg => "JPEG",
            Self::WebP => "WebP",
            Self::Gif => "GIF",
            Self::Avif => "AVIF",
        }
    }
}

/// The name of a file with such content. Without an extension where the kind is not known: a wrong one is worse than none.
pub fn file_name(stem: &str, content_type: &str) -> String {
    match ImageType::of_content_type(content_type) {
        Some(kind) => [stem, ".", kind.extension()].concat(),
        None => stem.to_owned(),
    }
}

/// A file of the ISO base media format that names AVIF as its brand or among those that it is compatible with.
fn is_avif(bytes: &[u8]) -> bool {
    let [a, b, c, d, b'f', b't', b'y', b'p', brands @ ..] = bytes else { return false };
    let length = u32::from_be_bytes([*a, *b, *c, *d]) as usize;
    let brands = &brands[..brands.len().min(length.saturating_sub(8))];
    let mut brands = brands.chunks_exact(4).enumerate();
    // The second is not a brand but its version.
    brands.any(|(at, brand)| at != 1 && matches!(brand, b"avif" | b"avis"))
}

#[cfg(test)]
mod tests {
    use super::*;

    const AVIF: &[u8] = b"\0\0\0\x1cftypavif\0\0\0\0mif1miaf....meta";
    const BY_COMPATIBLE_BRAND: &[u8] = b"\0\0\0\x1cftypmif1\0\0\0\0avifmiaf....meta";

    #[test]
    fn the_first_bytes_tell_the_kind() {
        for (bytes, kind) in [
            (b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR".as_slice(), ImageType::Png),
            (b"\xff\xd8\xff\xe0\0\x10JFIF", ImageType::Jpeg),
            (b"\xff\xd8\xff\xdb", ImageType::Jpeg),
            (b"RIFF\x24\0\0\0WEBPVP8 ", ImageType::WebP),
            (b"GIF87a..", ImageType::Gif),
            (b"GIF89a..", ImageType::Gif),
            (AVIF, ImageType::Avif),
            (BY_COMPATIBLE_BRAND, ImageType::Avif),
        ] {
            assert_eq!(ImageType::of(bytes), Some(kind), "{kind:?}");
        }
    }

    #[test]
    fn what_is_no_picture_has_no_kind() {
        for bytes in [
            b"".as_slice(),
            b"\x89PNG",
            b"\xff\xd8",
            b"RIFF\x24\0\0\0WAVEfmt ",
            b"<svg xmlns=\"http://www.w3.org/2000/svg\"/>",
            b"{\"detail\":\"gone\"}",
            // A film, and one that only calls its version so.
            b"\0\0\0\x18ftypisom\0\0\x02\0isomiso2",
            b"\0\0\0\x14ftypmif1avifmiaf",
            // The brand lies behind the box.
            b"\0\0\0\x10ftypmif1\0\0\0\0avif",
        ] {
            assert_eq!(ImageType::of(bytes), None, "{bytes:?}");
        }
    }

    #[test]
    fn a_name_ends_as_its_content_is_and_with_nothing_where_nobody_knows() {
        for (content_type, name) in [
            ("image/webp", "vera.webp"),
            ("image/jpeg", "vera.jpg"),
            ("IMAGE/PNG; charset=binary", "vera.png"),
            ("image/avif", "vera.avif"),
            ("image/gif", "vera.gif"),
            ("text/html", "vera"),
            ("", "vera"),
        ] {
            assert_eq!(file_name("vera", content_type), name);
        }
    }

    #[test]
    fn every_kind_is_found_again_by_its_content_type() {
        for kind in ImageType::ALL {
            assert_eq!(ImageType::of_content_type(kind.content_type()), Some(kind));
        }
    }
}
