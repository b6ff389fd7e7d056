use domain::{
    assessment::{PaperId, results::Remarking},
    count,
};
use leptos::{prelude::*, server_fn::ServerFn};

use crate::{
    assessment::results::api::{GoOnMarking, load_remarking},
    kit::{
        live::{Refresh, StillCurrent, keep_current},
        ui::{HowFar, PostForm, page_address},
    },
};

/// How often a page asks how far it is, in seconds.
const ASKS_EVERY: u32 = 2;

/// On a page with the marks of everybody, after a correction: how many are marked again, until all are. The page itself is not drawn anew
/// then, because a reason for another correction may be half typed.
#[component]
pub fn BeingMarked(
    paper: PaperId,
    remarking: Remarking,
    /// The last part of the address of the page, to which the form leads back.
    page: &'static str,
) -> impl IntoView {
    let shown = RwSignal::new(Some(remarking));
    let under_way = Memo::new(move |_| shown.with(|now| now.as_ref().is_some_and(|now| !now.failed)));
    let said = Memo::new(move |_| shown.with(|now| status(now.as_ref())));
    let here = page_address();
    let watch = move || {
        under_way.get().then(move || {
            let ask = move || load_remarking(paper.to_string());
            let connection = keep_current(Refresh::Every(ASKS_EVERY), ask, move |now| shown.set(now));
            view! { <StillCurrent connection /> }
        })
    };
    view! {
        <div class="notice" id="being-marked">
            <p role="status">{move || said.get()}</p>
            {move || match shown.get() {
                None => view! {
                    <p><a href=here.clone() rel="external">"Load this page again"</a>" to see the marks as they are now."</p>
                }.into_any(),
                Some(now) if now.failed => view! { <Stopped paper now page /> }.into_any(),
                Some(now) => view! { <UnderWay now /> }.into_any(),
            }}
        </div>
        {watch}
    }
}

/// What a screen reader says when the marking begins, ends or stops.
fn status(now: Option<&Remarking>) -> &'static str {
    match now {
        None => "Everybody has been marked again.",
        Some(now) if now.failed => "The marking has stopped.",
        Some(_) => "Everybody is being marked again.",
    }
}

/// What the page says after its form has let the marking go on. Nothing if it has stopped again.
pub fn gone_on(remarking: Option<&Remarking>) -> Option<String> {
    match remarking {
        None => Some("Everybody has been marked again.".to_owned()),
        Some(now) => (!now.failed).then(|| "The marking goes on.".to_owned()),
    }
}

/// "Question 3 is corrected. Marked again: 200 of 4000 sittings."
fn how_far(now: &Remarking) -> String {
    let Remarking { question, marked, of, .. } = now;
    format!("Question {question} is corrected. Marked again: {marked} of {}.", count(*of, "sitting"))
}

#[component]
fn UnderWay(now: Remarking) -> impl IntoView {
    view! {
        <HowFar words=how_far(&now) done=Some(now.marked) of=now.of />
        <p>"Until then the marks on this page are not final. No other question can be corrected, and results that are not out wait."</p>
    }
}

#[component]
fn Stopped(paper: PaperId, now: Remarking, page: &'static str) -> impl IntoView {
    let words = how_far(&now);
    let aside = (!now.aside.is_empty()).then(|| {
        let links = now.aside.into_iter().map(|(sitting, name)| {
            let href = format!("/assessments/papers/{paper}/sittings/{sitting}");
            view! { <li><a href=href>{name}</a></li> }
        });
        view! {
            <p>"These sittings could not be marked again, and are shown as they were marked before:"</p>
            <ul class="plain-list">{links.collect_view()}</ul>
        }
    });
    view! {
        <p>{words}" Sorry, something went wrong, and the marking has stopped there. Nobody's marks are lost, but those on this page are not final."</p>
        {aside}
        <p>"Let it go on. If it stops again, tell your organisation's administrator, or support: until everybody is marked, no other question can be corrected, and results that are not out wait."</p>
        <PostForm to=GoOnMarking::PATH>
            <input type="hidden" name="paper" value=paper.to_string() />
            <input type="hidden" name="page" value=page />
            <button type="submit" class="button">"Go on marking"</button>
        </PostForm>
    }
}

#[cfg(all(test, feature = "ssr"))]
mod tests {
    use super::*;

    #[test]
    fn the_words_say_how_many_sittings_are_marked_of_all() {
        let now = Remarking { question: 3, marked: 200, of: 4000, failed: false, aside: Vec::new() };
        assert_eq!(how_far(&now), "Question 3 is corrected. Marked again: 200 of 4000 sittings.");
    }

    #[test]
    fn a_screen_reader_is_told_of_the_start_the_end_and_a_stop_and_of_no_number() {
        let at = |marked, failed| Remarking { question: 3, marked, of: 4000, failed, aside: Vec::new() };
        assert_eq!(status(Some(&at(200, false))), status(Some(&at(400, false))));
        let said = [status(Some(&at(0, false))), status(Some(&at(400, true))), status(None)];
        assert!(said[0] != said[1] && said[1] != said[2] && said[0] != said[2]);
    }
}
