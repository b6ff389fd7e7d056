use domain::assessment::{AdjustedPerson, Adjustment};
use leptos::{prelude::*, server_fn::ServerFn};
use leptos_router::hooks::{use_params_map, use_query_map};

use crate::{
    assessment::{
        api::{SetAdjustment, TakeBackAdjustment, load_adjustments},
        parts::setting::{CameBack, OrganisationHead, use_organisation},
    },
    ui::{Loaded, TextField},
};

/// `/assessments/adjustments/{organisation}`: whom the organisation gives extra time and rest breaks.
#[component]
pub fn Adjustments() -> impl IntoView {
    let params = use_params_map();
    let people =
        Resource::new(move || params.read().get("organisation").unwrap_or_default(), load_adjustments);
    view! { <Loaded resource=people page=|people| view! { <AdjustmentsView people /> } /> }
}

#[component]
fn AdjustmentsView(people: Vec<AdjustedPerson>) -> impl IntoView {
    let came_back = CameBack::from(&[SetAdjustment::PATH, TakeBackAdjustment::PATH]);
    let (done, asked) = use_query_map().with_untracked(|query| (query.get("done"), query.get("person")));
    let done = match done.as_deref().filter(|_| came_back.problems().is_empty()) {
        Some("set") => Some("The extra time and rest breaks are set."),
        Some("taken-back") => Some("The extra time and rest breaks are taken back."),
        _ => None,
    };
    let chosen = people.iter().find(|row| asked.as_deref() == Some(row.person.to_string().as_str())).cloned();
    view! {
        <OrganisationHead heading="Extra time and rest breaks" came_back=came_back.clone() />
        {done.map(|done| view! { <p class="notice success" role="status">{done}</p> })}
        <div class="narrow">
            <p>"What you set here holds for the person in every paper of your organisation that they start from now on, mock papers and examinations alike. It changes nothing in other organisations' papers, and they do not see it. A sitting that has begun keeps its time; add minutes to it where you follow the paper."</p>
        </div>
        <h2>"Who has an adjustment"</h2>
        {if people.is_empty() {
            view! { <p>"Nobody yet."</p> }.into_any()
        } else {
            view! { <PeopleTable people /> }.into_any()
        }}
        <AdjustmentForm chosen came_back />
    }
}

#[component]
fn PeopleTable(people: Vec<AdjustedPerson>) -> impl IntoView {
    let row = |person: AdjustedPerson| {
        // Who is not known by name is called by the address.
        let email = (person.email != person.name).then_some(person.email);
        let (id, named) = (person.person.to_string(), person.name.clone());
        view! {
            <tr>
                <th scope="row">{person.name}<span class="hint">{email}</span></th>
                <td>{person.adjustment.in_words()}</td>
                <td>
                    <a href=format!("?person={id}#set-title")>"Change"<span class="visually-hidden">" what "{named.clone()}" has"</span></a>
                    <details>
                        <summary>"Take back"<span class="visually-hidden">" what "{named}" has"</span></summary>
                        <form method="post" action=TakeBackAdjustment::url()>
                            <input type="hidden" name="organisation" value=use_organisation() />
                            <input type="hidden" name="person" value=id />
                            <button type="submit" class="button secondary small">"Yes, take all of it back"</button>
                        </form>
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
fn AdjustmentForm(chosen: Option<AdjustedPerson>, came_back: CameBack) -> impl IntoView {
    let has = |part: fn(&Adjustment) -> u16| {
        chosen.as_ref().map(|person| part(&person.adjustment).to_string()).unwrap_or_default()
    };
    let (percent, minutes, breaks) =
        (has(|has| has.extra_percent.into()), has(|has| has.extra_minutes), has(|has| has.break_minutes));
    let email = chosen.map(|person| person.email).unwrap_or_default();
    view! {
        <section class="narrow" aria-labelledby="set-title">
            <h2 id="set-title">"Set extra time or rest breaks"</h2>
            <p>"What you leave empty stays as the person has it. Nought takes that part back."</p>
            <form method="post" action=SetAdjustment::url() novalidate>
                <input type="hidden" name="organisation" value=use_organisation() />
                <TextField id="email" label="E-mail address" kind="email"
                    hint="Of somebody with an account who sits papers of your organisation."
                    value=came_back.typed("email", &email) problem=came_back.problem("email") />
                <TextField id="extra_percent" label="Extra time in per cent of the time limit" numeric=true
                    hint="0 to 100. 25 turns 60 minutes into 75, beyond the closing time of the paper if need be."
                    value=came_back.typed("extra_percent", &percent) problem=came_back.problem("extra_percent") />
                <TextField id="extra_minutes" label="Extra minutes" numeric=true
                    hint="0 to 240, added after the percentage, beyond the closing time if need be."
                    value=came_back.typed("extra_minutes", &minutes) problem=came_back.problem("extra_minutes") />
                <TextField id="break_minutes" label="Rest breaks in minutes" numeric=true
                    hint="0 to 120. How long the clock may stand still in one sitting, in all."
                    value=came_back.typed("break_minutes", &breaks) problem=came_back.problem("break_minutes") />
                <button type="submit" class="button">"Save"</button>
            </form>
        </section>
    }
}
