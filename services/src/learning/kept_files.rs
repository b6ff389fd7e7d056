//! What a learner keeps of a course as a file of their own: notes, highlights and bookmarks.

use domain::{
    count,
    learning::{CourseNotes, NotedPage, Slug},
};

use super::{
    notes::notes_page,
    record::{in_words, paragraph},
};
use crate::{
    Result, Services,
    accounts::Actor,
    kit::{
        export::{Cell, Export, File, Format, file},
        pdf::{
            begin, faces, finish,
            flow::{self, Paragraph, Role},
            typeset::tidy,
        },
    },
};

const TITLE: &str = "My notes, highlights and bookmarks";

/// A row for each note, highlight and bookmark, for spreadsheets.
///
/// # Errors
/// [`crate::Error::NotFound`] for who has no place on the course.
pub async fn notes_file(services: &Services, actor: &Actor, course: &Slug, format: Format) -> Result<File> {
    let prove = async { notes_page(services, actor, course).await.map(drop) };
    let load = async { exported(&notes_page(services, actor, course).await?) };
    file(services, actor, format, prove, load).await
}

fn exported(kept: &CourseNotes) -> Result<Export> {
    let headings =
        ["Module", "Page", "Kind", "Text", "Still in the course", "Last changed on this page (UK time)"];
    let mut rows = Vec::new();
    for page in &kept.notes {
        let note = (!page.note.text.is_empty()).then_some(("Note", page.note.text.as_str(), page.gone));
        let bookmark = page.note.bookmarked.then_some(("Bookmark", "", page.gone));
        let highlights = page
            .highlights
            .iter()
            .map(|passage| ("Highlight", passage.text.as_str(), page.gone || passage.gone));
        for (kind, text, gone) in bookmark.into_iter().chain(note).chain(highlights) {
            rows.push(vec![
                Cell::text(&page.module_title),
                Cell::text(&page.title),
                Cell::text(kind),
                Cell::text(text),
                Cell::yes_or_no(!gone),
                Cell::moment_or_nothing(Some(&page.changed))?,
            ]);
        }
    }
    Ok(Export {
        of: format!("{TITLE}: {}", kept.title),
        thing: "row",
        narrowed: Vec::new(),
        headings: headings.map(str::to_owned).into(),
        rows,
    })
}

/// The same as pages to read, to print and to keep.
///
/// # Errors
/// As for [`notes_file`], and [`crate::Error::Unavailable`] when too many ask for work like this at once.
pub async fn notes_pdf(services: &Services, actor: &Actor, course: &Slug) -> Result<Vec<u8>> {
    // Who has nothing there takes no place.
    let kept = notes_page(services, actor, course).await?;
    let made = in_words(services.clock.now());
    let place = services.queues.heavy.place().await?;
    place.work(move || pdf(&kept, &made)).await?
}

/// `made` is the day, in words.
fn pdf(kept: &CourseNotes, made: &str) -> Result<Vec<u8>> {
    let title = format!("{TITLE}: {}", tidy(&kept.title));
    let mut document = begin(title.clone(), format!("{title} {made}"))?;
    let tags = flow::draw(&mut document, faces()?, &written(kept, made), "Notes")?;
    finish(document, tags, TITLE)
}

/// The text, in groups of paragraphs that stay on one page if they fit.
fn written(kept: &CourseNotes, made: &str) -> Vec<Vec<Paragraph>> {
    let mut groups = vec![vec![
        paragraph(Role::Title, TITLE),
        paragraph(Role::Text, format!("Course: {}", kept.title)),
        paragraph(Role::Text, format!("Made on {made}")),
        paragraph(Role::Text, format!("Kept: something of {}", count(kept.notes.len(), "page"))),
    ]];
    let mut module = None;
    for page in &kept.notes {
        let mut group = Vec::new();
        if module != Some(&page.module) {
            group.push(paragraph(Role::Heading, page.module_title.as_str()));
            module = Some(&page.module);
        }
        group.extend(of_page(page));
        groups.push(group);
    }
    groups
}

fn of_page(page: &NotedPage) -> Vec<Paragraph> {
    let mut about = format!("Last changed {}.", page.changed.london);
    if page.note.bookmarked {
        about += " Bookmarked.";
    }
    if page.gone {
        about += " This page is no longer in the course.";
    }
    let mut group = vec![paragraph(Role::Subheading, page.title.as_str()), paragraph(Role::Quiet, about)];
    let lines: Vec<_> = page.note.text.lines().filter(|line| !line.trim().is_empty()).collect();
    let (gone, there): (Vec<_>, Vec<_>) = page.highlights.iter().partition(|passage| passage.gone);
    let texts = |passages: Vec<&domain::learning::Highlight>| -> Vec<String> {
        passages.into_iter().map(|passage| passage.text.clone()).collect()
    };
    for (label, texts) in [
        ("Note", lines.into_iter().map(str::to_owned).collect()),
        ("Highlighted", texts(there)),
        ("Highlighted, and no longer on the page", texts(gone)),
    ] {
        if !texts.is_empty() {
            group.push(paragraph(Role::Strong, label));
            group.extend(texts.into_iter().map(|text| paragraph(Role::Text, text)));
        }
    }
    group
}

#[cfg(test)]
mod tests {
    use domain::{
        Moment,
        learning::{Highlight, Note},
    };

    use super::*;

    fn kept(text: &str) -> CourseNotes {
        let page = |module: &str, page: &str, text: &str, bookmarked, gone| NotedPage {
            module: module.into(),
            module_title: format!("Module {module}"),
            page: page.into(),
            title: format!("Page {page}"),
            gone,
            note: Note { text: text.into(), bookmarked, version: 1 },
            highlights: vec![
                Highlight { text: "Start low.".into(), gone: false },
                Highlight { text: "=1+1".into(), gone: true },
            ],
            highlights_version: 1,
            changed: Moment { utc: "2026-11-22T09:00:00Z".into(), london: "22 November 2026, 09:00".into() },
        };
        let mut bare = page("two", "3", "", true, true);
        bare.highlights.clear();
        CourseNotes {
            title: "Learning to prescribe".into(),
            notes: vec![page("one", "1", text, true, false), page("one", "2", "", false, false), bare],
        }
    }

    #[test]
    fn the_pages_have_notes_highlights_and_bookmarks_by_module_and_page() {
        let words: Vec<_> = written(&kept("Ask.\n\nTwice."), "30 November 2026")
            .into_iter()
            .flatten()
            .map(|paragraph| paragraph.text)
            .collect();
        let highlights = ["Highlighted", "Start low.", "Highlighted, and no longer on the page", "=1+1"]
            .map(str::to_owned);
        let mut expected: Vec<String> = [
            TITLE,
            "Course: Learning to prescribe",
            "Made on 30 November 2026",
            "Kept: something of 3 pages",
            "Module one",
            "Page 1",
            "Last changed 22 November 2026, 09:00. Bookmarked.",
            "Note",
            "Ask.",
            "Twice.",
        ]
        .map(str::to_owned)
        .into();
        expected.extend(highlights.clone());
        expected.extend(["Page 2", "Last changed 22 November 2026, 09:00."].map(str::to_owned));
        expected.extend(highlights);
        expected.extend(
            [
                "Module two",
                "Page 3",
                "Last changed 22 November 2026, 09:00. Bookmarked. This page is no longer in the course.",
            ]
            .map(str::to_owned),
        );
        assert_eq!(words, expected);
    }

    #[test]
    fn any_text_makes_a_tagged_document_and_nothing_makes_one_too() {
        for text in ["Ask.".to_owned(), "W".repeat(4_000), "李明 \u{feff}<&>\n".repeat(300)] {
            let pdf = pdf(&kept(&text), "30 November 2026").unwrap();
            assert!(pdf.starts_with(b"%PDF-"));
            let has = |what: &str| pdf.windows(what.len()).any(|window| window == what.as_bytes());
            assert!(has("/StructTreeRoot") && has("/Lang(en-GB)") && has("/S/H3"));
        }
        let nothing = CourseNotes { title: "李明".into(), notes: Vec::new() };
        assert!(pdf(&nothing, "30 November 2026").unwrap().starts_with(b"%PDF-"));
        assert_eq!(exported(&nothing).unwrap().rows.len(), 0);
    }
}
