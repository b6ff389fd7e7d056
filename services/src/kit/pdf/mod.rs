//! PDF/UA-1: tagged documents with their fonts inside. What certificates, receipts and records have in common.

pub(crate) mod certificate;
pub(crate) mod flow;
pub(crate) mod typeset;

use krilla::{
    Document, SerializeSettings,
    color::rgb,
    configure::{Accessibility, ConfigurationBuilder},
    destination::XyzDestination,
    geom::Point,
    metadata::Metadata,
    outline::{Outline, OutlineNode},
    paint::{Fill, Paint},
    surface::Surface,
    tagging::{ContentTag, Identifier, SpanTag, TagTree},
};

use crate::{Error, Result};
use typeset::{FACES, Face, Faces, Line};

pub(crate) const SITE: &str = "Health and Education Co-operative";
const LANGUAGE: &str = "en-GB";

/// Red, green, blue.
pub(crate) type Colour = [u8; 3];
pub(crate) const BRAND: Colour = [0x0b, 0x3c, 0x5d];
pub(crate) const INK: Colour = [0x1c, 0x24, 0x2b];
pub(crate) const QUIET: Colour = [0x4a, 0x55, 0x60];

/// # Errors
/// [`Error::Failed`] when a file of `services/fonts` is damaged.
pub(crate) fn faces() -> Result<&'static Faces> {
    FACES.as_ref().ok_or_else(|| Error::failed("the fonts of our documents cannot be read"))
}

/// An empty document. `id` stands for the document in its bytes, which depend on neither the time nor chance.
pub(crate) fn begin(title: String, id: String) -> Result<Document> {
    let configuration = ConfigurationBuilder::new()
        .with_accessibility_validator(Accessibility::UA1)
        .finish()
        .map_err(|error| Error::failed(format!("{error:?}")))?;
    let mut document = Document::new_with(SerializeSettings { configuration, ..Default::default() });
    document.set_metadata(
        Metadata::new()
            .title(title)
            .authors(vec![SITE.to_owned()])
            .creator(SITE.to_owned())
            .language(LANGUAGE.to_owned())
            .document_id(id),
    );
    Ok(document)
}

pub(crate) fn tags() -> TagTree {
    TagTree::new().with_lang(Some(LANGUAGE.to_owned()))
}

/// The bytes of the document. `name` is the only entry of its outline.
///
/// # Errors
/// [`Error::Failed`] if it does not meet PDF/UA. That would be a fault of ours, because any text can meet it.
pub(crate) fn finish(mut document: Document, tags: TagTree, name: &str) -> Result<Vec<u8>> {
    document.set_tag_tree(tags);
    // PDF/UA requires an outline, even for a short document.
    let mut outline = Outline::new();
    outline.push_child(OutlineNode::new(name.to_owned(), XyzDestination::new(0, Point::from_xy(0.0, 0.0))));
    document.set_outline(outline);
    document.finish().map_err(|error| Error::failed(format!("a document cannot be written: {error:?}")))
}

/// Draws one line of text that begins at `left`.
pub(crate) fn draw(
    surface: &mut Surface,
    line: &Line,
    face: &Face,
    size: f32,
    colour: Colour,
    left: f32,
    baseline: f32,
) -> Identifier {
    let tag = SpanTag::empty().with_actual_text(line.actual.as_deref());
    let identifier = surface.start_tagged(ContentTag::Span(tag));
    write(surface, line, face, size, colour, left, baseline);
    surface.end_tagged();
    identifier
}

/// The same within something that is tagged already.
pub(crate) fn write(
    surface: &mut Surface,
    line: &Line,
    face: &Face,
    size: f32,
    colour: Colour,
    left: f32,
    baseline: f32,
) {
    surface.set_stroke(None);
    surface.set_fill(Some(Fill { paint: paint(colour), ..Fill::default() }));
    let start = Point::from_xy(left, baseline);
    surface.draw_glyphs(start, &line.glyphs, face.font.clone(), &line.text, size, false);
}

pub(crate) fn paint(colour: Colour) -> Paint {
    let [red, green, blue] = colour;
    rgb::Color::new(red, green, blue).into()
}
