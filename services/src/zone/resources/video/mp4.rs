//! MP4 (ISO/IEC 14496-12): boxes of a length, a kind of four letters, and what is in them. Only the boxes that a player needs stay. The others
//! become `free`, of the same length and empty, so that the positions of the samples stay true. So does a track that is neither picture nor
//! sound: cameras write in such a one where they are, every second. Drones write it as subtitles, so tracks of text go too; the captions of a
//! video are a file of their own.

use super::{Damaged, MOST_PARTS, blank, number};

type Kind = [u8; 4];

const FILE: &[&Kind] = &[b"ftyp", b"styp", b"moov", b"mdat", b"moof", b"mfra", b"sidx", b"ssix", b"pdin"];
const MOVIE: &[&Kind] = &[b"mvhd", b"trak", b"mvex", b"iods"];
const TRACK: &[&Kind] = &[b"tkhd", b"mdia", b"edts", b"tref"];
const MEDIA: &[&Kind] = &[b"mdhd", b"hdlr", b"minf", b"elng"];
const MEDIA_PARTS: &[&Kind] = &[b"vmhd", b"smhd", b"nmhd", b"sthd", b"dinf", b"stbl"];
const SAMPLES: &[&Kind] = &[
    b"stsd", b"stts", b"ctts", b"cslg", b"stsc", b"stsz", b"stz2", b"stco", b"co64", b"stss", b"stsh",
    b"stdp", b"sdtp", b"sbgp", b"sgpd", b"subs", b"saiz", b"saio", b"padb",
];
const FRAGMENT: &[&Kind] = &[b"mfhd", b"traf"];
const TRACK_FRAGMENT: &[&Kind] =
    &[b"tfhd", b"tfdt", b"trun", b"sdtp", b"sbgp", b"sgpd", b"subs", b"saiz", b"saio", b"senc"];
/// What tracks are for that stay.
const HANDLERS: &[&Kind] = &[b"vide", b"soun"];

#[derive(Debug, Clone, Copy)]
struct Part {
    kind: Kind,
    start: usize,
    content: usize,
    end: usize,
}

pub(super) fn clean(bytes: &mut [u8]) -> Result<(), Damaged> {
    let length = bytes.len();
    let mut budget = Budget { parts: MOST_PARTS, blanked: length, samples: Vec::new() };
    let all = kept(bytes, (0, length), FILE, &mut budget)?;
    budget.samples = all.iter().filter(|part| &part.kind == b"mdat").map(Part::inside).collect();
    for part in all {
        match &part.kind {
            b"moov" => movie(bytes, part, &mut budget)?,
            b"moof" => {
                for track in kept(bytes, part.inside(), FRAGMENT, &mut budget)? {
                    if &track.kind == b"traf" {
                        kept(bytes, track.inside(), TRACK_FRAGMENT, &mut budget)?;
                    }
                }
            }
            _ => {}
        }
    }
    Ok(())
}

/// How much work a file may cause, and where, whatever it claims to be.
struct Budget {
    parts: usize,
    /// The bytes of samples that are overwritten.
    blanked: usize,
    /// Where samples may stand, in the order of the file.
    samples: Vec<(usize, usize)>,
}

impl Part {
    fn inside(&self) -> (usize, usize) {
        (self.content, self.end)
    }

    fn free(&self, bytes: &mut [u8]) {
        if let Some(kind) = bytes.get_mut(self.start + 4..self.start + 8) {
            kind.copy_from_slice(b"free");
        }
        blank(bytes, self.content, self.end);
    }
}

fn parts(bytes: &[u8], (from, to): (usize, usize), budget: &mut Budget) -> Result<Vec<Part>, Damaged> {
    let (mut parts, mut at) = (Vec::new(), from);
    while to - at >= 8 {
        budget.parts = budget.parts.checked_sub(1).ok_or(Damaged)?;
        let kind: Kind = bytes.get(at + 4..at + 8).and_then(|kind| kind.try_into().ok()).ok_or(Damaged)?;
        let (header, length) = match number(bytes, at, 4)? {
            // To the end of what it is in.
            0 => (8, to - at),
            1 => (16, usize::try_from(number(bytes, at + 8, 8)?).map_err(|_| Damaged)?),
            length => (8, usize::try_from(length).map_err(|_| Damaged)?),
        };
        // A file that was cut off still plays to its end.
        let length = if &kind == b"mdat" { length.min(to - at) } else { length };
        if length < header || length > to - at {
            return Err(Damaged);
        }
        parts.push(Part { kind, start: at, content: at + header, end: at + length });
        at += length;
    }
    Ok(parts)
}

/// Empties all parts but those of these kinds, and what follows the last, and returns those that stay.
fn kept(
    bytes: &mut [u8],
    inside: (usize, usize),
    kinds: &[&Kind],
    budget: &mut Budget,
) -> Result<Vec<Part>, Damaged> {
    let mut parts = parts(bytes, inside, budget)?;
    blank(bytes, parts.last().map_or(inside.0, |part| part.end), inside.1);
    parts.retain(|part| {
        let stays = kinds.contains(&&part.kind);
        if !stays {
            part.free(bytes);
        }
        stays
    });
    Ok(parts)
}

fn movie(bytes: &mut [u8], movie: Part, budget: &mut Budget) -> Result<(), Damaged> {
    for part in kept(bytes, movie.inside(), MOVIE, budget)? {
        match &part.kind {
            b"mvhd" => without_times(bytes, part)?,
            b"trak" => track(bytes, part, budget)?,
            _ => {}
        }
    }
    Ok(())
}

fn track(bytes: &mut [u8], track: Part, budget: &mut Budget) -> Result<(), Damaged> {
    let (mut handler, mut samples) = (None, None);
    for part in kept(bytes, track.inside(), TRACK, budget)? {
        match &part.kind {
            b"tkhd" => without_times(bytes, part)?,
            b"mdia" => {
                for part in kept(bytes, part.inside(), MEDIA, budget)? {
                    match &part.kind {
                        b"mdhd" => without_times(bytes, part)?,
                        b"hdlr" => {
                            let kind = bytes.get(part.content + 8..part.content + 12);
                            handler = kind.and_then(|kind| Kind::try_from(kind).ok());
                        }
                        b"minf" => {
                            let inside = kept(bytes, part.inside(), MEDIA_PARTS, budget)?;
                            samples = inside.into_iter().find(|part| &part.kind == b"stbl").or(samples);
                        }
                        _ => {}
                    }
                }
            }
            _ => {}
        }
    }
    let stays = handler.is_some_and(|handler| HANDLERS.contains(&&handler));
    if let Some(table) = samples {
        let table = kept(bytes, table.inside(), SAMPLES, budget)?;
        if !stays {
            blank_samples(bytes, &table, budget)?;
        }
    }
    if !stays {
        track.free(bytes);
    }
    Ok(())
}

/// When the movie, the track or the medium was made and changed.
fn without_times(bytes: &mut [u8], part: Part) -> Result<(), Damaged> {
    let each = match bytes.get(part.content) {
        Some(0) => 4,
        Some(1) => 8,
        _ => return Err(Damaged),
    };
    let (from, to) = (part.content + 4, part.content + 4 + 2 * each);
    if to > part.end {
        return Err(Damaged);
    }
    blank(bytes, from, to);
    Ok(())
}

/// The samples of a track that goes. They stand in chunks anywhere in the file: its tables say where, and how long each is.
fn blank_samples(bytes: &mut [u8], table: &[Part], budget: &mut Budget) -> Result<(), Damaged> {
    let named = |kinds: &[&Kind]| table.iter().find(|part| kinds.contains(&&part.kind)).copied();
    if named(&[b"stz2"]).is_some() {
        return Err(Damaged);
    }
    let (Some(sizes), Some(runs), Some(places)) =
        (named(&[b"stsz"]), named(&[b"stsc"]), named(&[b"stco", b"co64"]))
    else {
        return Ok(());
    };
    let wide = if &places.kind == b"co64" { 8 } else { 4 };
    let (same, samples) = (number(bytes, sizes.content + 4, 4)?, number(bytes, sizes.content + 8, 4)?);
    let (all_runs, chunks) = (number(bytes, runs.content + 4, 4)?, number(bytes, places.content + 4, 4)?);
    let (mut sample, mut run, mut in_each) = (0, 0, 0);
    for chunk in 0..chunks {
        // Which chunk a run begins with is counted from one.
        while run < all_runs && number(bytes, entry(runs.content + 8, run, 12)?, 4)? <= chunk + 1 {
            in_each = number(bytes, entry(runs.content + 12, run, 12)?, 4)?;
            run += 1;
        }
        let after = samples.min(sample + in_each);
        let length = if same > 0 {
            same * (after - sample)
        } else {
            let mut length = 0;
            for of in sample..after {
                length += number(bytes, entry(sizes.content + 12, of, 4)?, 4)?;
            }
            length
        };
        sample = after;
        let from = usize::try_from(number(bytes, entry(places.content + 8, chunk, wide)?, wide)?);
        let (from, length) = (from.map_err(|_| Damaged)?, usize::try_from(length).map_err(|_| Damaged)?);
        let of = budget.samples.partition_point(|(_, end)| *end <= from);
        let Some((first, end)) = budget.samples.get(of) else { continue };
        let (from, to) = (from.max(*first), from.saturating_add(length).min(*end));
        budget.blanked = budget.blanked.checked_sub(to.saturating_sub(from)).ok_or(Damaged)?;
        blank(bytes, from, to);
    }
    Ok(())
}

/// Where the entry of this number begins, from 0.
fn entry(first: usize, number: u64, length: usize) -> Result<usize, Damaged> {
    let before = usize::try_from(number).ok().and_then(|number| number.checked_mul(length));
    before.and_then(|before| before.checked_add(first)).ok_or(Damaged)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn part(kind: &Kind, content: &[&[u8]]) -> Vec<u8> {
        let content = content.concat();
        let length = u32::try_from(content.len() + 8).unwrap();
        [length.to_be_bytes().as_slice(), kind.as_slice(), content.as_slice()].concat()
    }

    fn numbers(numbers: &[u32]) -> Vec<u8> {
        numbers.iter().flat_map(|number| number.to_be_bytes()).collect()
    }

    const TAKEN: u32 = 0xe1e2_e3e4;
    const WHERE: &[u8] = b"+55.9533-003.1883/";

    fn table(sizes: &[u32], in_each: u32, chunks: &[u32]) -> Vec<u8> {
        let of = |list: &[u32]| u32::try_from(list.len()).unwrap();
        part(
            b"stbl",
            &[
                &part(b"stsz", &[&numbers(&[0, 0, of(sizes)]), &numbers(sizes)]),
                &part(b"stsc", &[&numbers(&[0, 1, 1, in_each, 1])]),
                &part(b"stco", &[&numbers(&[0, of(chunks)]), &numbers(chunks)]),
            ],
        )
    }

    fn track(handler: &Kind, table: &[u8]) -> Vec<u8> {
        part(
            b"trak",
            &[
                &part(b"tkhd", &[&numbers(&[7, TAKEN, TAKEN, 1])]),
                &part(
                    b"mdia",
                    &[
                        // Of the other version, with longer times.
                        &part(b"mdhd", &[&numbers(&[0x0100_0000, 0, TAKEN, 0, TAKEN, 600])]),
                        &part(b"hdlr", &[&numbers(&[0, 0]), handler]),
                        &part(b"minf", &[&part(b"vmhd", &[&[0; 12]]), table]),
                    ],
                ),
                &part(b"udta", &[&part(b"name", &[WHERE])]),
            ],
        )
    }

    /// A picture, and a track of places of this kind; what else cameras write.
    fn video(places: &Kind) -> (Vec<u8>, usize) {
        let head = part(b"ftyp", &[b"isom\0\0\x02\0isommp41"]);
        let data = part(b"mdat", &[b"PICTURE1", WHERE, b"PICTURE2", WHERE]);
        let begin = head.len() + 8;
        let place = |at: usize| u32::try_from(begin + at).unwrap();
        let one = u32::try_from(WHERE.len()).unwrap();
        let movie = part(
            b"moov",
            &[
                &part(b"mvhd", &[&numbers(&[0, TAKEN, TAKEN, 600, 1])]),
                &track(b"vide", &table(&[8, 8], 1, &[place(0), place(8 + WHERE.len())])),
                &track(places, &table(&[one, one], 1, &[place(8), place(16 + WHERE.len())])),
                &part(b"udta", &[&part(b"\xa9xyz", &[WHERE]), &part(b"meta", &[WHERE])]),
                &part(b"meta", &[WHERE]),
            ],
        );
        let xmp =
            part(b"uuid", &[b"\xbe\x7a\xcf\xcb\x97\xa9\x42\xe8\x9c\x71\x99\x94\x91\xe3\xaf\xac", WHERE]);
        let hidden = part(b"free", &[WHERE]);
        ([head, data, movie, xmp, hidden].concat(), begin)
    }

    fn has(bytes: &[u8], what: &[u8]) -> bool {
        bytes.windows(what.len()).any(|part| part == what)
    }

    #[test]
    fn place_and_time_are_gone_and_the_rest_stands_where_it_stood() {
        for places in [b"meta", b"sbtl", b"text", b"subt"] {
            cleaned(places);
        }
    }

    fn cleaned(places: &Kind) {
        let (before, begin) = video(places);
        let mut after = before.clone();
        assert!(has(&after, WHERE) && has(&after, &TAKEN.to_be_bytes()));
        assert_eq!(clean(&mut after), Ok(()));
        assert_eq!(after.len(), before.len());
        assert!(!has(&after, WHERE), "a place is left");
        assert!(!has(&after, &TAKEN.to_be_bytes()), "a time is left");
        for kind in [b"udta", b"meta", b"uuid", b"name"] {
            assert!(!has(&after, kind), "{}", String::from_utf8_lossy(kind));
        }
        // What a player reads.
        assert_eq!(after.get(begin..begin + 8), Some(b"PICTURE1".as_slice()));
        for kept in [b"PICTURE2".as_slice(), b"vide", b"stco", b"tkhd", b"ftypisom"] {
            assert!(has(&after, kept), "{}", String::from_utf8_lossy(kept));
        }
        assert!(has(&after, &numbers(&[600, 1])), "how long it is");
        // Cleaned again, nothing changes.
        let mut again = after.clone();
        assert_eq!(clean(&mut again), Ok(()));
        assert_eq!(again, after);
    }

    #[test]
    fn a_file_of_which_nobody_knows_what_is_in_it_is_refused() {
        let (video, _) = video(b"meta");
        for wrong in [
            // Longer than the file, and shorter than its own head.
            [video.as_slice(), b"\0\0\x01\0udta"].concat(),
            [video.as_slice(), b"\0\0\0\x04udta"].concat(),
            [video.as_slice(), b"\0\0\0\x01udta\xff\xff\xff\xff\xff\xff\xff\xff"].concat(),
            part(b"moov", &[&part(b"mvhd", &[&numbers(&[0x0200_0000, TAKEN, TAKEN])])]),
            part(b"moov", &[&part(b"mvhd", &[&numbers(&[0, TAKEN])])]),
            // Samples of a size that would take for ever to overwrite.
            [
                part(b"mdat", &[&[7; 5000]]),
                part(b"moov", &[&track(b"meta", &table(&[u32::MAX; 4], 1, &[8; 4]))]),
            ]
            .concat(),
        ] {
            assert_eq!(clean(&mut wrong.clone()), Err(Damaged));
        }
        let many = part(b"free", &[]).repeat(MOST_PARTS + 1);
        assert_eq!(clean(&mut many.clone()), Err(Damaged));
    }

    #[test]
    fn a_recording_that_was_cut_off_is_taken() {
        let (mut video, _) = video(b"meta");
        video.extend_from_slice(b"\0\0\x01\0mdatcut off");
        assert_eq!(clean(&mut video), Ok(()));
        assert!(has(&video, b"cut off"));
    }
}
