use domain::{
    assessment::{PaperId, results::Remarking},
    count,
};
use leptos::{prelude::*, server_fn::ServerFn};

use crate::{
    assessment::results::api::{GoOnMarking, load_remarking},
    kit::{
        live::{Refresh, StillCurrent, keep_current},
        ui::{PostForm, page_address},
    },
};

/// How often a page asks how far it is, in seconds.
const ASKS_EVERY: u32 = 2;

/// On a page with the marks of everybody, after a correction: how many are marked again, until all are. The page itself is not drawn anew
/// then, because a reason for another correction may be half typed.
#[component]
pub fn BeingMarked(paper: PaperId, remarking: Remarking) -> impl IntoView {
    let shown = RwSignal::new(Some(remarking));
    let under_way = Memo::new(move |_| shown.get().is_some_and(|now| !now.failed));
    let here = page_address();
    let watch = move || {
        under_way.get().then(move || {
            let ask = move || load_remarking(paper.to_string());
            let connection = keep_current(Refresh::Every(ASKS_EVERY), ask, move |now| shown.set(now));
            view! { <StillCurrent connection /> }
        })
    };
    view! {
        <div class="notice" role="status" id="being-marked">
            {move || match shown.get() {
                None => view! {
                    <p>"Everybody has been marked again. "<a href=here.clone() rel="external">"Load this page again"</a>" to see the marks as they are now."</p>
                }.into_any(),
                Some(now) if now.failed => view! { <Stopped paper now /> }.into_any(),
                Some(now) => view! { <UnderWay now /> }.into_any(),
            }}
        </div>
        {watch}
    }
}

/// "Question 3 is corrected, and everybody is being marked again: 200 of 4000 sittings."
fn how_far(now: Remarking) -> String {
    let Remarking { question, marked, of, .. } = now;
    format!(
        "Question {question} is corrected, and everybody is being marked again: {marked} of {}.",
        count(of, "sitting")
    )
}

#[component]
fn UnderWay(now: Remarking) -> impl IntoView {
    view! {
        <p id="being-marked-words">{how_far(now)}</p>
        <progress max=now.of.max(1).to_string() value=now.marked.to_string() aria-labelledby="being-marked-words"></progress>
        <p>"Until then the marks on this page are not final. No other question can be corrected, and no results can be released."</p>
        <p class="hint">"You can leave this page: it goes on without you. Without scripts, load it again to see how far it is."</p>
    }
}

#[component]
fn Stopped(paper: PaperId, now: Remarking) -> impl IntoView {
    view! {
        <p>{how_far(now)}" Sorry, something went wrong, and the marking has stopped there. Nobody's marks are lost, but those on this page are not final."</p>
        <p>"Let it go on. If it stops again, tell us: until everybody is marked, no other question can be corrected, and no results can be released."</p>
        <PostForm to=GoOnMarking::PATH>
            <input type="hidden" name="paper" value=paper.to_string() />
            <button type="submit" class="button">"Go on marking"</button>
        </PostForm>
    }
}

#[cfg(all(test, feature = "ssr"))]
mod tests {
    use super::*;

    #[test]
    fn the_words_say_how_many_sittings_are_marked_of_all() {
        let now = Remarking { question: 3, marked: 200, of: 4000, failed: false };
        assert_eq!(
            how_far(now),
            "Question 3 is corrected, and everybody is being marked again: 200 of 4000 sittings."
        );
    }
}
