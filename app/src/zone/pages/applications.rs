use domain::zone::joining::{Applicant, Applications as Page, DecidedBefore, Ending, Standing};
use leptos::{prelude::*, server_fn::ServerFn};
use leptos_router::hooks::use_query_map;

use crate::{
    kit::{
        api::PageData,
        live::StillCurrent,
        ui::{Done, Loaded, PostForm, Reply, TextArea, TextField, Time},
    },
    zone::{
        api::joining::{AdmitDomain, Approve, DropDomain, Refuse, RemoveMember, load_applications},
        parts::{Head, keep_zone_current, use_area, waits},
    },
};

/// `/zone/{area}/applications`: for the leads of the area. `?end={member}` offers to end a membership.
#[component]
pub fn Applications() -> impl IntoView {
    let (area, query) = (use_area(), use_query_map());
    let asked = move |name: &str| query.read().get(name).unwrap_or_default();
    let page = PageData::new(
        move || (area(), asked("end"), asked("done")),
        |(area, end, done)| async move { load_applications(area, end).await.map(|page| (done, page)) },
    );
    view! { <Loaded resource=page page=|(done, page)| view! { <ApplicationsView done page /> } /> }
}

#[component]
fn ApplicationsView(done: String, page: Page) -> impl IntoView {
    let reply =
        Reply::to(&[Approve::PATH, Refuse::PATH, RemoveMember::PATH, AdmitDomain::PATH, DropDomain::PATH]);
    let of = crate::kit::list::done_to();
    let decided = !of.is_empty() && page.waiting.iter().all(|applicant| applicant.member.to_string() != of);
    let admitted = page.domains.contains(&of);
    // An address that is opened again, when it is not so any more, says nothing.
    let done = match done.as_str() {
        "approved" if decided => Some("They are a member now, and a mail tells them."),
        "refused" if decided => Some("The application is refused, and a mail tells them why."),
        "removed" if decided => Some("The membership has ended, and a mail tells them why."),
        "admits" if admitted => {
            Some("People with an address of this domain join without a decision from now on.")
        }
        "dropped" if !of.is_empty() && !admitted => {
            Some("People of this domain wait for a decision too from now on. Members stay.")
        }
        _ => None,
    };
    let Page { head, waiting, all_waiting, domains, ending } = page;
    let (slug, directory) = (head.slug.clone(), format!("/zone/{}/directory", head.slug));
    let (rows, now_waiting) = (RwSignal::new(waiting.clone()), RwSignal::new((all_waiting, waiting)));
    let asked = slug.clone();
    // Nobody who was there goes from under the hands of a lead who writes to them.
    let take = move |now: Page| {
        let new = rows.with_untracked(|rows| without(&now.waiting, rows));
        if !new.is_empty() {
            rows.update(|rows| rows.extend(new));
        }
        now_waiting.set((now.all_waiting, now.waiting));
    };
    let connection = keep_zone_current(move || load_applications(asked.clone(), String::new()), take);
    let who_waits = move || {
        let (all, now) = now_waiting.get();
        counted(all, &now, &rows.read())
    };
    let of_row = slug.clone();
    let row = move |applicant: Applicant| applies(&of_row, applicant, reply);
    view! {
        <Head head heading="Applications" reply />
        <Done reply text=done.map(str::to_owned) />
        {ending.map(|ending| view! { <Ends slug=slug.clone() ending reply /> })}
        <h2>"Who waits"</h2>
        // There from the start, so that screen readers announce its later text.
        <div id="waiting" aria-live="polite">{who_waits}</div>
        <div class="cards">
            <For each=move || rows.get() key=|applicant| applicant.member children=row />
        </div>
        <Domains slug domains reply />
        <h2>"End somebody's membership"</h2>
        <p>"Find them in the "<a href=directory>"directory"</a>", and open their page: the link to end the membership is there."</p>
        {connection.map(|connection| view! { <StillCurrent connection /> })}
    }
}

/// Those who are not among the others.
fn without(these: &[Applicant], others: &[Applicant]) -> Vec<Applicant> {
    let other = |one: &&Applicant| others.iter().all(|other| other.member != one.member);
    these.iter().filter(other).cloned().collect()
}

/// How many wait now, and how many of those whom the page shows do not any more.
fn counted(all: u32, now: &[Applicant], shown: &[Applicant]) -> AnyView {
    let here = u32::try_from(now.len()).ok().filter(|here| *here < all);
    let gone = without(shown, now).len();
    let text = match (all, here) {
        (0, _) => "Nobody waits. A mail tells you when somebody applies.".to_owned(),
        (_, None) => format!("{}.", waits(all)),
        (_, Some(here)) => format!("{}. Here are the {here} who have waited longest.", waits(all)),
    };
    let gone = match gone {
        0 => None,
        1 => Some(
            "1 of those below does not wait any more: another lead has decided, or they have taken it back."
                .to_owned(),
        ),
        gone => Some(format!(
            "{gone} of those below do not wait any more: another lead has decided, or they have taken it back."
        )),
    };
    view! {
        <p>{text}</p>
        {gone.map(|gone| view! { <p>{gone}</p> })}
    }
    .into_any()
}

fn applies(slug: &str, applicant: Applicant, reply: Reply) -> AnyView {
    let Applicant { member, name, domain, since, before } = applicant;
    let (slug, member) = (slug.to_owned(), member.to_string());
    let (approves, refuses) = (slug.clone(), slug);
    let approved_member = member.clone();
    let (approved, refused) = (format!("approve-{member}"), format!("refuse_reason-{member}"));
    let problem = reply.problem(&refused);
    // Only the form that was refused shows what was typed.
    let typed = match problem.get_untracked() {
        Some(_) => reply.of(&[Refuse::PATH]).typed("reason", ""),
        None => String::new(),
    };
    let (of_approve, of_refuse) = (name.clone(), name.clone());
    view! {
        <section class="card">
            <h3>{name}</h3>
            <p>"Address at "<strong>{domain}</strong></p>
            <p class="hint">"Applied on "<Time moment=since /></p>
            {before.map(decided)}
            <PostForm to=Approve::PATH>
                <input type="hidden" name="area" value=approves />
                <input type="hidden" name="member" value=approved_member />
                <button type="submit" class="button small" id=approved>"Let them in"<span class="visually-hidden">": "{of_approve}</span></button>
            </PostForm>
            <details open=move || problem.read().is_some()>
                <summary>"Refuse"<span class="visually-hidden">" "{of_refuse}</span></summary>
                <PostForm to=Refuse::PATH>
                    <input type="hidden" name="area" value=refuses />
                    <input type="hidden" name="member" value=member />
                    <TextArea id=refused name="reason" label="Why" hint="They read it, in a mail and on their page. Be kind, and say what they can do. At most 500 characters."
                        rows=3 value=typed problem />
                    <button type="submit" class="button secondary small">"Yes, refuse"</button>
                </PostForm>
            </details>
        </section>
    }
    .into_any()
}

/// What the applicant was told, who asks again.
fn decided(before: DecidedBefore) -> AnyView {
    let DecidedBefore { standing, at, reason } = before;
    let what = if standing == Standing::Removed { "Membership ended" } else { "Refused" };
    view! {
        <p><span class="tag">{what}" before"</span>" on "<Time moment=at /></p>
        <p>"A lead wrote: "{reason}</p>
    }
    .into_any()
}

/// The end of a membership, after what follows from it.
#[component]
fn Ends(slug: String, ending: Ending, reply: Reply) -> impl IntoView {
    let Ending { member, name } = ending;
    view! {
        <section class="notice" aria-labelledby="end-title">
            <h2 id="end-title">"End the membership of "{name}</h2>
            <p>"If you end it:"</p>
            <ul class="plain-list">
                <li>"they do not see the area any more, and nobody in it sees their profile, which goes, with its picture;"</li>
                <li>"if they lead the area, they do not any more;"</li>
                <li>"messages that they have sent stay with whom they wrote to, from a former member;"</li>
                <li>"they can apply again, and a lead decides, also where their domain is admitted."</li>
            </ul>
            <PostForm to=RemoveMember::PATH>
                <input type="hidden" name="area" value=slug />
                <input type="hidden" name="member" value=member.to_string() />
                <TextArea id="end_reason" label="Why" hint="They read it, in a mail and on their page. At most 500 characters." rows=3
                    value=reply.typed("end_reason", "") problem=reply.problem("end_reason") />
                <button type="submit" class="button">"Yes, end the membership"</button>
            </PostForm>
        </section>
    }
}

/// The domains whose people join without a decision.
#[component]
fn Domains(slug: String, domains: Vec<String>, reply: Reply) -> impl IntoView {
    let none = domains.is_empty();
    let of_new = slug.clone();
    let rows = domains.into_iter().map(|domain| {
        let slug = slug.clone();
        view! {
            <li>
                <strong>{domain.clone()}</strong>
                <PostForm to=DropDomain::PATH>
                    <input type="hidden" name="area" value=slug />
                    <input type="hidden" name="dropped" value=domain.clone() />
                    <button type="submit" class="button secondary small">"Admit no more"<span class="visually-hidden">": "{domain}</span></button>
                </PostForm>
            </li>
        }
    });
    let rows = rows.collect_view();
    view! {
        <section class="narrow" aria-labelledby="domains-title">
            <h2 id="domains-title">"Who joins without a decision"</h2>
            {if none {
                view! { <p>"Nobody: a lead decides about each application. If all people of an employer may join, admit the domain of their addresses."</p> }.into_any()
            } else {
                view! {
                    <p>"People with a proven address of exactly these domains, and nobody whom a lead has refused or removed."</p>
                    <ul class="devices">{rows}</ul>
                }.into_any()
            }}
            <PostForm to=AdmitDomain::PATH>
                <input type="hidden" name="area" value=of_new />
                <TextField id="domain" label="Domain" hint="The part of the address after the @, like northfield.ac.uk. Not one where anybody gets an address, like gmail.com."
                    value=reply.typed("domain", "") problem=reply.problem("domain") />
                <button type="submit" class="button secondary">"Admit this domain"</button>
            </PostForm>
        </section>
    }
}
