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
        <ul class="tips">
            <li>{named}</li>
            <li>"Which pages you open and when, what you answer, and your results: for seven years, so that you can come back to them."</li>
            <li>"When a sign-in fails, the address of the network that it came from: for 90 days, to stop people who guess passwords. Nobody is shown it."</li>
            <li>"On a device of yours, only if you ask for it there: the pages of your courses, to read without a network. They go when you sign out or remove them."</li>
        </ul>
        <h2>"Who sees it"</h2>
        <p>{seen}</p>
        <p>"Our support can look when you need help, and every look is recorded with its reason. Nobody else sees it. There are no trackers and no advertising."</p>
        <h2>"If you join an area of NMP Zone"</h2>
        <p>"Only then we keep:"</p>
        <ul class="tips">
            <li>"When you applied, and which code of conduct you accepted and when. The leads see that, your name, and the part of your e-mail address after the @."</li>
            <li>"Your profile: your name, and whatever you add. The members of that area see it. Of a picture we keep a square from its middle, and nothing else that is in the file."</li>
            <li>"Messages between you and other members, for a year. We send them by e-mail too, without your address unless you choose to show it. The leads read a message only if whoever got it reports it. We keep reports for a year after they are closed."</li>
            <li>"Whom you block. They are not told."</li>
            <li>"Links and files that you add to the library, or suggest. Members see them with your name; only you and the leads see a suggestion until a lead accepts it."</li>
            <li>"What you can be asked about, if a lead makes you a contact of the area. Members see it with the ways to reach you that your profile shows."</li>
        </ul>
        <p>"Nobody outside the area sees any of this. Our support sees which areas you lead, and nothing that is in an area."</p>
        <p>"If you leave an area, your profile, your place among the contacts and the list of whom you block go at once, and your picture is deleted within an hour. Messages and reports stay until their time is over, of a former member. What you gave to the library stays, without your name. If a lead has refused you or ended your membership, that stays with the reason. Withdrawing your consent does the same in all areas."</p>
        <h2>"If you change your mind"</h2>
        <p>"You can withdraw your consent in your account at any time."</p>
        <p class="hint">"This is the privacy policy, version "{PRIVACY_POLICY}"."</p>
    }
}
