//! The passages of a page: the sentences of its text and the rows of its tables, as they stand in the HTML that `content` has written. They
//! can be listed, and marked where they stand.

use std::{collections::BTreeSet, ops::Range};

/// A sentence, or a row of a table.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Passage {
    /// As people read it, with single spaces.
    pub text: String,
    /// Where it stands in the HTML: pieces of text without a tag.
    places: Vec<Range<usize>>,
}

/// What a heading of the page is above.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Part {
    /// Empty before the first.
    pub heading: String,
    /// The passages of each paragraph, item or row.
    pub paragraphs: Vec<Vec<Passage>>,
}

/// The passages of a page, in its order. Of those with the same words only the first is one, so that the words name it. What explains a word,
/// what stands below the text, headings and captions are none.
pub(super) fn passages(html: &str) -> Vec<Part> {
    let mut reading = Reading { html, ..Reading::default() };
    reading.page();
    reading.parts.retain(|part| !part.paragraphs.is_empty());
    reading.parts
}

/// The page with those of its passages marked that have these words. Nothing else of it changes.
pub(super) fn marked(html: &str, chosen: &[String]) -> String {
    if chosen.is_empty() {
        return html.to_owned();
    }
    let chosen: BTreeSet<&str> = chosen.iter().map(String::as_str).collect();
    let parts = passages(html);
    let all = parts.iter().flat_map(|part| &part.paragraphs).flatten();
    let mut places: Vec<Range<usize>> = all
        .filter(|passage| chosen.contains(passage.text.as_str()))
        .flat_map(|passage| passage.places.iter().cloned())
        .collect();
    places.sort_by_key(|place| place.start);
    let (mut out, mut written) = (String::with_capacity(html.len() + places.len() * 13), 0);
    for place in places {
        out += &html[written..place.start];
        out += "<mark>";
        out += &html[place.clone()];
        out += "</mark>";
        written = place.end;
    }
    out + &html[written..]
}

/// The page to be read on paper, below a title of its own: its headings are one level lower, and nothing in it opens what explains a word.
pub(super) fn on_paper(html: &str) -> String {
    let mut out = String::with_capacity(html.len());
    let (mut within_definition, mut within_term) = (0_u32, false);
    for piece in pieces(html) {
        let text = &html[piece.at.clone()];
        match piece.tag {
            // What is written within it are words and links.
            Some(Tag { name: "span", closes, .. }) if within_definition > 0 => {
                within_definition = if closes { within_definition - 1 } else { within_definition + 1 };
            }
            _ if within_definition > 0 => {}
            Some(Tag { name: "span", closes: false, class: "definition" }) => within_definition = 1,
            Some(Tag { name: "button", closes: false, class: "term" }) => within_term = true,
            Some(Tag { name: "button", closes: true, .. }) if within_term => within_term = false,
            Some(Tag { name, closes, .. }) => match lower(name) {
                Some(lower) => {
                    let rest = text.trim_start_matches(['<', '/']).strip_prefix(name).unwrap_or(">");
                    out += if closes { "</" } else { "<" };
                    out += lower;
                    out += rest;
                }
                None => out += text,
            },
            None => out += text,
        }
    }
    out
}

fn lower(heading: &str) -> Option<&'static str> {
    Some(match heading {
        "h2" => "h3",
        "h3" => "h4",
        "h4" => "h5",
        "h5" => "h6",
        _ => return None,
    })
}

/// A tag, or the text up to the next one.
struct Piece<'a> {
    tag: Option<Tag<'a>>,
    at: Range<usize>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Tag<'a> {
    name: &'a str,
    closes: bool,
    /// The first of them.
    class: &'a str,
}

fn pieces(html: &str) -> impl Iterator<Item = Piece<'_>> {
    let mut from = 0;
    std::iter::from_fn(move || {
        let rest = html.get(from..).filter(|rest| !rest.is_empty())?;
        let (tag, length) = match tag_at(rest) {
            Some((tag, length)) => (Some(tag), length),
            None => {
                let next = rest.char_indices().skip(1).find(|(at, _)| tag_at(&rest[*at..]).is_some());
                (None, next.map_or(rest.len(), |(at, _)| at))
            }
        };
        let at = from..from + length;
        from = at.end;
        Some(Piece { tag, at })
    })
}

/// The tag that the text begins with, and its length. A sign `>` within quotes does not end it.
fn tag_at(text: &str) -> Option<(Tag<'_>, usize)> {
    let inside = text.strip_prefix('<')?;
    let (closes, named) = inside.strip_prefix('/').map_or((false, inside), |named| (true, named));
    let name = named.split(|c: char| !c.is_ascii_alphanumeric()).next().unwrap_or_default();
    if !name.starts_with(|c: char| c.is_ascii_alphabetic()) {
        return None;
    }
    let mut quote = None;
    let end = text.char_indices().find(|(_, c)| match quote {
        Some(open) => {
            if open == *c {
                quote = None;
            }
            false
        }
        None if matches!(c, '"' | '\'') => {
            quote = Some(*c);
            false
        }
        None => *c == '>',
    });
    let length = end.map_or(text.len(), |(at, _)| at + 1);
    let classes = text[..length].split_once(" class=\"").and_then(|(_, after)| after.split('"').next());
    let class = classes.and_then(|classes| classes.split(' ').next()).unwrap_or_default();
    Some((Tag { name, closes, class }, length))
}

/// These stand within a sentence.
const INLINE: [&str; 16] = [
    "a", "abbr", "b", "br", "button", "code", "del", "dfn", "em", "i", "mark", "span", "strong", "sub",
    "sup", "time",
];

/// A character as people read it, and where it is written. What only divides the cells of a row is written nowhere.
#[derive(Debug, Clone)]
struct Sign {
    character: char,
    at: Option<Range<usize>>,
}

#[derive(Default)]
struct Reading<'a> {
    html: &'a str,
    parts: Vec<Part>,
    /// The words of the passages so far.
    said: BTreeSet<String>,
    /// The paragraph that is read.
    signs: Vec<Sign>,
    in_row: bool,
    cell_begins: bool,
}

impl Reading<'_> {
    fn page(&mut self) {
        // The element that is left out, and how many of its name are open; the text of a heading is kept.
        let mut left_out: Option<(&str, u32)> = None;
        for piece in pieces(self.html) {
            let Some(tag) = piece.tag else {
                if left_out.is_none_or(|(name, _)| is_heading(name)) {
                    self.text(piece.at);
                }
                continue;
            };
            if let Some((name, open)) = left_out {
                if tag.name == name {
                    let open = if tag.closes { open - 1 } else { open + 1 };
                    left_out = Some((name, open)).filter(|_| open > 0);
                }
                if left_out.is_none() && is_heading(name) {
                    let heading = words(&self.signs);
                    self.signs.clear();
                    self.parts.push(Part { heading, paragraphs: Vec::new() });
                }
                continue;
            }
            let is_out = match tag.name {
                "footer" | "thead" | "caption" => true,
                "span" => tag.class == "definition",
                "p" => tag.class == "box-title",
                name => is_heading(name),
            };
            if is_out && !tag.closes {
                if tag.name != "span" {
                    self.paragraph();
                }
                left_out = Some((tag.name, 1));
            } else {
                self.tag(tag);
            }
        }
        self.paragraph();
    }

    fn tag(&mut self, tag: Tag) {
        match tag.name {
            "br" => self.signs.push(Sign { character: ' ', at: None }),
            "td" | "th" if self.in_row => self.cell_begins = !tag.closes,
            name if INLINE.contains(&name) => {}
            name => {
                self.paragraph();
                self.in_row = name == "tr" && !tag.closes;
                self.cell_begins = false;
            }
        }
    }

    fn text(&mut self, at: Range<usize>) {
        let (html, mut from) = (self.html, at.start);
        if self.cell_begins && !html[at.clone()].trim().is_empty() {
            self.cell_begins = false;
            while self.signs.last().is_some_and(|sign| sign.character.is_whitespace()) {
                self.signs.pop();
            }
            if !self.signs.is_empty() {
                self.signs.extend([';', ' '].map(|character| Sign { character, at: None }));
            }
        }
        while let Some(rest) = html.get(from..at.end).filter(|rest| !rest.is_empty()) {
            let Some((character, length)) = character_at(rest) else { return };
            self.signs.push(Sign { character, at: Some(from..from + length) });
            from += length;
        }
    }

    /// The paragraph is whole.
    fn paragraph(&mut self) {
        let signs = std::mem::take(&mut self.signs);
        let sentences =
            if self.in_row { std::iter::once(0..signs.len()).collect() } else { sentences(&signs) };
        let mut paragraph = Vec::new();
        for sentence in sentences {
            let signs = signs.get(sentence).unwrap_or_default();
            let text = words(signs);
            if text.chars().any(char::is_alphanumeric) && self.said.insert(text.clone()) {
                paragraph.push(Passage { text, places: places(self.html, signs) });
            }
        }
        if paragraph.is_empty() {
            return;
        }
        if self.parts.is_empty() {
            self.parts.push(Part::default());
        }
        if let Some(part) = self.parts.last_mut() {
            part.paragraphs.push(paragraph);
        }
    }
}

fn is_heading(name: &str) -> bool {
    matches!(name, "h1" | "h2" | "h3" | "h4" | "h5" | "h6")
}

/// As people read them, with single spaces.
fn words(signs: &[Sign]) -> String {
    let text: String = signs.iter().map(|sign| sign.character).collect();
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// Where they are written, without the spaces at both ends, and without what is only space: between the tags of a table nothing can be marked.
fn places(html: &str, signs: &[Sign]) -> Vec<Range<usize>> {
    let seen = |sign: &Sign| !sign.character.is_whitespace();
    let first = signs.iter().position(seen).unwrap_or(signs.len());
    let last = signs.iter().rposition(seen).map_or(first, |last| last + 1);
    let mut places: Vec<Range<usize>> = Vec::new();
    for at in signs.get(first..last).unwrap_or_default().iter().filter_map(|sign| sign.at.clone()) {
        match places.last_mut() {
            Some(place) if place.end == at.start => place.end = at.end,
            _ => places.push(at),
        }
    }
    places.retain(|place| !html[place.clone()].trim().is_empty());
    places
}

/// These end no sentence with their full stop.
const SHORTENED: [&str; 13] =
    ["approx", "cf", "dr", "e.g", "eg", "fig", "i.e", "ie", "mr", "mrs", "ms", "prof", "vs"];

/// Where each sentence stands. One ends with a full stop, a question mark or an exclamation mark before a space, unless a small letter follows.
fn sentences(signs: &[Sign]) -> Vec<Range<usize>> {
    let character = |at: usize| signs.get(at).map(|sign| sign.character);
    let (mut sentences, mut from) = (Vec::new(), 0);
    for at in 0..signs.len() {
        let Some(ends @ ('.' | '!' | '?' | '…')) = character(at) else { continue };
        let mut end = at + 1;
        while matches!(character(end), Some(')' | ']' | '”' | '’' | '"' | '\'')) {
            end += 1;
        }
        let before_space = character(end).is_some_and(char::is_whitespace);
        if !before_space {
            continue;
        }
        let mut next = end;
        while character(next).is_some_and(char::is_whitespace) {
            next += 1;
        }
        let before: String =
            signs.get(from..at).unwrap_or_default().iter().map(|sign| sign.character).collect();
        let last = before.split(|c: char| c.is_whitespace() || "(“‘\"".contains(c)).next_back();
        let shortened =
            ends == '.' && last.is_some_and(|last| SHORTENED.contains(&last.to_lowercase().as_str()));
        if !shortened && character(next).is_some_and(|next| !next.is_lowercase()) {
            sentences.push(from..end);
            from = next;
        }
    }
    sentences.push(from..signs.len());
    sentences
}

/// The character that the text begins with, as people read it, and its length as it is written.
fn character_at(text: &str) -> Option<(char, usize)> {
    let plain = text.chars().next().map(|character| (character, character.len_utf8()));
    let written = text.strip_prefix('&').and_then(|after| Some(&after[..after.find(';')?]));
    let Some(name) = written.filter(|name| name.len() <= 8) else { return plain };
    let character = match name {
        "amp" => Some('&'),
        "lt" => Some('<'),
        "gt" => Some('>'),
        "quot" => Some('"'),
        "apos" => Some('\''),
        "nbsp" => Some('\u{a0}'),
        _ => name.strip_prefix('#').and_then(|number| {
            let code = match number.strip_prefix(['x', 'X']) {
                Some(number) => u32::from_str_radix(number, 16),
                None => number.parse(),
            };
            code.ok().and_then(char::from_u32)
        }),
    };
    character.map(|character| (character, name.len() + 2)).or(plain)
}

#[cfg(test)]
mod tests;
