use domain::assessment::{
    ItemId, PaperId,
    results::{Effect, ItemVariant},
};
use leptos::{prelude::*, server_fn::ServerFn};

use super::item_view::Asked;
use crate::{
    assessment::results::api::CorrectItem,
    kit::ui::{CheckBox, PostForm, Reply, TextArea, TextField},
};

/// Corrects the key of one question, or takes the question out. Every question of the page has such a form, so the ids of its fields end
/// in the id of the question.
#[component]
pub fn CorrectionForm(
    paper: PaperId,
    variant: ItemVariant,
    n: u32,
    /// The attempts of the paper ask different questions in this place.
    several: bool,
    /// What the correction would change that was asked about last, of whichever question.
    effect: Option<Effect>,
    reply: Reply,
) -> impl IntoView {
    let ItemVariant { item, attempt, version, stimulus, wording, right_answer: right, options } = variant;
    let id = item.to_string();
    // The returned values may belong to another question of the page.
    let mine = reply.typed("item", "") == id;
    let typed = move |name: &str| if mine { reply.typed(name, "") } else { String::new() };
    let effect = effect.filter(|effect| effect.item == item);
    let looked = effect.is_some();
    let void = if mine { typed("how") == "void" } else { effect.as_ref().is_some_and(|effect| effect.void) };
    let asked_right = effect.as_ref().map(|effect| effect.right.clone()).unwrap_or_default();
    let typed_right = if mine { typed("right") } else { asked_right };
    let (right_id, reason_id) = (format!("right-{item}"), format!("reason-{item}"));
    let (wrong_right, wrong_reason) = (reply.problem(&right_id), reply.problem(&reason_id));
    let confirmed_id = format!("confirmed-{item}");
    let wrong_confirmed = reply.problem(&confirmed_id);
    // A returned form is open, so that its problems are visible.
    let open = move || {
        mine || looked
            || [wrong_right, wrong_reason, wrong_confirmed].iter().any(|wrong| wrong.read().is_some())
    };
    let now = right.join("; ");
    let changed = changed(reply, item, format!("Right now: {now}"));
    let how = if options.is_empty() {
        "Enter a number, with the question's unit or without one; or a text, which is then right as well."
    } else {
        "Enter the letters of the right options, like a, c; for an order, enter all letters in the right order."
    };
    view! {
        <details class="correction" open=open>
            <summary>
                "Correct this question"<span class="visually-hidden">", number "{n}</span>
                {several.then(|| format!(" as attempt {attempt} has it"))}
            </summary>
            // The text above the form is the question of the first attempt only.
            {several.then(|| view! { <Asked stimulus wording /> })}
            <p>"Everybody who has submitted is marked again, which can take a few minutes. A candidate may now pass, or no longer pass; the certificate of a candidate who no longer passes is not valid any more. Candidates see that their marks were changed."</p>
            {changed}
            <PostForm to=CorrectItem::PATH>
                <input type="hidden" name="paper" value=paper.to_string() />
                <input type="hidden" name="item" value=id.clone() />
                <input type="hidden" name="version" value=version.to_string() />
                <fieldset class="field">
                    <legend>"What is to be done?"</legend>
                    <How id=format!("how-right-{item}") value="right" label="Correct the right answer" checked=!void />
                    <How id=format!("how-void-{item}") value="void" label="Take the question out: everybody gets its marks" checked=void />
                </fieldset>
                {(!options.is_empty()).then(|| view! {
                    <ul class="letters">
                        {options.into_iter().map(|(letter, text)| view! { <li><strong>{letter}</strong>" "{text}</li> }).collect_view()}
                    </ul>
                })}
                <TextField id=right_id name="right" label="Right answer" value=typed_right problem=wrong_right
                    hint=format!("Not needed to take the question out. Now: {now}. {how}") />
                <SeeEffect effect item />
                <TextArea id=reason_id name="reason" label="Reason" rows=3 value=typed("reason") problem=wrong_reason
                    hint="At most 500 characters. It stays on record with your name." />
                <CheckBox id=confirmed_id name="confirmed" label="Everybody is marked again: a candidate who has passed may no longer pass"
                    hint="If the question is taken out, everybody who was asked it gets its marks, whatever they answered. You can put it back."
                    checked=false problem=wrong_confirmed />
                <button type="submit" class="button secondary">"Correct it and mark everybody again"</button>
            </PostForm>
        </details>
    }
}

/// Says what would change, or asks for it. It is the first button of the form, so that Enter corrects nothing.
#[component]
fn SeeEffect(effect: Option<Effect>, item: ItemId) -> impl IntoView {
    view! {
        <p><button type="submit" name="go" value="effect" class="button secondary small">"See what would change"</button></p>
        {effect.map(|effect| view! { <p class="notice" id=format!("effect-{item}") tabindex="-1">{effect.in_words()}</p> })}
    }
}

/// Puts back a question that was taken out.
#[component]
pub fn PutBackForm(
    paper: PaperId,
    variant: ItemVariant,
    n: u32,
    effect: Option<Effect>,
    reply: Reply,
) -> impl IntoView {
    let asked = variant.item;
    let effect = effect.filter(|effect| effect.item == asked);
    let looked = effect.is_some();
    let changed = changed(reply, variant.item, "Now: the question is taken out".to_owned());
    let (item, version) = (variant.item.to_string(), variant.version.to_string());
    let mine = reply.typed("item", "") == item;
    let reason = if mine { reply.typed("reason", "") } else { String::new() };
    let id = format!("reason-{item}");
    let problem = reply.problem(&id);
    let confirmed_id = format!("confirmed-{item}");
    let wrong_confirmed = reply.problem(&confirmed_id);
    let open = move || mine || looked || problem.read().is_some() || wrong_confirmed.read().is_some();
    view! {
        <details class="correction" open=open>
            <summary>"Put this question back"<span class="visually-hidden">", number "{n}</span></summary>
            <p>"Everybody who has submitted is marked again as they answered. A candidate may no longer pass; their certificate is then not valid any more."</p>
            {changed}
            <PostForm to=CorrectItem::PATH>
                <input type="hidden" name="paper" value=paper.to_string() />
                <input type="hidden" name="item" value=item />
                <input type="hidden" name="version" value=version />
                <input type="hidden" name="how" value="put-back" />
                <SeeEffect effect item=asked />
                <TextArea id name="reason" label="Reason" rows=3 value=reason problem
                    hint="At most 500 characters. It stays on record with your name." />
                <CheckBox id=confirmed_id name="confirmed" label="Everybody is marked again: a candidate who has passed may no longer pass"
                    checked=false problem=wrong_confirmed />
                <button type="submit" class="button secondary">"Put it back and mark everybody again"</button>
            </PostForm>
        </details>
    }
}

/// The current state of the question, when another setter has corrected it since the form was drawn. The error summary links here.
fn changed(reply: Reply, item: ItemId, now: String) -> impl IntoView + use<> {
    let id = format!("changed-{item}");
    reply.problem(&id).get_untracked().map(|problem| {
        view! {
            <div id=id class="notice" tabindex="-1">
                <p>{problem.message()}"."</p>
                <p>{now}". What was corrected is listed at the top of this page."</p>
            </div>
        }
    })
}

#[component]
fn How(id: String, value: &'static str, label: &'static str, checked: bool) -> impl IntoView {
    view! {
        <div class="choice">
            <input type="radio" id=id.clone() name="how" value=value checked=checked />
            <label for=id>{label}</label>
        </div>
    }
}
