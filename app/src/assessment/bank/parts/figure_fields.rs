//! The fields of a figure: its kind, and what each kind has.

use domain::assessment::{
    bank::form::{FIGURES, TASKS},
    question::picture_address,
};
use leptos::prelude::*;

use super::written::{Typed, name};

pub fn figure_fields(typed: Typed) -> AnyView {
    let tasks = TASKS.iter().map(|(word, _)| *word).zip([
        "The answer is what it shows",
        "The answer is worked out from what it shows",
        "The answer is drawn up in it",
    ]);
    view! {
        {typed.choice("figure.kind", Some("Nothing"), FIGURES.to_vec())}
        <div class="for-scale">
            {typed.line("figure.capacity", "Of a syringe 1, 2, 5, 10, 20 or 50, of a cup 30 or 60")}
            {typed.line("figure.graduation", "Needed where there are two such syringes: 0.2 for 10 mL")}
            {typed.line("figure.level", "An expression. Empty if it is to be drawn up.")}
            {typed.choice("figure.task", None, tasks.collect())}
        </div>
        <div class="for-picture">{picture(typed)}</div>
        <div class="for-drops three">
            {typed.line("figure.drops", "At most 40")}
            {typed.line("figure.seconds", "15, 30 or 60")}
        </div>
        <div class="for-label">{typed.line("figure.title", "")}</div>
        <div class="for-lines">
            {typed.lines("figure.lines", "Of a label: its text, line by line. Of a pump: a name and its value on each line, with | between them, like Rate | {rate} mL/hour.", 4)}
        </div>
        <div class="for-label">{typed.lines("figure.small", "", 2)}</div>
        <div class="for-fluids">
            {typed.lines("figure.rows", "On each line the time, what it was, what went in and what went out, in mL, with | between them: 08:00 | Tea | cup |", 5)}
        </div>
        <div class="for-plot">
            {typed.line("figure.what", "")}
            <div class="three">
                {typed.line("figure.from", "")}
                {typed.line("figure.to", "")}
                {typed.line("figure.step", "")}
                {typed.line("figure.numbered", "")}
            </div>
            {typed.lines("figure.points", "On each line the time and the value, with | between them: 08:00 | pulse", 4)}
        </div>
    }
    .into_any()
}

/// A picture is brought on a page of its own: a browser sends a file in a form of its own.
fn picture(typed: Typed) -> AnyView {
    let kept = ["figure.picture", "figure.width", "figure.height"].into_iter().map(|key| {
        let (name, value) = (name(key), typed.value(key));
        view! { <input type="hidden" name=name value=value /> }
    });
    let brought = typed.value("figure.picture").parse::<uuid::Uuid>().ok();
    let shown = brought.map(|picture| {
        let (address, alt) = (picture_address(picture), typed.value("figure.alt"));
        view! { <div class="figure"><img src=address alt=alt /></div> }
    });
    let words = if brought.is_some() { "Bring another picture" } else { "Bring a picture" };
    view! {
        {kept.collect_view()}
        {shown}
        <p><button type="submit" name="act" value="picture" class="button secondary small">{words}</button></p>
        {typed.lines("figure.alt", "For people who do not see it: all that is needed to answer the question, and not the answer.", 3)}
    }
    .into_any()
}
