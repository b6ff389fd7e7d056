use domain::assessment::{
    PaperId, PaperState,
    authoring::{ChangeKind, PaperChange, PaperPage, Window},
};
use leptos::{prelude::*, server_fn::ServerFn};

use crate::{
    assessment::authoring::{
        api::{
            ChangeCode, ChangeWindow, ClosePaper, CorrectWording, DuplicatePaper, PutAwayPaper, WithdrawPaper,
        },
        parts::{CloseForm, CodeForm, PaperHead, PaperTab, SettingsSummary, WordingForm, use_paper},
    },
    kit::ui::{ChangedMeanwhile, CheckBox, Loaded, PostForm, Reply, TextArea, TextField, Time},
};

/// `/assessments/papers/{paper}/change`: moving, extending, closing, correcting, withdrawing and copying a paper.
#[component]
pub fn Change() -> impl IntoView {
    view! { <Loaded resource=use_paper() page=|page| view! { <ChangeView page /> } /> }
}

#[component]
fn ChangeView(page: PaperPage) -> impl IntoView {
    let reply = Reply::to(&[
        ChangeWindow::PATH,
        ClosePaper::PATH,
        CorrectWording::PATH,
        ChangeCode::PATH,
        WithdrawPaper::PATH,
        DuplicatePaper::PATH,
        PutAwayPaper::PATH,
    ]);
    let open = page.state == PaperState::Open;
    let (id, draft, started) = (page.id, page.state == PaperState::Draft, page.started);
    let (changes, stands) = (page.changes.clone(), page.clone());
    view! {
        <PaperHead page=page.clone() heading="Change or copy" tab=PaperTab::Change reply />
        <div class="narrow">
            <ChangedMeanwhile reply again=format!("/assessments/papers/{id}/change")>
                <SettingsSummary page=stands with_code=true />
            </ChangedMeanwhile>
            {draft.then(|| view! {
                <p>"This paper is a draft: change it on "<a href=format!("/assessments/papers/{id}")>"its own pages"</a>"."</p>
            })}
            {(!draft).then(|| view! { <WindowForm page=page.clone() reply /> })}
            {open.then(|| view! { <CloseForm page=page.clone() reply /> })}
            {(!draft).then(|| view! { <WordingForm page=page.clone() reply /> })}
            {(!draft).then(|| view! { <CodeForm page=page.clone() reply /> })}
            {(!draft && !started).then(|| view! { <WithdrawForm page=page.clone() reply /> })}
            <section aria-labelledby="copy-title">
                <h2 id="copy-title">"Copy"</h2>
                <p>"Makes a draft with the same settings, sections and rules. Its questions are drawn again, its times and its access code are yours to set."</p>
                <PostForm to=DuplicatePaper::PATH>
                    <input type="hidden" name="paper" value=id.to_string() />
                    <input type="hidden" name="form" value=page.form.to_string() />
                    <CheckBox id="candidates" label="With the same candidates" checked=false />
                    <button type="submit" class="button secondary">"Make a copy"</button>
                </PostForm>
            </section>
            {(draft || page.state == PaperState::Closed).then(|| view! { <PutAwayForm paper=id away=page.put_away /> })}
            {(!changes.is_empty()).then(|| view! { <Changes changes /> })}
            <p><a href=format!("/assessments/papers/{id}")>"Back to the paper"</a></p>
        </div>
    }
}

#[component]
fn WindowForm(page: PaperPage, reply: Reply) -> impl IntoView {
    let (started, settings, limits) = (page.started, page.settings, page.years.limits());
    let of_opens = limits.clone();
    view! {
        <section aria-labelledby="window-title">
            <h2 id="window-title">{if started { "Extend" } else { "Move" }}</h2>
            {if started {
                view! { <p>"Somebody has started, so the closing time can be moved later, and nothing else. Candidates who are sitting it have the later close at once, unless their own is later still."</p> }
            } else {
                view! { <p>"Nobody has started yet, so both times can be moved. Candidates see the new ones at once."</p> }
            }}
            {page.results_out.then(|| view! { <p class="notice">"The results of this paper are out: who starts from now on may know its answers."</p> })}
            <PostForm to=ChangeWindow::PATH>
                <input type="hidden" name="paper" value=page.id.to_string() />
                <input type="hidden" name="version" value=page.versions.settings.to_string() />
                {(!started).then(|| view! {
                    <TextField id="opens" label="Opens" kind="datetime-local" hint="UK time. Nobody can start earlier."
                        limits=of_opens.clone() value=reply.typed("opens", &settings.opens) problem=reply.problem("opens") />
                })}
                <TextField id="closes" label="Closes" kind="datetime-local" hint="UK time."
                    limits value=reply.typed("closes", &settings.closes) problem=reply.problem("closes") />
                <TextArea id="reason" label="Reason" rows=2 hint="At most 500 characters. It stays on record with your name."
                    value=reply.typed("reason", "") problem=reply.problem("reason") />
                <button type="submit" class="button">{if started { "Extend the paper" } else { "Move the paper" }}</button>
            </PostForm>
        </section>
    }
}

#[component]
fn WithdrawForm(page: PaperPage, reply: Reply) -> impl IntoView {
    let confirmed = reply.problem("confirmed");
    view! {
        <section aria-labelledby="withdraw-title">
            <h2 id="withdraw-title">"Withdraw"</h2>
            <p>"The paper becomes a draft again, which you can change, publish again or remove. Candidates do not find it any more, and its questions are drawn again when you publish it. This is possible as long as nobody has started."</p>
            <PostForm to=WithdrawPaper::PATH>
                <input type="hidden" name="paper" value=page.id.to_string() />
                <input type="hidden" name="version" value=page.versions.settings.to_string() />
                <TextArea id="withdraw_reason" label="Reason" rows=2 hint="At most 500 characters. It stays on record with your name."
                    value=reply.typed("withdraw_reason", "") problem=reply.problem("withdraw_reason") />
                <div class="field" class:wrong=move || confirmed.read().is_some()>
                    <CheckBox id="confirmed" label="I want to withdraw this paper" checked=false problem=confirmed />
                </div>
                <button type="submit" class="button secondary">"Withdraw the paper"</button>
            </PostForm>
        </section>
    }
}

/// Takes the paper out of the list, or back into it.
#[component]
fn PutAwayForm(paper: PaperId, away: bool) -> impl IntoView {
    let (title, says, word, button) = if away {
        (
            "Bring back",
            "This paper is put away: the list of papers leaves it out.",
            "no",
            "Bring it back into the list",
        )
    } else {
        (
            "Put away",
            "The list of papers leaves it out from then on, and shows it under “Put away”. Nothing else changes: results, certificates and this page stay, and you can bring it back.",
            "yes",
            "Put the paper away",
        )
    };
    view! {
        <section aria-labelledby="away-title">
            <h2 id="away-title">{title}</h2>
            <p>{says}</p>
            <PostForm to=PutAwayPaper::PATH>
                <input type="hidden" name="paper" value=paper.to_string() />
                <button type="submit" class="button secondary" name="put_away" value=word>{button}</button>
            </PostForm>
        </section>
    }
}

/// Changes since publication, newest first.
#[component]
fn Changes(changes: Vec<PaperChange>) -> impl IntoView {
    let item = |change: PaperChange| {
        view! {
            <li>
                <strong>{changed(&change.kind)}</strong>
                <span class="line as-noted">{change.reason}</span>
                <span class="hint"><Time moment=change.at />{(!change.by.is_empty()).then(|| format!(", {}", change.by))}</span>
            </li>
        }
    };
    view! {
        <h2>"What was changed"</h2>
        <ol class="incidents">{changes.into_iter().map(item).collect_view()}</ol>
    }
}

/// The change in words, with the times before and after.
fn changed(kind: &ChangeKind) -> String {
    let window = |window: &Window| format!("{} to {}", window.opens.london, window.closes.london);
    let from_to = |verb: &str, before: &Window, after: &Window| {
        format!("{verb} from {} (UK time) to {}", window(before), window(after))
    };
    match kind {
        ChangeKind::Moved { before, after } => from_to("Moved", before, after),
        ChangeKind::Extended { before, after } => from_to("Extended", before, after),
        ChangeKind::Closed { before, after } => {
            format!("Closed early, at {} (UK time) in place of {}", after.closes.london, before.closes.london)
        }
        ChangeKind::Reworded { before, after } if before == after => "Instructions corrected".to_owned(),
        ChangeKind::Reworded { before, after } => format!("Title corrected from “{before}” to “{after}”"),
        ChangeKind::CodeSet => "Access code set".to_owned(),
        ChangeKind::CodeRemoved => "Access code removed".to_owned(),
        ChangeKind::Withdrawn { before } => {
            format!("Withdrawn; it was open from {} (UK time)", window(before))
        }
    }
}

#[cfg(all(test, feature = "ssr"))]
mod tests {
    use domain::Moment;

    use super::*;

    #[test]
    fn a_change_of_a_paper_names_the_times_before_and_after() {
        let at = |london: &str| Moment { utc: String::new(), london: london.into() };
        let window = |opens, closes| Window { opens: at(opens), closes: at(closes) };
        let before = window("9am", "10am");
        let moved = ChangeKind::Moved { before: before.clone(), after: window("11am", "midday") };
        assert_eq!(changed(&moved), "Moved from 9am to 10am (UK time) to 11am to midday");
        let closed = ChangeKind::Closed { before: before.clone(), after: window("9am", "9:30am") };
        assert_eq!(changed(&closed), "Closed early, at 9:30am (UK time) in place of 10am");
        let titles = |before: &str, after: &str| {
            changed(&ChangeKind::Reworded { before: before.into(), after: after.into() })
        };
        assert_eq!(titles("Sums", "Doses"), "Title corrected from “Sums” to “Doses”");
        assert_eq!(titles("Sums", "Sums"), "Instructions corrected");
        let withdrawn = ChangeKind::Withdrawn { before };
        assert_eq!(changed(&withdrawn), "Withdrawn; it was open from 9am to 10am (UK time)");
    }
}
