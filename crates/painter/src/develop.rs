//! The darkroom: focus, contrast, tone, vignette, grain. Works on pixels, one pass each.

use tiny_skia::Pixmap;

use super::canvas::Canvas;
use super::random::Random;

/// How a sheet is developed.
#[derive(Debug, Clone, Copy)]
pub(super) struct Bath {
    /// 1 is neutral.
    pub(super) contrast: f32,
    /// 1 is neutral, 0 black and white.
    pub(super) saturation: f32,
    /// How dark the corners get, 0-1.
    pub(super) vignette: f32,
    /// Height of the grain, in levels of 255.
    pub(super) grain: f32,
}

/// Contrast, saturation, vignette and grain in one pass over all pixels.
pub(super) fn develop(canvas: &mut Canvas, bath: &Bath, random: &mut Random) {
    let (width, height) = canvas.size();
    let curve = curve(bath.contrast);
    let saturation = (bath.saturation * 256.0) as i32;
    let noise = noise(bath.grain, random);
    let (centre_x, centre_y) = (width as f32 / 2.0, height as f32 * 0.46);
    let reach = 1.0 / (centre_x * centre_x + centre_y * centre_y);
    let data = canvas.pixels_mut().data_mut();
    for (y, row) in data.chunks_exact_mut(width as usize * 4).enumerate() {
        let dy = (y as f32 - centre_y).powi(2);
        let shift = (random.next() & 0xfff) as usize;
        for (x, pixel) in row.chunks_exact_mut(4).enumerate() {
            let far = ((x as f32 - centre_x).powi(2) + dy) * reach;
            let dim = (256.0 * (1.0 - bath.vignette * far * far)) as i32;
            let grain = i32::from(noise[(x + shift) & 0xfff]);
            let (r, g, b) =
                (level(&curve, pixel[0]), level(&curve, pixel[1]), level(&curve, pixel[2]));
            let grey = (r * 77 + g * 151 + b * 28) >> 8;
            for (value, out) in [r, g, b].into_iter().zip(pixel.iter_mut()) {
                let toned = grey + (((value - grey) * saturation) >> 8);
                *out = (((toned * dim) >> 8) + grain).clamp(0, 255) as u8;
            }
        }
    }
}

fn level(curve: &[u8; 256], value: u8) -> i32 {
    i32::from(curve[usize::from(value)])
}

/// An S-curve about the middle that keeps black and white where they are.
fn curve(contrast: f32) -> [u8; 256] {
    let mut table = [0; 256];
    for (i, slot) in table.iter_mut().enumerate() {
        let x = i as f32 / 255.0;
        let s = x * x * (3.0 - 2.0 * x);
        let y = x + (s - x) * (contrast - 1.0) * 1.6;
        *slot = (y.clamp(0.0, 1.0) * 255.0).round() as u8;
    }
    table
}

/// A strip of grain to be laid over rows at changing offsets.
fn noise(height: f32, random: &mut Random) -> Vec<i8> {
    (0..4096).map(|_| (random.around(height) + random.around(height)) as i8).collect()
}

/// Enlarges a small drawing over the whole canvas, softly.
pub(super) fn enlarge(small: &Canvas, canvas: &mut Canvas) {
    let (from, (width, height)) = (small.pixels(), canvas.size());
    let steps_x = steps(from.width(), width);
    let steps_y = steps(from.height(), height);
    let stride = from.width() as usize * 4;
    let source = from.data();
    let rows = canvas.pixels_mut().data_mut().chunks_exact_mut(width as usize * 4);
    for ((top, bottom, down), row) in steps_y.iter().zip(rows) {
        let (top, bottom) =
            (&source[top * stride..][..stride], &source[bottom * stride..][..stride]);
        for ((left, right, across), pixel) in steps_x.iter().zip(row.chunks_exact_mut(4)) {
            for channel in 0..3 {
                let at = |line: &[u8], column: usize| u32::from(line[column * 4 + channel]);
                let upper = at(top, *left) * (256 - across) + at(top, *right) * across;
                let lower = at(bottom, *left) * (256 - across) + at(bottom, *right) * across;
                pixel[channel] = ((upper * (256 - down) + lower * down + 0x8000) >> 16) as u8;
            }
            pixel[3] = 255;
        }
    }
}

/// For each target pixel: the two source pixels it lies between, and how far along (of 256).
fn steps(from: u32, to: u32) -> Vec<(usize, usize, u32)> {
    (0..to)
        .map(|i| {
            let at = ((i as f32 + 0.5) * from as f32 / to as f32 - 0.5).max(0.0);
            let first = at as u32;
            (
                first as usize,
                (first + 1).min(from - 1) as usize,
                ((at - first as f32) * 256.0) as u32,
            )
        })
        .collect()
}

/// Puts a drawing out of focus: three box blurs, close to a lens's circle of confusion.
pub(super) fn blur(canvas: &mut Canvas, radius: u32) {
    if radius == 0 {
        return;
    }
    for _ in 0..3 {
        let across = blurred_rows(canvas.pixels(), radius);
        let down = blurred_rows(&across, radius);
        *canvas.pixels_mut() = down;
    }
}

/// Blurs along rows and turns rows into columns, so that twice makes a whole.
fn blurred_rows(from: &Pixmap, radius: u32) -> Pixmap {
    let (width, height) = (from.width() as usize, from.height() as usize);
    let mut to =
        Pixmap::new(from.height(), from.width()).expect("turning a picture keeps its area");
    let span = 2 * radius as usize + 1;
    let (source, target) = (from.data(), to.data_mut());
    for y in 0..height {
        let row = &source[y * width * 4..][..width * 4];
        for x in 0..width {
            target[(x * height + y) * 4 + 3] = 255;
        }
        for channel in 0..3 {
            let at = |x: i64| u32::from(row[x.clamp(0, width as i64 - 1) as usize * 4 + channel]);
            let mut sum: u32 = (-i64::from(radius)..=i64::from(radius)).map(at).sum();
            for x in 0..width {
                target[(x * height + y) * 4 + channel] = (sum / span as u32) as u8;
                sum = sum + at(x as i64 + i64::from(radius) + 1) - at(x as i64 - i64::from(radius));
            }
        }
    }
    to
}
