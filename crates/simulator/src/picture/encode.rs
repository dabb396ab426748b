//! From pixels to the bytes of a file.

use jpeg_encoder::{ColorType, Encoder, SamplingFactor};

use super::canvas::Canvas;

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

/// Encodes the sheet, which is opaque everywhere.
pub(super) fn encode(canvas: &Canvas, format: Format) -> Vec<u8> {
    let rgb: Vec<u8> =
        canvas.pixels().data().chunks_exact(4).flat_map(|p| [p[0], p[1], p[2]]).collect();
    let (width, height) = canvas.size();
    match format {
        Format::Jpeg => jpeg(&rgb, width, height),
        Format::Png => png(&rgb, width, height),
    }
}

fn jpeg(rgb: &[u8], width: u32, height: u32) -> Vec<u8> {
    let mut bytes = Vec::with_capacity(rgb.len() / 8);
    let mut encoder = Encoder::new(&mut bytes, 88);
    encoder.set_sampling_factor(SamplingFactor::F_2_2);
    let side = |pixels: u32| u16::try_from(pixels).expect("no side is longer than 14142 pixels");
    encoder
        .encode(rgb, side(width), side(height), ColorType::Rgb)
        .expect("three bytes a pixel go in, and a vector takes all that comes out");
    bytes
}

fn png(rgb: &[u8], width: u32, height: u32) -> Vec<u8> {
    let mut bytes = Vec::with_capacity(rgb.len() / 2);
    let mut encoder = png::Encoder::new(&mut bytes, width, height);
    encoder.set_color(png::ColorType::Rgb);
    encoder.set_depth(png::BitDepth::Eight);
    encoder.set_compression(png::Compression::Fast);
    let mut writer = encoder.write_header().expect("a vector takes all that comes out");
    writer.write_image_data(rgb).expect("three bytes a pixel, as the header says");
    writer.finish().expect("a vector takes all that comes out");
    bytes
}
