use domain::accounts::SignedIn;
use leptos::prelude::*;

use crate::kit::{
    api::PageState,
    ui::{Heading, Title},
};

/// The start page: what the site is for, or, when the person is signed in, where to go on.
#[component]
pub fn Home() -> impl IntoView {
    let signed_in = PageState::get().signed_in;
    view! {
        <Title text="" />
        {match signed_in {
            None => view! {
                <section class="hero">
                    <div class="hero-text">
                        <Heading>"Learn to prescribe, at your own pace"</Heading>
                        <p class="lede">
                            "Twelve short modules for nurses and pharmacists on a prescribing course. Stop when the ward needs you; "
                            "carry on where you left, on any device."
                        </p>
                        <p><a class="button" href="/sign-in">"Sign in"</a></p>
                    </div>
                    <ThreeOfFour />
                </section>
                <div class="cards">
                    <section class="card">
                        <h2>"New here?"</h2>
                        <p>"Your university or employer gives us your name and e-mail address, and you get an e-mail with a link. Nothing came? "<a href="/activate/new">"Ask for a new one"</a>" with that address. Learning by yourself? "<a href="/register">"Create an account"</a>". Looking for others who prescribe? See "<a href="/zone">"NMP Zone"</a>"."</p>
                    </section>
                    <section class="card">
                        <h2>"Cannot get in?"</h2>
                        <p>"You can "<a href="/forgotten-password">"ask for a link to choose a new password"</a>". It arrives within a few minutes."</p>
                    </section>
                    <section class="card">
                        <h2>"Your privacy"</h2>
                        <p>"We keep your name, your e-mail address, what you have read and what you have answered. No trackers, no advertising. Only your university sees how far you are."</p>
                    </section>
                </div>
            }.into_any(),
            Some(person) => {
                let cards = cards(&person);
                view! {
                    <Heading>"Hello, "{person.name}</Heading>
                    <div class="cards">{cards}</div>
                }.into_any()
            }
        }}
    }
}

/// Where a signed-in person goes on.
fn cards(person: &SignedIn) -> Vec<AnyView> {
    let mut cards = vec![
        card("/learn", "My courses", "Read, take the knowledge checks, and see how far you are."),
        card(
            "/assessments",
            "Assessments",
            "Sit the papers that are set for you, practise, and see your results.",
        ),
    ];
    cards.push(card("/zone", "NMP Zone", "Find others who prescribe, in closed areas."));
    for (slug, name) in &person.administers {
        let href = format!("/organisation/{slug}");
        cards.push(card(&href, name, "Its people and cohorts, and the courses that it gives."));
    }
    if person.follows_cohorts {
        let text = "See what the students of your cohorts have opened and completed.";
        cards.push(card("/cohorts", "Cohorts", text));
    }
    if person.support {
        cards.push(card("/support", "Support", "Find an account or an organisation, and help its people."));
    }
    let text = "Change your password, and see the devices that you are signed in on.";
    cards.push(card("/account", "Your account", text));
    cards
}

fn card(href: &str, title: &str, text: &'static str) -> AnyView {
    view! {
        <section class="card">
            <h2><a href=href.to_owned()>{title.to_owned()}</a></h2>
            <p>{text}</p>
        </section>
    }
    .into_any()
}

/// A progress wheel, as decoration: nine of twelve.
#[component]
fn ThreeOfFour() -> impl IntoView {
    view! {
        <svg viewBox="0 0 100 100" aria-hidden="true" focusable="false">
            {(0..12)
                .map(|n| view! {
                    <circle cx="50" cy="50" r="43" fill="none" transform="rotate(-90 50 50)" pathLength="1200"
                        class=if n < 9 { "is-completed" } else { "" } stroke-dasharray="88 1112"
                        stroke-dashoffset=format!("-{}", n * 100 + 6) />
                })
                .collect_view()}
        </svg>
    }
}
