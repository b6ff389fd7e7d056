use leptos::prelude::*;

use super::AddressForm;

/// A search in a list, by the address: it works without scripts, and what was searched for can be kept and sent on.
#[component]
pub fn SearchForm(
    /// The page that lists what is found.
    #[prop(into)]
    action: String,
    #[prop(into)] label: String,
    /// What was searched for.
    #[prop(into)]
    search: String,
    /// What else of the address stays as it is.
    #[prop(optional)]
    children: Option<Children>,
) -> impl IntoView {
    view! {
        <AddressForm action>
            {children.map(|children| children())}
            <label for="search">{label}</label>
            <div class="with-button">
                <input id="search" name="search" type="search" value=search />
                <button type="submit" class="button secondary small">"Search"</button>
            </div>
        </AddressForm>
    }
}
