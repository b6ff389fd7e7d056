//! The page itself: the place of each text, and the order in which a screen reader reads them.

use std::{num::NonZeroU16, ops::Range};

use krilla::{
    geom::{Path, PathBuilder, Rect, Transform},
    paint::{Fill, Stroke},
    surface::Surface,
    tagging::{Artifact, ArtifactType, ContentTag, Identifier, Tag, TagGroup, TagTree},
};

use super::{Certificate, HEIGHT, TITLE, WIDTH};
use crate::kit::pdf::{
    BRAND, Colour, INK, QUIET, SITE, paint,
    typeset::{Block, Face, Faces, LEADING, Line, Room},
};

const CENTRE: f32 = WIDTH / 2.0;

const WHITE: Colour = [0xff, 0xff, 0xff];

/// The size of the texts about checking the certificate.
const SMALL: f32 = 11.5;

/// The top and the bottom of the room for the statement.
const STATEMENT: Range<f32> = 190.0..436.0;
const LEAD_IN: f32 = 16.0;
const GAP: f32 = 16.0;
const NAME: Room = Room { width: 660.0, sizes: &[(46.0, 32.0), (34.0, 24.0)] };
const SUBJECT: Room = Room { width: 640.0, sizes: &[(27.0, 21.0), (24.0, 19.0), (21.0, 17.0)] };

/// Two lead-ins, name and subject, with the gaps between them.
fn statement_height(name: f32, subject: f32) -> f32 {
    2.0 * LEAD_IN * LEADING + name + subject + 2.5 * GAP
}

/// The parts that the document needs after the page is drawn. The link can only be made once the surface is finished.
pub(super) struct Drawn {
    pub tags: TagTree,
    /// The words before the address, and the address.
    pub before: Identifier,
    pub address: Identifier,
    /// The area of the address that can be clicked.
    pub area: Option<Rect>,
    /// The parts that a screen reader reads after the address.
    pub after: TagGroup,
}

/// Draws the page from top to bottom.
pub(super) fn draw(surface: Surface, faces: &Faces, certificate: &Certificate) -> Drawn {
    let mut sheet = Sheet { surface, tags: crate::kit::pdf::tags() };
    sheet.frame();
    sheet.heading(faces);
    sheet.statement(faces, certificate);
    sheet.facts(faces, certificate);
    sheet.code(faces, certificate);
    sheet.address(faces, certificate)
}

struct Sheet<'a> {
    surface: Surface<'a>,
    tags: TagTree,
}

impl Sheet<'_> {
    /// Two lines around the page, and the mark of the site, which only repeats what the words say.
    fn frame(&mut self) {
        self.decoration(|sheet| {
            for (inset, width) in [(24.0, 3.0), (31.0, 0.75)] {
                let rect = Rect::from_ltrb(inset, inset, WIDTH - inset, HEIGHT - inset);
                sheet.stroke(width, |path| {
                    if let Some(rect) = rect {
                        path.push_rect(rect);
                    }
                });
            }
            const SIDE: f32 = 46.0;
            let scale = SIDE / 40.0;
            sheet.surface.push_transform(&Transform::from_row(
                scale,
                0.0,
                0.0,
                scale,
                CENTRE - SIDE / 2.0,
                54.0,
            ));
            sheet.fill(BRAND, square());
            sheet.fill(WHITE, readers());
            sheet.surface.pop();
        });
    }

    fn heading(&mut self, faces: &Faces) {
        let site = faces.regular.capitals(SITE);
        let site = self.line(&site, &faces.regular, 19.0, BRAND, CENTRE, 128.0);
        self.tags.push(TagGroup::with_children(Tag::P, vec![site.into()]));
        let title = faces.regular.line(TITLE);
        let title = self.line(&title, &faces.regular, 46.0, BRAND, CENTRE, 180.0);
        let tag = Tag::Hn(NonZeroU16::MIN, Some(TITLE.to_owned()));
        self.tags.push(TagGroup::with_children(tag, vec![title.into()]));
    }

    /// The holder's name and what it is about, centred in the room that is left, however many lines they take.
    fn statement(&mut self, faces: &Faces, certificate: &Certificate) {
        let name = faces.semibold.fit(&certificate.name, &NAME);
        let subject = faces.semibold.fit(&certificate.subject, &SUBJECT);
        let spare = STATEMENT.end - STATEMENT.start - statement_height(name.height(), subject.height());
        let mut y = STATEMENT.start + spare / 2.0;
        let lead_in = |text| Block { size: LEAD_IN, lines: vec![faces.italic.line(text)] };
        y = self.paragraph(&lead_in("This is to certify that"), &faces.italic, INK, CENTRE, y) + GAP * 0.5;
        y = self.paragraph(&name, &faces.semibold, BRAND, CENTRE, y) + GAP * 1.5;
        self.decoration(|sheet| {
            sheet.stroke(0.75, |path| {
                path.move_to(CENTRE - 110.0, y - GAP);
                path.line_to(CENTRE + 110.0, y - GAP);
            });
        });
        y = self.paragraph(&lead_in(certificate.did), &faces.italic, INK, CENTRE, y) + GAP * 0.5;
        self.paragraph(&subject, &faces.semibold, INK, CENTRE, y);
    }

    /// Three facts side by side, each under its label.
    fn facts(&mut self, faces: &Faces, certificate: &Certificate) {
        const TOP: f32 = 440.0;
        const COLUMN: f32 = 240.0;
        for (place, (label, value)) in certificate.facts.iter().enumerate() {
            let x = CENTRE + (place as f32 - 1.0) * COLUMN;
            let mut tag = TagGroup::new(Tag::P);
            // The space keeps label and value apart for people who use a screen reader.
            let label = faces.regular.capitals(&format!("{label} "));
            tag.push(self.line(&label, &faces.regular, 13.0, QUIET, x, TOP + 12.0));
            let room = Room { width: COLUMN - 24.0, sizes: &[(16.0, 13.0), (13.0, 11.0)] };
            let value = faces.regular.fit(value, &room);
            self.lines(&value, &faces.regular, INK, x, TOP + 18.0, &mut tag);
            self.tags.push(tag);
        }
        self.decoration(|sheet| {
            sheet.stroke(0.5, |path| {
                for x in [CENTRE - COLUMN / 2.0, CENTRE + COLUMN / 2.0] {
                    path.move_to(x, TOP + 2.0);
                    path.line_to(x, TOP + 36.0);
                }
            });
        });
    }

    /// The code that proves the certificate genuine.
    fn code(&mut self, faces: &Faces, certificate: &Certificate) {
        const BASELINE: f32 = 514.0;
        let (regular, semibold) = (&faces.regular, &faces.semibold);
        let label = Block { size: SMALL, lines: vec![regular.line("Verification code ")] };
        let code = semibold.fit(&certificate.code, &Room { width: 300.0, sizes: &[(13.0, 8.0)] });
        let (left, right) = beside(&label, &code);
        let mut tag = TagGroup::new(Tag::P);
        tag.push(self.words(&label, regular, QUIET, left, BASELINE));
        tag.push(self.words(&code, semibold, INK, right, BASELINE));
        self.tags.push(tag);
    }

    /// The address where the code can be checked, and until when.
    fn address(mut self, faces: &Faces, certificate: &Certificate) -> Drawn {
        const BASELINE: f32 = 532.0;
        const WIDEST: f32 = WIDTH - 120.0;
        let face = &faces.regular;
        let before = Block { size: SMALL, lines: vec![face.line("Check this certificate at ")] };
        let room = Room { width: WIDEST - before.width(), sizes: &[(SMALL, 6.0)] };
        let address = face.fit(&certificate.verify_url, &room);
        let (left, right) = beside(&before, &address);
        let end = right + address.width();
        let before = self.words(&before, face, QUIET, left, BASELINE);
        let address = self.words(&address, face, BRAND, right, BASELINE);
        self.decoration(|sheet| {
            sheet.stroke(0.5, |path| {
                path.move_to(right, BASELINE + 2.0);
                path.line_to(end, BASELINE + 2.0);
            });
        });
        let area = Rect::from_ltrb(right - 2.0, BASELINE - 11.0, end + 2.0, BASELINE + 5.0);

        let until = face.fit(&certificate.until, &Room { width: WIDEST, sizes: &[(SMALL, 8.0)] });
        let mut after = TagGroup::new(Tag::P);
        self.lines(&until, face, QUIET, CENTRE, BASELINE + 6.0, &mut after);
        self.surface.finish();
        Drawn { tags: self.tags, before, address, area, after }
    }

    /// Draws a centred paragraph. `top` is the top of its first line, and the result is the bottom of its last.
    fn paragraph(&mut self, block: &Block, face: &Face, colour: Colour, centre: f32, top: f32) -> f32 {
        let mut tag = TagGroup::new(Tag::P);
        self.lines(block, face, colour, centre, top, &mut tag);
        self.tags.push(tag);
        top + block.height()
    }

    fn lines(
        &mut self,
        block: &Block,
        face: &Face,
        colour: Colour,
        centre: f32,
        top: f32,
        tag: &mut TagGroup,
    ) {
        for (place, line) in block.lines.iter().enumerate() {
            let baseline = top + block.leading() * place as f32 + block.size;
            tag.push(self.line(line, face, block.size, colour, centre, baseline));
        }
    }

    fn line(
        &mut self,
        line: &Line,
        face: &Face,
        size: f32,
        colour: Colour,
        centre: f32,
        baseline: f32,
    ) -> Identifier {
        self.line_from(line, face, size, colour, centre - line.width * size / 2.0, baseline)
    }

    fn line_from(
        &mut self,
        line: &Line,
        face: &Face,
        size: f32,
        colour: Colour,
        left: f32,
        baseline: f32,
    ) -> Identifier {
        crate::kit::pdf::draw(&mut self.surface, line, face, size, colour, left, baseline)
    }

    /// Draws a block of one line that begins at `left`.
    fn words(&mut self, block: &Block, face: &Face, colour: Colour, left: f32, baseline: f32) -> Identifier {
        let none = Line::default();
        self.line_from(block.lines.first().unwrap_or(&none), face, block.size, colour, left, baseline)
    }

    /// Draws a decoration, which screen readers skip.
    fn decoration(&mut self, draw: impl FnOnce(&mut Self)) {
        self.surface.start_tagged(ContentTag::Artifact(Artifact::with_kind(ArtifactType::Layout)));
        draw(self);
        self.surface.end_tagged();
    }

    fn stroke(&mut self, width: f32, draw: impl FnOnce(&mut PathBuilder)) {
        let mut path = PathBuilder::new();
        draw(&mut path);
        if let Some(path) = path.finish() {
            self.surface.set_fill(None);
            self.surface.set_stroke(Some(Stroke { paint: paint(BRAND), width, ..Stroke::default() }));
            self.surface.draw_path(&path);
        }
    }

    fn fill(&mut self, colour: Colour, path: Option<Path>) {
        if let Some(path) = path {
            self.surface.set_stroke(None);
            self.surface.set_fill(Some(Fill { paint: paint(colour), ..Fill::default() }));
            self.surface.draw_path(&path);
        }
    }
}

/// The left edges of two blocks of one line that stand side by side in the middle of the page.
fn beside(first: &Block, second: &Block) -> (f32, f32) {
    let gap = first.size * 0.25;
    let left = CENTRE - (first.width() + gap + second.width()) / 2.0;
    (left, left + first.width() + gap)
}

/// The distance of a curve's handles from its ends, for a quarter of a circle of radius one.
const QUARTER: f32 = 0.552_285;

/// The background of the site's mark (`public/favicon.svg`), 40 by 40: a square with round corners.
fn square() -> Option<Path> {
    let mut path = PathBuilder::new();
    let (near, far) = (8.0 * (1.0 - QUARTER), 40.0 - 8.0 * (1.0 - QUARTER));
    path.move_to(8.0, 0.0);
    path.line_to(32.0, 0.0);
    path.cubic_to(far, 0.0, 40.0, near, 40.0, 8.0);
    path.line_to(40.0, 32.0);
    path.cubic_to(40.0, far, far, 40.0, 32.0, 40.0);
    path.line_to(8.0, 40.0);
    path.cubic_to(near, 40.0, 0.0, far, 0.0, 32.0);
    path.line_to(0.0, 8.0);
    path.cubic_to(0.0, near, near, 0.0, 8.0, 0.0);
    path.close();
    path.finish()
}

/// The two people of the mark, over one book.
fn readers() -> Option<Path> {
    let mut path = PathBuilder::new();
    path.move_to(20.0, 34.0);
    path.cubic_to(15.0, 29.0, 10.0, 28.0, 4.0, 29.0);
    path.line_to(4.0, 16.0);
    path.cubic_to(10.0, 15.0, 15.0, 16.0, 20.0, 21.0);
    path.cubic_to(25.0, 16.0, 30.0, 15.0, 36.0, 16.0);
    path.line_to(36.0, 29.0);
    path.cubic_to(30.0, 28.0, 25.0, 29.0, 20.0, 34.0);
    path.close();
    for x in [12.0, 28.0] {
        let (y, r, h) = (10.0, 4.0, 4.0 * QUARTER);
        path.move_to(x + r, y);
        path.cubic_to(x + r, y + h, x + h, y + r, x, y + r);
        path.cubic_to(x - h, y + r, x - r, y + h, x - r, y);
        path.cubic_to(x - r, y - h, x - h, y - r, x, y - r);
        path.cubic_to(x + h, y - r, x + r, y - h, x + r, y);
        path.close();
    }
    path.finish()
}

#[cfg(test)]
mod tests {
    use super::{NAME, Room, STATEMENT, SUBJECT, statement_height};
    use crate::kit::pdf::typeset::LEADING;

    fn tallest(room: &Room) -> f32 {
        (1..).zip(room.sizes).map(|(lines, (size, _))| lines as f32 * size * LEADING).fold(0.0, f32::max)
    }

    #[test]
    fn the_longest_name_and_subject_stay_above_the_facts() {
        assert!(statement_height(tallest(&NAME), tallest(&SUBJECT)) <= STATEMENT.end - STATEMENT.start);
    }
}
