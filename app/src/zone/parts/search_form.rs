//! The form of the directory: search, filters with their numbers, and the order.

use domain::{
    kit::list::{Choice, Filters},
    zone::directory::{DirectoryQuery, DirectorySort, FilterValue, FilterValues},
};
use leptos::prelude::*;

use crate::kit::{
    list::FOUND,
    ui::{AddressForm, SearchField},
};

/// A filter offers so many values. All others are found by the search.
const OFFERED: usize = 20;

/// The form keeps how the members are drawn, and leads to the first page. `no_numbers` says why the filters have none.
pub fn search_form(
    query: &DirectoryQuery,
    values: FilterValues,
    no_numbers: Option<String>,
    base: &str,
) -> AnyView {
    let FilterValues { role, work, place } = values;
    let full = [&role, &work, &place].iter().any(|values| values.len() >= OFFERED);
    let fields = query.list.filters.fields().into_iter().zip([
        ("Any role", role),
        ("Any area of work", work),
        ("Any place", place),
    ]);
    let filters =
        fields.map(|(field, (any, values))| select(field.name, field.label, any, &field.chosen, values));
    let filters = filters.collect_view();
    let order = DirectorySort::ALL.iter().map(|sort| {
        let selected = *sort == query.list.sort;
        view! { <option value=sort.as_str() selected=selected>{sort.label()}</option> }
    });
    let order = order.collect_view();
    let layout =
        query.layout.part().map(|(name, value)| view! { <input type="hidden" name=name value=value /> });
    let search = query.list.search.clone();
    let (base, of_field) = (base.to_owned(), base.to_owned());
    #[cfg(feature = "hydrate")]
    let (typed, sent) = {
        let base = base.clone();
        (move |event: leptos::ev::Event| super::typing::go_on(&event, &base), super::typing::sent)
    };
    #[cfg(not(feature = "hydrate"))]
    let (typed, sent) = (|_: leptos::ev::Event| (), || None);
    view! {
        <div on:input=typed>
        <AddressForm action=base class="search list-form" found=FOUND by_itself=sent>
            {layout}
            <div class="field"><SearchField action=of_field label="Name, role, interest or place" search /></div>
            {filters}
            <div class="field">
                <label for="sort">"Order"</label>
                <select id="sort" name="sort">{order}</select>
            </div>
            <button id="go" type="submit" class="button secondary small">"Search"</button>
        </AddressForm>
        </div>
        {no_numbers.map(|why| view! { <p class="hint">{why}</p> })}
        {full.then(|| view! { <p class="hint">"A filter offers its most frequent values. Search for any other."</p> })}
    }
    .into_any()
}

fn select(
    name: &'static str,
    label: &'static str,
    any: &'static str,
    chosen: &str,
    mut values: Vec<FilterValue>,
) -> AnyView {
    if !chosen.is_empty() && !values.iter().any(|offered| offered.value == chosen) {
        values.push(FilterValue { value: chosen.to_owned(), members: None });
    }
    let options = values.into_iter().map(|FilterValue { value, members }| {
        let selected = value == chosen;
        let words = members.map_or_else(|| value.clone(), |members| format!("{value} ({members})"));
        view! { <option value=value selected=selected>{words}</option> }
    });
    let options = options.collect_view();
    view! {
        <div class="field">
            <label for=name>{label}</label>
            <select id=name name=name>
                <option value="" selected=chosen.is_empty()>{any}</option>
                {options}
            </select>
        </div>
    }
    .into_any()
}
