//! Fields that are not one line of text.

#![expect(clippy::disallowed_methods, reason = "the one text area, which escapes what it shows")]

use domain::Problem;
use leptos::prelude::*;

use super::{
    fields::{FieldFrame, described_by, invalid},
    title::escaped,
};

/// Several lines of text.
#[component]
pub fn TextArea(
    #[prop(into)] id: String,
    /// The input's name, if it differs from the id.
    #[prop(optional, into)]
    name: Option<String>,
    #[prop(into)] label: String,
    #[prop(optional, into)] hint: Option<String>,
    #[prop(default = 6)] rows: u8,
    /// For machine-readable text: monospaced, without wrapping, without a spelling check.
    #[prop(optional)]
    code: bool,
    #[prop(into)] value: String,
    #[prop(into)] problem: Signal<Option<Problem>>,
) -> impl IntoView {
    let described = described_by(&id, hint.is_some(), problem);
    let invalid = invalid(problem);
    // A line break right after the opening tag is not part of the text, so the server puts one there: the text may
    // begin with its own. The browser sets the text without a tag.
    let content = format!("{}{}", if cfg!(feature = "ssr") { "\n" } else { "" }, escaped(&value));
    view! {
        <FieldFrame id=id.clone() label hint problem>
            <textarea id=id.clone() name=name.unwrap_or(id) rows=rows.to_string() class=code.then_some("code") autocomplete="off"
                spellcheck=if code { "false" } else { "true" } aria-describedby=described aria-invalid=invalid
                inner_html=content></textarea>
        </FieldFrame>
    }
}

/// One of a list. The options are the children, so that they can be in groups.
#[component]
pub fn SelectField(
    #[prop(into)] id: String,
    #[prop(optional, into)] name: Option<String>,
    #[prop(into)] label: String,
    #[prop(optional, into)] hint: Option<String>,
    #[prop(into)] problem: Signal<Option<Problem>>,
    children: Children,
) -> impl IntoView {
    let described = described_by(&id, hint.is_some(), problem);
    let invalid = invalid(problem);
    view! {
        <FieldFrame id=id.clone() label hint problem>
            <select id=id.clone() name=name.unwrap_or(id) autocomplete="off" aria-describedby=described
                aria-invalid=invalid>{children()}</select>
        </FieldFrame>
    }
}
