//! PNG, JPEG and WebP, taken apart into their pieces and put together again without what is private.
//!
//! A generated picture can hold the whole request that made it: prompt, seed, address of the model. [`Picture::without_recipe`] keeps what the pixels
//! need (their data, colour profile, resolution, how they are to be turned), the mark that a machine made the picture, and signed content credentials; everything else goes,
//! known or not, and so does whatever follows the end of the picture.

mod jpeg;
mod mark;
mod orientation;
mod png;
mod reader;
mod sieve;
mod webp;

pub use mark::Mark;
use orientation::Orientation;

/// The kinds of pictures that models deliver.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Format {
    /// Portable Network Graphics.
    Png,
    /// JPEG.
    Jpeg,
    /// WebP, with or without loss.
    Webp,
}

impl Format {
    /// The kind whose first bytes these are.
    pub fn of(bytes: &[u8]) -> Option<Self> {
        match bytes {
            [0x89, b'P', b'N', b'G', b'\r', b'\n', 0x1a, b'\n', ..] => Some(Self::Png),
            [0xff, 0xd8, 0xff, ..] => Some(Self::Jpeg),
            [b'R', b'I', b'F', b'F', _, _, _, _, b'W', b'E', b'B', b'P', ..] => Some(Self::Webp),
            _ => None,
        }
    }

    /// Such as `image/png`.
    pub const fn mime(self) -> &'static str {
        match self {
            Self::Png => "image/png",
            Self::Jpeg => "image/jpeg",
            Self::Webp => "image/webp",
        }
    }

    /// The end of a file's name, without a dot.
    pub const fn extension(self) -> &'static str {
        match self {
            Self::Png => "png",
            Self::Jpeg => "jpg",
            Self::Webp => "webp",
        }
    }
}

/// Why bytes are no picture.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum PictureError {
    /// Neither PNG nor JPEG nor WebP.
    #[error("expected a PNG, JPEG or WebP picture")]
    Unknown,
    /// It begins like one and does not go on like one.
    #[error("the picture is damaged")]
    Damaged,
}

/// A picture that is safe to pass on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Picture {
    /// Its kind.
    pub format: Format,
    /// Pixels from left to right as it is to be looked at, at least one.
    pub width: u32,
    /// Pixels from top to bottom as it is to be looked at, at least one.
    pub height: u32,
    /// Who or what made it, if the file says so.
    pub mark: Option<Mark>,
    /// The file.
    pub bytes: Vec<u8>,
}

/// What a reader of one format found.
struct Parts {
    width: u32,
    height: u32,
    mark: Option<Mark>,
    orientation: Option<Orientation>,
    bytes: Vec<u8>,
}

impl Picture {
    /// What may be written anew takes at most so many bytes. With this room in its vector a picture is cleaned where it lies, and never moves.
    pub const OWN: usize = 1 << 10;

    /// The picture without what made it. Pixels and their order in the file stay byte for byte; doing it again changes nothing.
    ///
    /// # Errors
    /// Bytes that are no picture, or a damaged one. Whether the pixels can be decoded is not looked at.
    pub fn without_recipe(bytes: Vec<u8>) -> Result<Self, PictureError> {
        let format = Format::of(&bytes).ok_or(PictureError::Unknown)?;
        let parts = match format {
            Format::Png => png::without_recipe(bytes),
            Format::Jpeg => jpeg::without_recipe(bytes),
            Format::Webp => webp::without_recipe(bytes),
        };
        let parts = parts.filter(|parts| parts.width > 0 && parts.height > 0);
        let Parts { width, height, mark, orientation, bytes } =
            parts.ok_or(PictureError::Damaged)?;
        let is_on_its_side = orientation.is_some_and(Orientation::is_on_its_side);
        let (width, height) = if is_on_its_side { (height, width) } else { (width, height) };
        Ok(Self { format, width, height, mark, bytes })
    }
}
