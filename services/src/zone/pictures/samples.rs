//! Small files as cameras and programs write them, made by the tests that need them.

use image::{
    DynamicImage, ImageEncoder, Rgb, RgbImage,
    codecs::{jpeg::JpegEncoder, png::PngEncoder},
};

pub(crate) const RED: Rgb<u8> = Rgb([220, 30, 30]);
pub(crate) const BLUE: Rgb<u8> = Rgb([30, 30, 220]);
/// Stands in the metadata of the samples: nothing that is stored may hold it.
pub(crate) const SECRET: &str = "HOME-ADDRESS";

/// Red on its left, blue on its right; twice as wide as high.
pub(crate) fn halves(height: u32) -> RgbImage {
    RgbImage::from_fn(height * 2, height, |x, _| if x < height { RED } else { BLUE })
}

pub(crate) fn jpeg(picture: &RgbImage) -> Vec<u8> {
    let mut file = Vec::new();
    JpegEncoder::new_with_quality(&mut file, 100).encode_image(picture).unwrap();
    file
}

pub(crate) fn png(picture: &DynamicImage, profile: Option<Vec<u8>>) -> Vec<u8> {
    let mut file = Vec::new();
    let mut encoder = PngEncoder::new(&mut file);
    if let Some(profile) = profile {
        encoder.set_icc_profile(profile).unwrap();
    }
    picture.write_with_encoder(encoder).unwrap();
    file
}

/// A JPEG with one more part at its beginning.
pub(crate) fn with_part(jpeg: &[u8], mark: u8, content: &[u8]) -> Vec<u8> {
    let length = u16::try_from(content.len() + 2).unwrap().to_be_bytes();
    [&jpeg[..2], &[0xff, mark], &length, content, &jpeg[2..]].concat()
}

/// Which way up, and where it was taken.
pub(crate) fn exif(orientation: u16) -> Vec<u8> {
    let entry = |tag: u16, kind: u16, count: u32, value: u32| {
        [&tag.to_le_bytes()[..], &kind.to_le_bytes(), &count.to_le_bytes(), &value.to_le_bytes()].concat()
    };
    let letters = u32::try_from(SECRET.len()).unwrap();
    [
        b"II*\0\x08\0\0\0".to_vec(),
        2_u16.to_le_bytes().to_vec(),
        entry(0x0112, 3, 1, orientation.into()),
        // The part about the place begins behind this one.
        entry(0x8825, 4, 1, 38),
        vec![0; 4],
        1_u16.to_le_bytes().to_vec(),
        entry(0x0012, 2, letters, 56),
        vec![0; 4],
        SECRET.as_bytes().to_vec(),
    ]
    .concat()
}

pub(crate) fn with_exif(jpeg: &[u8], orientation: u16) -> Vec<u8> {
    with_part(jpeg, 0xe1, &[b"Exif\0\0".to_vec(), exif(orientation)].concat())
}

/// A part of a PNG.
pub(crate) fn chunk(kind: &[u8; 4], content: &[u8]) -> Vec<u8> {
    let summed = [kind.as_slice(), content].concat();
    let sum = !summed.iter().fold(u32::MAX, |sum, byte| {
        (0..8).fold(sum ^ u32::from(*byte), |sum, _| (sum >> 1) ^ if sum & 1 == 1 { 0xedb8_8320 } else { 0 })
    });
    let length = u32::try_from(content.len()).unwrap().to_be_bytes();
    [length.as_slice(), &summed, &sum.to_be_bytes()].concat()
}

/// A PNG with one more part behind its dots.
pub(crate) fn with_last_chunk(png: &[u8], kind: &[u8; 4], content: &[u8]) -> Vec<u8> {
    let (before, end) = png.split_at(png.len() - 12);
    [before, &chunk(kind, content), end].concat()
}
