//! Sets paragraphs on as many pages as they take, in the order in which a screen reader reads them.

use std::num::NonZeroU16;

use krilla::{
    Document,
    page::PageSettings,
    tagging::{Artifact, ArtifactType, ContentTag, Tag, TagGroup, TagTree},
};

use super::{
    BRAND, Colour, INK, QUIET, SITE,
    typeset::{Block, Face, Faces},
};
use crate::{Error, Result, kit::pdf};

/// A4 upright, in points.
const WIDTH: f32 = 595.28;
const HEIGHT: f32 = 841.89;
const MARGIN: f32 = 56.0;
const TOP: f32 = MARGIN;
const BOTTOM: f32 = HEIGHT - MARGIN;
const FOOT: f32 = HEIGHT - 32.0;
const SMALL: f32 = 9.0;

#[derive(Debug, Clone)]
pub(crate) struct Paragraph {
    pub role: Role,
    pub text: String,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Role {
    Title,
    Heading,
    Subheading,
    Strong,
    Text,
    Quiet,
}

/// A paragraph in its lines, ready to be drawn.
struct Set<'a> {
    tags: TagGroup,
    face: &'a Face,
    colour: Colour,
    /// The space before it, unless it begins a page.
    above: f32,
    block: Block,
}

impl<'a> Set<'a> {
    fn new(faces: &'a Faces, Paragraph { role, text }: &Paragraph) -> Self {
        let (face, size, colour, above) = match role {
            Role::Title => (&faces.semibold, 24.0, BRAND, 0.0),
            Role::Heading => (&faces.semibold, 16.0, BRAND, 18.0),
            Role::Subheading => (&faces.semibold, 12.0, INK, 12.0),
            Role::Strong => (&faces.semibold, 12.0, INK, 4.0),
            Role::Text => (&faces.regular, 12.0, INK, 4.0),
            Role::Quiet => (&faces.italic, 10.5, QUIET, 2.0),
        };
        let heading =
            |below: u16| TagGroup::new(Tag::Hn(NonZeroU16::MIN.saturating_add(below), Some(text.clone())));
        let tags = match role {
            Role::Title => heading(0),
            Role::Heading => heading(1),
            Role::Subheading => heading(2),
            Role::Strong | Role::Text | Role::Quiet => TagGroup::new(Tag::P),
        };
        Self { tags, face, colour, above, block: face.set(text, size, WIDTH - 2.0 * MARGIN) }
    }
}

/// Where a line stands on its page.
struct Place {
    paragraph: usize,
    line: usize,
    baseline: f32,
}

/// Draws the pages. A group of paragraphs that fits on a page is not divided. `called` is the word for the document at the foot of each page.
pub(crate) fn draw(
    document: &mut Document,
    faces: &Faces,
    groups: &[Vec<Paragraph>],
    called: &str,
) -> Result<TagTree> {
    let groups: Vec<Vec<Set>> = groups
        .iter()
        .map(|group| group.iter().map(|paragraph| Set::new(faces, paragraph)).collect())
        .collect();
    let pages = laid_out(&groups);
    let mut all: Vec<Set> = groups.into_iter().flatten().collect();
    let of = pages.len();
    for (number, places) in (1..).zip(pages) {
        let settings =
            PageSettings::from_wh(WIDTH, HEIGHT).ok_or_else(|| Error::failed("no such page size"))?;
        let mut page = document.start_page_with(settings);
        let mut surface = page.surface();
        for Place { paragraph, line, baseline } in places {
            let Some(set) = all.get_mut(paragraph) else { continue };
            let Some(text) = set.block.lines.get(line) else { continue };
            let drawn = pdf::draw(&mut surface, text, set.face, set.block.size, set.colour, MARGIN, baseline);
            set.tags.push(drawn);
        }
        let foot = faces.regular.line(&format!("{SITE}. {called}, page {number} of {of}"));
        surface.start_tagged(ContentTag::Artifact(Artifact::with_kind(ArtifactType::Footer)));
        pdf::write(&mut surface, &foot, &faces.regular, SMALL, QUIET, MARGIN, FOOT);
        surface.end_tagged();
        surface.finish();
        page.finish();
    }
    let mut tags = pdf::tags();
    for set in all {
        tags.push(set.tags);
    }
    Ok(tags)
}

/// The lines of each page.
fn laid_out(groups: &[Vec<Set>]) -> Vec<Vec<Place>> {
    let (mut pages, mut page, mut y, mut paragraph) = (Vec::new(), Vec::new(), TOP, 0);
    for group in groups {
        let height: f32 = group.iter().map(|set| set.above + set.block.height()).sum();
        if y > TOP && y + height > BOTTOM && height <= BOTTOM - TOP {
            pages.push(std::mem::take(&mut page));
            y = TOP;
        }
        for set in group {
            if y > TOP {
                y += set.above;
            }
            for line in 0..set.block.lines.len() {
                if y + set.block.leading() > BOTTOM {
                    pages.push(std::mem::take(&mut page));
                    y = TOP;
                }
                page.push(Place { paragraph, line, baseline: y + set.block.size });
                y += set.block.leading();
            }
            paragraph += 1;
        }
    }
    pages.push(page);
    pages
}
