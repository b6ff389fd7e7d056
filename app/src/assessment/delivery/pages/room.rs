use domain::assessment::delivery::{Room, SittingId};
use leptos::{prelude::*, server_fn::ServerFn};
use leptos_router::hooks::{use_params_map, use_query_map};

use crate::{
    assessment::{
        delivery::{
            api::{PauseSitting, ResumeSitting, SaveAndGo, SubmitSitting, open_room},
            room::ExamRoom,
        },
        question::answer::answer_in,
    },
    kit::{
        api::PageData,
        navigation::SentOn,
        ui::{Heading, Loaded, Reply, Title},
    },
};

/// `/assessments/sittings/{sitting}`: the exam room; `?question=3` or `?question=review`.
#[component]
pub fn RoomPage() -> impl IntoView {
    let params = use_params_map();
    let room = PageData::new(
        move || params.read().get("sitting").unwrap_or_default(),
        |sitting| async move {
            let room = open_room(sitting).await?;
            if room.state.submitted {
                #[cfg(feature = "ssr")]
                leptos_axum::redirect(&receipt(room.sitting));
                return Ok(Err(room.sitting));
            }
            Ok(Ok(room))
        },
    );
    // The reply that leads to the receipt contains nothing of the room.
    view! { <Loaded resource=room page=|room| match room {
        Ok(room) => view! { <RoomView room /> }.into_any(),
        Err(sitting) => view! { <SentOn to=receipt(sitting) /> }.into_any(),
    } /> }
}

fn receipt(sitting: SittingId) -> String {
    format!("/assessments/sittings/{sitting}/receipt")
}

#[component]
fn RoomView(mut room: Room) -> impl IntoView {
    // `late`: the answer that a form without scripts has just sent does not count.
    let (place, late) = {
        let query = use_query_map();
        let query = query.read_untracked();
        (query.get("question").unwrap_or_default(), query.get("late").is_some())
    };
    let title = room.title.clone();
    // A form of the room is shown again only when it was refused. Its answer is put in again.
    let reply = Reply::to(&[SaveAndGo::PATH, SubmitSitting::PATH, PauseSitting::PATH, ResumeSitting::PATH]);
    let item = reply.typed("item", "");
    let mut unsent = None;
    if let Some(question) = room.questions.iter_mut().find(|question| question.item.to_string() == item) {
        unsent = Some(question.item);
        // Answered here, and not there: the form was drawn with another value than it shows.
        question.response = answer_in(reply);
        question.flagged = reply.ticked(&[SaveAndGo::PATH, SubmitSitting::PATH], "flagged", false);
    }
    view! {
        <Title text=title.clone() />
        <p class="over">{room.kind.label()}</p>
        <Heading class="room-title">{title}</Heading>
        {reply.any().then(|| view! {
            <p class="notice" role="alert">
                "That did not reach us, and nothing was changed. What you answered is still below: choose the button again."
            </p>
        })}
        {late.then(|| view! {
            <p class="notice" role="alert">
                "What you sent just now came too late to count: the time was up, or it was a break. It is kept for the person who set the paper."
            </p>
        })}
        <ExamRoom room place unsent />
    }
}
