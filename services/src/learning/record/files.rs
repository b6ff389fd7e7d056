//! The record as a file: for a portfolio and for revalidation.

use domain::{
    count,
    learning::{CpdRecord, RecordedCourse, RecordedModule, in_hours},
};

use super::{OwnRecord, in_words, own_record};
use crate::{
    Result, Services,
    accounts::Actor,
    kit::{
        export::{Cell, Export, File, Format, file, in_own_turn},
        pdf::{
            begin,
            certificate::can_show,
            faces, finish,
            flow::{self, Paragraph, Role},
            typeset::{Faces, tidy},
        },
    },
};

const TITLE: &str = "Record of professional development";

const LOST: &str = "Some letters cannot be shown on these pages. The files for spreadsheets have them.";

/// The completed modules as rows, for spreadsheets.
///
/// # Errors
/// When the database fails.
pub async fn record_file(services: &Services, actor: &Actor, format: Format) -> Result<File> {
    // It is their own: there is nothing to prove.
    let load = async { exported(&own_record(services, actor).await?.record) };
    file(services, actor, format, async { Ok(()) }, load).await
}

fn exported(record: &CpdRecord) -> Result<Export> {
    let headings = [
        "Course",
        "Module",
        "Completed (UK time)",
        "Minutes",
        "Competencies",
        "What I learnt",
        "How I use it",
        "Reflection about competencies",
    ];
    let rows =
        record.courses.iter().flat_map(|course| course.modules.iter().map(move |module| row(course, module)));
    Ok(Export {
        of: TITLE.to_owned(),
        thing: "module",
        narrowed: Vec::new(),
        headings: headings.map(str::to_owned).into(),
        rows: rows.collect::<Result<_>>()?,
    })
}

fn row(course: &RecordedCourse, module: &RecordedModule) -> Result<Vec<Cell>> {
    let reflection = module.reflection.clone().unwrap_or_default();
    Ok(vec![
        Cell::text(&course.title),
        Cell::text(&module.title),
        Cell::moment_or_nothing(Some(&module.completed))?,
        Cell::number(module.minutes),
        Cell::text(named(course, &module.competencies)),
        Cell::text(reflection.learnt),
        Cell::text(reflection.used),
        Cell::text(named(course, &reflection.competencies)),
    ])
}

/// "2 Identify options; 4 Prescribe"
fn named(course: &RecordedCourse, ids: &[String]) -> String {
    ids.iter().map(|id| course.competency(id)).collect::<Vec<_>>().join("; ")
}

/// The record as pages to read, to print and to keep.
///
/// # Errors
/// When the database fails, and [`crate::Error::Unavailable`] when too many ask for work like this at once, or this person too often.
pub async fn record_pdf(services: &Services, actor: &Actor) -> Result<Vec<u8>> {
    let made = in_words(services.clock.now());
    let write = move |OwnRecord { record, email }: OwnRecord| pdf(&record, &email, &made);
    in_own_turn(services, actor, own_record(services, actor), write).await
}

/// `made` is the day, in words.
fn pdf(record: &CpdRecord, email: &str, made: &str) -> Result<Vec<u8>> {
    let name = if can_show(&record.name) { record.name.as_str() } else { email };
    let title = format!("{TITLE}: {}", tidy(name));
    let mut document = begin(title, format!("{TITLE} {email} {made}"))?;
    let faces = faces()?;
    let tags = flow::draw(&mut document, faces, &noted(written(record, name, made), faces), "Record")?;
    finish(document, tags, TITLE)
}

/// Says so where letters are lost: on paper nobody sees the text that the file has beside them.
fn noted(mut groups: Vec<Vec<Paragraph>>, faces: &Faces) -> Vec<Vec<Paragraph>> {
    let lost = groups.iter().flatten().any(|text| faces.regular.line(&text.text).actual.is_some());
    if let Some(first) = groups.first_mut().filter(|_| lost) {
        first.push(paragraph(Role::Quiet, LOST));
    }
    groups
}

/// The text, in groups of paragraphs that stay on one page if they fit.
fn written(record: &CpdRecord, name: &str, made: &str) -> Vec<Vec<Paragraph>> {
    let all = count(record.modules(), "module");
    let mut groups = vec![vec![
        paragraph(Role::Title, TITLE),
        paragraph(Role::Text, format!("Name: {name}")),
        paragraph(Role::Text, format!("Made on {made}")),
        paragraph(Role::Text, format!("Completed: {all}, {}", in_hours(record.minutes()))),
        paragraph(
            Role::Quiet,
            "The minutes are those that the course stated for a module on that day. They are not measured.",
        ),
    ]];
    for course in &record.courses {
        groups.extend(of_course(course));
    }
    groups
}

fn of_course(course: &RecordedCourse) -> Vec<Vec<Paragraph>> {
    let done = format!("{}, {}", count(course.modules.len(), "module"), in_hours(course.minutes()));
    let mut group = vec![paragraph(Role::Heading, course.title.as_str()), paragraph(Role::Text, done)];
    let mut groups = Vec::new();
    for module in &course.modules {
        group.extend(of_module(course, module));
        groups.push(std::mem::take(&mut group));
    }
    let served = course.served();
    for (at, served) in served.iter().enumerate() {
        let mut group = Vec::new();
        if at == 0 {
            group.push(paragraph(Role::Heading, format!("{}: by competency", course.title)));
            group.push(paragraph(Role::Quiet, course.framework.as_str()));
        }
        group.push(paragraph(Role::Subheading, served.competency.in_words()));
        let titles = |modules: Vec<&RecordedModule>| {
            modules.into_iter().map(|module| module.title.as_str()).collect::<Vec<_>>().join("; ")
        };
        if !served.modules.is_empty() {
            group.push(paragraph(Role::Text, format!("Modules: {}", titles(served.modules.clone()))));
        }
        let written: Vec<_> = served.reflections.iter().map(|(module, _)| *module).collect();
        if !written.is_empty() {
            group.push(paragraph(Role::Text, format!("Reflections on: {}", titles(written))));
        }
        groups.push(group);
    }
    groups
}

fn of_module(course: &RecordedCourse, module: &RecordedModule) -> Vec<Paragraph> {
    let mut group = vec![
        paragraph(Role::Subheading, module.title.as_str()),
        paragraph(
            Role::Text,
            format!("Completed {}. {}.", module.completed.london, count(module.minutes, "minute")),
        ),
    ];
    if !module.competencies.is_empty() {
        group.push(paragraph(Role::Quiet, format!("Competencies: {}", named(course, &module.competencies))));
    }
    let Some(reflection) = &module.reflection else { return group };
    for (label, text) in [("What I learnt", &reflection.learnt), ("How I use it", &reflection.used)] {
        if text.is_empty() {
            continue;
        }
        group.push(paragraph(Role::Strong, label));
        let lines = text.lines().filter(|line| !line.trim().is_empty());
        group.extend(lines.map(|line| paragraph(Role::Text, line)));
    }
    if !reflection.competencies.is_empty() {
        let about = named(course, &reflection.competencies);
        group.push(paragraph(Role::Quiet, format!("This reflection is about: {about}")));
    }
    group
}

pub(in crate::learning) fn paragraph(role: Role, text: impl Into<String>) -> Paragraph {
    Paragraph { role, text: text.into() }
}

#[cfg(test)]
mod tests {
    use domain::{
        Moment,
        learning::{Competency, CourseCertificate, Reflection},
    };

    use super::*;

    fn record(learnt: &str) -> CpdRecord {
        let module = |slug: &str, reflection: Option<Reflection>| RecordedModule {
            slug: slug.into(),
            title: format!("Module {slug}"),
            minutes: 40,
            completed: Moment { utc: "2026-11-22T09:00:00Z".into(), london: "22 November 2026".into() },
            competencies: vec!["4".into()],
            reflection,
        };
        let reflection = Reflection {
            learnt: learnt.into(),
            used: "=1+1".into(),
            competencies: vec!["4".into()],
            version: 1,
        };
        CpdRecord {
            name: "Zoë Smith".into(),
            courses: vec![RecordedCourse {
                slug: "nmp".into(),
                title: "Learning to prescribe".into(),
                framework: "Framework (Society, 2021)".into(),
                competencies: vec![Competency { id: "4".into(), title: "Prescribe".into() }],
                modules: vec![module("one", Some(reflection)), module("two", None)],
                certificate: CourseCertificate::NotYet,
            }],
        }
    }

    fn times(pdf: &[u8], what: &str) -> usize {
        pdf.windows(what.len()).filter(|window| *window == what.as_bytes()).count()
    }

    #[test]
    fn the_pages_say_hours_days_reflections_and_competencies() {
        let words: Vec<_> = written(&record("Start low.\n\nGo slow."), "Zoë Smith", "30 November 2026")
            .into_iter()
            .flatten()
            .map(|paragraph| paragraph.text)
            .collect();
        assert_eq!(
            words,
            [
                TITLE,
                "Name: Zoë Smith",
                "Made on 30 November 2026",
                "Completed: 2 modules, 1 hour 20 minutes",
                "The minutes are those that the course stated for a module on that day. They are not measured.",
                "Learning to prescribe",
                "2 modules, 1 hour 20 minutes",
                "Module one",
                "Completed 22 November 2026. 40 minutes.",
                "Competencies: 4 Prescribe",
                "What I learnt",
                "Start low.",
                "Go slow.",
                "How I use it",
                "=1+1",
                "This reflection is about: 4 Prescribe",
                "Module two",
                "Completed 22 November 2026. 40 minutes.",
                "Competencies: 4 Prescribe",
                "Learning to prescribe: by competency",
                "Framework (Society, 2021)",
                "4 Prescribe",
                "Modules: Module one; Module two",
                "Reflections on: Module one",
            ]
        );
    }

    #[test]
    fn a_record_of_any_text_is_a_tagged_document_with_a_heading_for_each_module_and_competency() {
        for text in ["Start low.".to_owned(), "W".repeat(4_000), "李明 \u{feff}<&>\n".repeat(300)] {
            let pdf = pdf(&record(&text), "zoe@uni.example", "30 November 2026").unwrap();
            assert!(pdf.starts_with(b"%PDF-"));
            for what in ["/StructTreeRoot", "/Lang(en-GB)", "pdfuaid:part>1<"] {
                assert!(times(&pdf, what) > 0, "{what}");
            }
            assert_eq!([times(&pdf, "/S/H1"), times(&pdf, "/S/H2"), times(&pdf, "/S/H3")], [1, 2, 3]);
        }
    }

    #[test]
    fn pages_that_lose_letters_say_so() {
        let says = |learnt: &str| {
            let groups = noted(written(&record(learnt), "Zoë Smith", "30 November 2026"), faces().unwrap());
            groups.iter().flatten().any(|paragraph| paragraph.text == LOST)
        };
        for lost in ["李明", "Well done 👍", "প্রিয়া"] {
            assert!(says(lost), "{lost}");
        }
        for shown in ["Start low.", "Ṣẹ́gun: ≤ 5 mg – “slow”", "", "Зоя"] {
            assert!(!says(shown), "{shown}");
        }
    }

    #[test]
    fn an_empty_record_is_a_document_too() {
        let nothing = CpdRecord { name: "李明".into(), courses: Vec::new() };
        assert!(pdf(&nothing, "li@uni.example", "30 November 2026").unwrap().starts_with(b"%PDF-"));
        assert_eq!(exported(&nothing).unwrap().rows.len(), 0);
    }
}
