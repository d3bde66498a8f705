//! The colours of photographs.

use crate::samples::{photo, png, quarters};
use wix_media::images::{Color, colors};

fn prominent(name: &str) -> Color {
    colors(&photo(name)).unwrap().unwrap().prominent
}

#[test]
fn photograph_has_the_colours_of_its_subject() {
    for name in ["chelsea", "chelsea-portrait"] {
        let Color { red, green, blue } = prominent(name);
        assert!(
            red > green + 10 && green > blue + 10,
            "a ginger cat: {red} {green} {blue}"
        );
        assert!((90..=200).contains(&red), "{red}");
    }
    let Color { red, green, blue } = prominent("coffee");
    assert!(
        red > 60 && red > green + 20 && green > blue,
        "wood: {red} {green} {blue}"
    );
    let Color { red, green, blue } = prominent("hubble_deep_field");
    assert!(
        red < 50 && green < 50 && blue < 60,
        "the sky at night: {red} {green} {blue}"
    );
    let has =
        |name: &str, wanted: fn(&Color) -> bool| colors(&photo(name)).unwrap().unwrap().palette.iter().any(wanted);
    assert!(
        has("astronaut", |color| color.red > 150
            && color.red - color.blue.min(color.red) > 80),
        "an orange suit"
    );
    assert!(
        has("rocket", |color| color.blue.saturating_sub(color.red) > 20),
        "the sky at dawn"
    );
    assert!(
        has("coffee-cup", |color| color.red > 190 && color.green > 180),
        "a white cup"
    );
}

#[test]
fn palette_has_7_to_10_colours_and_is_deterministic() {
    for name in [
        "astronaut",
        "chelsea",
        "chelsea-portrait",
        "coffee",
        "coffee-cup",
        "rocket",
        "rocket-tower",
    ] {
        let found = colors(&photo(name)).unwrap().unwrap();
        assert!((7..=10).contains(&found.palette.len()), "{name}: {:?}", found.palette);
        assert!(found.palette.contains(&found.prominent), "{name}");
        assert_eq!(colors(&photo(name)).unwrap().unwrap(), found, "{name}");
    }
}

#[test]
fn image_of_four_areas_has_their_four_colours() {
    let rgb = quarters(400, 300);
    let found = colors(&png(&rgb, 400, 300, png::ColorType::Rgb, None))
        .unwrap()
        .unwrap();
    assert_eq!(found.palette.len(), 4);
    for color in [[250, 0, 0], [120, 0, 0], [0, 0, 250], [0, 0, 120]] {
        let [red, green, blue] = color;
        assert!(
            found.palette.contains(&Color { red, green, blue }),
            "{:?}",
            found.palette
        );
    }
    let clear = png(&[9; 64], 4, 4, png::ColorType::Rgba, None);
    assert!(colors(&clear).unwrap().is_none());
}
