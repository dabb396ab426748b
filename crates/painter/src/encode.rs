//! From pixels to the bytes of a file.

use jpeg_encoder::{ColorType, Encoder, SamplingFactor};
use likeness_files::picture::Mark;
use std::io::Write;

use super::canvas::Canvas;

/// What a machine drew says so, as everywhere: here by a program that learnt from nothing.
const MARK: Mark = Mark::AlgorithmicMedia;
/// By this the mark is found in a JPEG, and in a PNG.
const JPEG_XMP: &[u8] = b"http://ns.adobe.com/xap/1.0/\0";
const PNG_XMP: &str = "XML:com.adobe.xmp";

/// The file formats that fal.ai's picture endpoints deliver.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Format {
    /// `image/jpeg`
    Jpeg,
    /// `image/png`
    Png,
}

impl Format {
    /// The media type, as in `content_type`.
    pub fn content_type(self) -> &'static str {
        match self {
            Self::Jpeg => "image/jpeg",
            Self::Png => "image/png",
        }
    }

    /// The ending of a file name, without the dot.
    pub fn extension(self) -> &'static str {
        match self {
            Self::Jpeg => "jpg",
            Self::Png => "png",
        }
    }
}

/// Encodes the sheet, which is opaque everywhere. Nothing is copied as a whole: four megapixels are
/// 16 MB already.
pub(super) fn encode(canvas: &Canvas, format: Format) -> Vec<u8> {
    let (width, height) = canvas.size();
    match format {
        Format::Jpeg => jpeg(canvas.pixels().data(), width, height),
        Format::Png => png(canvas.pixels().data(), width, height)
            .expect("a vector takes all that comes out, and as many rows go in as the header says"),
    }
}

fn jpeg(rgba: &[u8], width: u32, height: u32) -> Vec<u8> {
    let mut bytes = Vec::with_capacity(rgba.len() / 16);
    let mut encoder = Encoder::new(&mut bytes, 88);
    encoder.set_sampling_factor(SamplingFactor::F_2_2);
    encoder
        .add_app_segment(1, [JPEG_XMP, &MARK.packet()].concat())
        .expect("a segment takes 64 KB, and this is half a kilobyte");
    let side = |pixels: u32| u16::try_from(pixels).expect("no side is longer than 14142 pixels");
    encoder
        .encode(rgba, side(width), side(height), ColorType::Rgba)
        .expect("four bytes a pixel go in, and a vector takes all that comes out");
    bytes
}

fn png(rgba: &[u8], width: u32, height: u32) -> Result<Vec<u8>, png::EncodingError> {
    let mut bytes = Vec::with_capacity(rgba.len() / 4);
    let mut encoder = png::Encoder::new(&mut bytes, width, height);
    encoder.set_color(png::ColorType::Rgb);
    encoder.set_depth(png::BitDepth::Eight);
    encoder.set_compression(png::Compression::Fast);
    let mark = String::from_utf8_lossy(&MARK.packet()).into_owned();
    encoder.add_itxt_chunk(PNG_XMP.to_owned(), mark)?;
    let mut writer = encoder.write_header()?;
    let mut rows = writer.stream_writer()?;
    let mut row = Vec::with_capacity(width as usize * 3);
    for pixels in rgba.chunks_exact(width as usize * 4) {
        row.clear();
        row.extend(pixels.chunks_exact(4).flat_map(|pixel| &pixel[..3]));
        rows.write_all(&row)?;
    }
    rows.finish()?;
    writer.finish()?;
    Ok(bytes)
}
