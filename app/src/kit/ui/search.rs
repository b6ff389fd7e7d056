use leptos::{html, prelude::*};

use super::AddressForm;

/// A search by the address: it works without scripts, and what was searched for can be kept and sent on. A list has more than this: see
/// `kit/list`.
#[component]
pub fn SearchForm(
    /// The page that lists what is found.
    #[prop(into)]
    action: String,
    #[prop(into)] label: String,
    /// What was searched for.
    #[prop(into)]
    search: String,
) -> impl IntoView {
    view! {
        <AddressForm action=action.clone()>
            <SearchField action label search>
                <button type="submit" class="button secondary small">"Search"</button>
            </SearchField>
        </AddressForm>
    }
}

/// The field of it, in a form that has more. What is typed on in it while the answer comes stays in it.
#[component]
pub fn SearchField(
    /// Of the form.
    #[prop(into)]
    action: String,
    #[prop(into)] label: String,
    #[prop(into)] search: String,
    /// What stands beside it.
    #[prop(optional)]
    children: Option<Children>,
) -> impl IntoView {
    let field = NodeRef::<html::Input>::new();
    #[cfg(feature = "hydrate")]
    browser::go_on(field, &action, &search);
    #[cfg(not(feature = "hydrate"))]
    drop(action);
    view! {
        <label for="search">{label}</label>
        <div class="with-button">
            <input id="search" name="search" type="search" value=search node_ref=field />
            {children.map(|children| children())}
        </div>
    }
}

#[cfg(feature = "hydrate")]
mod browser {
    use leptos::{html, prelude::*};
    use wasm_bindgen::JsCast;
    use web_sys::HtmlInputElement;

    use crate::kit::{navigation::Navigation, ui::whenever};

    /// The form is drawn anew with what was found, in the place of the one that is still shown: what stands in that one's field, and
    /// where, goes over into the new one's.
    pub fn go_on(field: NodeRef<html::Input>, action: &str, search: &str) {
        let Some(before) = shown(action) else { return };
        let now = before.value();
        // What was asked for and has been answered is no typing on, and neither is what the page before was drawn with.
        let typed_on = Some(now).filter(|now| *now != before.default_value() && now != search);
        let caret = is_focused(&before).then(|| (before.selection_start(), before.selection_end()));
        if caret.is_some() {
            expect_context::<Navigation>().stays_at("search");
        }
        whenever(move || {
            let Some(field) = field.get() else { return };
            if let Some(typed_on) = &typed_on {
                field.set_value(typed_on);
            }
            if let Some((Ok(start), Ok(end))) = &caret {
                let _ = field.focus();
                let _ = field.set_selection_start(*start);
                let _ = field.set_selection_end(*end);
            }
        });
    }

    /// The field of this page's search that is in the document.
    fn shown(action: &str) -> Option<HtmlInputElement> {
        let field: HtmlInputElement = document().get_element_by_id("search")?.dyn_into().ok()?;
        let leads_to = field.form()?.get_attribute("action")?;
        (leads_to == action).then_some(field)
    }

    fn is_focused(field: &HtmlInputElement) -> bool {
        document().active_element().is_some_and(|focused| focused.is_same_node(Some(field)))
    }
}
