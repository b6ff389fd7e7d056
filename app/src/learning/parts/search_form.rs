use leptos::prelude::*;

use crate::kit::ui::{AddressForm, SearchField};

/// Looks for words in the pages of a course.
#[component]
pub fn SearchForm(
    course: String,
    /// What was looked for.
    #[prop(optional)]
    search: String,
) -> impl IntoView {
    let action = format!("/learn/{course}/search");
    view! {
        <AddressForm action=action.clone() class="search list-form" found="found">
            <div class="field"><SearchField action label="Search in this course" search /></div>
            <button type="submit" class="button secondary small">"Search"</button>
        </AddressForm>
    }
}
