use domain::{
    FormToken,
    assessment::adjustments::{AdjustedPeople, AdjustedPerson, Adjustment, AdjustmentSort, Given},
};
use leptos::{prelude::*, server_fn::ServerFn};
use leptos_router::hooks::{use_params_map, use_query_map};

use crate::{
    assessment::{
        adjustments::api::{SetAdjustment, SetAdjustments, TakeBackAdjustment, load_adjustments},
        authoring::parts::{OrganisationHead, Position, use_organisation},
    },
    kit::{
        api::PageData,
        list::{Shown, Words, asked, with},
        ui::{ChangedMeanwhile, Done, Loaded, PostForm, Reply, TextArea, TextField},
    },
};

type AdjustmentList = Shown<AdjustmentSort, Given>;

const WORDS: Words = Words { one: "adjustment", none: "None of the", searched: "Name or e-mail address" };

/// `/assessments/adjustments/{organisation}`: the people to whom the organisation gives extra time and rest breaks.
#[component]
pub fn Adjustments() -> impl IntoView {
    let (params, asked) = (use_params_map(), asked());
    let people = PageData::new(
        // The chosen adjustment is part of the page's address: each one makes a new page.
        move || (params.read().get("organisation").unwrap_or_default(), asked()),
        |(organisation, asked)| async move {
            load_adjustments(organisation, asked.clone()).await.map(|people| (asked, people))
        },
    );
    view! { <Loaded resource=people page=|(asked, people)| view! { <AdjustmentsView asked people /> } /> }
}

#[component]
fn AdjustmentsView(asked: String, people: AdjustedPeople) -> impl IntoView {
    let reply = Reply::to(&[SetAdjustment::PATH, SetAdjustments::PATH, TakeBackAdjustment::PATH]);
    let AdjustedPeople { form, seen, organisation, people } = people;
    let query = use_query_map();
    let part = |name: &str| query.with_untracked(|query| query.get(name)).unwrap_or_default();
    let of = part("of");
    let gone = !of.is_empty() && people.rows.iter().all(|row| row.id.to_string() != of);
    // An address that is opened again, when it is not so any more, says nothing.
    let done = match part("done").as_str() {
        "set" if people.in_all > 0 => Some("What each person has now is in the list."),
        "taken-back" if gone => Some("The extra time and rest breaks are taken back."),
        _ => None,
    };
    let given = part("given");
    let is_asked = |row: &&AdjustedPerson| given == row.id.to_string();
    let chosen = people.rows.iter().find(is_asked).cloned();
    let typed = reply.typed("email", "");
    let stands = people.rows.iter().find(|row| row.email.eq_ignore_ascii_case(typed.trim()));
    let stands = stands.map(|row| format!("{}: {}.", row.name, row.adjustment.in_words()));
    let stands = stands.unwrap_or_else(|| "The list shows what each person has.".to_owned());
    let list = AdjustmentList::new(format!("/assessments/adjustments/{}", use_organisation()), WORDS, &asked);
    let position = Position { over: organisation, ..Position::default() };
    view! {
        <OrganisationHead heading="Extra time and rest breaks" position reply />
        <Done reply text=done.map(str::to_owned) />
        <div class="narrow">
            <ChangedMeanwhile reply again=list.query.link(&list.base)
                says="What you typed is still in the form. If you save it, it takes the place of what stands now; what you leave empty stays. ">
                <p>{stands}</p>
            </ChangedMeanwhile>
            <p>"What you set here holds for the person in every paper of your organisation that they start from now on, mock papers and examinations alike. It changes nothing in other organisations' papers, and they do not see it. A sitting that has begun keeps its time; add minutes to it where you follow the paper."</p>
        </div>
        <h2>"Who has an adjustment"</h2>
        {if people.in_all == 0 {
            view! { <p>"Nobody has extra time or rest breaks from your organisation yet. Enter the first person below."</p> }.into_any()
        } else {
            let files = list.downloads(&format!("{}/extra-time", list.base), &people);
            let (form, found, pages) = (list.form(), list.found(&people), list.pages(&people));
            let rows = people.rows;
            view! {
                {form}
                {found}
                {(!rows.is_empty()).then(|| view! { <PeopleTable list rows /> })}
                {pages}
                {files}
            }
            .into_any()
        }}
        <AdjustmentForm chosen token=form seen reply />
        <ListForm token=form seen reply />
    }
}

/// Many people at once, from a spreadsheet.
#[component]
fn ListForm(token: FormToken, seen: i64, reply: Reply) -> impl IntoView {
    let problem = reply.problem("extra_time_list");
    view! {
        <details class="narrow on-screen" open=move || problem.read().is_some()>
            <summary>"Set it for a list of people"</summary>
            <p>"Copy the columns from a spreadsheet, or write one person a line: e-mail address, extra time in %, extra minutes, rest breaks in minutes. What you leave out stays as it is, and 0 removes it. While a line is wrong, nobody is changed."</p>
            <PostForm to=SetAdjustments::PATH id="list-adjustments" keeps=true>
                <input type="hidden" name="organisation" value=use_organisation() />
                <input type="hidden" name="form" value=token.to_string() />
                <input type="hidden" name="seen" value=seen.to_string() />
                <TextArea id="extra_time_list" label="One person a line" hint="For example: name@example.ac.uk, 25" code=true
                    value=reply.typed("extra_time_list", "") problem />
                <button type="submit" class="button">"Set it for all of them"</button>
            </PostForm>
        </details>
    }
}

#[component]
fn PeopleTable(list: AdjustmentList, rows: Vec<AdjustedPerson>) -> impl IntoView {
    // On paper nothing can be changed.
    let changes = !list.query.whole;
    let (here, query) = (list.query.link(&list.base), list.query.first().link(""));
    let words = |words: String| if words.is_empty() { "None".to_owned() } else { words };
    let row = move |person: AdjustedPerson| {
        // A person without a known name is shown by address.
        let email = (person.email != person.name).then_some(person.email);
        let (id, named, has) = (person.id.to_string(), person.name.clone(), person.adjustment);
        let change = with(&here, &format!("given={id}#set-title"));
        let query = query.clone();
        view! {
            <tr>
                <th scope="row">{person.name}<span class="hint">{email}</span></th>
                <td>{words(has.extra_in_words())}</td>
                <td>{words(has.breaks_in_words())}</td>
                {changes.then(|| view! {
                    <td>
                        <a href=change>"Change"<span class="visually-hidden">" what "{named.clone()}" has"</span></a>
                        <details>
                            <summary>"Take back"<span class="visually-hidden">" what "{named}" has"</span></summary>
                            <PostForm to=TakeBackAdjustment::PATH>
                                <input type="hidden" name="organisation" value=use_organisation() />
                                <input type="hidden" name="adjustment" value=id />
                                <input type="hidden" name="query" value=query />
                                <button type="submit" class="button secondary small">"Yes, take all of it back"</button>
                            </PostForm>
                        </details>
                    </td>
                })}
            </tr>
        }
    };
    view! {
        <div class="table-frame" role="region" tabindex="0" aria-label="People with extra time or rest breaks">
            <table class="adjustments">
                <caption class="visually-hidden">"People with extra time or rest breaks"</caption>
                <thead>
                    <tr>
                        {list.head(AdjustmentSort::Name, "Person", "")}
                        {list.head(AdjustmentSort::ExtraTime, "Extra time", "")}
                        {list.head(AdjustmentSort::RestBreaks, "Rest breaks", "")}
                        {changes.then(|| view! { <th scope="col">"Change"</th> })}
                    </tr>
                </thead>
                <tbody>{rows.into_iter().map(row).collect_view()}</tbody>
            </table>
        </div>
    }
}

#[component]
fn AdjustmentForm(
    chosen: Option<AdjustedPerson>,
    token: FormToken,
    seen: i64,
    reply: Reply,
) -> impl IntoView {
    let has = |part: fn(&Adjustment) -> u16| {
        chosen.as_ref().map(|person| part(&person.adjustment).to_string()).unwrap_or_default()
    };
    let (percent, minutes, breaks) =
        (has(|has| has.extra_percent.into()), has(|has| has.extra_minutes), has(|has| has.break_minutes));
    // What is typed stays when the list is searched. The form of a chosen person begins with what they have.
    let (keeps, id) =
        (chosen.is_none(), if chosen.is_some() { "change-adjustment" } else { "set-adjustment" });
    let email = chosen.map(|person| person.email).unwrap_or_default();
    view! {
        <section class="narrow on-screen" aria-labelledby="set-title">
            <h2 id="set-title">"Set extra time or rest breaks"</h2>
            <p>"What you leave empty stays as it is. Enter 0 to remove it."</p>
            <PostForm to=SetAdjustment::PATH id=id keeps=keeps>
                <input type="hidden" name="organisation" value=use_organisation() />
                <input type="hidden" name="form" value=token.to_string() />
                <input type="hidden" name="seen" value=seen.to_string() />
                <input type="hidden" name="shown" value=email.clone() />
                <TextField id="email" label="E-mail address" kind="email"
                    hint="Of a student of your organisation, or one that a paper of yours names. Without an account it waits until there is one."
                    value=reply.typed("email", &email) problem=reply.problem("email") />
                <TextField id="extra_percent" label="Extra time in % of the time limit" numeric=true
                    hint="0 to 100. 25 turns 60 minutes into 75, beyond the closing time of the paper if need be."
                    value=reply.typed("extra_percent", &percent) problem=reply.problem("extra_percent") />
                <TextField id="extra_minutes" label="Extra minutes" numeric=true
                    hint="0 to 240, added after the percentage, beyond the closing time if need be."
                    value=reply.typed("extra_minutes", &minutes) problem=reply.problem("extra_minutes") />
                <TextField id="break_minutes" label="Rest breaks in minutes" numeric=true
                    hint="0 to 120. How long the clock may stand still in one sitting, in all."
                    value=reply.typed("break_minutes", &breaks) problem=reply.problem("break_minutes") />
                <button type="submit" class="button">"Save"</button>
            </PostForm>
        </section>
    }
}
