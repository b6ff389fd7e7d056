use domain::learning::{Completed, CourseProgress, Status};
use leptos::prelude::*;

use crate::kit::ui::Tick;

/// The length of one module on the ring, in the ring's own unit; the rest of the unit is the gap to the next.
const SEGMENT: usize = 100;
const GAP: usize = 12;

/// The progress wheel: a ring with a segment for each module, the percentage in its middle, and the list of modules under it.
#[component]
pub fn Wheel(progress: RwSignal<CourseProgress>) -> impl IntoView {
    view! { <div class="wheel" id="wheel">{move || inside(progress.get())}</div> }
}

/// It holds no closures, so that a redraw patches it: the list stays open, and the focus stays.
fn inside(progress: CourseProgress) -> AnyView {
    let face = face("Your progress".to_owned(), progress.statuses(), progress.fresh);
    let count = format!("{} of {}", progress.completed(), progress.modules.len());
    let course = progress.course;
    let modules = progress.modules.into_iter().map(|module| {
        let status = module.status();
        view! {
            <li class=class(status, false)>
                <a href=format!("/learn/{course}/{}", module.slug) data-noscroll="">{module.title}</a>
                <span class="status">
                    {(status == Status::Completed).then(|| view! { <Tick /> })}
                    {status.label()}
                </span>
            </li>
        }
    });
    view! {
        {face}
        <details>
            <summary>
                {count}
                <span class="visually-hidden">" modules completed: show the list"</span>
            </summary>
            <ol>{modules.collect_view()}</ol>
        </details>
    }
    .into_any()
}

/// The ring with the percentage in its middle, on every page that shows how far somebody is. The segment of the `fresh` module, by its
/// number from 0, sweeps in.
pub fn face(label: String, modules: Vec<Status>, fresh: Option<usize>) -> impl IntoView {
    let completed = Completed::of(&modules);
    let percent = completed.percent();
    view! {
        <div role="progressbar" aria-label=label aria-valuemin="0" aria-valuemax="100" aria-valuenow=percent
            aria-valuetext=completed.in_words()>
            <svg viewBox="0 0 100 100" width="96" height="96" aria-hidden="true" focusable="false">
                {ring(modules, fresh)}
                <text x="50" y="51" text-anchor="middle" dominant-baseline="middle">{format!("{percent}%")}</text>
            </svg>
        </div>
    }
}

/// The segments, clockwise from the top. Each is a dash of one circle whose length is counted in segments.
fn ring(modules: Vec<Status>, fresh: Option<usize>) -> impl IntoView {
    let all = modules.len();
    let gap = if all > 1 { GAP } else { 0 };
    let segment = |(n, status): (usize, Status)| {
        view! {
            <circle cx="50" cy="50" r="43" fill="none" transform="rotate(-90 50 50)" class=class(status, fresh == Some(n))
                pathLength=(all * SEGMENT).to_string()
                stroke-dasharray=format!("{} {}", SEGMENT - gap, all * SEGMENT - SEGMENT + gap)
                stroke-dashoffset=format!("-{}", n * SEGMENT + gap / 2) />
        }
    };
    let segments: Vec<_> = modules.into_iter().enumerate().map(segment).collect();
    segments
}

fn class(status: Status, fresh: bool) -> &'static str {
    match status {
        Status::Completed if fresh => "is-completed is-new",
        Status::Completed => "is-completed",
        Status::InProgress => "is-in-progress",
        Status::NotStarted => "is-not-started",
    }
}
