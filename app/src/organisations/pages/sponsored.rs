use domain::{
    count,
    organisations::{CodeGiven, CourseProgress, Sponsored, SponsoredRow, SponsoredShown, SponsoredSort},
};
use leptos::{prelude::*, server_fn::ServerFn};
use leptos_router::hooks::use_query_map;

use crate::{
    kit::{
        api::PageData,
        list::{Shown, Words, asked},
        ui::{Done, Loaded, PostForm, Reply, Time},
    },
    organisations::{
        api::{ConfirmSponsored, EndSponsored, GiveOutCode, load_sponsored},
        parts::{Head, use_slug},
    },
};

const WORDS: Words = Words { one: "learner", none: "Nobody among the", searched: "Name or e-mail address" };

/// `/organisation/{slug}/sponsored`: learners who have an account of their own, and name the organisation as paying for them.
#[component]
pub fn SponsoredLearners() -> impl IntoView {
    let (slug, asked, query) = (use_slug(), asked(), use_query_map());
    let done = move || query.read().get("done").unwrap_or_default();
    let page = PageData::new(
        move || (slug(), asked(), done()),
        |(slug, asked, done)| async move {
            load_sponsored(slug, asked.clone()).await.map(|page| (asked, done, page))
        },
    );
    view! { <Loaded resource=page page=|(asked, done, page)| view! { <SponsoredView asked done page /> } /> }
}

#[component]
fn SponsoredView(asked: String, done: String, page: Sponsored) -> impl IntoView {
    let reply = Reply::to(&[GiveOutCode::PATH, ConfirmSponsored::PATH, EndSponsored::PATH]);
    let of = crate::kit::list::done_to();
    let row = page.learners.rows.iter().find(|row| row.person.to_string() == of);
    let pays = row.is_some_and(|row| row.confirmed.is_some());
    // An address that is opened again, when it is not so any more, says nothing.
    let done = match done.as_str() {
        "code" if page.code.is_some() => Some(
            "This is your code now. A code that you gave out before does not name your organisation any more.",
        ),
        "no-code" if page.code.is_none() => {
            Some("Nobody can name your organisation now. Learners who have named it already stay.")
        }
        "confirmed" if pays => Some("You pay for this learner, and see their progress."),
        "ended" if row.is_none() && !of.is_empty() => {
            Some("You do not see the courses that this learner follows by themselves any more.")
        }
        _ => None,
    };
    let base = format!("/organisation/{}/sponsored", page.head.slug);
    let list = Shown::<SponsoredSort, SponsoredShown>::new(base, WORDS, &asked);
    let (slug, empty) = (page.head.slug.clone(), page.learners.in_all == 0);
    let code = page.code.clone();
    view! {
        <Head head=page.head.clone() heading="Learners you pay for" below=("people", "People") reply />
        <Done reply text=done.map(str::to_owned) />
        <p>"These learners have an account of their own. You see their progress while two things hold: they have agreed to it, and you have confirmed that you pay for them. Either of you can end it at any time. You see the courses that they follow by themselves; there is no way to begin one here yet."</p>
        {if empty {
            view! { <p>"Nobody has named your organisation yet. Give out the code below: with it, learners name your organisation and agree."</p> }.into_any()
        } else {
            view! { <LearnerTable list page /> }.into_any()
        }}
        <Code slug code />
    }
}

#[component]
fn LearnerTable(list: Shown<SponsoredSort, SponsoredShown>, page: Sponsored) -> impl IntoView {
    let (form, found, pages) = (list.form(), list.found(&page.learners), list.pages(&page.learners));
    let (slug, follows) = (page.head.slug, page.follows);
    let rows = page.learners.rows;
    view! {
        {form}
        {found}
        {(!rows.is_empty()).then(|| view! {
            <div class="table-frame" role="region" aria-label="Learners" tabindex="0">
                <table class="sponsored">
                    <caption class="visually-hidden">"Learners who name your organisation"</caption>
                    <thead>
                        <tr>
                            {list.head(SponsoredSort::Name, "Learner", "")}
                            {list.head(SponsoredSort::Asked, "Agreed (UK time)", "")}
                            <th scope="col">"State"</th>
                            <th scope="col">"Progress"</th>
                        </tr>
                    </thead>
                    <tbody>{rows.into_iter().map(|learner| row(&slug, follows, learner)).collect_view()}</tbody>
                </table>
            </div>
        })}
        {pages}
    }
}

fn row(slug: &str, follows: bool, learner: SponsoredRow) -> AnyView {
    let SponsoredRow { person, name, email, asked, confirmed, progress } = learner;
    let (slug, person, paid) = (slug.to_owned(), person.to_string(), confirmed.is_some());
    let state = match confirmed {
        Some(moment) => view! { <span class="tag tag-completed">"You pay"</span><span class="hint">"since "<Time moment /></span> }.into_any(),
        None => view! { <span class="tag tag-in-progress">"Waits for your answer"</span> }.into_any(),
    };
    let progress = match progress {
        rows if !rows.is_empty() => rows.into_iter().map(course).collect_view().into_any(),
        _ if paid && !follows => "Shown to administrators only".into_any(),
        _ if paid => "No course begun yet".into_any(),
        _ => "Not shown before you confirm".into_any(),
    };
    let (to_confirm, to_end) = (slug.clone(), slug);
    let (confirms, ends) = (person.clone(), person.clone());
    let shown = if paid { "confirmed" } else { "waiting" };
    let (of_confirm, of_end) = (name.clone(), name.clone());
    let (end, ended) = match paid {
        true => (
            "End it",
            "You do not see the courses that they follow by themselves from then on. If they want to begin again, they have to name your organisation once more.",
        ),
        false => (
            "Refuse",
            "They are told in their account that you do not pay. You do not see their name here any more.",
        ),
    };
    view! {
        <tr>
            <th scope="row">{name}<span class="hint">{email}</span></th>
            <td><Time moment=asked /></td>
            <td>
                {state}
                // Support answers for no organisation.
                {(!paid && follows).then(|| view! {
                    <PostForm to=ConfirmSponsored::PATH>
                        <input type="hidden" name="organisation" value=to_confirm />
                        <input type="hidden" name="person" value=confirms />
                        <button type="submit" class="button small">"We pay"<span class="visually-hidden">" for "{of_confirm}</span></button>
                    </PostForm>
                })}
                {follows.then(|| view! {
                    <details>
                        <summary id=format!("end-{person}")>{end}<span class="visually-hidden">" with "{of_end}</span></summary>
                        <p>{ended}</p>
                        <PostForm to=EndSponsored::PATH>
                            <input type="hidden" name="organisation" value=to_end />
                            <input type="hidden" name="person" value=ends />
                            <input type="hidden" name="state" value=shown />
                            <button type="submit" class="button secondary small">"Yes, we do not pay for them"</button>
                        </PostForm>
                    </details>
                })}
            </td>
            <td>{progress}</td>
        </tr>
    }
    .into_any()
}

fn course(progress: CourseProgress) -> AnyView {
    let CourseProgress { course, completed, modules } = progress;
    view! { <span>{course}<span class="hint">{format!("{completed} of {}", count(modules, "module"))}</span></span> }.into_any()
}

/// The code that the organisation gives out.
#[component]
fn Code(slug: String, code: Option<CodeGiven>) -> impl IntoView {
    let given = code.is_some();
    let shown = code.as_ref().map(|given| given.code.clone()).unwrap_or_default();
    let again = slug.clone();
    view! {
        <section class="narrow" id="offered" aria-labelledby="code-title">
            <h2 id="code-title">"Your code"</h2>
            {match code {
                None => view! { <p>"You give out no code. With one, learners for whom you pay can name your organisation. It tells nobody else who your learners are, nor that you are our customer."</p> }.into_any(),
                Some(CodeGiven { code, register, account }) => view! {
                    <p>"Give it to learners for whom you pay, or send them one of the links. Learners who name your organisation wait here for your answer."</p>
                    <dl class="summary-list">
                        <div><dt>"Code"</dt><dd><strong id="code">{code}</strong></dd></div>
                        <div><dt>"Without an account"</dt><dd>{register}</dd></div>
                        <div><dt>"With an account"</dt><dd>{account}</dd></div>
                    </dl>
                }.into_any(),
            }}
            {if given {
                view! {
                    <details>
                        <summary>"Make another code in its place"</summary>
                        <p>"The code above and its links then do not name your organisation any more: learners who have them and have not used them need the new one. Learners who have named it already stay."</p>
                        {give_out(slug, shown.clone(), "yes", "Yes, make another code")}
                    </details>
                    <details>
                        <summary>"Give out no code"</summary>
                        <p>"Nobody can name your organisation then. If you give out a code again, it is another one. Learners who have named it already stay."</p>
                        {give_out(again, shown, "no", "Yes, give out no code")}
                    </details>
                }.into_any()
            } else {
                give_out(slug, shown, "yes", "Make a code")
            }}
        </section>
    }
}

/// `shown` is the code that the page shows, or empty: one that was given out since stays.
fn give_out(slug: String, shown: String, offered: &'static str, words: &'static str) -> AnyView {
    view! {
        <PostForm to=GiveOutCode::PATH>
            <input type="hidden" name="organisation" value=slug />
            <input type="hidden" name="offered" value=offered />
            <input type="hidden" name="shown" value=shown />
            <button type="submit" class="button secondary">{words}</button>
        </PostForm>
    }
    .into_any()
}
