//! Properties of transform URLs and frames.

use proptest::prelude::*;
use wix_media::images::frame::{Frame, MAX_RESULT_PIXELS};
use wix_media::images::url::Transform;

/// Any transform that the grammar allows.
fn tails() -> impl Strategy<Value = String> {
    let edge = || 1_u32..=5000;
    let box_of = move || (edge(), edge()).prop_map(|(width, height)| format!("w_{width},h_{height}"));
    let place = prop::sample::select(vec!["c", "t", "tl", "tr", "b", "bl", "br", "l", "r"]);
    let anchor = prop_oneof![
        Just(String::new()),
        place.clone().prop_map(|place| format!(",al_{place}")),
        (0_u32..=100, 0_u32..=100).prop_map(|(x, y)| format!(
            ",fp_{:.2}_{:.2}",
            f64::from(x) / 100.0,
            f64::from(y) / 100.0
        )),
    ];
    let enlarge = prop::sample::select(vec!["", ",lg_1", ",lg_2"]);
    let crop = || {
        (0_u32..9000, 0_u32..9000, 1_u32..9000, 1_u32..9000)
            .prop_map(|(x, y, width, height)| format!("crop/x_{x},y_{y},w_{width},h_{height}"))
    };
    let last = prop_oneof![
        box_of().prop_map(|size| format!("fit/{size}")),
        (box_of(), anchor, enlarge).prop_map(|(size, anchor, enlarge)| format!("fill/{size}{anchor}{enlarge}")),
        crop(),
        (box_of(), place).prop_map(|(size, place)| format!("crop/{size},al_{place}")),
    ];
    let filter = |name: &'static str, low: i32, high: i32| {
        prop_oneof![
            2 => Just(String::new()),
            1 => (low..=high).prop_map(move |value| format!(",{name}_{value}"))
        ]
    };
    let options = (
        prop::option::of(1_u8..=100),
        prop::option::of((10_u32..50_000, 0_u32..=1000, 0_u32..=25_500)),
        any::<bool>(),
        (
            filter("con", -100, 100),
            filter("br", -100, 100),
            filter("sat", -100, 100),
            filter("hue", -180, 180),
            filter("blur", 0, 100),
        ),
        prop::sample::select(vec![
            "",
            ",enc_auto",
            ",enc_avif,quality_auto",
            ",enc_pavif,quality_auto",
        ]),
        prop::sample::select(vec!["", ",pstr", ",anm_all"]),
    )
        .prop_map(|(quality, usm, baseline, filters, encoding, animation)| {
            let quality = quality.map_or(String::new(), |quality| format!(",q_{quality}"));
            let usm = usm.map_or(String::new(), |(radius, amount, threshold)| {
                let hundredths = |value: u32| format!("{:.2}", f64::from(value) / 100.0);
                format!(
                    ",usm_{}_{}_{}",
                    hundredths(radius),
                    hundredths(amount),
                    hundredths(threshold)
                )
            });
            let baseline = if baseline { ",bl" } else { "" };
            let (contrast, brightness, saturation, hue, blur) = filters;
            format!("{quality}{usm}{baseline}{contrast}{brightness}{saturation}{hue}{blur}{encoding}{animation}")
        });
    let extension = prop::sample::select(vec!["jpg", "jpeg", "JPE", "png", "webp", "gif", "avif"]);
    (prop::option::of(crop()), last, options, extension).prop_map(|(crop, last, options, extension)| {
        let crop = crop.map_or(String::new(), |crop| format!("{crop}/"));
        format!("{crop}{last}{options}/name.{extension}")
    })
}

fn parse(tail: &str) -> Result<Transform, wix_media::images::Error> {
    Transform::parse(&tail.split('/').collect::<Vec<_>>())
}

proptest! {
    #[test]
    fn canonical_form_parses_to_the_same_transform(tail in tails()) {
        let transform = parse(&tail).map_err(|error| TestCaseError::fail(format!("{tail}: {error}")))?;
        let written = transform.to_string();
        let again = parse(&written).map_err(|error| TestCaseError::fail(format!("{written}: {error}")))?;
        prop_assert_eq!(&again, &transform, "{} as {}", tail, written);
        prop_assert_eq!(again.to_string(), written);
    }

    #[test]
    fn damaged_url_is_refused_or_valid(
        tail in tails(),
        at in any::<prop::sample::Index>(),
        damage in prop::sample::select(vec!["", ",", "/", "_", "-", "0", "9", "x", "w_", "é", "%", "."]),
        cut in 0_usize..3,
    ) {
        let places: Vec<usize> = tail.char_indices().map(|(at, _)| at).collect();
        let at = *at.get(&places);
        let end = (at + cut).min(tail.len());
        let damaged = format!("{}{damage}{}", &tail[..at], &tail[end..]);
        match parse(&damaged) {
            Ok(transform) => prop_assert!(!transform.steps.is_empty()),
            Err(error) => {
                prop_assert!(error.status == 400 || error.status == 403);
                prop_assert!(!error.message.is_empty());
            }
        }
    }

    #[test]
    fn frame_is_inside_the_image_and_the_limits(tail in tails(), width in 1_u32..=12_000, height in 1_u32..=12_000) {
        let transform = parse(&tail).map_err(|error| TestCaseError::fail(error.message))?;
        let Ok(frame) = Frame::of(&transform, width, height) else { return Ok(()) };
        let slack = 1e-6;
        prop_assert!(frame.x >= -slack && frame.y >= -slack, "{:?}", frame);
        prop_assert!(frame.x + frame.source_width <= f64::from(width) + slack, "{:?}", frame);
        prop_assert!(frame.y + frame.source_height <= f64::from(height) + slack, "{:?}", frame);
        prop_assert!(frame.width >= 1 && frame.height >= 1);
        prop_assert!(u64::from(frame.width) * u64::from(frame.height) <= MAX_RESULT_PIXELS);
        if !tail.contains("lg_") {
            prop_assert!(f64::from(frame.width) <= frame.source_width + 1.0, "{:?}", frame);
            prop_assert!(f64::from(frame.height) <= frame.source_height + 1.0, "{:?}", frame);
        }
    }
}
