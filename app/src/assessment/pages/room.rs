use domain::assessment::Room;
use leptos::prelude::*;
use leptos_meta::Title;
use leptos_router::hooks::{use_params_map, use_query_map};

use crate::{
    assessment::{api::open_room, parts::room::ExamRoom},
    ui::Loaded,
};

/// `/assessments/sittings/{sitting}`: the exam room; `?question=3` or `?question=review`.
#[component]
pub fn RoomPage() -> impl IntoView {
    let (params, query) = (use_params_map(), use_query_map());
    let room = Resource::new(
        move || params.read().get("sitting").unwrap_or_default(),
        |sitting| async move {
            let room = open_room(sitting).await?;
            if room.state.submitted {
                #[cfg(feature = "ssr")]
                leptos_axum::redirect(&format!("/assessments/sittings/{}/receipt", room.sitting));
            }
            Ok(room)
        },
    );
    let place = query.with_untracked(|query| query.get("question").unwrap_or_default());
    view! { <Loaded resource=room page=|room| view! { <RoomView room place /> } /> }
}

#[component]
fn RoomView(room: Room, place: String) -> impl IntoView {
    let title = room.title.clone();
    view! {
        <Title text=title.clone() />
        <p class="over">{room.kind.label()}</p>
        <h1 class="room-title">{title}</h1>
        <ExamRoom room place />
    }
}
