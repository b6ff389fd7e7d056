//! P32: a picture loses its location and all else that is not its dots.

use image::{DynamicImage, Luma, Rgb, RgbImage, Rgba, RgbaImage};
use moxcms::ColorProfile;
use proptest::prelude::*;

use super::{
    Refused, draw,
    samples::{BLUE, RED, SECRET, chunk, exif, halves, jpeg, png, with_exif, with_last_chunk, with_part},
};

fn drawn(file: &[u8]) -> RgbImage {
    let stored = draw(file).unwrap();
    assert!(stored.starts_with(&[0xff, 0xd8]), "it is a JPEG");
    image::load_from_memory(&stored).unwrap().into_rgb8()
}

fn near(one: Rgb<u8>, other: Rgb<u8>, most: u8) -> bool {
    one.0.iter().zip(other.0).all(|(one, other)| one.abs_diff(other) <= most)
}

/// What is in the middle of each side, clockwise from the top.
fn sides(picture: &RgbImage) -> [Rgb<u8>; 4] {
    let (last, middle) = (picture.width() - 1, picture.width() / 2);
    [(middle, 0), (last, middle), (middle, last), (0, middle)].map(|(x, y)| *picture.get_pixel(x, y))
}

#[test]
fn a_picture_is_the_right_way_up_whatever_its_metadata_stand_behind() {
    let (plain, as_png) = (jpeg(&halves(64)), png(&DynamicImage::ImageRgb8(halves(64)), None));
    // Red was on the left.
    for (orientation, red_at) in [(1, 3), (2, 1), (3, 1), (6, 0), (8, 2)] {
        let files = [with_exif(&plain, orientation), with_last_chunk(&as_png, b"eXIf", &exif(orientation))];
        for (file, kind) in files.iter().zip(["JPEG", "PNG"]) {
            let sides = sides(&drawn(file));
            assert!(near(sides[red_at], RED, 12), "{kind} {orientation}: {sides:?}");
            assert!(near(sides[(red_at + 2) % 4], BLUE, 12), "{kind} {orientation}: {sides:?}");
        }
    }
}

#[test]
fn nothing_of_the_file_is_stored_but_its_dots() {
    let plain = jpeg(&halves(64));
    let secret = SECRET.as_bytes();
    let mut file = with_exif(&plain, 6);
    for (mark, begin) in
        [(0xe1, "http://ns.adobe.com/xap/1.0/\0"), (0xed, "Photoshop 3.0\0"), (0xe2, "MPF\0"), (0xfe, "")]
    {
        file = with_part(&file, mark, &[begin.as_bytes(), secret].concat());
    }
    // A second picture behind the first, as telephones write it.
    file.extend(with_exif(&plain, 1));
    file.extend(secret);
    let as_png =
        png(&DynamicImage::ImageRgb8(halves(64)), Some(ColorProfile::new_display_p3().encode().unwrap()));
    let as_png = with_last_chunk(&as_png, b"tEXt", &[b"Comment\0".as_slice(), secret].concat());
    for file in [file, with_last_chunk(&as_png, b"eXIf", &exif(3))] {
        assert!(file.windows(secret.len()).any(|part| part == secret), "the sample has it");
        let stored = draw(&file).unwrap();
        for trace in [SECRET, "Exif", "ns.adobe.com", "Photoshop", "MPF", "ICC_PROFILE"] {
            assert!(!stored.windows(trace.len()).any(|part| part == trace.as_bytes()), "{trace}");
        }
        assert_eq!(stored.windows(3).filter(|part| *part == [0xff, 0xd8, 0xff]).count(), 1, "one picture");
        assert!(stored.ends_with(&[0xff, 0xd9]));
        assert!(!stored.windows(2).any(|part| part == [0xff, 0xfe]), "no comment");
    }
}

#[test]
fn colours_are_those_that_the_file_means() {
    let p3 = ColorProfile::new_display_p3().encode().unwrap();
    let red = DynamicImage::ImageRgb8(RgbImage::from_pixel(40, 40, Rgb([230, 60, 50])));
    let shown = drawn(&png(&red, Some(p3)));
    assert!(near(*shown.get_pixel(20, 20), Rgb([250, 31, 34]), 3), "{:?}", shown.get_pixel(20, 20));
    let shown = drawn(&png(&red, None));
    assert!(near(*shown.get_pixel(20, 20), Rgb([230, 60, 50]), 3), "{:?}", shown.get_pixel(20, 20));
    // What is no profile changes nothing.
    let shown = drawn(&with_part(&jpeg(&halves(40)), 0xe2, b"ICC_PROFILE\0\x01\x01nothing"));
    assert!(near(sides(&shown)[3], RED, 12));
}

#[test]
fn grey_pictures_and_those_of_sixteen_bits_are_taken() {
    let grey = image::GrayImage::from_pixel(40, 40, Luma([120]));
    let profile = ColorProfile::new_gray_with_gamma(2.2).encode().unwrap();
    let grey = DynamicImage::ImageLuma8(grey);
    let deep = DynamicImage::ImageRgb16(grey.to_rgb16());
    for file in [png(&grey, Some(profile)), png(&grey, None), png(&deep, None)] {
        assert!(near(*drawn(&file).get_pixel(20, 20), Rgb([120, 120, 120]), 4));
    }
}

#[test]
fn what_shines_through_is_white_without_a_dark_edge() {
    // Black that nobody sees, and white beside it; the edge is within a dot of the smaller picture.
    let picture =
        RgbaImage::from_fn(1030, 1030, |x, _| if x < 513 { Rgba([0, 0, 0, 0]) } else { Rgba([255; 4]) });
    let shown = drawn(&png(&DynamicImage::ImageRgba8(picture), None));
    assert!(shown.pixels().all(|dot| near(*dot, Rgb([255; 3]), 5)));
    let half = RgbaImage::from_pixel(40, 40, Rgba([0, 0, 0, 128]));
    let shown = drawn(&png(&DynamicImage::ImageRgba8(half), None));
    assert!(near(*shown.get_pixel(20, 20), Rgb([127; 3]), 4));
}

#[test]
fn a_large_picture_is_made_small_and_a_small_one_is_left() {
    assert_eq!(drawn(&jpeg(&halves(600))).dimensions(), (512, 512));
    assert_eq!(drawn(&jpeg(&halves(30))).dimensions(), (30, 30));
    assert_eq!(drawn(&jpeg(&RgbImage::from_pixel(1, 1, RED))).dimensions(), (1, 1));
}

#[test]
fn a_part_of_a_file_is_not_taken_for_a_picture() {
    let noise = RgbImage::from_fn(200, 200, |x, y| {
        let value = |by: u32| u8::try_from(x.wrapping_mul(by).wrapping_add(y.wrapping_mul(y)) % 251).unwrap();
        Rgb([value(7), value(31), value(101)])
    });
    let small = jpeg(&halves(8));
    // The small picture in its metadata has an end of its own.
    let whole = with_part(&jpeg(&noise), 0xe1, &[b"Exif\0\0".as_slice(), &small].concat());
    assert!(draw(&whole).is_ok());
    let as_png = png(&DynamicImage::ImageRgb8(noise), None);
    for file in [whole, as_png] {
        for part in [file.len() / 2, file.len() * 9 / 10] {
            assert_eq!(draw(&file[..part]), Err(Refused::Incomplete));
        }
    }
}

#[test]
fn a_file_is_known_by_its_content() {
    for (file, why) in [
        (b"".as_slice(), Refused::Missing),
        (b"\0\0\0\x18ftypheic\0\0\0\0mif1heic".as_slice(), Refused::Heic),
        (b"\0\0\0\x1cftypavif\0\0\0\0avifmif1".as_slice(), Refused::Heic),
        (b"GIF89a\x01\0\x01\0".as_slice(), Refused::OtherFormat),
        (b"<svg xmlns='http://www.w3.org/2000/svg'/>".as_slice(), Refused::OtherFormat),
        (b"%PDF-1.7".as_slice(), Refused::OtherFormat),
        (b"\xff\xd8\xff\xe0".as_slice(), Refused::Incomplete),
    ] {
        assert_eq!(draw(file), Err(why), "{file:?}");
    }
    assert!(Refused::Heic.message().starts_with("Save the picture as JPEG"));
    assert!(Refused::Incomplete.message().contains("the upload was not complete"));
}

#[test]
fn two_hundred_megapixels_are_too_large_before_they_are_decoded() {
    let mut huge = jpeg(&halves(16));
    let at = huge.windows(2).position(|part| part == [0xff, 0xc0]).unwrap();
    huge[at + 5..at + 7].copy_from_slice(&10_000_u16.to_be_bytes());
    huge[at + 7..at + 9].copy_from_slice(&20_000_u16.to_be_bytes());
    assert_eq!(draw(&huge), Err(Refused::TooLarge));
    let sizes = [20_000_u32.to_be_bytes(), 10_000_u32.to_be_bytes()].concat();
    let header = [sizes.as_slice(), &[8, 2, 0, 0, 0]].concat();
    let huge = [
        b"\x89PNG\r\n\x1a\n".to_vec(),
        chunk(b"IHDR", &header),
        chunk(b"IDAT", b"\x78\x9c\x03\0\0\0\0\x01"),
        chunk(b"IEND", b""),
    ];
    assert_eq!(draw(&huge.concat()), Err(Refused::TooLarge));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn a_damaged_file_is_refused_or_drawn(places in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..20)) {
        for mut file in [with_exif(&jpeg(&halves(16)), 6), png(&DynamicImage::ImageRgb8(halves(16)), None)] {
            for (place, byte) in &places {
                let at = place.index(file.len());
                file[at] = *byte;
            }
            if let Ok(stored) = draw(&file) {
                prop_assert!(image::load_from_memory(&stored).is_ok());
            }
        }
    }
}
