//! Check boxes in front of rows, in a form that sends the ticked ones. With scripts there is also a box that ticks all rows of the page,
//! and a count of the ticked rows. Turning the pages of the list keeps them.

use leptos::{ev::Event, html, prelude::*};

use crate::kit::ui::whenever;

/// The box of one row. A screen reader reads `label`.
#[component]
pub fn Tick(name: &'static str, value: String, label: String, checked: bool) -> impl IntoView {
    view! { <td class="tick-cell"><input type="checkbox" name=name value=value checked=checked aria-label=label /></td> }
}

/// The heading of the column of boxes. Without scripts its box could do nothing, so it is hidden.
#[component]
pub fn TickAll(
    /// The id of the element around the boxes.
    within: &'static str,
) -> impl IntoView {
    let scripts = RwSignal::new(false);
    whenever(move || scripts.set(true));
    let ticked = move |event: Event| tick_all(within, event_target_checked(&event));
    view! {
        <th scope="col" class="tick-cell">
            <span class="visually-hidden">"Choose"</span>
            <input type="checkbox" value="all" aria-label="Choose all that are shown here" hidden=move || !scripts.get() on:change=ticked />
        </th>
    }
}

/// The other pages of a list, each with its address and the words of its button.
pub type Turns = Vec<(String, String)>;

/// Stands around the rows and their boxes, in the form, and says how many are ticked. What is ticked on other pages goes along: with scripts
/// in `ticked`, which belongs to the page and outlives the list that is drawn anew for each search and page of it; without scripts in the
/// form, whose buttons turn the pages.
#[component]
pub fn Chosen(
    id: &'static str,
    /// The name of the boxes.
    name: &'static str,
    /// All that is ticked, on this page of the list and the others.
    ticked: RwSignal<Vec<String>>,
    /// What is ticked and has no row here.
    elsewhere: Vec<String>,
    turns: Turns,
    /// The address of this page of the list. Without scripts, it is opened again with nothing ticked.
    here: String,
    children: Children,
) -> impl IntoView {
    let (rows, elsewhere) = (NodeRef::<html::Div>::new(), RwSignal::new(elsewhere));
    let on_page = RwSignal::new(None::<usize>);
    let scripts = move || on_page.get().is_some();
    let look = move || {
        if let Some(here) = ticked_in(rows) {
            on_page.set(Some(here.len()));
            ticked.set(elsewhere.get_untracked().into_iter().chain(here).collect());
        }
    };
    whenever(move || {
        rows.track();
        look();
    });
    let clear = move |_| {
        untick(rows);
        elsewhere.set(Vec::new());
        look();
    };
    let hidden = move || {
        let values = elsewhere.get().into_iter();
        values.map(|value| view! { <input type="hidden" name=name value=value /> }).collect_view()
    };
    let turn = |(to, words): (String, String)| view! { <button type="submit" class="button secondary small" name="turn_to" value=to>{words}</button> };
    let without_scripts = move || {
        let turns = turns.clone().into_iter().map(turn).collect_view();
        let clear =
            (!elsewhere.read().is_empty()).then(|| view! { <a href=here.clone()>"Clear the choice"</a> });
        view! {
            <div class="actions on-screen">{turns}{clear}</div>
            <p class="hint on-screen">"A new search or another order begins with nothing ticked."</p>
        }
    };
    view! {
        <div id=id node_ref=rows on:change=move |_| look()>{children()}</div>
        {hidden}
        <p aria-live="polite">{move || said(on_page.get(), elsewhere.read().len())}</p>
        <button type="button" class="button secondary small on-screen" hidden=move || !scripts() on:click=clear>"Clear the choice"</button>
        {move || (!scripts()).then(&without_scripts)}
    }
}

/// How many are ticked, and where. Without scripts only what was ticked on other pages is known.
fn said(here: Option<usize>, elsewhere: usize) -> Option<String> {
    let sentence =
        |number| if number == 1 { "1 is chosen".to_owned() } else { format!("{number} are chosen") };
    Some(match (here, elsewhere) {
        (None, 0) => return None,
        (Some(0), 0) => "None is chosen.".to_owned(),
        (Some(here), 0) => format!("{}.", sentence(here)),
        (None | Some(0), elsewhere) => format!("{} on other pages.", sentence(elsewhere)),
        (Some(here), elsewhere) => {
            format!("{}: {here} on this page, {elsewhere} on other pages.", sentence(here + elsewhere))
        }
    })
}

#[cfg(feature = "hydrate")]
fn boxes(within: &web_sys::Element) -> Vec<web_sys::HtmlInputElement> {
    use wasm_bindgen::JsCast;

    let boxes = within.query_selector_all("input[type=checkbox]").ok();
    let boxes = boxes.iter().flat_map(|all| (0..all.length()).filter_map(|n| all.get(n)));
    boxes.filter_map(|found| found.dyn_into().ok()).collect()
}

/// The values of the ticked rows, once they are there.
#[cfg(feature = "hydrate")]
fn ticked_in(rows: NodeRef<html::Div>) -> Option<Vec<String>> {
    let boxes = boxes(&rows.get_untracked()?.into());
    // The box in the heading has no name.
    let ticked = boxes.iter().filter(|each| each.checked() && !each.name().is_empty());
    Some(ticked.map(web_sys::HtmlInputElement::value).collect())
}

#[cfg(feature = "hydrate")]
fn untick(rows: NodeRef<html::Div>) {
    for each in rows.get_untracked().iter().flat_map(|rows| boxes(rows)) {
        each.set_checked(false);
    }
}

#[cfg(feature = "hydrate")]
fn tick_all(within: &str, checked: bool) {
    for each in document().get_element_by_id(within).iter().flat_map(boxes) {
        each.set_checked(checked);
    }
}

#[cfg(not(feature = "hydrate"))]
fn ticked_in(_: NodeRef<html::Div>) -> Option<Vec<String>> {
    None
}

#[cfg(not(feature = "hydrate"))]
fn untick(_: NodeRef<html::Div>) {}

#[cfg(not(feature = "hydrate"))]
fn tick_all(_: &str, _: bool) {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_says_how_many_are_ticked_here_and_on_other_pages() {
        for (here, elsewhere, expected) in [
            (None, 0, None),
            (None, 1, Some("1 is chosen on other pages.")),
            (Some(0), 0, Some("None is chosen.")),
            (Some(9), 0, Some("9 are chosen.")),
            (Some(0), 3, Some("3 are chosen on other pages.")),
            (Some(1), 3, Some("4 are chosen: 1 on this page, 3 on other pages.")),
        ] {
            assert_eq!(said(here, elsewhere).as_deref(), expected);
        }
    }
}
