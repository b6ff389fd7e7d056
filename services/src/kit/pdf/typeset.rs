//! Sets words in lines of glyphs that fit the room for them.
//!
//! krilla's own `Surface::draw_text` draws a text at once: it returns neither its width nor its glyphs, and takes no font feature.
//! So rustybuzz shapes the text here, because centring, even lines, small capitals, full spaces and missing letters need those.

use std::sync::LazyLock;

use krilla::text::{Font, GlyphId, KrillaGlyph};
use rustybuzz::ttf_parser::Tag;
use rustybuzz::{Feature, UnicodeBuffer};

/// Longer names and titles are cut to this length, which bounds the work for one document. No real one comes near it.
const MOST_CHARACTERS: usize = 300;

/// A file of `services/fonts`, as part of the program.
macro_rules! font {
    ($file:literal) => {
        include_bytes!(concat!(env!("CARGO_MANIFEST_DIR"), "/fonts/", $file))
    };
}

/// From one baseline to the next, in ems.
pub(crate) const LEADING: f32 = 1.2;

/// The faces of our documents, read once. `None` would mean that a file of `services/fonts` is damaged.
pub(crate) static FACES: LazyLock<Option<Faces>> = LazyLock::new(Faces::load);

pub(crate) struct Faces {
    pub regular: Face,
    pub italic: Face,
    pub semibold: Face,
}

impl Faces {
    /// Libertinus Serif has Latin with every accent (Vietnamese too), Greek and Cyrillic.
    fn load() -> Option<Self> {
        Some(Self {
            regular: Face::new(font!("LibertinusSerif-Regular.otf"))?,
            italic: Face::new(font!("LibertinusSerif-Italic.otf"))?,
            semibold: Face::new(font!("LibertinusSerif-Semibold.otf"))?,
        })
    }
}

/// A font in the forms for the shaper and for the PDF.
pub(crate) struct Face {
    shaper: rustybuzz::Face<'static>,
    pub font: Font,
}

impl Face {
    fn new(data: &'static [u8]) -> Option<Self> {
        Some(Self { shaper: rustybuzz::Face::from_slice(data, 0)?, font: Font::new(data.into(), 0)? })
    }

    /// One line of plain text.
    pub fn line(&self, text: &str) -> Line {
        self.shape(text, &[])
    }

    /// One line in spaced small capitals, for headings of a few words. The text itself is unchanged for people who copy it or
    /// use a screen reader.
    pub fn capitals(&self, text: &str) -> Line {
        const APART: f32 = 0.05;
        let features = [(b"smcp", 1), (b"liga", 0)];
        let mut line =
            self.shape(text, &features.map(|(tag, on)| Feature::new(Tag::from_bytes(tag), on, ..)));
        for glyph in &mut line.glyphs {
            glyph.x_advance += APART;
        }
        line.width += APART * line.glyphs.len().saturating_sub(1) as f32;
        line
    }

    /// Glyphs, with kerning and accents put together. A character that the font lacks is shown as U+FFFD: a name with one
    /// foreign letter is better than no certificate, and the PDF still carries the true text beside it.
    fn shape(&self, text: &str, features: &[Feature]) -> Line {
        let line = self.shape_as_it_is(text, features);
        let missing: Vec<_> = line.glyphs.iter().filter(|glyph| glyph.glyph_id.to_u32() == 0).collect();
        if missing.is_empty() {
            return line;
        }
        let lacks = |at| missing.iter().any(|glyph| glyph.text_range.contains(&at));
        let shown: String = text
            .char_indices()
            .map(|(at, character)| if lacks(at) { char::REPLACEMENT_CHARACTER } else { character })
            .collect();
        Line { actual: Some(text.to_owned()), ..self.shape_as_it_is(&shown, features) }
    }

    fn shape_as_it_is(&self, text: &str, features: &[Feature]) -> Line {
        let mut buffer = UnicodeBuffer::new();
        buffer.push_str(text);
        buffer.guess_segment_properties();
        let shaped = rustybuzz::shape(&self.shaper, features, buffer);
        let em = self.font.units_per_em();
        let space = self.space();
        // The text of a glyph reaches to the next cluster, in either direction of the script.
        let mut starts: Vec<usize> =
            shaped.glyph_infos().iter().map(|info| info.cluster as usize).chain([text.len()]).collect();
        starts.sort_unstable();
        let glyphs: Vec<_> = shaped
            .glyph_infos()
            .iter()
            .zip(shaped.glyph_positions())
            .map(|(info, position)| {
                let start = info.cluster as usize;
                let end = starts.iter().copied().find(|end| *end > start).unwrap_or(text.len());
                // Kerning would almost close the space in "de Vries".
                let is_space = text.get(start..end) == Some(" ");
                KrillaGlyph {
                    glyph_id: GlyphId::new(info.glyph_id),
                    text_range: start..end,
                    x_advance: if is_space { space } else { position.x_advance as f32 / em },
                    x_offset: position.x_offset as f32 / em,
                    y_offset: position.y_offset as f32 / em,
                    y_advance: 0.0,
                    location: None,
                }
            })
            .collect();
        // A space at the end tells a screen reader that the word ends with the line. It takes no room.
        let seen = glyphs.len().saturating_sub(usize::from(text.ends_with(' ')));
        let width = glyphs.iter().take(seen).map(|glyph| glyph.x_advance).sum();
        Line { text: text.to_owned(), actual: None, glyphs, width }
    }

    /// Sets the text in as few lines and as large as the room allows. A text that is too long even for the smallest size
    /// becomes smaller still, and a word that is still too long is broken anywhere, so nothing ever leaves the room.
    pub fn fit(&self, text: &str, room: &Room) -> Block {
        let text = tidy(text);
        let words: Vec<_> = text.split(' ').map(|word| self.piece(word.to_owned(), true)).collect();
        let fits = |size, lines| Some((size, self.balanced(&words, room.width / size, lines)?));
        let (size, lines) = room
            .every_size()
            .find_map(|(size, lines)| fits(size, lines))
            .or_else(|| room.smaller(0.75).find_map(|(size, lines)| fits(size, lines)))
            .or_else(|| {
                let letters: Vec<_> = text.split(' ').flat_map(|word| self.letters(word)).collect();
                room.smaller(0.0)
                    .find_map(|(size, lines)| Some((size, self.wrap(&letters, room.width / size, lines)?)))
            })
            .unwrap_or_default();
        self.within(room.width, size, &lines)
    }

    /// Sets a text of any length in as many lines as it takes. A word that is wider than a line is broken anywhere, so
    /// nothing ever leaves the width.
    pub fn set(&self, text: &str, size: f32, width: f32) -> Block {
        let text = plain(text);
        let pieces: Vec<_> = text
            .split(' ')
            .flat_map(|word| match self.piece(word.to_owned(), true) {
                whole if whole.width * size <= width => vec![whole],
                _ => self.letters(word),
            })
            .collect();
        let lines = self.wrap(&pieces, width / size, usize::MAX).unwrap_or_else(|| vec![text.clone()]);
        self.within(width, size, &lines)
    }

    /// The pieces of the lines were measured one by one, so a whole line may be slightly wider.
    fn within(&self, width: f32, size: f32, lines: &[String]) -> Block {
        let mut block = Block { size, lines: lines.iter().map(|line| self.line(line)).collect() };
        if block.width() > width {
            block.size *= width / block.width();
        }
        block
    }

    fn space(&self) -> f32 {
        let glyph = self.shaper.glyph_index(' ');
        let advance = glyph.and_then(|glyph| self.shaper.glyph_hor_advance(glyph));
        f32::from(advance.unwrap_or(0)) / self.font.units_per_em()
    }

    fn piece(&self, text: String, ends_word: bool) -> Piece {
        Piece { width: self.line(&text).width, text, ends_word }
    }

    fn letters(&self, word: &str) -> Vec<Piece> {
        let mut letters: Vec<_> = word.chars().map(|letter| self.piece(letter.to_string(), false)).collect();
        if let Some(last) = letters.last_mut() {
            last.ends_word = true;
        }
        letters
    }

    /// Lines of about the same length, so that no line has a single word.
    fn balanced(&self, words: &[Piece], width: f32, most: usize) -> Option<Vec<String>> {
        let greedy = self.wrap(words, width, most)?;
        let narrow = (1..50).find_map(|step| self.wrap(words, width * step as f32 / 50.0, greedy.len()));
        narrow.or(Some(greedy))
    }

    /// Lines of at most this width (in ems), or `None` if there would be more of them than `most`.
    fn wrap(&self, pieces: &[Piece], width: f32, most: usize) -> Option<Vec<String>> {
        let space = self.space();
        let mut lines = Vec::new();
        let (mut line, mut filled) = (String::new(), 0.0);
        for piece in pieces {
            if piece.width > width {
                return None;
            }
            if filled + piece.width > width {
                lines.push(std::mem::take(&mut line));
                filled = 0.0;
            }
            line.push_str(&piece.text);
            filled += piece.width;
            if piece.ends_word {
                line.push(' ');
                filled += space;
            }
        }
        lines.push(line.trim_end().to_owned());
        (lines.len() <= most).then_some(lines)
    }
}

/// A word, or a part of one, with its width in ems.
struct Piece {
    text: String,
    width: f32,
    ends_word: bool,
}

/// The room for a text, in points.
pub(crate) struct Room {
    pub width: f32,
    /// The largest and the smallest size in one line, then in two, and so on.
    pub sizes: &'static [(f32, f32)],
}

impl Room {
    fn every_size(&self) -> impl Iterator<Item = (f32, usize)> {
        let steps = |largest: f32, smallest: f32| {
            (0..).map(move |step| largest - step as f32).take_while(move |size| *size >= smallest)
        };
        self.sizes.iter().zip(1..).flat_map(move |((largest, smallest), lines)| {
            steps(*largest, *smallest).map(move |size| (size, lines))
        })
    }

    /// Sizes below the smallest, down to a share of it, in the most lines that are allowed.
    fn smaller(&self, least_share: f32) -> impl Iterator<Item = (f32, usize)> {
        let smallest = self.sizes.last().map_or(0.0, |(_, smallest)| *smallest);
        std::iter::successors(Some(1.0_f32), |share| Some(share * 0.95))
            .take(100)
            .take_while(move |share| *share > least_share)
            .map(move |share| (smallest * share, self.sizes.len()))
    }
}

/// A line of glyphs; its width is in ems.
#[derive(Default)]
pub(crate) struct Line {
    pub text: String,
    /// The text of the line, where it differs from what the line shows.
    pub actual: Option<String>,
    pub glyphs: Vec<KrillaGlyph>,
    pub width: f32,
}

/// Lines of one size.
pub(crate) struct Block {
    pub size: f32,
    pub lines: Vec<Line>,
}

impl Block {
    /// From one baseline to the next, in points.
    pub fn leading(&self) -> f32 {
        self.size * LEADING
    }

    /// Of the longest line.
    pub fn width(&self) -> f32 {
        self.lines.iter().fold(0.0, |width, line| line.width.max(width)) * self.size
    }

    pub fn height(&self) -> f32 {
        self.leading() * self.lines.len() as f32
    }
}

/// The text with single spaces, without characters that no PDF reader can show.
fn plain(text: &str) -> String {
    let unseen = |character: char| {
        let control = character.is_control() && !character.is_whitespace();
        control || matches!(character, '\u{feff}' | '\u{fffe}' | '\u{ffff}')
    };
    let seen = domain::visible(text).replace(unseen, "");
    seen.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// The same for a name or a title, which is cut if it is longer than any of these.
pub(crate) fn tidy(text: &str) -> String {
    let spaced = plain(text);
    if spaced.chars().nth(MOST_CHARACTERS).is_some() {
        spaced.chars().take(MOST_CHARACTERS).chain(['…']).collect()
    } else {
        spaced
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use crate::kit::pdf::typeset::{FACES, Faces, Room, tidy};

    const ROOM: Room = Room { width: 300.0, sizes: &[(40.0, 30.0), (28.0, 20.0)] };

    fn faces() -> &'static Faces {
        FACES.as_ref().unwrap()
    }

    #[test]
    fn every_latin_name_can_be_shown() {
        for name in
            ["Łukasz", "Zoë", "Zoe\u{308}", "Şebnem", "Nguyễn", "Þórður", "Ħamrun", "O’Brien-ß", "Ślūčė Őž"]
        {
            for face in [&faces().regular, &faces().semibold] {
                assert!(face.line(name).actual.is_none(), "{name}");
            }
        }
    }

    #[test]
    fn characters_missing_from_the_font_keep_their_text() {
        let line = faces().semibold.line("Ming 李明");
        assert_eq!(
            (line.text.as_str(), line.actual.as_deref()),
            ("Ming \u{fffd}\u{fffd}", Some("Ming 李明"))
        );
        assert!(line.glyphs.iter().all(|glyph| glyph.glyph_id.to_u32() != 0));
    }

    #[test]
    fn a_short_name_is_large_and_a_long_one_is_set_in_even_lines() {
        let short = faces().semibold.fit("Zoë Smith", &ROOM);
        assert_eq!((short.size, short.lines.len()), (40.0, 1));
        let long = faces().semibold.fit("Anne-Marie Louise Featherstone Williams", &ROOM);
        let lines: Vec<_> = long.lines.iter().map(|line| line.text.as_str()).collect();
        assert_eq!(lines, ["Anne-Marie Louise ", "Featherstone Williams"]);
    }

    #[test]
    fn a_text_is_tidied_and_cut() {
        assert_eq!(tidy(" Zoë \u{0}\t\r\nSmith\u{feff} "), "Zoë Smith");
        assert_eq!(tidy(&"a".repeat(999)).chars().count(), 301);
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(48))]
        #[test]
        fn nothing_leaves_its_room(text in "[a-zA-ZŁë -]{0,80}( \\PC{0,8}){0,3}|W{0,400}") {
            let block = faces().semibold.fit(&text, &ROOM);
            prop_assert!(block.lines.len() <= 2);
            prop_assert!(block.size <= 40.0);
            prop_assert!(block.width() <= 300.01, "{} {}", block.size, block.width());
            let set = faces().regular.set(&text, 20.0, 300.0);
            prop_assert!(set.width() <= 300.01, "{}", set.width());
            let all: String = set.lines.iter().map(|line| line.actual.as_ref().unwrap_or(&line.text).as_str()).collect();
            prop_assert_eq!(all, super::plain(&text), "nothing is cut");
            let said: String = block.lines.iter().map(|line| line.actual.as_ref().unwrap_or(&line.text).as_str()).collect();
            prop_assert_eq!(said, tidy(&text));
        }
    }
}
