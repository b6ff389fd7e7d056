use domain::{
    accounts::{Consent, Membership},
    organisations::{OrganisationId, SPONSOR_CONSENT, Sponsor, SponsorState},
};
use leptos::{prelude::*, server_fn::ServerFn};

use super::leave::Leave;
use crate::{
    kit::ui::{CheckBox, PostForm, Reply, TextField, Time},
    organisations::api::{ConsentToSponsor, EndSponsor, NameSponsor},
};

/// Which organisations see the person's progress, and the form that names one that pays for them.
#[component]
pub fn WhoSeesProgress(
    memberships: Vec<Membership>,
    sponsors: Vec<Sponsor>,
    /// From the address of the page.
    code: String,
    reply: Reply,
) -> impl IntoView {
    let nobody = memberships.iter().all(|of| of.funder)
        && sponsors.iter().all(|of| of.state != SponsorState::Confirmed);
    let belongs = !memberships.is_empty();
    let members: Vec<_> = memberships.iter().map(|of| of.organisation).collect();
    let payers = sponsors.iter().filter(|of| of.state == SponsorState::Confirmed);
    let payers: Vec<_> = payers.map(|of| of.organisation).collect();
    let memberships = memberships.into_iter().map(|Membership { organisation, name, funder }| {
        let sees = match funder {
            true => ", to which you belong, sees your name and nobody's progress.",
            false => {
                ", to which you belong, sees your name, your e-mail address and your progress in the courses that it gives you. So do the tutors of your cohort: when you opened and completed each module and whether its target date is over, your tries at the knowledge checks with their scores, and when you were last there. Tutors and administrators can write notes about you for one another, which are part of your data."
            }
        };
        let leave =
            view! { <Leave organisation name=name.clone() funder pays=payers.contains(&organisation) /> };
        view! { <li><strong>{name}</strong>{sees}{leave}</li> }
    });
    view! {
        <h2>"Who sees your progress"</h2>
        {nobody.then(|| view! { <p>"No organisation sees your progress."</p> })}
        {belongs.then(|| view! { <ul>{memberships.collect_view()}</ul> })}
        {sponsors.into_iter().map(|sponsor| one(sponsor, &members, reply)).collect_view()}
        <h3 id="sponsors">"Does an organisation pay for you?"</h3>
        <p>"If you learn by yourself and an organisation pays, it can see your progress, but only when you have agreed and it has confirmed that it pays. It gives you a code, with which you name it here. You decide after that."</p>
        <PostForm to=NameSponsor::PATH>
            <TextField id="sponsor_code" label="Code of the organisation" value=reply.typed("sponsor_code", &code)
                problem=reply.problem("sponsor_code") />
            <button type="submit" class="button secondary">"Name this organisation"</button>
        </PostForm>
    }
}

/// What the organisation sees because the person belongs to it, if they do, is no part of this.
fn one(sponsor: Sponsor, members: &[OrganisationId], reply: Reply) -> AnyView {
    let Sponsor { organisation, name, state, consent, answered } = sponsor;
    let member = members.contains(&organisation);
    match state {
        SponsorState::Named => view! { <Asks organisation name member reply /> }.into_any(),
        SponsorState::Asked => view! {
            <h3>{name.clone()}" has not answered yet"</h3>
            <p>"It sees your name and your e-mail address, so that it can say whether it pays for you. Until it does, it sees nothing of the courses that you follow by yourself."</p>
            {agreed(consent)}
            <Ends organisation name member />
        }
        .into_any(),
        SponsorState::Confirmed => view! {
            <h3>{name.clone()}" pays for you"</h3>
            <p>
                "It confirmed this on "{answered.map(|moment| view! { <Time moment /> })}
                ". Its administrators see your name, your e-mail address and, in each course that you follow by yourself, how many modules you have completed and when the last one."
            </p>
            {agreed(consent)}
            <Ends organisation name member />
        }
        .into_any(),
        SponsorState::Ended => view! {
            <h3>{name.clone()}" does not pay for you"</h3>
            <p>"It said so on "{answered.map(|moment| view! { <Time moment /> })}". It sees nothing of the courses that you follow by yourself."</p>
            <PostForm to=EndSponsor::PATH>
                <input type="hidden" name="organisation" value=organisation.to_string() />
                <button type="submit" class="button secondary small">"Do not show "{name}" here any more"</button>
            </PostForm>
        }
        .into_any(),
    }
}

fn agreed(consent: Option<Consent>) -> Option<AnyView> {
    consent.map(|Consent { policy, given }| {
        view! { <p class="hint">"You agreed on "<Time moment=given />", to version "{policy}" of what it sees."</p> }.into_any()
    })
}

/// What the person agrees to. Another text is another version: `domain::organisations::SPONSOR_CONSENT`.
#[component]
fn Asks(organisation: OrganisationId, name: String, member: bool, reply: Reply) -> impl IntoView {
    let field = format!("sponsor_consent-{organisation}");
    let problem = reply.problem(&field);
    let label = format!("I agree that {name} sees this");
    // What it sees because they belong to it, it sees in any case.
    let yet = match member {
        true => " sees nothing yet of the courses that you follow by yourself. If you agree:",
        false => " sees nothing of you yet. If you agree:",
    };
    view! {
        <section class="notice">
            <h3>"May "{name.clone()}" see your progress?"</h3>
            <p>{name}{yet}</p>
            <ul class="tips">
                <li>"it sees your name and your e-mail address at once, so that it can say whether it pays for you;"</li>
                <li>"when it has confirmed that it pays, its administrators see each course that you follow by yourself, now and later: whether you have begun it, how many modules you have completed, and the time of the last one. They can keep this as a file. They do not see your answers, nor courses that another organisation gives you;"</li>
                <li>"our support can see your name and your e-mail address, and no progress, when they help it, and every look is recorded here;"</li>
                <li>"you can end it on this page at any time. From then on it sees nothing more; files that it has kept stay with it."</li>
            </ul>
            <PostForm to=ConsentToSponsor::PATH>
                <input type="hidden" name="organisation" value=organisation.to_string() />
                <input type="hidden" name="agreed_to" value=SPONSOR_CONSENT />
                <CheckBox id=field name="sponsor_consent" label checked=false problem />
                <button type="submit" class="button small">"Let it see my progress"</button>
            </PostForm>
            <PostForm to=EndSponsor::PATH>
                <input type="hidden" name="organisation" value=organisation.to_string() />
                <button type="submit" class="button secondary small">"No, I do not agree"</button>
            </PostForm>
        </section>
    }
}

#[component]
fn Ends(organisation: OrganisationId, name: String, member: bool) -> impl IntoView {
    let sees = match member {
        true => {
            " sees nothing of the courses that you follow by yourself from then on. What it sees because you belong to it, it sees still. Your consent"
        }
        false => " sees nothing of you from then on, and your consent",
    };
    view! {
        <details>
            <summary>"End this with "{name.clone()}</summary>
            <p>{name.clone()}{sees}" is withdrawn. What you have done stays yours. To begin again, you need its code."</p>
            <PostForm to=EndSponsor::PATH>
                <input type="hidden" name="organisation" value=organisation.to_string() />
                <button type="submit" class="button">"Yes, end this with "{name}</button>
            </PostForm>
        </details>
    }
}
