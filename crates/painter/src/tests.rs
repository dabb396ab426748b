use super::*;

fn scene(style: Style) -> Scene {
    Scene {
        style,
        width: 96,
        height: 64,
        steps: 28,
        guidance: 3.5,
        strength: 1.0,
        seed: 9_007_199_254_740_993,
        prompt: "a photo of TOK person in medieval armor, castle, snow at night".to_owned(),
        avatar: "https://weights.example/a.safetensors".to_owned(),
        format: Format::Png,
        index: 0,
    }
}

/// Width, height and RGB bytes.
fn decode(png: &[u8]) -> (u32, u32, Vec<u8>) {
    let mut reader = ::png::Decoder::new(std::io::Cursor::new(png)).read_info().unwrap();
    let mut bytes = vec![0; reader.output_buffer_size().unwrap()];
    let info = reader.next_frame(&mut bytes).unwrap();
    (info.width, info.height, bytes)
}

#[test]
fn the_same_scene_gives_the_same_bytes() {
    for style in [Style::Portrait, Style::Artistic] {
        for format in [Format::Png, Format::Jpeg] {
            let scene = Scene { format, ..scene(style) };
            assert_eq!(scene.draw(), scene.draw(), "{style:?} {format:?}");
        }
    }
}

#[test]
fn everything_in_a_scene_shows_in_the_picture() {
    for style in [Style::Portrait, Style::Artistic] {
        let plain = scene(style);
        let others = [
            Scene { steps: 20, ..plain.clone() },
            Scene { guidance: 5.0, ..plain.clone() },
            Scene { strength: 0.6, ..plain.clone() },
            // Neighbours above 2^53, which a double cannot tell apart.
            Scene { seed: plain.seed - 1, ..plain.clone() },
            Scene { prompt: "a photo of TOK person".to_owned(), ..plain.clone() },
            Scene { avatar: "https://weights.example/b.safetensors".to_owned(), ..plain.clone() },
            Scene { index: 1, ..plain.clone() },
        ];
        for other in others {
            assert_ne!(plain.draw(), other.draw(), "{other:?}");
        }
    }
    assert_ne!(scene(Style::Portrait).draw(), scene(Style::Artistic).draw());
}

#[test]
fn a_picture_has_exactly_the_asked_size_even_the_strangest() {
    for (width, height) in [(1, 1), (1, 300), (300, 1), (63, 97), (256, 100)] {
        for style in [Style::Portrait, Style::Artistic] {
            let picture = Scene { width, height, ..scene(style) }.draw();
            let (w, h, _) = decode(&picture);
            assert_eq!((w, h), (width, height), "{style:?}");
        }
    }
}

#[test]
fn a_blanked_picture_is_black_and_has_its_size() {
    let (width, height, bytes) = decode(&scene(Style::Portrait).blank());
    assert_eq!((width, height), (96, 64));
    assert!(bytes.iter().all(|byte| *byte == 0));
}

#[test]
fn a_jpeg_is_a_jpeg() {
    let bytes = Scene { format: Format::Jpeg, ..scene(Style::Portrait) }.draw();
    assert!(bytes.starts_with(&[0xff, 0xd8, 0xff]) && bytes.ends_with(&[0xff, 0xd9]));
}

#[test]
fn the_demo_mark_is_legible_in_the_lower_left_corner() {
    let scene =
        Scene { width: 256, height: 256, prompt: "night".to_owned(), ..scene(Style::Artistic) };
    let (width, _, bytes) = decode(&scene.draw());
    // The mark is ivory on dark, whatever is behind it; its letters lie within this box.
    let light = (228..252).flat_map(|y| (10..60).map(move |x| (y * width + x) as usize * 3));
    let ivory = light.filter(|at| bytes[*at..at + 3].iter().all(|value| *value > 165)).count();
    assert!(ivory > 40, "{ivory} bright pixels");
}
