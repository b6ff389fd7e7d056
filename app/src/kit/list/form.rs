use domain::kit::list::{FilterField, OptionCount};
use leptos::prelude::*;

use super::found::FOUND;
use crate::kit::ui::{AddressForm, SearchField};

pub fn form(
    base: &str,
    label: &'static str,
    search: &str,
    filters: Vec<FilterField>,
    kept: Vec<(&'static str, &'static str)>,
    counts: &[OptionCount],
) -> AnyView {
    let (base, search) = (base.to_owned(), search.to_owned());
    let kept = kept.into_iter().map(|(name, value)| view! { <input type="hidden" name=name value=value /> });
    let kept = kept.collect_view();
    let filters = filters.into_iter().map(|filter| select(filter, counts)).collect_view();
    view! {
        <AddressForm action=base.clone() class="search list-form" found=FOUND>
            {kept}
            <div class="field"><SearchField action=base label search /></div>
            {filters}
            <button type="submit" class="button secondary small">"Search"</button>
        </AddressForm>
    }
    .into_any()
}

fn select(filter: FilterField, counts: &[OptionCount]) -> AnyView {
    let FilterField { name, label, chosen, options, names, .. } = filter;
    if options.is_empty() {
        // "off" would hide what the page offers.
        let complete = if names.is_some() { "on" } else { "off" };
        return view! {
            <div class="field">
                <label for=name>{label}</label>
                <input type="text" id=name name=name list=names value=chosen.into_owned() autocomplete=complete spellcheck="false" />
            </div>
        }
        .into_any();
    }
    let option = move |(value, words): (&'static str, &'static str)| {
        let selected = *value == *chosen;
        let count = counts.iter().find(|count| count.filter == name && count.option == value);
        let words = count.map_or_else(|| words.to_owned(), |count| format!("{words} ({})", count.rows));
        view! { <option value=value selected=selected>{words}</option> }
    };
    view! {
        <div class="field">
            <label for=name>{label}</label>
            <select id=name name=name>{options.into_iter().map(option).collect_view()}</select>
        </div>
    }
    .into_any()
}
