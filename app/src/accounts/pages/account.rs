use domain::{
    accounts::{AccountPage, Consent, Device, MembershipAsked},
    organisations::{OrganisationId, SponsorState},
    support::SupportLook,
};
use leptos::{prelude::*, server_fn::ServerFn};
use leptos_router::hooks::use_query_map;

use super::choose_password::PASSWORD_HINT;
use crate::{
    accounts::{
        SECOND_FACTOR,
        api::{ChangePassword, EndOtherSessions, EndSession, load_account},
        parts::WhoSeesProgress,
    },
    cohorts::api::TakeCohortReminders,
    kit::{
        api::PageData,
        ui::{Done, FormErrors, Heading, Loaded, PasswordField, PostForm, Reply, Time, Title},
    },
    organisations::api::{AnswerMembership, ConsentToSponsor, EndSponsor, LeaveOrganisation, NameSponsor},
};

/// `/account`: the person, their devices, their password.
#[component]
pub fn Account() -> impl IntoView {
    let account = PageData::new(|| (), |()| load_account());
    view! { <Loaded resource=account page=|page| view! { <AccountView page /> } /> }
}

#[component]
fn AccountView(page: AccountPage) -> impl IntoView {
    let reply = Reply::to(&[
        ChangePassword::PATH,
        EndSession::PATH,
        EndOtherSessions::PATH,
        AnswerMembership::PATH,
        LeaveOrganisation::PATH,
        NameSponsor::PATH,
        ConsentToSponsor::PATH,
        EndSponsor::PATH,
        TakeCohortReminders::PATH,
    ]);
    let (done, code, of) =
        use_query_map().with_untracked(|query| (query.get("done"), query.get("code"), query.get("of")));
    let is_of = |organisation: OrganisationId| of.as_deref() == Some(organisation.to_string().as_str());
    let pays = |state: SponsorState| page.sponsors.iter().any(|sponsor| sponsor.state == state);
    // An address that is opened again, when it is not so any more, says nothing.
    let done = match done.as_deref() {
        Some("password") => Some("Your password is changed. Your other devices have been signed out."),
        Some("device") => Some("The device has been signed out."),
        Some("devices") if page.devices.len() == 1 => Some("You are signed in nowhere but here."),
        Some("joined") if !page.memberships.is_empty() => Some("You belong to the organisation now."),
        Some("declined") if page.asked.iter().any(|asked| asked.declined) => {
            Some("You do not belong to the organisation, and it sees nothing of your account.")
        }
        Some("left") if of.is_some() && !page.memberships.iter().any(|held| is_of(held.organisation)) => {
            Some("You do not belong to the organisation any more.")
        }
        Some("named") if pays(SponsorState::Named) => {
            Some("Decide below whether the organisation may see your progress.")
        }
        Some("paid") if pays(SponsorState::Confirmed) => {
            Some("The organisation that gives out this code pays for you already, and sees your progress.")
        }
        Some("consented") if pays(SponsorState::Asked) => {
            Some("The organisation is asked to confirm that it pays for you.")
        }
        Some("reminders") if !page.reminders_stopped => Some("Your tutors can remind you again."),
        Some("no-reminders") if page.reminders_stopped => Some("You get no more reminders from tutors."),
        Some("ended") if of.is_some() && !page.sponsors.iter().any(|sponsor| is_of(sponsor.organisation)) => {
            Some("The organisation sees nothing of the courses that you follow by yourself.")
        }
        _ => None,
    };
    let others = page.devices.len() > 1;
    let newest = u32::try_from(page.looks.len()).ok().filter(|shown| *shown < page.all_looks);
    view! {
        <Title text=reply.title("Your account") />
        <div class="narrow">
            <FormErrors reply />
            <Done reply text=done.map(str::to_owned) />
            <Heading>"Your account"</Heading>
            <dl class="summary-list">
                <div><dt>"Name"</dt><dd>{page.name}</dd></div>
                <div><dt>"E-mail address"</dt><dd>{page.email.clone()}</dd></div>
            </dl>

            {page.asked.into_iter().map(|asked| view! { <Asked asked /> }).collect_view()}

            <h2>"Your consent"</h2>
            {match page.consent {
                Some(Consent { policy, given }) => view! {
                    <p>"You agreed to the privacy policy, version "{policy}", on "<Time moment=given />"."</p>
                }.into_any(),
                None => view! {
                    <p>"Your account is older than the page that asks for it, so nothing is recorded here."</p>
                }.into_any(),
            }}
            <p><a href="/account/withdraw">"Withdraw my consent and close my account"</a></p>

            <WhoSeesProgress memberships=page.memberships sponsors=page.sponsors code=code.unwrap_or_default() reply />

            <TutorReminders stopped=page.reminders_stopped />
            <p><a href="/account/reminders">"Reminders that you set yourself, and a calendar of your dates"</a></p>

            <h2 id="devices">"Devices"</h2>
            <p>"You are signed in on these. If you do not know one, sign it out and change your password."</p>
            <ul class="devices">
                {page.devices.into_iter().map(|device| view! { <DeviceItem device /> }).collect_view()}
            </ul>
            {others.then(|| view! {
                <details>
                    <summary>"Sign out everywhere else"</summary>
                    <p>"All devices but this one are signed out at once. Who does not know your password cannot come back; if somebody may know it, change it too."</p>
                    <PostForm to=EndOtherSessions::PATH>
                        <button type="submit" class="button secondary">"Yes, sign out everywhere else"</button>
                    </PostForm>
                </details>
            })}

            <h2>"Second factor"</h2>
            <p>"A code from an app on your phone, which signing in asks for after the password: somebody who learns your password cannot sign in with it alone."</p>
            <p><a href=SECOND_FACTOR>"Your second factor"</a></p>

            <h2>"When support looked"</h2>
            {newest.map(|shown| view! { <p>"The newest "{shown}" of "{page.all_looks}"."</p> })}
            {if page.looks.is_empty() {
                view! { <p>"Support has not looked at anything about you."</p> }.into_any()
            } else {
                view! { <ul class="looks">{page.looks.into_iter().map(look_item).collect_view()}</ul> }.into_any()
            }}

            <h2>"Change your password"</h2>
            <PostForm to=ChangePassword::PATH known=true>
                // For password managers, which store a password under a user name. The input has no name, so the form
                // does not send it.
                <input type="email" autocomplete="username" value=page.email.clone() readonly hidden />
                <PasswordField id="current_password" label="Password that you use now" autocomplete="current-password"
                    problem=reply.problem("current_password") />
                <PasswordField id="new_password" label="New password" hint=PASSWORD_HINT autocomplete="new-password"
                    problem=reply.problem("new_password") />
                <button type="submit" class="button">"Change the password"</button>
            </PostForm>
        </div>
    }
}

/// Whether tutors may remind the person of their course.
#[component]
fn TutorReminders(stopped: bool) -> impl IntoView {
    let (says, word, button) = if stopped {
        (
            "Tutors of your cohorts cannot remind you of your course by mail: you have said so.",
            "yes",
            "Take reminders again",
        )
    } else {
        (
            "Tutors of your cohorts can remind you of your course by mail, once a week at most. If you take no reminders, they do not learn that it was you who said so.",
            "no",
            "Take no reminders",
        )
    };
    view! {
        <h2>"Reminders from tutors"</h2>
        <p>{says}</p>
        <PostForm to=TakeCohortReminders::PATH>
            <button type="submit" class="button secondary" name="takes_reminders" value=word>{button}</button>
        </PostForm>
    }
}

fn look_item(look: SupportLook) -> AnyView {
    let by = look.by.unwrap_or_else(|| "Somebody of the co-operative".to_owned());
    let reason = look.reason.map(|reason| format!(": {reason}"));
    view! { <li><strong>{by}</strong>", "<Time moment=look.at />". "{look.what}{reason}</li> }.into_any()
}

/// An organisation says that the person belongs to it.
#[component]
fn Asked(asked: MembershipAsked) -> impl IntoView {
    let MembershipAsked { organisation, name, declined, funder } = asked;
    let of = format!(" to {name}");
    if declined {
        return view! {
            <section>
                <h2>"You do not belong to "{name}</h2>
                <p>"So you said when it asked. It was not told, sees nothing of your account, and does not ask you again for a year."</p>
                <PostForm to=AnswerMembership::PATH>
                    <input type="hidden" name="organisation" value=organisation.to_string() />
                    <button type="submit" class="button secondary small" name="agrees" value="yes">"I belong after all"<span class="visually-hidden">{of}</span></button>
                </PostForm>
            </section>
        }
        .into_any();
    }
    view! {
        <section class="notice">
            <h2>"Do you belong to "{name}"?"</h2>
            <p>"This organisation says so, and gave us your e-mail address. If you agree, it sees your name, and "{if funder { "nobody's progress" } else { "your progress in the courses that it gives you" }}". If not, it sees nothing of your account."</p>
            <PostForm to=AnswerMembership::PATH>
                <input type="hidden" name="organisation" value=organisation.to_string() />
                <button type="submit" class="button small" name="agrees" value="yes">"Yes, I belong"<span class="visually-hidden">{of.clone()}</span></button>
                " "
                <button type="submit" class="button secondary small" name="agrees" value="no">"No"<span class="visually-hidden">", I do not belong"{of}</span></button>
            </PostForm>
        </section>
    }
    .into_any()
}

#[component]
fn DeviceItem(device: Device) -> impl IntoView {
    let current = device.current;
    // Several may have one name: what a screen reader says of the button tells them apart as the times do.
    let which = format!(" {}, signed in {}", device.name, device.signed_in.london);
    view! {
        <li>
            <div>
                <strong>{device.name}</strong>
                {current.then(|| view! { " "<span class="tag">"This device"</span> })}
                <p class="hint">"Signed in "<Time moment=device.signed_in />", last used "<Time moment=device.last_used /></p>
            </div>
            {(!current).then(|| view! {
                <PostForm to=EndSession::PATH>
                    <input type="hidden" name="session" value=device.id.to_string() />
                    <button type="submit" class="button secondary small">
                        "Sign out"<span class="visually-hidden">{which}</span>
                    </button>
                </PostForm>
            })}
        </li>
    }
}
