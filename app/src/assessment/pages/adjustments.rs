use domain::assessment::AdjustedPerson;
use leptos::{prelude::*, server_fn::ServerFn};
use leptos_router::hooks::{use_params_map, use_query_map};

use crate::{
    assessment::{
        api::{SetAdjustment, load_adjustments},
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
    let came_back = CameBack::from(&[SetAdjustment::PATH]);
    let done = use_query_map().with_untracked(|query| query.get("done"));
    let set = done.as_deref() == Some("set") && came_back.problems().is_empty();
    view! {
        <OrganisationHead heading="Extra time and rest breaks" came_back=came_back.clone() />
        {set.then(|| view! { <p class="notice success" role="status">"The extra time and rest breaks are set."</p> })}
        <div class="narrow">
            <p>"What you set here holds for the person in every paper of your organisation that they start from now on, mock papers and examinations alike. It changes nothing in other organisations' papers, and they do not see it. A sitting that has begun keeps its time; add minutes to it where you follow the paper."</p>
        </div>
        <h2>"Who has an adjustment"</h2>
        {if people.is_empty() {
            view! { <p>"Nobody yet."</p> }.into_any()
        } else {
            view! { <PeopleTable people /> }.into_any()
        }}
        <AdjustmentForm came_back />
    }
}

#[component]
fn PeopleTable(people: Vec<AdjustedPerson>) -> impl IntoView {
    let row = |person: AdjustedPerson| {
        // Who is not known by name is called by the address.
        let email = (person.email != person.name).then_some(person.email);
        view! {
            <tr>
                <th scope="row">{person.name}<span class="hint">{email}</span></th>
                <td>{person.adjustment.in_words()}</td>
            </tr>
        }
    };
    view! {
        <div class="table-frame" role="region" tabindex="0" aria-label="People with extra time or rest breaks">
            <table class="adjustments">
                <caption class="visually-hidden">"People with extra time or rest breaks"</caption>
                <thead><tr><th scope="col">"Person"</th><th scope="col">"What they have"</th></tr></thead>
                <tbody>{people.into_iter().map(row).collect_view()}</tbody>
            </table>
        </div>
    }
}

#[component]
fn AdjustmentForm(came_back: CameBack) -> impl IntoView {
    view! {
        <section class="narrow" aria-labelledby="set-title">
            <h2 id="set-title">"Set extra time or rest breaks"</h2>
            <p>"This replaces what the person had. Nought in every box takes it back."</p>
            <form method="post" action=SetAdjustment::url() novalidate>
                <input type="hidden" name="organisation" value=use_organisation() />
                <TextField id="email" label="E-mail address" kind="email"
                    hint="Of somebody with an account who sits papers of your organisation."
                    value=came_back.typed("email", "") problem=came_back.problem("email") />
                <TextField id="extra_percent" label="Extra time in per cent of the time limit" numeric=true
                    hint="0 to 100. 25 turns 60 minutes into 75, but not beyond the closing time of the paper."
                    value=came_back.typed("extra_percent", "0") problem=came_back.problem("extra_percent") />
                <TextField id="extra_minutes" label="Extra minutes" numeric=true
                    hint="0 to 240, added after the percentage, beyond the closing time if need be."
                    value=came_back.typed("extra_minutes", "0") problem=came_back.problem("extra_minutes") />
                <TextField id="break_minutes" label="Rest breaks in minutes" numeric=true
                    hint="0 to 120. How long the clock may stand still in one sitting, in all."
                    value=came_back.typed("break_minutes", "0") problem=came_back.problem("break_minutes") />
                <button type="submit" class="button">"Save"</button>
            </form>
        </section>
    }
}
