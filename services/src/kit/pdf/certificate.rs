//! A certificate, of a passed paper or of a completed course, as a page to print: PDF/UA-1, tagged, with its font inside.

mod page;

use krilla::action::{Action, LinkAction};
use krilla::annotation::{Annotation, LinkAnnotation, Target};
use krilla::page::PageSettings;
use krilla::tagging::{Tag, TagGroup};

use super::{
    begin, faces, finish,
    typeset::{FACES, Faces, tidy},
};
use crate::{Error, Result};
use page::Drawn;

const TITLE: &str = "Certificate";

/// A4 landscape, in points.
const WIDTH: f32 = 841.89;
const HEIGHT: f32 = 595.28;

/// The longest name for a certificate, in characters.
const MOST_OF_A_NAME: usize = 110;

/// Whether the certificate can show a name unchanged: its font has every letter, and the letters run from left to right. The font has
/// Latin letters with every accent, Greek and Cyrillic. Other scripts would need fonts that the server does not have.
pub(crate) fn can_show(name: &str) -> bool {
    let name = tidy(name);
    let leftward = |c: char| matches!(c, '\u{590}'..='\u{8ff}' | '\u{fb1d}'..='\u{fdff}' | '\u{fe70}'..='\u{fefc}' | '\u{10800}'..='\u{10fff}' | '\u{1e800}'..='\u{1efff}');
    let shown = |faces: &Faces| faces.semibold.line(&name).actual.is_none();
    !name.is_empty() && !name.contains(leftward) && FACES.as_ref().is_some_and(shown)
}

/// The name in Latin letters that somebody typed for their certificate. `None` if it is too long, has no Latin letter or letters of
/// another script, or has a character that the certificate cannot show.
pub(crate) fn latin_name(typed: &str) -> Option<String> {
    let name = tidy(typed);
    let latin =
        |c: char| c.is_ascii_alphabetic() || matches!(c, '\u{c0}'..='\u{24f}' | '\u{1e00}'..='\u{1eff}');
    // The font can show letters of other scripts too, but the form promises Latin ones.
    let only = name.chars().all(|c| !c.is_alphabetic() || latin(c) || matches!(c, '\u{2b0}'..='\u{2ff}'));
    let fits = name.chars().nth(MOST_OF_A_NAME).is_none();
    (only && fits && name.contains(latin) && can_show(&name)).then_some(name)
}

/// The texts of a certificate.
#[derive(Debug, Clone)]
pub(crate) struct Certificate {
    /// The printed name of its holder, which [`can_show`] accepts.
    pub name: String,
    /// What its holder did: "has passed".
    pub did: &'static str,
    /// The title of the paper, or of the course.
    pub subject: String,
    /// Each under its label: ("Mark", "27 of 30 (90%)").
    pub facts: [(&'static str, String); 3],
    /// The public code that proves it: "K7QM-3XRP-9WTD".
    pub code: String,
    /// The address of the page that checks the code.
    pub verify_url: String,
    /// How long the code can be checked, as a sentence.
    pub until: String,
}

/// Makes the PDF. The same certificate always gives the same bytes, because they depend on neither the time nor chance.
///
/// # Errors
/// [`Error::Failed`] if the page does not meet PDF/UA. That would be a fault of ours, because any text can meet it.
pub(crate) fn pdf(certificate: &Certificate) -> Result<Vec<u8>> {
    let faces = faces()?;
    let title = format!("{TITLE}: {}, {}", tidy(&certificate.name), tidy(&certificate.subject));
    let mut document = begin(title, certificate.code.clone())?;

    let settings = PageSettings::from_wh(WIDTH, HEIGHT).ok_or_else(|| Error::failed("no such page size"))?;
    let mut page = document.start_page_with(settings);
    let Drawn { mut tags, before, address, area, after } = page::draw(page.surface(), faces, certificate);
    let mut link = TagGroup::new(Tag::Link);
    if let Some(area) = area {
        let target = Target::Action(Action::Link(LinkAction::new(certificate.verify_url.clone())));
        let says = format!("Check this certificate at {}", certificate.verify_url);
        link.push(
            page.add_tagged_annotation(Annotation::new_link(LinkAnnotation::new(area, target), Some(says))),
        );
    }
    link.push(address);
    tags.push(TagGroup::with_children(Tag::P, vec![before.into(), link.into()]));
    tags.push(after);
    page.finish();

    finish(document, tags, TITLE)
}

#[cfg(test)]
mod tests {
    use super::{Certificate, can_show, latin_name, pdf};

    fn certificate() -> Certificate {
        Certificate {
            name: "Łukasz Nguyễn".to_owned(),
            did: "has passed",
            subject: "Non-medical prescribing: numeracy".to_owned(),
            facts: [
                ("Mark", "27 of 30 (90%)".to_owned()),
                ("Date", "22 November 2026".to_owned()),
                ("Organisation", "University of Northumbria".to_owned()),
            ],
            code: "K7QM-3XRP-9WTD".to_owned(),
            verify_url: "https://learning.example/certificates/K7QM-3XRP-9WTD".to_owned(),
            until: "It can be checked until 22 November 2032, when the result is removed.".to_owned(),
        }
    }

    /// Counts the occurrences of a text outside the compressed streams. The structure of the document is there.
    fn count(pdf: &[u8], what: &str) -> usize {
        pdf.windows(what.len()).filter(|window| *window == what.as_bytes()).count()
    }

    fn pages(pdf: &[u8]) -> usize {
        count(pdf, "/Type/Page") - count(pdf, "/Type/Pages")
    }

    #[test]
    fn a_certificate_is_one_tagged_page_with_a_link_and_its_fonts_inside() {
        let pdf = pdf(&certificate()).unwrap();
        assert!(pdf.starts_with(b"%PDF-"));
        assert_eq!(pages(&pdf), 1);
        for what in [
            "/StructTreeRoot",
            "/Lang(en-GB)",
            "pdfuaid:part>1<",
            "/S/H1",
            "/URI(https://learning.example/certificates/K7QM-3XRP-9WTD)",
            "+LibertinusSerif-Regular",
            "+LibertinusSerif-Italic",
            "+LibertinusSerif-Semibold",
            "Certificate: Łukasz Nguyễn, Non-medical prescribing: numeracy",
        ] {
            assert!(count(&pdf, what) > 0, "{what}");
        }
    }

    #[test]
    fn names_are_shown_unchanged_or_asked_for_in_latin_letters() {
        let long = "Wolfeschlegelsteinhausenbergerdorff".chars().cycle().take(110).collect::<String>();
        for name in [
            "Łukasz Wiśniewski",
            "Siân Gwŷr",
            "Ṣẹ́gun Gbọ́láhàn",
            "Nguyễn Thị Ánh Tuyết",
            "Παπαδόπουλος Γεώργιος",
            "Зоя Иванова",
            "Zoe\u{308} A\u{30a}ngstro\u{308}m",
            "O’Brien-Þórsdóttir",
            &long,
        ] {
            assert!(can_show(name), "{name}");
            let certificate = Certificate { name: name.to_owned(), ..certificate() };
            assert_eq!(pages(&pdf(&certificate).unwrap()), 1, "{name}");
        }
        for name in
            ["王小明", "محمد عبد الله", "প্রিয়া সেন", "דוד לוי", "Ming 李明", "김민준", "", " \u{feff}\u{0} "]
        {
            assert!(!can_show(name), "{name}");
        }
    }

    #[test]
    fn only_a_latin_name_is_accepted() {
        assert_eq!(latin_name("  Wang\t Xiaoming "), Some("Wang Xiaoming".to_owned()));
        for name in
            ["Muḥammad ʿAbd Allāh", "Nguyễn Thị Ánh", "Anne-Marie O'Neill", "Zoe\u{308}", &"a".repeat(110)]
        {
            assert_eq!(latin_name(name).as_deref(), Some(name));
        }
        for name in ["", "  ", "王小明", "Wang 小明", "Γεώργιος", "123", "-", &"a".repeat(111)] {
            assert_eq!(latin_name(name), None, "{name}");
        }
    }

    #[test]
    fn the_same_certificate_gives_the_same_bytes() {
        assert_eq!(pdf(&certificate()).unwrap(), pdf(&certificate()).unwrap());
    }

    #[test]
    fn every_certificate_is_one_page() {
        let texts = [
            "Şebnem Zoë Anne-Marie Featherstonehaugh-Cholmondeley de Vries".to_owned(),
            "pharmacology, numeracy and the law; ".repeat(20),
            "W".repeat(500),
            "Zoe\u{308} 李明 \u{0}\u{feff}\n<&>".to_owned(),
            String::new(),
        ];
        for text in texts {
            let certificate = Certificate {
                name: text.clone(),
                subject: text.clone(),
                facts: ["Mark", "Date", "Organisation"].map(|label| (label, text.clone())),
                verify_url: text.clone(),
                until: text.clone(),
                ..certificate()
            };
            assert_eq!(pages(&pdf(&certificate).unwrap()), 1, "{text}");
        }
    }
}
