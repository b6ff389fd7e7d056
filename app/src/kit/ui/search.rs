use leptos::{html, prelude::*};

/// The search field of a list: see `kit/list`. It keeps text that is typed into it while the answer is on its way.
#[component]
pub fn SearchField(
    /// The action of the form.
    #[prop(into)]
    action: String,
    #[prop(into)] label: String,
    #[prop(into)] search: String,
) -> impl IntoView {
    let field = NodeRef::<html::Input>::new();
    #[cfg(feature = "hydrate")]
    browser::go_on(field, &action, &search);
    #[cfg(not(feature = "hydrate"))]
    drop(action);
    view! {
        <label for="search">{label}</label>
        <input id="search" name="search" type="search" value=search node_ref=field />
    }
}

#[cfg(feature = "hydrate")]
mod browser {
    use leptos::{html, prelude::*};
    use wasm_bindgen::JsCast;
    use web_sys::HtmlInputElement;

    use crate::kit::{navigation::Navigation, ui::whenever};

    /// Carries the typed text and the caret over to the new form, which takes the place of the shown one when the results are drawn.
    pub fn go_on(field: NodeRef<html::Input>, action: &str, search: &str) {
        let Some(before) = shown(action) else { return };
        let now = before.value();
        // The text counts as typed meanwhile only if it differs from the answered search and from the text that the shown form was drawn with.
        let typed_on = Some(now).filter(|now| *now != before.default_value() && now != search);
        // The focus may have gone on to a filter or to the button while the answer was on its way. It is found again by its id.
        let focused = document()
            .active_element()
            .filter(|focused| before.form().is_some_and(|form| form.contains(Some(focused))));
        if let Some(focused) = focused.as_ref().map(|focused| focused.id()).filter(|id| !id.is_empty()) {
            expect_context::<Navigation>().stays_at(&focused);
        }
        let caret = focused
            .filter(|focused| focused.is_same_node(Some(&before)))
            .map(|_| (before.selection_start(), before.selection_end()));
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

    /// The search field of this page that is in the document now.
    fn shown(action: &str) -> Option<HtmlInputElement> {
        let field: HtmlInputElement = document().get_element_by_id("search")?.dyn_into().ok()?;
        let leads_to = field.form()?.get_attribute("action")?;
        (leads_to == action).then_some(field)
    }
}
