use domain::{
    assessment::adjustments::{AdjustedPeople, AdjustedPerson, Adjustment},
    count,
};
use leptos::{prelude::*, server_fn::ServerFn};
use leptos_router::{
    hooks::{use_params_map, use_query_map},
    location::Url,
};

use crate::{
    assessment::{
        adjustments::api::{SetAdjustment, TakeBackAdjustment, load_adjustments},
        authoring::parts::{OrganisationHead, use_organisation},
    },
    kit::{
        api::PageData,
        ui::{Done, Loaded, PostForm, Reply, SearchForm, TextField},
    },
};

/// `/assessments/adjustments/{organisation}`: the people to whom the organisation gives extra time and rest breaks.
#[component]
pub fn Adjustments() -> impl IntoView {
    let (params, query) = (use_params_map(), use_query_map());
    let asked = move || {
        let query = query.read();
        let get = |name| query.get(name).unwrap_or_default();
        // The chosen adjustment is part of the page's address: each one makes a new page.
        let organisation = params.read().get("organisation").unwrap_or_default();
        (organisation, get("search"), get("page"), get("given"), get("done"))
    };
    let people = PageData::new(asked, |(organisation, search, page, given, done)| async move {
        load_adjustments(organisation, search, page).await.map(|people| (given, done, people))
    });
    view! { <Loaded resource=people page=|(given, done, people)| view! { <AdjustmentsView given done people /> } /> }
}

#[component]
fn AdjustmentsView(given: String, done: String, people: AdjustedPeople) -> impl IntoView {
    let reply = Reply::to(&[SetAdjustment::PATH, TakeBackAdjustment::PATH]);
    let done = match done.as_str() {
        "set" => Some("The extra time and rest breaks are set."),
        "taken-back" => Some("The extra time and rest breaks are taken back."),
        _ => None,
    };
    let is_asked = |row: &&AdjustedPerson| given == row.id.to_string();
    let chosen = people.people.iter().find(is_asked).cloned();
    view! {
        <OrganisationHead heading="Extra time and rest breaks" reply />
        <Done reply text=done.map(str::to_owned) />
        <div class="narrow">
            <p>"What you set here holds for the person in every paper of your organisation that they start from now on, mock papers and examinations alike. It changes nothing in other organisations' papers, and they do not see it. A sitting that has begun keeps its time; add minutes to it where you follow the paper."</p>
        </div>
        <h2>"Who has an adjustment"</h2>
        {if people.all == 0 {
            view! { <p>"Nobody yet."</p> }.into_any()
        } else {
            view! { <People people /> }.into_any()
        }}
        <AdjustmentForm chosen reply />
    }
}

/// The part of the list that the address asks for.
fn wanted(search: &str, page: u32) -> String {
    format!("?search={}&page={page}", Url::escape(search))
}

/// One page of the list, a search in it, and links to the other pages: every person can be reached.
#[component]
fn People(people: AdjustedPeople) -> impl IntoView {
    let AdjustedPeople { people, search, found, all, page, pages } = people;
    let said = match (found, pages) {
        (0, _) => format!("None of {all} matches."),
        (_, 1) => format!("{found} of {}", count(all, "adjustment")),
        _ => format!("{found} of {}: page {page} of {pages}", count(all, "adjustment")),
    };
    let base = format!("/assessments/adjustments/{}", use_organisation());
    let here = wanted(&search, page);
    let to = |page: u32, name: &'static str| {
        let href = wanted(&search, page);
        (1..=pages).contains(&page).then(|| view! { <a href=href>{name}</a>" " })
    };
    let (before, after) = (to(page - 1, "Page before"), to(page + 1, "Next page"));
    view! {
        <SearchForm action=base label="Name or e-mail address" search />
        <p role="status">{said}</p>
        {(!people.is_empty()).then(|| view! { <PeopleTable people here /> })}
        {(pages > 1).then(|| view! { <nav aria-label="Pages of the adjustments"><p>{before}{after}</p></nav> })}
    }
}

#[component]
fn PeopleTable(people: Vec<AdjustedPerson>, here: String) -> impl IntoView {
    let row = move |person: AdjustedPerson| {
        // A person without a known name is shown by address.
        let email = (person.email != person.name).then_some(person.email);
        let (id, named) = (person.id.to_string(), person.name.clone());
        view! {
            <tr>
                <th scope="row">{person.name}<span class="hint">{email}</span></th>
                <td>{person.adjustment.in_words()}</td>
                <td>
                    <a href=format!("{here}&given={id}#set-title")>"Change"<span class="visually-hidden">" what "{named.clone()}" has"</span></a>
                    <details>
                        <summary>"Take back"<span class="visually-hidden">" what "{named}" has"</span></summary>
                        <PostForm to=TakeBackAdjustment::PATH>
                            <input type="hidden" name="organisation" value=use_organisation() />
                            <input type="hidden" name="adjustment" value=id />
                            <button type="submit" class="button secondary small">"Yes, take all of it back"</button>
                        </PostForm>
                    </details>
                </td>
            </tr>
        }
    };
    view! {
        <div class="table-frame" role="region" tabindex="0" aria-label="People with extra time or rest breaks">
            <table class="adjustments">
                <caption class="visually-hidden">"People with extra time or rest breaks"</caption>
                <thead><tr><th scope="col">"Person"</th><th scope="col">"What they have"</th><th scope="col">"Change"</th></tr></thead>
                <tbody>{people.into_iter().map(row).collect_view()}</tbody>
            </table>
        </div>
    }
}

#[component]
fn AdjustmentForm(chosen: Option<AdjustedPerson>, reply: Reply) -> impl IntoView {
    let has = |part: fn(&Adjustment) -> u16| {
        chosen.as_ref().map(|person| part(&person.adjustment).to_string()).unwrap_or_default()
    };
    let (percent, minutes, breaks) =
        (has(|has| has.extra_percent.into()), has(|has| has.extra_minutes), has(|has| has.break_minutes));
    let email = chosen.map(|person| person.email).unwrap_or_default();
    view! {
        <section class="narrow" aria-labelledby="set-title">
            <h2 id="set-title">"Set extra time or rest breaks"</h2>
            <p>"What you leave empty stays as it is. Enter 0 to remove it."</p>
            <PostForm to=SetAdjustment::PATH>
                <input type="hidden" name="organisation" value=use_organisation() />
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
