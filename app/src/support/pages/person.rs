use domain::{
    Moment,
    accounts::MailState,
    count,
    support::{DeviceSeen, MailSeen, MembershipSeen, RoleSeen, SupportedPerson},
};
use leptos::{prelude::*, server_fn::ServerFn};
use leptos_router::hooks::{use_params_map, use_query_map};

use crate::{
    kit::{
        api::PageData,
        ui::{
            Breadcrumbs, Done, FormErrors, Heading, Loaded, PostForm, Reply, SelectField, TextField, Time,
            Title,
        },
    },
    support::api::{AppointLead, EndSecondFactor, EndSessions, SendMail, TakeBackRole, Unlock, load_person},
};

/// `/support/people/{person}`: the state of an account, and what support can do for the person.
#[component]
pub fn Person() -> impl IntoView {
    let (params, query) = (use_params_map(), use_query_map());
    let page = PageData::new(
        move || {
            let person = params.read().get("person").unwrap_or_default();
            (person, query.read().get("done").unwrap_or_default())
        },
        |(person, done)| async move { load_person(person).await.map(|page| (done, page)) },
    );
    view! { <Loaded resource=page page=|(done, page)| view! { <PersonView done page /> } /> }
}

#[component]
fn PersonView(done: String, page: SupportedPerson) -> impl IntoView {
    let reply = Reply::to(&[
        Unlock::PATH,
        SendMail::PATH,
        EndSecondFactor::PATH,
        EndSessions::PATH,
        TakeBackRole::PATH,
        AppointLead::PATH,
    ]);
    // An address that is opened again, when it is not so any more, says nothing.
    let waits_no_more = page.waits_until.is_none() && page.codes_wait_until.is_none();
    let (without_factor, signed_out) = (page.recovery_codes.is_none(), page.devices.is_empty());
    let of = crate::kit::list::done_to();
    let gone = !of.is_empty() && page.roles.iter().all(|role| role.key != of);
    let leads = page.roles.iter().any(|role| role.key.starts_with("zone-lead/"));
    let done = match done.as_str() {
        "unlocked" if waits_no_more => Some("They can sign in without waiting."),
        "no-wait" if waits_no_more => Some("Nothing was changed: they do not have to wait."),
        "sent" => Some("The mail is on its way, or was sent already."),
        "enough" => Some("Nothing was sent: they got five within an hour. Try again later."),
        "factor-ended" if without_factor && signed_out => {
            Some("Their second factor has ended, all their devices are signed out, and a mail tells them.")
        }
        "no-factor" if without_factor => Some("Nothing was changed: they have no second factor."),
        "signed-out" if signed_out => Some("All their devices are signed out."),
        "no-devices" if signed_out => Some("Nothing was changed: they are signed in nowhere."),
        "taken-back" if gone => Some("They do not have this role any more."),
        "appointed" if leads => Some("They lead the area of NMP Zone, and a mail tells them."),
        _ => None,
    };
    let person = page.person.to_string();
    let newest = u32::try_from(page.mails.len()).ok().filter(|shown| *shown < page.all_mails);
    let (mail, roles) = (page.state, page.roles.clone());
    let mail = match mail {
        domain::accounts::AccountState::Active => "Send a mail to choose a password",
        _ => "Send the mail of the activation again",
    };
    view! {
        // Not the name, which the history of a browser would keep.
        <Title text=reply.title("A person") />
        <Breadcrumbs steps=vec![("/support".to_owned(), "Support".to_owned())] />
        <FormErrors reply />
        <Done reply text=done.map(str::to_owned) />
        <Heading>{page.name}</Heading>
        <dl class="summary-list">
            <div><dt>"E-mail address"</dt><dd>{page.email}</dd></div>
            <div><dt>"Account"</dt><dd>{page.state.label()}</dd></div>
            <div><dt>"Made"</dt><dd><Time moment=page.made /></dd></div>
            {page.opened.map(|at| view! { <div><dt>"Opened"</dt><dd><Time moment=at /></dd></div> })}
            {page.withdrawn.map(|at| view! { <div><dt>"Consent withdrawn"</dt><dd><Time moment=at /></dd></div> })}
            <div><dt>"Signing in"</dt><dd>{waits(page.waits_until, page.codes_wait_until)}</dd></div>
            <div><dt>"Second factor"</dt><dd>{factor(page.recovery_codes)}</dd></div>
        </dl>

        <h2>"Help"</h2>
        {(!waits_no_more).then(|| view! {
            <Act to=Unlock::PATH field="unlock_reason" person=person.clone() summary="End the wait for signing in" yes="Yes, end the wait" reply />
        })}
        <Act to=SendMail::PATH field="mail_reason" person=person.clone() summary=mail yes="Yes, send it" reply />
        {(!signed_out).then(|| view! {
            <Act to=EndSessions::PATH field="sessions_reason" person=person.clone() summary="Sign them out everywhere" yes="Yes, sign them out" reply />
        })}
        {match (page.recovery_codes, page.own) {
            (None, _) => ().into_any(),
            (Some(_), true) => view! { <p>"Another member of support has to end your second factor."</p> }.into_any(),
            (Some(_), false) => view! {
                <Act to=EndSecondFactor::PATH field="factor_reason" person=person.clone() summary="End their second factor"
                    loses="Do this only when you are sure who is asking: until they set up another, their password alone signs in. All their devices are signed out, and a mail tells them."
                    yes="Yes, end it" reply />
            }.into_any(),
        }}
        {(!roles.is_empty()).then(|| view! { <TakeBack person=person.clone() roles reply /> })}
        {(!page.areas.is_empty() && !page.own).then(|| view! { <Appoint person=person.clone() areas=page.areas reply /> })}

        <h2>"Mails"</h2>
        {newest.map(|shown| view! { <p>"The newest "{shown}" of "{page.all_mails}"."</p> })}
        {listed("No mail to this account in the last 90 days.", page.mails.into_iter().map(mail_item).collect())}
        <h2>"Devices"</h2>
        {listed("Signed in nowhere.", page.devices.into_iter().map(device_item).collect())}
        <h2>"Organisations"</h2>
        {listed("Belongs to no organisation.", page.memberships.into_iter().map(membership_item).collect())}
        <h2>"Roles"</h2>
        {listed("Has no role.", page.roles.into_iter().map(role_item).collect())}
    }
}

fn waits(password: Option<Moment>, code: Option<Moment>) -> AnyView {
    if password.is_none() && code.is_none() {
        return "Does not have to wait".into_any();
    }
    let wait = |until: Option<Moment>, after: &'static str| {
        until.map(|until| view! { <p>"Has to wait until "<Time moment=until />", after wrong "{after}</p> })
    };
    view! { {wait(password, "passwords")}{wait(code, "or missing codes")} }.into_any()
}

/// By the recovery codes that are left.
fn factor(codes: Option<u32>) -> AnyView {
    match codes {
        Some(codes) => format!("On, with {} left", count(codes, "recovery code")).into_any(),
        None => "Off".into_any(),
    }
}

/// A list, or what to say when it is empty.
fn listed(empty: &'static str, items: Vec<AnyView>) -> AnyView {
    if items.is_empty() {
        return view! { <p>{empty}</p> }.into_any();
    }
    view! { <ul class="plain-list">{items}</ul> }.into_any()
}

/// Something that support can do, which asks for a reason before it is done.
#[component]
fn Act(
    to: &'static str,
    field: &'static str,
    person: String,
    summary: &'static str,
    #[prop(optional)] loses: Option<&'static str>,
    yes: &'static str,
    reply: Reply,
) -> impl IntoView {
    let problem = reply.problem(field);
    view! {
        <details open=move || problem.read().is_some()>
            <summary>{summary}</summary>
            {loses.map(|loses| view! { <p>{loses}</p> })}
            <PostForm to=to>
                <input type="hidden" name="person" value=person />
                <TextField id=field label="Why" hint="At least 10 characters. They can read it in their account." value=reply.typed(field, "") problem />
                <button type="submit" class="button secondary small">{yes}</button>
            </PostForm>
        </details>
    }
}

#[component]
fn TakeBack(person: String, roles: Vec<RoleSeen>, reply: Reply) -> impl IntoView {
    let (problem, kept) = (reply.problem("role_reason"), reply.problem("role"));
    let chosen = reply.typed("role", "");
    let option = move |role: RoleSeen| {
        let selected = role.key == chosen;
        let words = role_words(&role);
        view! { <option value=role.key selected=selected>{words}</option> }
    };
    view! {
        <details open=move || problem.read().is_some() || kept.read().is_some()>
            <summary>"Take back a role"</summary>
            <PostForm to=TakeBackRole::PATH>
                <input type="hidden" name="person" value=person />
                <SelectField id="role" label="Role" problem=kept>{roles.into_iter().map(option).collect_view()}</SelectField>
                <TextField id="role_reason" label="Why" hint="At least 10 characters. They can read it in their account." value=reply.typed("role_reason", "") problem />
                <button type="submit" class="button secondary small">"Yes, take it back"</button>
            </PostForm>
        </details>
    }
}

/// Support does not see who has applied to an area, nor who belongs to it: it is told when it appoints somebody who does not.
#[component]
fn Appoint(person: String, areas: Vec<(String, String)>, reply: Reply) -> impl IntoView {
    let (problem, not_there) = (reply.problem("lead_reason"), reply.problem("lead_area"));
    let chosen = reply.typed("lead_area", "");
    let option = move |(id, name): (String, String)| {
        let selected = id == chosen;
        view! { <option value=id selected=selected>{name}</option> }
    };
    view! {
        <details open=move || problem.read().is_some() || not_there.read().is_some()>
            <summary>"Make them a lead in NMP Zone"</summary>
            <p>"They decide who joins the area, and see who has applied. They have to have registered for it themselves."</p>
            <PostForm to=AppointLead::PATH>
                <input type="hidden" name="person" value=person />
                <SelectField id="lead_area" label="Area" problem=not_there>
                    <option value="">"Choose an area"</option>
                    {areas.into_iter().map(option).collect_view()}
                </SelectField>
                <TextField id="lead_reason" label="Why" hint="At least 10 characters. They can read it in their account." value=reply.typed("lead_reason", "") problem />
                <button type="submit" class="button secondary small">"Yes, make them a lead"</button>
            </PostForm>
        </details>
    }
}

fn role_words(role: &RoleSeen) -> String {
    match &role.of {
        Some(of) => format!("{}: {of}", role.role),
        None => role.role.clone(),
    }
}

fn mail_item(mail: MailSeen) -> AnyView {
    let state = match mail.state {
        MailState::Queued => "on its way since",
        MailState::Sent => "sent",
        MailState::Bounced => "came back, queued",
        MailState::Failed => "could not be sent, queued",
    };
    view! { <li>{mail.what}": "{state}" "<Time moment=mail.at /></li> }.into_any()
}

fn device_item(device: DeviceSeen) -> AnyView {
    view! { <li>{device.name}": signed in "<Time moment=device.signed_in />", last used "<Time moment=device.last_used /></li> }
        .into_any()
}

fn membership_item(of: MembershipSeen) -> AnyView {
    let kept = [("student number", of.student_number), ("team", of.team), ("area", of.area)];
    let kept: String =
        kept.into_iter().filter_map(|(what, text)| text.map(|text| format!(", {what} {text}"))).collect();
    let upload = of.upload.map(|upload| {
        let file = upload.file.map_or_else(|| "by hand".to_owned(), |file| format!("by the file {file}"));
        view! { ", "{file}" on "<Time moment=upload.at /> }
    });
    view! { <li>{of.organisation}{kept}", since "<Time moment=of.since />{upload}</li> }.into_any()
}

fn role_item(role: RoleSeen) -> AnyView {
    let words = role_words(&role);
    let by = role.by.map(|by| format!(" by {by}"));
    view! { <li>{words}", since "<Time moment=role.since />{by}": "{role.reason}</li> }.into_any()
}
