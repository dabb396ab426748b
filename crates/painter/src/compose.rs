//! From a scene to a sheet: chooses what the prompt leaves open and calls the drawing parts.

use super::brush::{self, Hand};
use super::bust::{Bust, Outfit, Pose};
use super::canvas::{Canvas, Outline};
use super::colour::Colour;
use super::develop::{self, Bath};
use super::identity::{Hair, Identity};
use super::landscape::Landscape;
use super::palette::Palette;
use super::random::{Random, hash};
use super::words::{Garment, Hour, Mood, Place, Presence, Weather};
use super::{Scene, studio};

/// A sitter before a backdrop.
pub(super) fn portrait(scene: &Scene) -> Canvas {
    let mood = Mood::read(&scene.prompt);
    let mut random = Random::new(scene.chance(), "portrait");
    let mut canvas = Canvas::new(scene.width, scene.height);
    let rim = backdrop(scene, &mood, &mut canvas, &mut random);
    let bust = sitter(scene, &mood, rim, &mut random);
    seat(scene, &bust, &mut canvas, &mut random);
    weather(&mood, &mut canvas, &mut random);
    soften(scene, &mut canvas);
    develop::develop(&mut canvas, &bath(scene, &mood), &mut random);
    canvas
}

/// A scene in brush strokes.
pub(super) fn painting(scene: &Scene) -> Canvas {
    let mood = Mood::read(&scene.prompt);
    let mut random = Random::new(scene.chance(), "painting");
    let style = hash(scene.avatar.as_bytes());
    let share = (scene.strength * 0.85).clamp(0.0, 1.0);
    let (width, height) = shrunk(scene, 520.0);
    let mut sketch = Canvas::new(width, height);
    let landscape = outdoors(&mood, Some((style, share)), &mut random);
    landscape.draw(&mut sketch, &mut random);
    if mood.person {
        let rim = landscape.palette.sun;
        let bust = sitter(scene, &mood, rim, &mut random);
        seat(scene, &bust, &mut sketch, &mut random);
    }
    let mut canvas = Canvas::new(scene.width, scene.height);
    develop::enlarge(&sketch, &mut canvas);
    brush::paint(&mut canvas, &sketch, &hand(scene, style, mood.person), &mut random);
    weather(&mood, &mut canvas, &mut random);
    soften(scene, &mut canvas);
    let bath = Bath { grain: 2.5, vignette: 0.16, ..bath(scene, &mood) };
    develop::develop(&mut canvas, &bath, &mut random);
    canvas
}

/// How the finetune handles the brush; a stronger finetune has a bolder hand.
fn hand(scene: &Scene, style: u64, person: bool) -> Hand {
    let mut own = Random::new(style, "hand");
    // A face falls apart under strokes as broad as a sky takes.
    let fine = if person { 0.62 } else { 1.0 };
    let bold = (0.55 + 0.5 * scene.strength.clamp(0.0, 2.0)) * fine;
    Hand {
        length: own.pick([2.2, 3.2, 4.6]),
        width: own.pick([0.030, 0.038, 0.046]) * bold,
        wander: own.pick([0.15, 0.35, 0.7]),
        stray: 0.035 * bold,
        detail: scene.detail().min(1.0),
    }
}

/// Sides of a small sheet of the same shape, whose shorter side is about `short` pixels at most.
fn shrunk(scene: &Scene, short: f32) -> (u32, u32) {
    let factor = (short / scene.width.min(scene.height) as f32).min(1.0);
    let side = |pixels: u32| ((pixels as f32 * factor).round() as u32).max(1);
    (side(scene.width), side(scene.height))
}

/// Draws what is behind the sitter, out of focus, and returns the colour of its light.
fn backdrop(scene: &Scene, mood: &Mood, canvas: &mut Canvas, random: &mut Random) -> Colour {
    let (width, height) = shrunk(scene, 250.0);
    let mut small = Canvas::new(width, height);
    let outside = mood.weather.is_some() || mood.hour.is_some();
    let rim = match mood.place {
        Some(Place::Studio) => studio_backdrop(mood, &mut small, random),
        None if !outside => studio_backdrop(mood, &mut small, random),
        _ => {
            let landscape = outdoors(mood, None, random);
            landscape.draw(&mut small, random);
            if landscape.hour == Hour::Night {
                bokeh(&landscape, &mut small, random);
            }
            landscape.palette.sun.mix(landscape.palette.sky_low, 0.4)
        }
    };
    develop::blur(&mut small, if mood.place.is_some() { 3 } else { 2 });
    develop::enlarge(&small, canvas);
    rim
}

fn studio_backdrop(mood: &Mood, small: &mut Canvas, random: &mut Random) -> Colour {
    let paper = studio::draw(small, 1.0, random);
    let lamp = Colour::new(0.92, 0.045, 75.0);
    if mood.monochrome { lamp } else { lamp.mix(paper.lighter(0.25), 0.45) }
}

/// Lights far out of focus.
fn bokeh(landscape: &Landscape, small: &mut Canvas, random: &mut Random) {
    let aspect = small.size().0 as f32 / small.size().1 as f32;
    let lamps =
        [landscape.palette.accent, landscape.palette.sun, landscape.palette.sky_low.lighter(0.3)];
    for _ in 0..16 {
        let at = (random.range(0.0, aspect), random.range(0.25, 0.8));
        let size = random.range(0.012, 0.035);
        small.fill(&Outline::oval(at, size, size), random.pick(lamps).at(0.5));
    }
}

/// Decides a landscape; `style` is a finetune's number and how much of it shows.
fn outdoors(mood: &Mood, style: Option<(u64, f32)>, random: &mut Random) -> Landscape {
    let free = [Place::Hills, Place::Sea, Place::Castle, Place::Forest, Place::Hills, Place::City];
    let open = mood.place.filter(|place| *place != Place::Studio);
    let place = open.unwrap_or_else(|| random.pick(free));
    let hour = mood.hour.unwrap_or_else(|| random.pick([Hour::Day, Hour::Golden, Hour::Golden]));
    let weather = mood.weather.unwrap_or(Weather::Clear);
    let nature = Palette::of_nature(place, hour, weather, random);
    let palette = match style {
        Some((number, share)) => {
            let own = Palette::of_style(number);
            let shift = if hour == Hour::Night { Palette::of_style(3) } else { own };
            nature.mix(own.mix(shift, 0.45), share)
        }
        None => nature,
    };
    let sun_at =
        if random.chance(0.5) { random.range(0.16, 0.36) } else { random.range(0.64, 0.84) };
    Landscape { place, hour, weather, palette, sun_at }
}

/// Decides who sits there, how, and in what.
fn sitter(scene: &Scene, mood: &Mood, rim: Colour, random: &mut Random) -> Bust {
    let identity = Identity::new(&scene.avatar, scene.strength, scene.chance(), mood.presence);
    let light = random.side();
    let pose = Pose {
        tilt: random.around(6.0),
        turn: light * random.range(-0.055, 0.085),
        light,
        smile: if mood.smile { random.range(0.75, 1.0) } else { random.range(0.1, 0.6) },
        gaze: random.around(0.16),
    };
    let outfit = outfit(mood, &identity, random);
    let detail = scene.detail() * (0.55 + 0.45 * scene.strength.clamp(0.0, 1.2));
    Bust { identity, pose, outfit, rim, detail }
}

fn outfit(mood: &Mood, identity: &Identity, random: &mut Random) -> Outfit {
    let woman = identity.presence == Presence::Woman;
    let free = if woman {
        [
            Garment::Turtleneck,
            Garment::Tee,
            Garment::Shirt,
            Garment::Coat,
            Garment::Dress,
            Garment::Suit,
        ]
    } else {
        [
            Garment::Turtleneck,
            Garment::Tee,
            Garment::Shirt,
            Garment::Coat,
            Garment::Hoodie,
            Garment::Suit,
        ]
    };
    let chosen = random.pick(free);
    let winter = mood.weather == Some(Weather::Snow);
    let garment = mood.garment.unwrap_or(if winter { Garment::Coat } else { chosen });
    let cloths = [
        (0.30, 0.050, 255.0),
        (0.48, 0.150, 28.0),
        (0.86, 0.020, 85.0),
        (0.40, 0.060, 155.0),
        (0.24, 0.008, 60.0),
        (0.60, 0.080, 62.0),
        (0.45, 0.080, 330.0),
        (0.66, 0.050, 230.0),
        (0.52, 0.110, 48.0),
        (0.72, 0.100, 82.0),
    ];
    let (l, c, h) = if garment == Garment::Suit {
        random.pick([(0.28, 0.035, 258.0), (0.25, 0.010, 60.0), (0.42, 0.020, 60.0)])
    } else {
        random.pick(cloths)
    };
    let cloth = mood.cloth.unwrap_or(Colour::new(l, c, h));
    let linen = Colour::new(0.92, 0.012, 85.0);
    let knits =
        [(0.26, 0.012, 60.0), (0.88, 0.018, 85.0), (0.55, 0.040, 60.0), (0.35, 0.050, 255.0)];
    let (l, c, h) = random.pick(knits);
    let second = if garment == Garment::Suit { linen } else { Colour::new(l, c, h) };
    let hat = mood.hat || (winter && identity.hair != Hair::Bun && random.chance(0.35));
    Outfit { garment, cloth, second, hat, glasses: mood.glasses || identity.glasses }
}

/// Puts the sitter into the frame: in the middle of upright pictures, to one side of wide ones.
fn seat(scene: &Scene, bust: &Bust, canvas: &mut Canvas, random: &mut Random) {
    let (width, height) = (canvas.size().0 as f32, canvas.size().1 as f32);
    let close = if bust.identity.hair_is_long() { 0.228 } else { 0.238 };
    let wide = (width / height - 1.0).clamp(0.0, 1.0);
    let near = random.range(0.96, 1.06) * (1.0 + 0.10 * wide);
    let size = (height * close).min(width * 0.30) * near;
    let x = width * (0.5 + random.around(0.02) + 0.13 * wide * -bust.pose.light);
    let low = if scene.height > scene.width { 0.44 } else { 0.47 };
    bust.draw(canvas, (x, height * low), size, random);
}

/// What falls between the sitter and the lens.
fn weather(mood: &Mood, canvas: &mut Canvas, random: &mut Random) {
    let (width, height) = (canvas.size().0 as f32, canvas.size().1 as f32);
    canvas.stand(tiny_skia::Transform::from_scale(height, height));
    let aspect = width / height;
    let flake = Colour::new(0.98, 0.008, 240.0);
    match mood.weather {
        Some(Weather::Snow) => {
            for _ in 0..150 {
                let near = random.unit().powi(4);
                let (at, size) =
                    ((random.range(0.0, aspect), random.unit()), 0.0025 + 0.016 * near);
                canvas.glow(at, size, size * 1.1, flake.at(0.95 - 0.45 * near), None);
            }
        }
        Some(Weather::Rain) => {
            for _ in 0..130 {
                let (x, y, long) =
                    (random.range(0.0, aspect), random.unit(), random.range(0.03, 0.08));
                canvas.mark(
                    (x, y),
                    (x - 0.004, y + long / 2.0),
                    (x - 0.008, y + long),
                    0.0012,
                    flake.at(0.35),
                    None,
                );
            }
        }
        _ => {}
    }
}

/// Too few steps leave a picture unresolved.
fn soften(scene: &Scene, canvas: &mut Canvas) {
    let missing = 12u32.saturating_sub(scene.steps);
    develop::blur(canvas, missing * scene.width.min(scene.height) / 3200);
}

fn bath(scene: &Scene, mood: &Mood) -> Bath {
    let away = ((scene.guidance - 3.5) / 6.0).clamp(-0.6, 1.6);
    Bath {
        contrast: 1.22 + 0.55 * away,
        saturation: if mood.monochrome { 0.0 } else { 1.04 + 0.45 * away },
        vignette: 0.42,
        grain: 3.5 + 2.0 * (1.0 - scene.detail()).max(0.0),
    }
}
