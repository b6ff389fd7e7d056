use domain::assessment::{
    delivery::SittingId,
    results::{CategoryResult, CertificateName, SittingResult},
};
use leptos::{prelude::*, server_fn::ServerFn};

use crate::{
    assessment::{
        delivery::parts::open_again::{TellsOfOpening, asked, or_room, room},
        practice::api::AskPractice,
        results::{
            api::{NameCertificate, load_result},
            parts::result_view::ResultView,
        },
    },
    kit::{
        api::PageData,
        navigation::SentOn,
        ui::{Breadcrumbs, FormErrors, Heading, Loaded, PostForm, Reply, TextField, Time, Title},
    },
};

/// `/assessments/sittings/{sitting}/result`: the candidate's result, once the results are released.
#[component]
pub fn ResultPage() -> impl IntoView {
    let result = PageData::new(asked(), |sitting| or_room(sitting, load_result));
    let page = |(sitting, result): (String, Option<SittingResult>)| match result {
        Some(result) => view! { <ResultOf result /> }.into_any(),
        None => view! { <SentOn to=room(&sitting) /> }.into_any(),
    };
    view! { <Loaded resource=result page /> }
}

#[component]
fn ResultOf(result: SittingResult) -> impl IntoView {
    let reply = Reply::to(&[NameCertificate::PATH, AskPractice::PATH]);
    let title = format!("Your result: {}", result.title);
    let certificate = result.verification_code.clone();
    let (sitting, name) = (result.sitting, result.certificate_name.clone());
    let remarking = result.remarking;
    let categories = result.categories.clone();
    view! {
        <Title text=reply.title(&title) />
        <Breadcrumbs steps=vec![("/assessments".to_owned(), "Assessments".to_owned())] />
        <FormErrors reply />
        <TellsOfOpening sitting load=load_result />
        <p class="over">{result.title.clone()}</p>
        <Heading>"Your result"</Heading>
        <p>"Submitted by "{result.candidate.clone()}" on "<Time moment=result.submitted.clone() />"."</p>
        <ResultView result=result.clone() own=true>
            {certificate.map(|code| {
                if remarking {
                    view! {
                        <h2>"Your certificate"</h2>
                        <p>"Your certificate is being checked again, because a question of the paper was corrected. You can download it here when your answers have been marked again, if you still pass."</p>
                    }.into_any()
                } else {
                    view! { <Certificate sitting code name reply /> }.into_any()
                }
            })}
            <ToPractise categories />
        </ResultView>
        <p class="hint">"We remove this result, with your answers and any certificate, on "{result.removed_on}". Keep a copy of what you need."</p>
        <p><a href=format!("/assessments/sittings/{}/receipt", result.sitting)>"Your receipt"</a></p>
    }
}

#[component]
fn Certificate(sitting: SittingId, code: String, name: CertificateName, reply: Reply) -> impl IntoView {
    let known = name.is_known();
    view! {
        <h2>"Your certificate"</h2>
        {match name {
            CertificateName::AsItIs => ().into_any(),
            CertificateName::Latin(latin) => view! { <LatinName sitting latin reply /> }.into_any(),
        }}
        {known.then(|| view! {
            <p><a class="button" href=format!("/assessments/sittings/{sitting}/certificate.pdf") rel="external">"Download your certificate (PDF)"</a></p>
        })}
        <p>
            "Its code is "<code>{code.clone()}</code>". Anybody you give it to can "
            <a href=format!("/verify/{code}")>"check that it is valid"</a>". They see what stands on it: your initials, the paper, the mark, the date and the organisation."
        </p>
    }
}

/// Asks for a name in Latin letters when the certificate cannot show the candidate's own name.
#[component]
fn LatinName(sitting: SittingId, latin: Option<String>, reply: Reply) -> impl IntoView {
    let before = latin.clone().unwrap_or_default();
    view! {
        {match latin {
            Some(name) => view! { <p>"It says your name as “"{name}"”."</p> }.into_any(),
            None => view! {
                <p>"The certificate cannot show your name in the script that you write it in. Tell us how it is written in Latin letters; then you can download the certificate."</p>
            }.into_any(),
        }}
        <PostForm to=NameCertificate::PATH class="narrow">
            <input type="hidden" name="sitting" value=sitting.to_string() />
            <TextField id="certificate_name" label="Your name in Latin letters" autocomplete="off"
                hint="As your passport has it. It is used for this certificate only, and written down that you gave it."
                value=reply.typed("certificate_name", &before) problem=reply.problem("certificate_name") />
            <button type="submit" class="button secondary">"Use this name"</button>
        </PostForm>
    }
}

/// The three categories with the lowest share of marks. Categories with full marks are left out.
#[component]
fn ToPractise(mut categories: Vec<CategoryResult>) -> impl IntoView {
    categories.retain(|row| row.mark < row.available);
    // The shares are compared without dividing, so nothing is rounded.
    categories.sort_by(|a, b| (a.mark * b.available).cmp(&(b.mark * a.available)));
    categories.truncate(3);
    (!categories.is_empty()).then(|| {
        let forms = categories.into_iter().map(|row| {
            view! {
                <li>
                    <PostForm to=AskPractice::PATH>
                        <input type="hidden" name="category" value=row.category.as_str() />
                        <button type="submit" class="button secondary small">
                            <span class="visually-hidden">"Practise "</span>{row.category.title()}
                        </button>
                    </PostForm>
                </li>
            }
        });
        view! {
            <section class="on-screen">
                <h2 id="category" tabindex="-1">"What to practise next"</h2>
                <p>"Most marks are to be had here. Each button asks you a fresh question."</p>
                <ul class="practise-next">{forms.collect_view()}</ul>
            </section>
        }
    })
}
