use leptos::prelude::*;

use crate::kit::ui::Heading;

/// What the site is for, and the way in: for who is not signed in.
#[component]
pub fn Welcome() -> impl IntoView {
    view! {
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
    }
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
