//! A video keeps its pictures and its sound, and loses what the camera and the programs have written beside them: where and when it was taken,
//! with what, titles, and pictures of other things. Nothing is encoded anew. What goes is overwritten where it stands, because the rest of the
//! file says where its parts are by counting bytes.

mod mp4;
mod webm;

use domain::{Problem, zone::resources::FileType};

use super::in_words;

/// The file has parts that cannot be told apart, so nobody knows what is in them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Damaged;

/// More parts than a video of the largest size has.
const MOST_PARTS: usize = 1_000_000;

/// # Errors
/// [`Problem::InWords`], which says what to do with the file instead.
pub(super) fn without_metadata(kind: FileType, mut bytes: Vec<u8>) -> Result<(FileType, Vec<u8>), Problem> {
    let cleaned = match kind {
        FileType::Webm => webm::clean(&mut bytes),
        _ => mp4::clean(&mut bytes),
    };
    match cleaned {
        Ok(()) => Ok((kind, bytes)),
        Err(Damaged) => Err(in_words(
            "Save the video again in the program that made it, then upload it: parts of this one cannot be read",
        )),
    }
}

/// A number of so many bytes, the highest first.
fn number(bytes: &[u8], at: usize, length: usize) -> Result<u64, Damaged> {
    let end = at.checked_add(length).ok_or(Damaged)?;
    let digits = bytes.get(at..end).ok_or(Damaged)?;
    Ok(digits.iter().fold(0, |number, byte| (number << 8) | u64::from(*byte)))
}

fn blank(bytes: &mut [u8], from: usize, to: usize) {
    if let Some(part) = bytes.get_mut(from..to) {
        part.fill(0);
    }
}
