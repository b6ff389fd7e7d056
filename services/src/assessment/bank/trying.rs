//! Tries the text of a bank: its faults, or the questions that an import would bring.

use std::fmt::Write as _;

use domain::{
    assessment::{
        bank::{
            Bank, Draw, Fault, Finding, PreviewedQuestion, Template, TriedQuestion, form::Fields,
            template::Ask,
        },
        question::Question,
    },
    organisations::OrganisationId,
};
use uuid::Uuid;

use super::pictures::{not_brought, pictures_of};
use crate::{
    Result, Services,
    assessment::{html, solution, stimulus},
    kit::markdown::{plain, try_html},
};

/// How many seeds a bank is tried on when it comes from a page. `server questions check` tries more.
pub(super) const MOST_SEEDS: u64 = 200;

/// How long the expressions of a text are at most that are worked out with each draw, in bytes: its questions are made one after the other,
/// and nobody else's meanwhile.
const MOST_DRAWN: usize = 10_000;

/// The seeds of the draws that a setter sees beside the form.
const SHOWN: std::ops::RangeInclusive<u32> = 1..=10;

/// The result of trying a drafted bank, as stored with the draft.
#[derive(Debug, serde::Serialize, serde::Deserialize)]
pub(super) struct Tried {
    pub faults: Vec<String>,
    pub questions: Vec<PreviewedQuestion>,
    /// The pictures, each with the name of its question.
    #[serde(skip)]
    pictures: Vec<(String, Uuid)>,
}

impl Tried {
    /// Trying a bank on its seeds takes a second of work: not on the threads that serve pages.
    pub(super) async fn of(services: &Services, organisation: OrganisationId, text: String) -> Result<Self> {
        let mut tried = services.queues.heavy.work(move || try_bank(&text)).await?;
        let pictures: Vec<_> = tried.pictures.iter().map(|(_, picture)| *picture).collect();
        let missing = not_brought(&mut *services.db.acquire().await?, organisation, &pictures).await?;
        for (name, _) in tried.pictures.iter().filter(|(_, picture)| missing.contains(picture)) {
            tried.faults.push(format!(
                "{name}: nobody has brought this picture to your organisation: write the question by form, and bring it there"
            ));
        }
        Ok(tried)
    }
}

/// Reads and tries a bank, and imports nothing.
fn try_bank(text: &str) -> Tried {
    let bank = match Bank::read(text) {
        Ok(bank) => bank,
        Err(error) => {
            return Tried { faults: vec![error.to_string()], questions: Vec::new(), pictures: Vec::new() };
        }
    };
    if bank.templates.iter().map(Template::drawn_length).sum::<usize>() > MOST_DRAWN {
        let fault = format!(
            "divide this text: the variables and constraints of its questions are longer than {MOST_DRAWN} characters together"
        );
        return Tried { faults: vec![fault], questions: Vec::new(), pictures: Vec::new() };
    }
    let mut faults = Vec::new();
    if bank.templates.is_empty() {
        faults.push(
            "there is no question in this text: each begins with [[question]] on a line of its own"
                .to_owned(),
        );
    }
    for found in bank.check(&(0..MOST_SEEDS)) {
        let mut line =
            format!("line {}: {}: {}: {}", found.line, found.template, found.finding.key, found.finding.what);
        if let Some(seed) = found.finding.seed {
            let _ = write!(line, " (seed {seed})");
        }
        faults.push(line);
    }
    let questions: Vec<_> = bank.templates.iter().filter_map(|template| template.question(1).ok()).collect();
    for question in &questions {
        faults.extend(not_shown(question).map(|text| {
            format!(
                "{}: this cannot be shown, write plain Markdown without HTML or pictures: {text}",
                question.template
            )
        }));
    }
    let questions = questions.iter();
    let questions = questions.map(previewed).collect();
    Tried { faults, questions, pictures: pictures_of(&bank.templates) }
}

/// The texts of a question that are not Markdown that pages can show.
fn not_shown(question: &Question) -> impl Iterator<Item = &str> {
    let texts =
        question.stimulus.iter().chain([&question.wording]).chain(&question.hints).chain(&question.solution);
    texts.map(String::as_str).filter(|text| try_html(text).is_none())
}

pub(crate) fn previewed(question: &Question) -> PreviewedQuestion {
    let mut asked = question.asked().with_texts(html);
    asked.stimulus = stimulus(question);
    let mut question = question.clone();
    question.reword_options(plain);
    PreviewedQuestion {
        question: asked,
        right_answer: question.right_answer(),
        solution: solution(&question),
        name: question.template,
    }
}

/// Tries a question of the form: on its seeds, and on whether its texts can be shown.
pub(super) fn try_template(fields: &Fields, template: &Template, seeds: u64) -> TriedQuestion {
    let mut found = template.check(0..seeds);
    let questions: Vec<_> =
        SHOWN.filter_map(|seed| Some((seed, template.question(seed.into()).ok()?))).collect();
    if let Some((_, question)) = questions.first() {
        found.extend(unreadable(template, question));
    }
    let draw = |(seed, question): &(u32, Question)| {
        let mut reworded = question.clone();
        reworded.reword_options(plain);
        Draw {
            seed: *seed,
            numbers: template.numbers(u64::from(*seed)).unwrap_or_default(),
            question: previewed(question),
            mistakes: reworded.mistakes(),
        }
    };
    TriedQuestion { faults: faults_of(fields, found), draws: questions.iter().map(draw).collect() }
}

/// Each fault beside its field, in the order of the form.
pub(super) fn faults_of(fields: &Fields, found: Vec<Finding>) -> Vec<Fault> {
    let fault = |finding: Finding| Fault {
        field: fields.place(&finding.key),
        what: finding.what,
        seed: finding.seed.and_then(|seed| u32::try_from(seed).ok()),
    };
    let mut faults: Vec<_> = found.into_iter().map(fault).collect();
    faults.sort_by_key(|fault| Fields::order(&fault.field));
    faults
}

/// The texts that are not Markdown that pages can show, each with its key.
fn unreadable(template: &Template, question: &Question) -> Vec<Finding> {
    let steps = if let Ask::Number(ask) = &template.ask { ask.steps.len() } else { 0 };
    let texts = question.stimulus.iter().map(|text| ("stimulus".to_owned(), text));
    let texts = texts.chain([("wording".to_owned(), &question.wording)]);
    let texts =
        texts.chain(question.hints.iter().enumerate().map(|(at, text)| (format!("hints[{at}]"), text)));
    let texts = texts.chain(question.solution.iter().enumerate().map(|(at, text)| {
        let key = if at < steps { format!("number.steps[{at}]") } else { "explanation".to_owned() };
        (key, text)
    }));
    let wrong = texts.filter(|(_, text)| try_html(text).is_none());
    let what = "this cannot be shown: write plain Markdown without HTML or pictures";
    wrong.map(|(key, _)| Finding { seed: None, key, what: what.to_owned() }).collect()
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use domain::assessment::bank::Bank;

    use super::{not_shown, try_bank};

    #[test]
    fn every_text_of_the_shared_bank_can_be_shown() {
        let snap = Path::new(env!("CARGO_MANIFEST_DIR")).join("../content/snap");
        let mut templates = 0;
        for folder in ["numeracy", "literacy"] {
            for file in std::fs::read_dir(snap.join(folder)).unwrap() {
                let bank = Bank::read(&std::fs::read_to_string(file.unwrap().path()).unwrap()).unwrap();
                for template in &bank.templates {
                    let question = template.question(7).unwrap();
                    assert_eq!(not_shown(&question).collect::<Vec<_>>(), [""; 0], "{}", template.id);
                    templates += 1;
                }
            }
        }
        assert!(templates > 150);
    }

    #[test]
    fn html_in_a_bank_is_a_fault() {
        let bank = "[[question]]\nid = \"a\"\ncategory = \"comprehension\"\ndifficulty = 1\n\
            wording = \"<script>alert(1)</script> Which?\"\nexplanation = \"The first.\"\n[question.single-choice]\n\
            options = [{ text = \"one\", right = true }, { text = \"two\", why = \"No.\" }]\n";
        let preview = try_bank(bank);
        assert!(preview.faults.iter().any(|fault| fault.contains("cannot be shown")), "{:?}", preview.faults);
        assert!(!preview.questions[0].question.wording.contains("<script>"));
    }

    #[test]
    fn a_text_whose_questions_would_be_made_for_long_is_divided() {
        let question = |n: usize| {
            let constraint = "a - a - a - a - a - a - a - a - a - a - a < 1";
            format!(
                "[[question]]\nid = \"q{n}\"\ncategory = \"oral-liquids\"\ndifficulty = 1\n\
                variables = [{{ name = \"a\", values = [1] }}]\nconstraints = [{}]\nwording = \"How many?\"\n\
                [question.number]\nvalue = \"a\"\nsteps = [\"{{answer}}\"]\n",
                vec![format!("\"{constraint}\""); 20].join(", ")
            )
        };
        let text = |questions: usize| (0..questions).map(question).collect::<String>();
        let divided = |questions| {
            try_bank(&text(questions)).faults.iter().any(|fault| fault.contains("divide this text"))
        };
        assert!(!divided(2));
        assert!(divided(12));
    }

    #[test]
    fn a_bank_without_questions_says_what_is_missing() {
        for text in ["# Nothing yet\n", "\n"] {
            let [fault] = &try_bank(text).faults[..] else { unreachable!("one fault") };
            assert!(fault.contains("no question in this text") && fault.contains("[[question]]"), "{fault}");
        }
    }
}
