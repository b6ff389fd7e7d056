use domain::accounts::PRIVACY_POLICY;
use leptos::prelude::*;

/// What is stored about a person and who sees it, before they consent to it. Whoever changes what it says changes the
/// version too, `domain::accounts::PRIVACY_POLICY`: it is stored with the consent.
#[component]
pub fn WhatWeKeep(
    /// Who invites; nobody, when a person registers by themselves.
    organisation: Option<String>,
) -> impl IntoView {
    let (named, seen) = match organisation {
        Some(organisation) => (
            format!(
                "Your name and e-mail address, which {organisation} gave us, and your student number, team and area where it gave us those."
            ),
            format!(
                "{organisation} sees what you have opened and completed in the courses that it gives you, and your results in papers that it sets. If you are in a cohort, its tutors see what you have opened and completed there and your tries at the knowledge checks, and can write notes about you for one another."
            ),
        ),
        None => (
            "Your name and e-mail address.".to_owned(),
            "No organisation sees what you do, unless you agree to that later.".to_owned(),
        ),
    };
    view! {
        <h2>"What we keep"</h2>
        <ul>
            <li>{named}</li>
            <li>"Which pages you open and when, what you answer, and your results: for seven years, so that you can come back to them."</li>
            <li>"When a sign-in fails, the address of the network that it came from: for 90 days, to stop people who guess passwords. Nobody is shown it."</li>
        </ul>
        <h2>"Who sees it"</h2>
        <p>{seen}</p>
        <p>"Our support can look when you need help, and every look is recorded with its reason. Nobody else sees it. There are no trackers and no advertising."</p>
        <p>"You can withdraw your consent in your account at any time."</p>
        <p class="hint">"This is the privacy policy, version "{PRIVACY_POLICY}"."</p>
    }
}
