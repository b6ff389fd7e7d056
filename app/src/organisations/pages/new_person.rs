use domain::organisations::{ATTESTATION, OrganisationCohorts};
use leptos::{prelude::*, server_fn::ServerFn};

use crate::{
    kit::{
        api::PageData,
        ui::{CheckBox, Loaded, PostForm, Reply, SelectField, TextField},
    },
    organisations::{
        api::{AddPerson, load_organisation_cohorts},
        parts::{Head, use_slug},
    },
};

/// `/organisation/{slug}/people/new`: one person by hand, by the rules of an upload.
#[component]
pub fn NewPerson() -> impl IntoView {
    let page = PageData::new(use_slug(), load_organisation_cohorts);
    view! { <Loaded resource=page page=|page| view! { <NewPersonView page /> } /> }
}

#[component]
fn NewPersonView(page: OrganisationCohorts) -> impl IntoView {
    let reply = Reply::to(&[AddPerson::PATH]);
    let attested = reply.ticked(&[AddPerson::PATH], "attested", false);
    let chosen = reply.typed("cohort", "");
    view! {
        <Head head=page.head.clone() heading="Add one person" below=("people", "People") reply />
        <div class="narrow">
            <p>"They get a mail in which they agree to their account. People who have an account already are asked whether they belong to your organisation."</p>
            <PostForm to=AddPerson::PATH>
                <input type="hidden" name="organisation" value=page.head.slug />
                <input type="hidden" name="form" value=page.form.to_string() />
                <TextField id="name" label="Full name" value=reply.typed("name", "") problem=reply.problem("name") />
                <TextField id="email" label="E-mail address" kind="email" value=reply.typed("email", "") problem=reply.problem("email") />
                <TextField id="student_number" label="Student number (if there is one)" value=reply.typed("student_number", "")
                    problem=reply.problem("student_number") />
                <TextField id="team" label="Team (optional)" value=reply.typed("team", "") problem=reply.problem("team") />
                <TextField id="person_area" label="Area (optional)" value=reply.typed("person_area", "") problem=reply.problem("person_area") />
                <SelectField id="cohort" label="Cohort (optional)" problem=reply.problem("cohort")>
                    <option value="">"None"</option>
                    {page.cohorts.into_iter().map(|cohort| {
                        let selected = cohort.name == chosen;
                        let name = cohort.name.clone();
                        view! { <option value=name selected=selected>{cohort.name}</option> }
                    }).collect_view()}
                </SelectField>
                <CheckBox id="attested" label=ATTESTATION.text checked=attested problem=reply.problem("attested") />
                <button type="submit" class="button">"Add this person"</button>
            </PostForm>
        </div>
    }
}
