use domain::{
    assessment::delivery::{Receipt, SubmittedBy},
    count,
};
use leptos::prelude::*;

use crate::{
    assessment::{
        delivery::{
            api::load_receipt,
            parts::open_again::{TellsOfOpening, asked, or_room, room},
        },
        invigilation::parts::sitting::not_readable,
    },
    kit::{
        api::PageData,
        navigation::SentOn,
        ui::{Heading, Loaded, Time, Title},
    },
};

/// `/assessments/sittings/{sitting}/receipt`: a candidate's proof of submission.
#[component]
pub fn ReceiptPage() -> impl IntoView {
    let receipt = PageData::new(asked(), |sitting| or_room(sitting, load_receipt));
    let page = |(sitting, receipt): (String, Option<Receipt>)| match receipt {
        Some(receipt) => view! { <ReceiptView receipt /> }.into_any(),
        None => view! { <SentOn to=room(&sitting) /> }.into_any(),
    };
    view! { <Loaded resource=receipt page /> }
}

#[component]
fn ReceiptView(receipt: Receipt) -> impl IntoView {
    let (sitting, fours) = (receipt.sitting, receipt.in_fours());
    view! {
        <Title text=format!("Submitted: {}", receipt.title) />
        <div class="narrow">
            <TellsOfOpening sitting load=load_receipt />
            <div class="confirmation">
                <Heading>"Your answers have been submitted"</Heading>
                <p>{receipt.title}</p>
            </div>
            {match receipt.submitted_by {
                SubmittedBy::Candidate => None,
                SubmittedBy::Clock => Some("The time was up, so we submitted what you had saved."),
                SubmittedBy::Setter => Some("The invigilator ended the exam for you, so we submitted what you had saved."),
            }.map(|why| view! { <p class="notice">{why}</p> })}
            <dl class="summary-list">
                <div><dt>"Submitted"</dt><dd><Time moment=receipt.submitted /></dd></div>
                <div><dt>"Answered"</dt><dd>{receipt.answered}" of "{count(receipt.questions, "question")}{not_readable(receipt.unreadable)}</dd></div>
            </dl>
            {(receipt.late > 0).then(|| view! {
                <p class="notice">{came_late(receipt.late)}</p>
            })}

            <h2>"Your result"</h2>
            {if receipt.released {
                view! { <p><a class="button" href=format!("/assessments/sittings/{sitting}/result")>"See your result"</a></p> }.into_any()
            } else {
                view! { <p>"It is not out yet. It appears under "<a href="/assessments">"Assessments"</a>" as soon as "{receipt.release.waits_for()}"."</p> }.into_any()
            }}

            <h2>"Your receipt"</h2>
            <p>"It shows each of your answers, when you gave it, and this fingerprint:"</p>
            // The gaps are drawn, and not in the text: whoever copies the fingerprint copies no spaces.
            <p><code class="fingerprint">{fours.into_iter().map(|four| view! { <span>{four}</span> }).collect_view()}</code></p>
            <p>"The fingerprint is made from all your answers. If one sign of one answer were changed, it would be another one. So it lets you prove later what you handed in."</p>
            <p><a class="button" href=format!("/assessments/sittings/{sitting}/receipt.pdf") rel="external">"Download your receipt (PDF)"</a></p>
            <p>
                <a href=format!("/assessments/sittings/{sitting}/receipt.txt") rel="external">"Download your answers as they were stored"</a>
                <span class="line hint">"For a program: the SHA-256 of this file is the fingerprint."</span>
            </p>
            <p><a href="/assessments">"Back to your assessments"</a></p>
        </div>
    }
}

/// Gives every reason why an answer may have come too late: if another window submitted, it may not have been the time.
fn came_late(answers: u32) -> String {
    format!(
        "{} came in after your answers had been submitted, after your time was up, or during a break. We have kept what came late, but it \
         does not count.",
        count(answers, "answer"),
    )
}

#[cfg(all(test, feature = "ssr"))]
mod tests {
    use super::*;

    #[test]
    fn submission_in_another_window_is_not_reported_as_time_up() {
        let said = came_late(1);
        assert!(said.starts_with("1 answer came in after your answers had been submitted, "), "{said}");
        assert!(said.contains("after your time was up, or during a break"), "{said}");
    }
}
