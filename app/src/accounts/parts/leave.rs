use domain::organisations::OrganisationId;
use leptos::{prelude::*, server_fn::ServerFn};

use crate::{kit::ui::PostForm, organisations::api::LeaveOrganisation};

/// Leaves an organisation, after what the person loses and what stays theirs.
#[component]
pub fn Leave(
    organisation: OrganisationId,
    name: String,
    funder: bool,
    /// It pays for the person, and sees progress by that too.
    pays: bool,
) -> impl IntoView {
    let sees = match pays {
        true => {
            "it pays for you still, and sees your progress in the courses that you follow by yourself until you end that below;"
        }
        false => "it does not see your progress any more;",
    };
    view! {
        <details>
            <summary id=format!("leave-{organisation}")>"Leave "{name.clone()}</summary>
            <p>"If you leave it now:"</p>
            <ul class="tips">
                <li>"the courses that it gave you do not open any more, unless something else gives them to you;"</li>
                <li>"papers that it sets for your cohort are not yours to sit any more. It keeps the results of those that you have sat;"</li>
                <li>"roles that you have there, like that of a tutor, end;"</li>
                {(!funder).then(|| view! { <li>{sees}</li> })}
                <li>"your account, your certificates and what you have completed stay yours. A course that is given to you again goes on where you were."</li>
            </ul>
            <p>"To belong to it again, it has to name you again, and you have to agree."</p>
            <PostForm to=LeaveOrganisation::PATH>
                <input type="hidden" name="organisation" value=organisation.to_string() />
                <button type="submit" class="button">"Yes, leave "{name}</button>
            </PostForm>
        </details>
    }
}
