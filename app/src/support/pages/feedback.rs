use domain::learning::{CommentRow, CommentSort, Comments};
use leptos::prelude::*;

use crate::{
    kit::{
        api::PageData,
        list::{Shown, Words, asked},
        ui::{Breadcrumbs, Heading, Loaded, Title},
    },
    support::api::load_comments,
};

const WORDS: Words =
    Words { one: "comment", none: "None of the", searched: "Words of a comment, or a course" };

/// `/support/feedback`: what learners write at the end of a course.
#[component]
pub fn Feedback() -> impl IntoView {
    let comments = PageData::new(asked(), |asked| async move {
        load_comments(asked.clone()).await.map(|page| (asked, page))
    });
    view! { <Loaded resource=comments page=|(asked, page)| view! { <FeedbackView asked page /> } /> }
}

#[component]
fn FeedbackView(asked: String, page: Comments) -> impl IntoView {
    let list = Shown::<CommentSort>::new("/support/feedback".to_owned(), WORDS, &asked);
    let (form, found, pages) = (list.form(), list.found(&page.comments), list.pages(&page.comments));
    let Comments { comments, asked, keep_access, join_zone } = page;
    let rows = comments.rows;
    let of = move |wanted: u32| format!("{wanted} of {asked}");
    view! {
        <Title text="Feedback" />
        <Breadcrumbs steps=vec![("/support".to_owned(), "Support".to_owned())] />
        <Heading>"Feedback"</Heading>
        <p>"What learners write at the end of a course, without their names. Organisations never see it: do not show it to any of them."</p>
        <dl class="summary-list">
            <div><dt>"Want to keep access"</dt><dd>{of(keep_access)}</dd></div>
            <div><dt>"Would join NMP Zone"</dt><dd>{of(join_zone)}</dd></div>
        </dl>
        {form}
        {found}
        {(!rows.is_empty()).then(|| view! {
            <div class="table-frame" role="region" aria-label="Comments" tabindex="0">
                <table>
                    <caption class="visually-hidden">"Comments, newest first"</caption>
                    <thead>
                        <tr>
                            {list.head(CommentSort, "Day", "")}
                            <th scope="col">"Course"</th><th scope="col">"Comment"</th>
                        </tr>
                    </thead>
                    <tbody>{rows.into_iter().map(row).collect_view()}</tbody>
                </table>
            </div>
        })}
        {pages}
    }
}

fn row(comment: CommentRow) -> AnyView {
    view! {
        <tr>
            <th scope="row">{comment.day}</th>
            <td>{comment.course}</td>
            <td class="as-noted">{comment.text}</td>
        </tr>
    }
    .into_any()
}
