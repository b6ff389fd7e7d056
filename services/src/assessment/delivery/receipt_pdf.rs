//! The receipt as pages to read and to print: every answer in words, and the fingerprint of the answers as stored. It says
//! no more of a question than its number and the words that the candidate chose, because others may still sit the paper.

use domain::{
    assessment::{
        delivery::{Receipt, SittingId, SubmittedBy},
        question::{Question, Response},
    },
    count,
};
use sqlx::{PgConnection, types::Json};

use super::{order::as_seen, submission::own_receipt};
use crate::{
    Result, Services,
    accounts::Actor,
    kit::{
        markdown::plain,
        pdf::{
            begin,
            certificate::can_show,
            faces, finish,
            flow::{self, Paragraph, Role},
            typeset::tidy,
        },
    },
    moment,
};

const TITLE: &str = "Receipt of your answers";

/// What stands on a receipt.
#[derive(Debug, Clone)]
pub(in crate::assessment) struct Slip {
    pub receipt: Receipt,
    /// The candidate's name, or the address if no font of ours shows the name.
    pub candidate: String,
    pub organisation: String,
    /// In the order that the candidate saw.
    pub answers: Vec<Answer>,
}

#[derive(Debug, Clone)]
pub(in crate::assessment) struct Answer {
    /// One text, or one for each option or place; none without an answer.
    pub given: Vec<String>,
    pub unreadable: bool,
    /// When it was given last, in words.
    pub saved: Option<String>,
}

/// The receipt as a PDF file, for the candidate.
///
/// # Errors
/// [`crate::Error::NotFound`] before submission.
pub async fn receipt_pdf(services: &Services, actor: &Actor, sitting: SittingId) -> Result<Vec<u8>> {
    let mut db = services.snapshot().await?;
    let slip = own_slip(&mut db, actor, sitting).await?;
    db.commit().await?;
    pdf(&slip)
}

pub(in crate::assessment) async fn own_slip(
    db: &mut PgConnection,
    actor: &Actor,
    sitting: SittingId,
) -> Result<Slip> {
    let receipt = own_receipt(db, actor, sitting).await?;
    let head = sqlx::query!(
        r#"select h.full_name as "name!", h.email as "email!", o.name as "organisation!", t.shuffle_seed
        from sittings t join people_named h on h.id = t.learner_id join papers p on p.id = t.paper_id
        join organisations_named o on o.id = p.organisation_id where t.id = $1 and t.learner_id = $2"#,
        sitting.0,
        actor.person().0,
    )
    .fetch_one(&mut *db)
    .await?;
    let rows = sqlx::query!(
        r#"select i.section_id, i.question as "question: Json<Question>", a.response as "response?: Json<Response>",
            a.unreadable as "unreadable?", a.saved_at as "saved_at?"
        from sittings t
        join paper_items i on i.paper_id = t.paper_id and i.attempt = t.attempt
        left join answers a on a.sitting_id = t.id and a.item_id = i.id
        where t.id = $1 and t.learner_id = $2 order by i.position"#,
        sitting.0,
        actor.person().0,
    )
    .fetch_all(db)
    .await?;
    let answers = as_seen(rows, |row| row.section_id, head.shuffle_seed)?.into_iter().map(|row| {
        let mut question = row.question.0;
        question.reword_options(plain);
        let response = row.response.map(|response| response.0);
        Answer {
            given: response.as_ref().map(|response| in_lines(&question, response)).unwrap_or_default(),
            unreadable: response.is_some() && row.unreadable.unwrap_or(false),
            saved: row.saved_at.filter(|_| response.is_some()).map(|at| moment(at).london),
        }
    });
    Ok(Slip {
        answers: answers.collect(),
        receipt,
        candidate: if can_show(&head.name) { head.name } else { head.email },
        organisation: head.organisation,
    })
}

/// An order has its places before its texts.
fn in_lines(question: &Question, response: &Response) -> Vec<String> {
    let given = question.given(response);
    match response {
        Response::Ordered(_) => {
            (1..).zip(given).map(|(place, text): (u32, String)| format!("{place}. {text}")).collect()
        }
        _ => given,
    }
}

/// Makes the PDF. The same receipt always gives the same bytes.
fn pdf(slip: &Slip) -> Result<Vec<u8>> {
    let title = format!("Receipt: {}, {}", tidy(&slip.candidate), tidy(&slip.receipt.title));
    let mut document = begin(title, slip.receipt.sitting.to_string())?;
    let tags = flow::draw(&mut document, faces()?, &written(slip), "Receipt")?;
    finish(document, tags, TITLE)
}

/// The text, in groups of paragraphs that stay on one page if they fit.
fn written(slip: &Slip) -> Vec<Vec<Paragraph>> {
    let Receipt { title, submitted, submitted_by, answered, unreadable, questions, late, .. } = &slip.receipt;
    let text = |text: String| Paragraph { role: Role::Text, text };
    let quiet = |text: &str| Paragraph { role: Role::Quiet, text: text.to_owned() };
    let heading = |role, text: &str| Paragraph { role, text: text.to_owned() };
    let mut facts = vec![
        heading(Role::Title, TITLE),
        text(format!("Paper: {title}")),
        text(format!("Candidate: {}", slip.candidate)),
        text(format!("Organisation: {}", slip.organisation)),
        text(format!("Submitted: {}, UK time", submitted.london)),
    ];
    match submitted_by {
        SubmittedBy::Candidate => {}
        SubmittedBy::Clock => facts.push(quiet("The time was up, so we submitted what you had saved.")),
        SubmittedBy::Setter => {
            facts.push(quiet("The invigilator ended the exam for you, so we submitted what you had saved."));
        }
    }
    facts.push(text(format!("Answered: {answered} of {}", count(*questions, "question"))));
    if *unreadable > 0 {
        facts.push(text(format!("Cannot be read, and not judged: {}", count(*unreadable, "answer"))));
    }
    if *late > 0 {
        facts.push(quiet(&format!("{} came too late to count.", count(*late, "answer"))));
    }
    let fingerprint = vec![
        heading(Role::Heading, "The fingerprint of your answers"),
        Paragraph { role: Role::Strong, text: slip.receipt.in_fours().join(" ") },
        text(
            "We made this fingerprint from all your answers when they were handed in. If one sign of one answer were \
             changed, the fingerprint would be another one. So with this page you can show later what you handed in, and \
             we can show that nobody has changed it."
                .to_owned(),
        ),
        quiet(
            "The page of your receipt also offers your answers as they were stored, as a file. The SHA-256 of that file is \
             the fingerprint.",
        ),
    ];
    let mut groups = vec![facts, fingerprint];
    for (n, answer) in (1..).zip(&slip.answers) {
        let mut group = Vec::new();
        if n == 1 {
            group.push(heading(Role::Heading, "Your answers"));
        }
        group.push(Paragraph { role: Role::Subheading, text: format!("Question {n}") });
        if answer.given.is_empty() {
            group.push(quiet("No answer"));
        }
        group.extend(answer.given.iter().cloned().map(text));
        if answer.unreadable {
            group.push(quiet("This cannot be read as it stands, and is not judged."));
        }
        if let Some(saved) = &answer.saved {
            group.push(quiet(&format!("Saved {saved}")));
        }
        groups.push(group);
    }
    groups
}

#[cfg(test)]
mod tests {
    use domain::{Moment, assessment::Release};

    use super::*;

    fn slip(answers: Vec<Answer>) -> Slip {
        let submitted = Moment {
            utc: "2026-11-22T10:42:00Z".to_owned(),
            london: "22 November 2026 at 10:42am".to_owned(),
        };
        Slip {
            receipt: Receipt {
                sitting: SittingId(uuid::Uuid::nil()),
                title: "Numeracy".to_owned(),
                submitted,
                submitted_by: SubmittedBy::Clock,
                answered: 1,
                unreadable: 1,
                questions: 3,
                late: 2,
                hash: "0123456789abcdef".repeat(4),
                text: String::new(),
                release: Release::AtOnce,
                released: false,
            },
            candidate: "Zoë Smith".to_owned(),
            organisation: "North".to_owned(),
            answers,
        }
    }

    fn answer(given: &[&str], unreadable: bool) -> Answer {
        Answer {
            given: given.iter().map(|text| (*text).to_owned()).collect(),
            unreadable,
            saved: (!given.is_empty()).then(|| "22 November 2026 at 10:41am".to_owned()),
        }
    }

    fn three() -> Slip {
        slip(vec![answer(&["5 mL"], false), answer(&[], false), answer(&["2,5 mg"], true)])
    }

    /// Counts the occurrences of a text outside the compressed streams. The structure of the document is there.
    fn times(pdf: &[u8], what: &str) -> usize {
        pdf.windows(what.len()).filter(|window| *window == what.as_bytes()).count()
    }

    #[test]
    fn a_receipt_says_each_answer_with_its_time_and_what_the_fingerprint_is_for() {
        let groups = written(&three());
        let words = |group: &Vec<Paragraph>| -> Vec<String> {
            group.iter().map(|paragraph| paragraph.text.clone()).collect()
        };
        let saved = "Saved 22 November 2026 at 10:41am";
        assert_eq!(words(&groups[2]), ["Your answers", "Question 1", "5 mL", saved]);
        assert_eq!(words(&groups[3]), ["Question 2", "No answer"]);
        let cannot = "This cannot be read as it stands, and is not judged.";
        assert_eq!(words(&groups[4]), ["Question 3", "2,5 mg", cannot, saved]);
        let fours = ["0123 4567 89ab cdef"; 4].join(" ");
        assert!(words(&groups[1]).contains(&fours), "{:?}", groups[1]);
        let all: Vec<_> = groups.iter().flat_map(words).collect();
        for told in ["Answered: 1 of 3 questions", "2 answers came too late to count."] {
            assert!(all.iter().any(|text| text == told), "{told}: {all:?}");
        }
    }

    #[test]
    fn a_receipt_is_tagged_and_has_a_heading_for_each_question() {
        let pdf = pdf(&three()).unwrap();
        assert!(pdf.starts_with(b"%PDF-"));
        for what in ["/StructTreeRoot", "/Lang(en-GB)", "pdfuaid:part>1<", "+LibertinusSerif-Regular"] {
            assert!(times(&pdf, what) > 0, "{what}");
        }
        assert_eq!([times(&pdf, "/S/H1"), times(&pdf, "/S/H2"), times(&pdf, "/S/H3")], [1, 2, 3]);
        assert_eq!(pdf, super::pdf(&three()).unwrap(), "the same receipt gives the same bytes");
    }

    #[test]
    fn a_receipt_of_any_length_and_of_any_text_is_made() {
        let odd = "Zoe\u{308} 李明 \u{0}\u{feff}\n<&> ".repeat(20);
        for (text, answers) in
            [("W".repeat(200), 40), (odd, 8), ("שלום".to_owned(), 8), (" ".to_owned(), 120)]
        {
            let text = text.as_str();
            let slip = slip(vec![answer(&[text; 6], false); answers]);
            let pdf = pdf(&slip).unwrap();
            let pages = times(&pdf, "/Type/Page") - times(&pdf, "/Type/Pages");
            assert!(pages > answers / 40, "{text}: {pages}");
            assert_eq!(times(&pdf, "/S/H3"), answers, "{text}");
        }
    }
}
