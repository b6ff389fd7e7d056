use domain::{
    cohorts::{DAYS_BETWEEN_REMINDERS, Reminder},
    count,
};
use leptos::{prelude::*, server_fn::ServerFn};
use leptos_router::hooks::{use_params_map, use_query_map};

use crate::{
    cohorts::{
        api::{SendReminder, load_reminder},
        parts::Head,
    },
    kit::{
        api::PageData,
        ui::{Done, Loaded, PostForm, Reply, TextArea, Time},
    },
};

/// `/cohorts/{cohort}/reminders/{reminder}`: the text of a reminder, the mail as it will be read, and who gets it.
#[component]
pub fn ReminderPage() -> impl IntoView {
    let (params, query) = (use_params_map(), use_query_map());
    let page = PageData::new(
        move || {
            let params = params.read();
            let part = |name: &str| params.get(name).unwrap_or_default();
            (part("cohort"), part("reminder"), query.read().get("done").unwrap_or_default())
        },
        |(cohort, reminder, done)| async move { load_reminder(cohort, reminder).await.map(|page| (done, page)) },
    );
    view! { <Loaded resource=page page=|(done, page)| view! { <ReminderView done page /> } /> }
}

#[component]
fn ReminderView(done: String, page: Reminder) -> impl IntoView {
    let reply = Reply::to(&[SendReminder::PATH]);
    // An address that is opened again, when it is not so any more, says nothing.
    let done = match (done.as_str(), page.sent.is_some()) {
        ("sent", true) => Some("The reminder is on its way.".to_owned()),
        ("saved", false) => {
            Some("The text is kept. The mail is shown below; nothing is sent yet.".to_owned())
        }
        _ => None,
    };
    let heading = if page.sent.is_some() { "A reminder that was sent" } else { "Write a reminder" };
    let (cohort, name, organisation) = (page.cohort, page.cohort_name.clone(), page.organisation.clone());
    let who = who(&page);
    view! {
        <Head cohort name organisation heading reply />
        <Done reply text=done />
        <div class="narrow">
            {match page.sent.clone() {
                Some(moment) => view! { <p>{page.author.clone()}" sent it on "<Time moment />"."</p> }.into_any(),
                None => write(&page, reply),
            }}
            {mail(&page)}
            <h2>"Who was chosen"</h2>
            {who.into_iter().map(|sentence| view! { <p>{sentence}</p> }).collect_view()}
            <p class="hint">{names(&page)}</p>
        </div>
    }
}

fn write(page: &Reminder, reply: Reply) -> AnyView {
    let (cohort, reminder, to, seen) = (page.cohort, page.id, page.to, page.seen);
    let text = reply.typed("reminder_text", &page.text);
    view! {
        <PostForm to=SendReminder::PATH>
            <input type="hidden" name="cohort" value=cohort.to_string() />
            <input type="hidden" name="reminder" value=reminder.to_string() />
            <input type="hidden" name="seen" value=seen.to_string() />
            <TextArea id="reminder_text" label="Your text" rows=10
                hint="Everybody gets the same text, each in a mail of their own, so nothing about one student belongs here."
                value=text problem=reply.problem("reminder_text") />
            <div class="actions">
                <button type="submit" class="button secondary" name="act" value="preview">"Save, and see the mail"</button>
                {if to > 0 {
                    view! { <button type="submit" class="button" name="act" value="send">{format!("Send to {}", count(to, "student"))}</button> }.into_any()
                } else {
                    view! { <p class="hint">"Nobody can get it now, so it cannot be sent."</p> }.into_any()
                }}
                <a href=format!("/cohorts/{cohort}/remind")>"Choose others"</a>
            </div>
        </PostForm>
    }
    .into_any()
}

/// The mail as it is read, without its links working: the one that stops reminders is each student's own.
fn mail(page: &Reminder) -> impl IntoView + use<> {
    let Reminder { subject, before, text, course, after, .. } = page.clone();
    view! {
        <section class="card letter" aria-labelledby="mail-title">
            <h2 id="mail-title">"The mail"</h2>
            <p><strong>"Subject: "</strong>{subject}</p>
            <p>"Hello (name of the student),"</p>
            <p>{before}</p>
            <blockquote class="as-noted">{text}</blockquote>
            <p>{format!("Go on with {course}: a link")}</p>
            <p>{after}</p>
            <p>"Get no more reminders from tutors: a link, which works with one press"</p>
        </section>
    }
}

/// To how many it goes, and who gets none.
fn who(page: &Reminder) -> Vec<String> {
    let verb = if page.sent.is_some() { "went" } else { "goes" };
    let mut said = vec![match page.to {
        0 => format!("It {verb} to nobody."),
        to => format!("It {verb} to {}.", count(to, "student")),
    }];
    if page.had_one > 0 {
        said.push(format!(
            "{} {} none, because a reminder of this cohort went to them within {DAYS_BETWEEN_REMINDERS} days.",
            count(page.had_one, "student"),
            match (page.sent.is_some(), page.had_one) {
                (true, _) => "got",
                (false, 1) => "gets",
                (false, _) => "get",
            }
        ));
    }
    said.push("A student who takes no reminders, or has not opened their account yet, gets none. We do not say who that is, nor how many: it is theirs.".to_owned());
    said
}

/// The names of those who were chosen. The first of many.
fn names(page: &Reminder) -> String {
    let all = page.to.saturating_add(page.had_one);
    let named = u32::try_from(page.names.len()).unwrap_or(u32::MAX);
    let names = page.names.join(", ");
    match all.saturating_sub(named) {
        0 => names,
        // They have left the cohort since.
        more if named == 0 => count(more, "student"),
        more => format!("{names} and {more} more"),
    }
}

#[cfg(test)]
mod tests {
    use domain::cohorts::{CohortId, ReminderId};
    use uuid::Uuid;

    use super::*;

    #[test]
    fn it_says_to_how_many_it_goes_and_nothing_of_who_takes_none() {
        let page = |to, had_one| Reminder {
            id: ReminderId(Uuid::nil()),
            cohort: CohortId(Uuid::nil()),
            cohort_name: String::new(),
            organisation: String::new(),
            course: String::new(),
            author: String::new(),
            subject: String::new(),
            before: String::new(),
            after: String::new(),
            text: String::new(),
            names: vec!["Ann".to_owned(), "Bo".to_owned()],
            to,
            had_one,
            seen: 0,
            sent: None,
        };
        let said = who(&page(2, 0));
        assert_eq!((said.len(), said[0].as_str()), (2, "It goes to 2 students."));
        let said = who(&page(0, 3));
        assert_eq!(said[0], "It goes to nobody.");
        assert_eq!(
            said[1],
            "3 students get none, because a reminder of this cohort went to them within 7 days."
        );
        assert!(said[2].ends_with("We do not say who that is, nor how many: it is theirs."), "{said:?}");
        assert_eq!(names(&page(2, 0)), "Ann, Bo");
        assert_eq!(names(&page(3, 1)), "Ann, Bo and 2 more");
        assert_eq!(names(&Reminder { names: Vec::new(), ..page(1, 0) }), "1 student");
    }
}
