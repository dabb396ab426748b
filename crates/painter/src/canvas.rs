//! The sheet a picture is drawn on: outlines, flat and graded fills, soft light, lines, clips.
//!
//! Drawing code speaks in units of its subject (half a head, the height of a landscape); the
//! canvas knows how these lie in pixels.

use tiny_skia::{
    Color, FillRule, GradientStop, LineCap, LineJoin, LinearGradient, Mask, Paint, Path,
    PathBuilder, Pixmap, Point, RadialGradient, Rect, Shader, SpreadMode, Stroke, Transform,
};

use super::colour::Colour;

/// A point in units of the subject.
pub(super) type Spot = (f32, f32);

/// A closed or open line. Empty when its points make no area; drawing it then does nothing.
#[derive(Debug, Clone)]
pub(super) struct Outline(Option<Path>);

impl Outline {
    /// An outline by the rasteriser's own pen.
    pub(super) fn pen(draw: impl FnOnce(&mut PathBuilder)) -> Self {
        let mut builder = PathBuilder::new();
        draw(&mut builder);
        Self(builder.finish())
    }

    /// A closed curve that passes softly through all points.
    pub(super) fn soft(points: &[Spot]) -> Self {
        Self::pen(|pen| {
            let n = points.len();
            let at = |i: usize| points[i % n];
            pen.move_to(at(0).0, at(0).1);
            for i in 0..n {
                through(pen, at(i + n - 1), at(i), at(i + 1), at(i + 2));
            }
            pen.close();
        })
    }

    /// An open curve that passes softly through all points.
    pub(super) fn thread(points: &[Spot]) -> Self {
        Self::pen(|pen| {
            let last = points.len().saturating_sub(1);
            pen.move_to(points[0].0, points[0].1);
            for i in 0..last {
                let after = points[(i + 2).min(last)];
                through(pen, points[i.saturating_sub(1)], points[i], points[i + 1], after);
            }
        })
    }

    /// A closed figure with straight edges.
    pub(super) fn cut(points: &[Spot]) -> Self {
        Self::pen(|pen| {
            for (i, (x, y)) in points.iter().enumerate() {
                if i == 0 { pen.move_to(*x, *y) } else { pen.line_to(*x, *y) }
            }
            pen.close();
        })
    }

    /// An upright ellipse.
    pub(super) fn oval(centre: Spot, rx: f32, ry: f32) -> Self {
        let rect = Rect::from_xywh(centre.0 - rx, centre.1 - ry, 2.0 * rx, 2.0 * ry);
        Self(rect.and_then(PathBuilder::from_oval))
    }

    /// An upright rectangle.
    pub(super) fn slab(left: f32, top: f32, right: f32, bottom: f32) -> Self {
        Self(Rect::from_ltrb(left, top, right, bottom).map(PathBuilder::from_rect))
    }

    /// The same outline elsewhere.
    pub(super) fn moved(&self, by: Transform) -> Self {
        Self(self.0.clone().and_then(|path| path.transform(by)))
    }
}

/// One piece of a Catmull-Rom curve, from `b` to `c`.
fn through(pen: &mut PathBuilder, a: Spot, b: Spot, c: Spot, d: Spot) {
    let control = |from: Spot, p: Spot, to: Spot, sign: f32| {
        (p.0 + sign * (to.0 - from.0) / 6.0, p.1 + sign * (to.1 - from.1) / 6.0)
    };
    let (p, q) = (control(a, b, c, 1.0), control(b, c, d, -1.0));
    pen.cubic_to(p.0, p.1, q.0, q.1, c.0, c.1);
}

/// What an outline is filled with.
#[derive(Debug, Clone)]
pub(super) enum Ink {
    /// One colour.
    Flat(Color),
    /// From one spot to another.
    Slope(Spot, Spot, Vec<(f32, Color)>),
    /// From the middle outwards, to nothing at the ellipse `(centre, rx, ry)`.
    Glow(Spot, f32, f32, Color),
}

impl From<Color> for Ink {
    fn from(colour: Color) -> Self {
        Self::Flat(colour)
    }
}

/// The sheet.
#[derive(Debug)]
pub(super) struct Canvas {
    pixels: Pixmap,
    place: Transform,
}

impl Canvas {
    /// A black sheet. Sides are at least one pixel.
    pub(super) fn new(width: u32, height: u32) -> Self {
        let mut pixels = Pixmap::new(width.max(1), height.max(1))
            .expect("sides of at least 1 and at most 14142 pixels fit into memory");
        pixels.fill(Color::BLACK);
        Self { pixels, place: Transform::identity() }
    }

    /// From here on, outlines are in units that `place` turns into pixels.
    pub(super) fn stand(&mut self, place: Transform) {
        self.place = place;
    }

    /// Width and height in pixels.
    pub(super) fn size(&self) -> (u32, u32) {
        (self.pixels.width(), self.pixels.height())
    }

    /// The pixels, to read.
    pub(super) fn pixels(&self) -> &Pixmap {
        &self.pixels
    }

    /// The pixels, to change them one by one.
    pub(super) fn pixels_mut(&mut self) -> &mut Pixmap {
        &mut self.pixels
    }

    /// Where the inside of the outline lies: later drawing can be kept within it.
    pub(super) fn clip(&self, outline: &Outline) -> Option<Mask> {
        let mut mask = Mask::new(self.pixels.width(), self.pixels.height())?;
        mask.fill_path(outline.0.as_ref()?, FillRule::Winding, true, self.place);
        Some(mask)
    }

    /// A clip, further narrowed to the inside of another outline.
    pub(super) fn narrow(&self, mut clip: Mask, outline: &Outline) -> Mask {
        if let Some(path) = &outline.0 {
            clip.intersect_path(path, FillRule::Winding, true, self.place);
        }
        clip
    }

    /// Fills an outline.
    pub(super) fn fill(&mut self, outline: &Outline, ink: impl Into<Ink>) {
        self.fill_in(outline, ink, None);
    }

    /// Fills an outline, as far as it lies within the clip.
    pub(super) fn fill_in(&mut self, outline: &Outline, ink: impl Into<Ink>, clip: Option<&Mask>) {
        let (Some(path), Some(shader)) = (&outline.0, shader(ink.into())) else { return };
        let paint = Paint { shader, anti_alias: true, ..Paint::default() };
        self.pixels.fill_path(path, &paint, FillRule::Winding, self.place, clip);
    }

    /// A patch of light or shadow that fades to nothing at its edge.
    pub(super) fn glow(&mut self, at: Spot, rx: f32, ry: f32, colour: Color, clip: Option<&Mask>) {
        let ink = Ink::Glow(at, rx, ry, colour);
        self.fill_in(&Outline::oval(at, rx, ry), ink, clip);
    }

    /// A line with round ends.
    pub(super) fn line(&mut self, line: &Outline, width: f32, colour: Color, clip: Option<&Mask>) {
        let Some(path) = &line.0 else { return };
        let paint =
            Paint { shader: Shader::SolidColor(colour), anti_alias: true, ..Paint::default() };
        let stroke = Stroke {
            width,
            line_cap: LineCap::Round,
            line_join: LineJoin::Round,
            ..Stroke::default()
        };
        self.pixels.stroke_path(path, &paint, &stroke, self.place, clip);
    }

    /// A tapering mark along a bow from `from` over `bend` to `to`: thick in the middle.
    pub(super) fn mark(
        &mut self,
        from: Spot,
        bend: Spot,
        to: Spot,
        width: f32,
        colour: Color,
        clip: Option<&Mask>,
    ) {
        let (dx, dy) = (to.0 - from.0, to.1 - from.1);
        let length = dx.hypot(dy).max(1e-6);
        let (nx, ny) = (-dy / length * width, dx / length * width);
        let outline = Outline::pen(|pen| {
            pen.move_to(from.0, from.1);
            pen.quad_to(bend.0 + nx, bend.1 + ny, to.0, to.1);
            pen.quad_to(bend.0 - nx, bend.1 - ny, from.0, from.1);
            pen.close();
        });
        self.fill_in(&outline, colour, clip);
    }
}

fn shader(ink: Ink) -> Option<Shader<'static>> {
    let point = |(x, y): Spot| Point::from_xy(x, y);
    match ink {
        Ink::Flat(colour) => Some(Shader::SolidColor(colour)),
        Ink::Slope(from, to, stops) => {
            let stops = stops.into_iter().map(|(at, c)| GradientStop::new(at, c)).collect();
            let none = Transform::identity();
            LinearGradient::new(point(from), point(to), stops, SpreadMode::Pad, none)
        }
        Ink::Glow(at, rx, ry, colour) => {
            let faded = |share: f32| {
                let mut c = colour;
                c.apply_opacity(share);
                c
            };
            // A bell rather than a cone: no visible rim, no visible point.
            let stops = [(0.0, 1.0), (0.25, 0.82), (0.5, 0.42), (0.75, 0.11), (1.0, 0.0)];
            let stops = stops.map(|(at, share)| GradientStop::new(at, faded(share))).to_vec();
            let place = Transform::from_translate(at.0, at.1).pre_scale(rx, ry);
            let origin = Point::from_xy(0.0, 0.0);
            RadialGradient::new(origin, 0.0, origin, 1.0, stops, SpreadMode::Pad, place)
        }
    }
}

/// A slope between two colours of the same surface.
pub(super) fn slope(from: Spot, to: Spot, first: Colour, second: Colour) -> Ink {
    Ink::Slope(from, to, vec![(0.0, first.at(1.0)), (1.0, second.at(1.0))])
}

/// A slope in which one colour fades out.
pub(super) fn fade(from: Spot, to: Spot, colour: Colour, alpha: f32) -> Ink {
    Ink::Slope(from, to, vec![(0.0, colour.at(alpha)), (1.0, colour.at(0.0))])
}
