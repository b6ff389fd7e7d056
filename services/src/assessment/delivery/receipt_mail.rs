//! The receipt of a sitting by mail. It has the fingerprint and the way to the receipt, and no answer: a mail lies in the open.

use domain::{
    accounts::PersonId,
    assessment::delivery::{SittingId, SubmittedBy},
    count,
};
use sqlx::{Postgres, Transaction};

use super::submission::hexadecimal;
use crate::{
    Result, Services,
    assessment::known,
    kit::mail::{self, Letter, Mail, MailKind, Recipient},
    moment,
};

/// Queues the mail in the transaction that submits the sitting: there is one mail for each submission, a second one after the sitting was opened
/// again. A candidate whose account is closed gets none.
///
/// # Errors
/// When the database fails.
pub(crate) async fn mail_receipt(
    services: &Services,
    db: &mut Transaction<'_, Postgres>,
    sitting: SittingId,
) -> Result<()> {
    let row = sqlx::query!(
        r#"select p.title, t.submitted_at as "submitted_at!", t.submitted_by as "submitted_by!", t.receipt_hash as "hash!",
            h.id as "candidate!", h.full_name as "name!", o.name as "organisation!",
            (select count(*) from answers a where a.sitting_id = t.id and a.response is not null and not a.unreadable) as "answered!",
            (select count(*) from answers a where a.sitting_id = t.id and a.response is not null and a.unreadable) as "unreadable!",
            (select count(*) from item_marks m where m.sitting_id = t.id) as "questions!"
        from sittings t
        join papers p on p.id = t.paper_id
        join organisations_named o on o.id = p.organisation_id
        join people_named h on h.id = t.learner_id
        join activation_states s on s.person_id = h.id and s.state = 'active'
        where t.id = $1 and t.submitted_at is not null"#,
        sitting.0,
    )
    .fetch_optional(&mut **db)
    .await?;
    let Some(row) = row else { return Ok(()) };
    let site = &services.public_url;
    let mut letter = Letter::new(format!("Your answers have been submitted: {}", row.title))
        .paragraph(format!("Hello {},", row.name))
        .paragraph(format!(
            "{} has your answers to {}. They were submitted on {}, UK time.",
            row.organisation,
            row.title,
            moment(row.submitted_at).london,
        ));
    match known("submitted by", &row.submitted_by, SubmittedBy::parse)? {
        SubmittedBy::Candidate => {}
        SubmittedBy::Clock => {
            letter = letter.paragraph("The time was up, so we submitted what you had saved.");
        }
        SubmittedBy::Setter => {
            letter = letter
                .paragraph("The invigilator ended the exam for you, so we submitted what you had saved.");
        }
    }
    letter = letter.paragraph(format!("Answered: {} of {}.", row.answered, count(row.questions, "question")));
    if row.unreadable > 0 {
        letter =
            letter.paragraph(format!("Cannot be read, and not judged: {}.", count(row.unreadable, "answer")));
    }
    let letter = letter
        .paragraph(format!("The fingerprint of your answers is {}.", hexadecimal(&row.hash)))
        .paragraph(
            "If one sign of one answer were changed, the fingerprint would be another one. Keep this mail: with it you can \
             show later what you handed in. Your answers are not in it.",
        )
        .link("Your receipt, to read", format!("{site}/assessments/sittings/{sitting}/receipt"))
        .link(
            "Your receipt with all your answers (PDF)",
            format!("{site}/assessments/sittings/{sitting}/receipt.pdf"),
        )
        .paragraph("Both ask you to sign in. If you have not sat this paper, please tell the organisation at once.");
    let to = Recipient::Person(PersonId(row.candidate));
    let mail = Mail { kind: MailKind::Receipt, to, letter, unsubscribe: None };
    mail::enqueue(services, db, &mail).await
}
