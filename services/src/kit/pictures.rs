//! A picture drawn anew. What is stored holds its dots and nothing else of the file that was sent.

use std::io::{Cursor, ErrorKind};

use exif::{In, Reader, Tag};
use image::{
    DynamicImage, ImageDecoder, ImageError, ImageFormat, ImageReader, Limits, Rgb, RgbImage,
    codecs::jpeg::JpegEncoder, imageops, metadata::Orientation,
};
use moxcms::{ColorProfile, DataColorSpace, Layout, TransformOptions};

/// How many dots a picture may have.
const MOST_DOTS: u64 = 60_000_000;
/// How much memory its dots may take.
const MOST_MEMORY: u64 = 256 * 1024 * 1024;
/// The longest side of what is stored.
const SIDE: u32 = 512;
/// Of the stored JPEG, out of 100.
const QUALITY: u8 = 88;

/// Why a file is not taken as a picture.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Refused {
    Missing,
    Heic,
    OtherFormat,
    Incomplete,
    TooLarge,
    Unreadable,
}

impl Refused {
    /// What to do about it.
    pub fn message(self) -> &'static str {
        match self {
            Self::Missing => "Choose a picture: a JPEG, PNG or WebP file",
            Self::Heic => {
                "Save the picture as JPEG, then choose that file: this one is in a format (HEIC or AVIF) that we cannot read, whatever its name ends in"
            }
            Self::OtherFormat => "Choose a JPEG, PNG or WebP file: this one is something else",
            Self::Incomplete => "Choose the picture again: the upload was not complete",
            Self::TooLarge => "Choose a smaller picture: at most 15 MB and 60 megapixels",
            Self::Unreadable => "Save the picture as JPEG, then choose that file: this one cannot be read",
        }
    }
}

impl From<ImageError> for Refused {
    fn from(error: ImageError) -> Self {
        match error {
            ImageError::Limits(_) => Self::TooLarge,
            ImageError::IoError(error) if error.kind() == ErrorKind::UnexpectedEof => Self::Incomplete,
            _ => Self::Unreadable,
        }
    }
}

/// The picture in the middle of the file's, square, the right way up, in sRGB, on white, as JPEG.
///
/// # Errors
/// What is wrong with the file.
pub fn draw(file: &[u8]) -> Result<Vec<u8>, Refused> {
    drawn(file, SIDE, |decoded| {
        let (width, height) = (decoded.width(), decoded.height());
        let side = width.min(height);
        decoded.crop_imm((width - side) / 2, (height - side) / 2, side, side)
    })
}

/// The same of the whole picture, with a longer side of at most so many dots.
///
/// # Errors
/// What is wrong with the file.
pub fn draw_whole(file: &[u8], side: u32) -> Result<Vec<u8>, Refused> {
    drawn(file, side, |decoded| decoded)
}

fn drawn(file: &[u8], side: u32, cut: impl FnOnce(DynamicImage) -> DynamicImage) -> Result<Vec<u8>, Refused> {
    let format = format(file)?;
    if !is_whole(format, file) {
        return Err(Refused::Incomplete);
    }
    let mut limits = Limits::default();
    limits.max_alloc = Some(MOST_MEMORY);
    let mut reader = ImageReader::with_format(Cursor::new(file), format);
    reader.limits(limits);
    let mut decoder = reader.into_decoder()?;
    let (width, height) = decoder.dimensions();
    if u64::from(width) * u64::from(height) > MOST_DOTS || decoder.total_bytes() > MOST_MEMORY {
        return Err(Refused::TooLarge);
    }
    let profile = decoder.icc_profile().unwrap_or_default();
    let decoded = DynamicImage::from_decoder(decoder)?;
    let grey = !decoded.color().has_color();
    let mut picture = on_white(cut(decoded));
    let (width, height) = picture.dimensions();
    let longer = width.max(height);
    if longer > side {
        picture = imageops::thumbnail(&picture, scaled(width, side, longer), scaled(height, side, longer));
    }
    if let Some(converted) = profile.and_then(|profile| to_srgb(&picture, grey, &profile)) {
        picture = converted;
    }
    let mut picture = DynamicImage::ImageRgb8(picture);
    picture.apply_orientation(orientation(file));
    let mut stored = Vec::new();
    JpegEncoder::new_with_quality(&mut stored, QUALITY).encode_image(&picture.into_rgb8())?;
    Ok(stored)
}

/// The width and the height of a drawn picture.
pub fn size(drawn: &[u8]) -> Option<(u16, u16)> {
    let reader = ImageReader::with_format(Cursor::new(drawn), ImageFormat::Jpeg);
    let (width, height) = reader.into_dimensions().ok()?;
    Some((u16::try_from(width).ok()?, u16::try_from(height).ok()?))
}

/// A length in the proportion of `side` to `longer`, and never nothing.
fn scaled(length: u32, side: u32, longer: u32) -> u32 {
    let scaled = u64::from(length) * u64::from(side) / u64::from(longer.max(1));
    u32::try_from(scaled).unwrap_or(side).max(1)
}

/// By what the file begins with: its name may say anything.
fn format(file: &[u8]) -> Result<ImageFormat, Refused> {
    if file.is_empty() {
        return Err(Refused::Missing);
    }
    if file.get(4..8) == Some(b"ftyp".as_slice()) {
        return Err(Refused::Heic);
    }
    match image::guess_format(file) {
        Ok(format @ (ImageFormat::Jpeg | ImageFormat::Png | ImageFormat::WebP)) => Ok(format),
        _ => Err(Refused::OtherFormat),
    }
}

/// Whether the file goes to its end. A decoder fills with grey what is missing of a JPEG.
fn is_whole(format: ImageFormat, file: &[u8]) -> bool {
    match format {
        ImageFormat::Jpeg => has_end(file),
        ImageFormat::WebP => {
            let size = file.get(4..8).and_then(|size| <[u8; 4]>::try_from(size).ok()).map(u32::from_le_bytes);
            let size = size.and_then(|size| usize::try_from(size).ok());
            size.is_some_and(|size| file.len() >= size.saturating_add(8))
        }
        // Its decoder says so.
        _ => true,
    }
}

/// Whether the end of a JPEG is there: that of the picture itself, and not of a small one in its metadata.
fn has_end(jpeg: &[u8]) -> bool {
    const END: u8 = 0xd9;
    let mut rest = jpeg.get(2..).unwrap_or_default();
    loop {
        // Between the parts with a length are the dots: there a 0xff is followed by a zero, or by a mark to begin again.
        let marks = |pair: &[u8]| matches!(pair, [0xff, 0x02..=0xcf | 0xd8..=0xfe]);
        let part = rest.windows(2).position(marks).and_then(|at| rest.get(at..));
        rest = match part {
            Some([_, END, ..]) => return true,
            Some(part @ [_, _, high, low, ..]) => {
                let length = usize::from(u16::from_be_bytes([*high, *low]));
                part.get(2 + length.max(2)..).unwrap_or_default()
            }
            _ => return false,
        };
    }
}

/// With what shines through the dots: white. Done before dots are put together, so that no edge takes the colour of dots that nobody sees.
fn on_white(picture: DynamicImage) -> RgbImage {
    if !picture.color().has_alpha() {
        return picture.into_rgb8();
    }
    let picture = picture.into_rgba8();
    RgbImage::from_fn(picture.width(), picture.height(), |x, y| {
        let [red, green, blue, opaque] = picture.get_pixel(x, y).0;
        let over = |colour: u8| {
            let (colour, opaque) = (u16::from(colour), u16::from(opaque));
            u8::try_from((colour * opaque + 255 * (255 - opaque) + 127) / 255).unwrap_or(u8::MAX)
        };
        Rgb([over(red), over(green), over(blue)])
    })
}

/// The colours that the file means, in those of every screen. Nothing for a profile that is none, or is for other inks than the dots are in.
fn to_srgb(picture: &RgbImage, grey: bool, profile: &[u8]) -> Option<RgbImage> {
    let profile = ColorProfile::new_from_slice(profile).ok()?;
    let (layout, dots) = match profile.color_space {
        DataColorSpace::Rgb => (Layout::Rgb, picture.as_raw().clone()),
        DataColorSpace::Gray if grey => (Layout::Gray, picture.pixels().map(|dot| dot.0[0]).collect()),
        _ => return None,
    };
    let srgb = ColorProfile::new_srgb();
    let to = profile.create_transform_8bit(layout, &srgb, Layout::Rgb, TransformOptions::default()).ok()?;
    let mut converted = vec![0; picture.as_raw().len()];
    to.transform(&dots, &mut converted).ok()?;
    RgbImage::from_raw(picture.width(), picture.height(), converted)
}

/// Which way up the picture is. Read from the file itself: the decoder of PNG passes over what stands behind the dots.
fn orientation(file: &[u8]) -> Orientation {
    let mut reader = Reader::new();
    reader.continue_on_error(true);
    let read = reader.read_from_container(&mut Cursor::new(file));
    let said = read.or_else(|error| error.distill_partial_result(|_| ())).ok().and_then(|exif| {
        let said = exif.get_field(Tag::Orientation, In::PRIMARY)?.value.get_uint(0)?;
        Orientation::from_exif(u8::try_from(said).ok()?)
    });
    said.unwrap_or(Orientation::NoTransforms)
}
