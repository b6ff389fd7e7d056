//! WebM (RFC 8794, RFC 9559): elements of an id, a length, and what is in them. Only the elements that a player needs stay. The others become
//! `Void`, of the same length and empty, so that the positions of the clusters stay true.

use super::{Damaged, MOST_PARTS, blank, number};

const HEADER: u64 = 0x1a45_dfa3;
const SEGMENT: u64 = 0x1853_8067;
const INFO: u64 = 0x1549_a966;
const VOID: u64 = 0xec;
/// A segment's own elements, and those of a cluster: one without a length ends where the next element of a segment begins, so its elements
/// are read like those of the segment. Tags, attachments and checksums are not among them.
const STAY: &[u64] =
    &[0x114d_9b74, 0x1654_ae6b, 0x1f43_b675, 0x1c53_bb6b, 0x1043_a770, INFO, 0xe7, 0xa3, 0xa0, 0xab, 0xa7];
const CLUSTER: u64 = 0x1f43_b675;
/// Of the information: the scale of times, how long it is, and the two programs that have to be named. The day, the title and the names of
/// files are not among them.
const INFO_STAYS: &[u64] = &[0x002a_d7b1, 0x4489, 0x4d80, 0x5741];

#[derive(Debug, Clone, Copy)]
struct Element {
    id: u64,
    start: usize,
    content: usize,
    /// None: as long as what it is in.
    end: Option<usize>,
}

pub(super) fn clean(bytes: &mut [u8]) -> Result<(), Damaged> {
    let (mut at, mut left, length) = (0, MOST_PARTS, bytes.len());
    while at < length {
        let element = read(bytes, at, length, &mut left)?;
        let end = element.end.unwrap_or(length);
        match element.id {
            HEADER => {}
            SEGMENT => segment(bytes, (element.content, end), &mut left)?,
            _ => element.empty(bytes, end)?,
        }
        at = end;
    }
    Ok(())
}

fn segment(bytes: &mut [u8], (from, to): (usize, usize), left: &mut usize) -> Result<(), Damaged> {
    let mut at = from;
    while at < to {
        let element = read(bytes, at, to, left)?;
        let Some(end) = element.end else {
            // Only a cluster has no length: the next elements are its own.
            if element.id != CLUSTER {
                return Err(Damaged);
            }
            at = element.content;
            continue;
        };
        if element.id == INFO {
            information(bytes, (element.content, end), left)?;
        } else if !STAY.contains(&element.id) {
            element.empty(bytes, end)?;
        }
        at = end;
    }
    Ok(())
}

fn information(bytes: &mut [u8], (from, to): (usize, usize), left: &mut usize) -> Result<(), Damaged> {
    let mut at = from;
    while at < to {
        let element = read(bytes, at, to, left)?;
        let end = element.end.ok_or(Damaged)?;
        if !INFO_STAYS.contains(&element.id) {
            element.empty(bytes, end)?;
        }
        at = end;
    }
    Ok(())
}

/// The element that begins there, and ends within what it is in.
fn read(bytes: &[u8], at: usize, to: usize, left: &mut usize) -> Result<Element, Damaged> {
    *left = left.checked_sub(1).ok_or(Damaged)?;
    let id_length = length_of(bytes, at).filter(|length| *length <= 4).ok_or(Damaged)?;
    let id = number(bytes, at, id_length)?;
    let size_at = at + id_length;
    let size_length = length_of(bytes, size_at).ok_or(Damaged)?;
    // Without the bit that says how long the number is.
    let most = (1_u64 << (7 * size_length)) - 1;
    let size = number(bytes, size_at, size_length)? & most;
    let content = size_at + size_length;
    if content > to {
        return Err(Damaged);
    }
    if size == most {
        return Ok(Element { id, start: at, content, end: None });
    }
    let end = usize::try_from(size).ok().and_then(|size| size.checked_add(content)).ok_or(Damaged)?;
    // A recording that was cut off still plays to its end.
    let end = match end > to {
        true if id == SEGMENT || (STAY.contains(&id) && id != INFO) => to,
        true => return Err(Damaged),
        false => end,
    };
    Ok(Element { id, start: at, content, end: Some(end) })
}

/// How many bytes the number that begins there has: one more than it has zeros in front.
fn length_of(bytes: &[u8], at: usize) -> Option<usize> {
    let zeros = bytes.get(at)?.leading_zeros();
    if zeros < 8 { usize::try_from(zeros + 1).ok() } else { None }
}

impl Element {
    /// Makes it a `Void` that ends at the same place.
    fn empty(&self, bytes: &mut [u8], end: usize) -> Result<(), Damaged> {
        blank(bytes, self.start, end);
        let all = end - self.start;
        let (sizes, rest) = match all {
            0 | 1 => return Err(Damaged),
            2..=9 => (1, all - 2),
            _ => (8, all - 9),
        };
        let rest = u64::try_from(rest).map_err(|_| Damaged)? | (1_u64 << (7 * sizes));
        let number = rest.to_be_bytes();
        let number = number.get(8 - sizes..).ok_or(Damaged)?;
        let head = bytes.get_mut(self.start..=self.start + sizes).ok_or(Damaged)?;
        let (id, size) = head.split_first_mut().ok_or(Damaged)?;
        *id = u8::try_from(VOID).map_err(|_| Damaged)?;
        size.copy_from_slice(number);
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const WHERE: &[u8] = b"LOCATION +55.9533-003.1883/";

    fn element(id: u64, content: &[&[u8]]) -> Vec<u8> {
        let (content, id) = (content.concat(), id.to_be_bytes());
        let id = &id[id.iter().position(|byte| *byte > 0).unwrap()..];
        let size = u64::try_from(content.len()).unwrap() | (1 << 56);
        [id, size.to_be_bytes().as_slice(), content.as_slice()].concat()
    }

    /// Without a length, as a recorder writes it that does not know yet.
    fn endless(id: u64, content: &[&[u8]]) -> Vec<u8> {
        let id = id.to_be_bytes();
        let id = &id[id.iter().position(|byte| *byte > 0).unwrap()..];
        [id, b"\x01\xff\xff\xff\xff\xff\xff\xff".as_slice(), content.concat().as_slice()].concat()
    }

    fn info() -> Vec<u8> {
        element(
            INFO,
            &[
                &element(0xbf, &[b"CRC!"]),
                &element(0x002a_d7b1, &[&[0x0f, 0x42, 0x40]]),
                &element(0x4461, &[b"THE-DATE"]),
                // Two bytes and three of head: as short as it gets.
                &[0x7b, 0xa9, 0x80],
                &element(0x7ba9, &[WHERE]),
                &element(0x4489, &[b"LONG"]),
                &element(0x4d80, &[b"muxer"]),
            ],
        )
    }

    fn has(bytes: &[u8], what: &[u8]) -> bool {
        bytes.windows(what.len()).any(|part| part == what)
    }

    fn header() -> Vec<u8> {
        element(HEADER, &[&element(0x4282, &[b"webm"])])
    }

    #[test]
    fn place_and_time_are_gone_and_the_rest_stands_where_it_stood() {
        let tags = element(0x1254_c367, &[WHERE]);
        let attached = element(0x1941_a469, &[WHERE]);
        let frames = element(0xa3, &[b"PICTURE1"]);
        for video in [
            [header(), element(SEGMENT, &[&info(), &element(CLUSTER, &[&frames]), &tags, &attached])]
                .concat(),
            [header(), endless(SEGMENT, &[&info(), &endless(CLUSTER, &[&frames]), &tags, &attached])]
                .concat(),
            // Beside the segment too.
            [header(), element(SEGMENT, &[&info(), &element(CLUSTER, &[&frames])]), tags.clone()].concat(),
        ] {
            let mut after = video.clone();
            assert_eq!(clean(&mut after), Ok(()));
            assert_eq!(after.len(), video.len());
            for gone in [WHERE, b"THE-DATE", b"CRC!"] {
                assert!(has(&video, gone) && !has(&after, gone), "{}", String::from_utf8_lossy(gone));
            }
            for kept in [b"PICTURE1".as_slice(), b"LONG", b"muxer", b"webm", &[0x0f, 0x42, 0x40]] {
                assert!(has(&after, kept), "{}", String::from_utf8_lossy(kept));
            }
            let at = |bytes: &[u8]| bytes.windows(8).position(|part| part == b"PICTURE1");
            assert_eq!(at(&after), at(&video));
            let mut again = after.clone();
            assert_eq!(clean(&mut again), Ok(()));
            assert_eq!(again, after, "cleaned again, nothing changes");
        }
    }

    #[test]
    fn a_file_of_which_nobody_knows_what_is_in_it_is_refused() {
        for wrong in [
            [header(), b"\0\0\0\0".to_vec()].concat(),
            [header(), vec![0x12, 0x54, 0xc3, 0x67, 0x88, 0]].concat(),
            [header(), element(SEGMENT, &[&endless(0x1254_c367, &[WHERE])])].concat(),
            [header(), element(SEGMENT, &[&element(INFO, &[&[0x44, 0x61, 0x88, 1, 2]])])].concat(),
            [header(), element(VOID, &[]).repeat(MOST_PARTS)].concat(),
        ] {
            assert_eq!(clean(&mut wrong.clone()), Err(Damaged));
        }
    }

    #[test]
    fn a_recording_that_was_cut_off_is_taken() {
        let mut video =
            [header(), element(SEGMENT, &[&element(CLUSTER, &[&element(0xa3, &[b"PICTURE1"])])])].concat();
        video.truncate(video.len() - 2);
        assert_eq!(clean(&mut video), Ok(()));
        assert!(has(&video, b"PICTUR"));
    }
}
