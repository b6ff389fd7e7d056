use domain::{
    assessment::{
        Difficulty, PaperId,
        authoring::{RuleView, SectionView},
        bank::titled,
    },
    count,
};
use leptos::{prelude::*, server_fn::ServerFn};

use super::Moving;
use crate::{
    assessment::authoring::api::{MoveRule, RemoveRule},
    kit::ui::PostForm,
};

/// A difficulty in words.
pub fn level(difficulty: Option<Difficulty>) -> &'static str {
    difficulty.map_or("Any", Difficulty::in_words)
}

/// What a rule asks for, in words.
pub fn about(rule: &RuleView) -> String {
    let chosen = rule.template.as_deref().map(titled);
    chosen.or_else(|| rule.category.map(|category| category.title().to_owned())).unwrap_or_default()
}

/// The totals of a section or of the whole paper.
#[component]
pub fn Totals(questions: u32, marks: u32, pass_percent: Option<u8>) -> impl IntoView {
    let mut text = format!("{}, {}", count(questions, "question"), count(marks, "mark"));
    if let Some(percent) = pass_percent {
        text.push_str(&format!(". Pass mark: {percent}%"));
    }
    view! { <p>{text}</p> }
}

/// The rules of one section, with a button to remove each if the paper is named, and the version of its questions.
#[component]
pub fn RulesTable(
    section: SectionView,
    #[prop(optional)] removable: Option<(PaperId, u32)>,
) -> impl IntoView {
    let label = format!("Questions of {}", section.title);
    let all = section.rules.len();
    let row =
        |(n, rule): (usize, RuleView)| view! { <RuleRow rule removable first=n == 0 last=n + 1 == all /> };
    let rows = section.rules.into_iter().enumerate().map(row).collect_view();
    view! {
        <div class="table-frame" role="region" tabindex="0" aria-label=label>
            <table class="selection-rules">
                <caption class="visually-hidden">"Questions of "{section.title}</caption>
                <thead>
                    <tr>
                        <th scope="col">"About"</th>
                        <th scope="col">"Difficulty"</th>
                        <th scope="col">"Questions"</th>
                        <th scope="col">"Marks each"</th>
                        {removable.map(|_| view! { <th scope="col"><span class="visually-hidden">"Move or remove"</span></th> })}
                    </tr>
                </thead>
                <tbody>
                    {rows}
                </tbody>
            </table>
        </div>
    }
}

#[component]
fn RuleRow(rule: RuleView, removable: Option<(PaperId, u32)>, first: bool, last: bool) -> impl IntoView {
    let chosen = rule.template.is_some();
    let about = about(&rule);
    let (moved, moving) = (rule.id, use_context::<Moving>());
    let taken = move |()| {
        if let Some(moving) = moving {
            moving.moved(moved);
        }
    };
    let named = about.clone();
    let (id, moved_rule) = (rule.id.to_string(), rule.id.to_string());
    let (up, down) = (format!("up-{id}"), format!("down-{id}"));
    let (moved_up, moved_down) = (about.clone(), about.clone());
    view! {
        <tr>
            <th scope="row">
                {removable.map(|_| view! { <span class="drag-handle" aria-hidden="true">"⋮⋮"</span> })}
                {about}
                {chosen.then(|| view! { <span class="hint">"One chosen question"</span> })}
            </th>
            <td>{if chosen { "As the question" } else { level(rule.difficulty) }}</td>
            <td class="number">{rule.questions}</td>
            <td class="number">{rule.marks}</td>
            {removable.map(|(paper, version)| view! {
                <td>
                    // At the end of the section a button stays, so that it keeps the focus, and does nothing.
                    <PostForm to=MoveRule::PATH class="moves" taken=Callback::new(taken)>
                        <input type="hidden" name="paper" value=paper.to_string() />
                        <input type="hidden" name="rule" value=moved_rule />
                        <input type="hidden" name="version" value=version.to_string() />
                        <button type="submit" class="button secondary small" name="go" value="up" id=up aria-disabled=first.then_some("true")>
                            "Up"<span class="visually-hidden">": "{moved_up}</span>
                        </button>
                        <button type="submit" class="button secondary small" name="go" value="down" id=down aria-disabled=last.then_some("true")>
                            "Down"<span class="visually-hidden">": "{moved_down}</span>
                        </button>
                        // Pressed by the handle, with the place where the line was dropped.
                        <button type="submit" name="go" class="drop" hidden=true></button>
                    </PostForm>
                    <PostForm to=RemoveRule::PATH>
                        <input type="hidden" name="paper" value=paper.to_string() />
                        <input type="hidden" name="rule" value=id />
                        <input type="hidden" name="version" value=version.to_string() />
                        <button type="submit" class="button secondary small">
                            "Remove"<span class="visually-hidden">" "{named}</span>
                        </button>
                    </PostForm>
                </td>
            })}
        </tr>
    }
}
