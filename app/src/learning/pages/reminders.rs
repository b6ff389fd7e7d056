use domain::learning::{OwnReminders, WEEKDAYS};
use leptos::{prelude::*, server_fn::ServerFn};
use leptos_router::hooks::use_query_map;

use crate::{
    kit::{
        api::PageData,
        ui::{
            Breadcrumbs, Done, FormErrors, Heading, Loaded, PostForm, Radios, Reply, SelectField, Time, Title,
        },
    },
    learning::api::{MakeCalendar, RemoveCalendar, SetOwnReminders, load_own_reminders},
};

const TITLE: &str = "Reminders and calendar";
const SET: &[&str] = &[SetOwnReminders::PATH];
const MAKE: &[&str] = &[MakeCalendar::PATH];
/// What both fields say when no reminder is wanted.
const NEVER: &str = "never";

/// `/account/reminders`: when the person wants to be reminded, and the address of the calendar of their dates.
#[component]
pub fn Reminders() -> impl IntoView {
    let query = use_query_map();
    let page = PageData::new(
        move || query.read().get("done").unwrap_or_default(),
        |done| async move { load_own_reminders().await.map(|page| (done, page)) },
    );
    view! { <Loaded resource=page page=|(done, page)| view! { <RemindersView done page /> } /> }
}

#[component]
fn RemindersView(done: String, page: OwnReminders) -> impl IntoView {
    let reply = Reply::to(&[SetOwnReminders::PATH, MakeCalendar::PATH, RemoveCalendar::PATH]);
    let nothing = page.wanted.is_nothing();
    // An address that is opened again, when it is not so any more, says nothing.
    let done = match done.as_str() {
        "set" if !nothing => Some("Saved. We remind you from the next morning on."),
        "off" if nothing => Some("Saved. You get no reminders."),
        "removed" if page.calendar.is_none() => {
            Some("The address has ended. Remove the calendar from your calendar program too.")
        }
        _ => None,
    };
    let bounced = page.bounced.then(|| {
        view! { <p class="notice">"Our last mail to "{page.email.clone()}" came back. As long as that is so, we send no reminders there."</p> }
    });
    view! {
        <Title text=reply.title(TITLE) />
        <Breadcrumbs steps=vec![("/account".to_owned(), "Your account".to_owned())] />
        <div class="narrow">
            <FormErrors reply />
            <Done reply text=done.map(str::to_owned) />
            <Heading>{TITLE}</Heading>
            <h2>"Reminders by mail"</h2>
            <p>"They come at 8 in the morning, UK time, to "{page.email.clone()}", and only when there is something to say: a course that is open and that you have not completed, a module that is due, or a paper that closes. They are for all your courses. Every mail has a link that stops them at once."</p>
            {bounced}
            <RemindersForm page=page.clone() reply />
            <h2>"Calendar of your dates"</h2>
            <CalendarOf page reply />
        </div>
    }
}

#[component]
fn RemindersForm(page: OwnReminders, reply: Reply) -> impl IntoView {
    let reply = reply.of(SET);
    let before = |number: Option<u8>| number.map_or_else(|| NEVER.to_owned(), |number| number.to_string());
    let weekday = reply.typed("weekday", &before(page.wanted.weekday));
    let days = reply.typed("days_before", &before(page.wanted.days_before));
    let options = (1..).zip(WEEKDAYS).map(|(number, day): (u8, &str)| {
        let value = number.to_string();
        let selected = value == weekday;
        view! { <option value=value selected=selected>{format!("Every {day}")}</option> }
    });
    let options = options.collect_view();
    let never = weekday == NEVER;
    view! {
        <PostForm to=SetOwnReminders::PATH>
            <SelectField id="weekday" label="Every week" hint="Where you are in your courses, and the dates of the next two weeks."
                problem=reply.problem("weekday")>
                <option value=NEVER selected=never>"Not every week"</option>
                {options}
            </SelectField>
            <Radios id="days_before" label="Before a date" hint="Once for each date."
                options=vec![
                    (NEVER, "No reminder of dates"),
                    ("1", "1 day before"),
                    ("3", "3 days before"),
                    ("7", "7 days before"),
                ]
                chosen=days problem=reply.problem("days_before") />
            <button type="submit" class="button">"Save"</button>
        </PostForm>
    }
}

/// The address is shown once: only its hash is kept.
#[component]
fn CalendarOf(page: OwnReminders, reply: Reply) -> impl IntoView {
    let reply = reply.of(MAKE);
    let made = reply.goes_on().then(|| reply.typed("calendar_token", "")).filter(|token| !token.is_empty());
    let shown = made.map(|token| {
        let address = format!("{}{token}.ics", page.before);
        // Programs that follow calendars take addresses of this kind. Others take the one that is shown.
        let followed = address.split_once("://").map(|(_, rest)| format!("webcal://{rest}"));
        view! {
            <div class="notice success" role="status">
                <p>"This is the address of your calendar. It is shown only now: copy it into your calendar program, where it is called a subscription, or a calendar from the internet."</p>
                <p><code class="line" id="calendar-address">{address}</code></p>
                {followed.map(|followed| view! { <p><a href=followed rel="external">"Open it in the calendar program of this device"</a></p> })}
            </div>
        }
    });
    let token = page.token;
    let forms = match page.calendar {
        None => view! {
            <PostForm to=MakeCalendar::PATH>
                <input type="hidden" name="calendar_token" value=token />
                <button type="submit" class="button secondary">"Make the address of my calendar"</button>
            </PostForm>
        }
        .into_any(),
        Some(made) => view! {
            <p>"Your calendar has an address since "<Time moment=made />"."</p>
            <details>
                <summary>"Make a new address"</summary>
                <p>"The address that you have now ends at once. A calendar program that reads it gets nothing more until you give it the new one."</p>
                <PostForm to=MakeCalendar::PATH>
                    <input type="hidden" name="calendar_token" value=token />
                    <button type="submit" class="button secondary">"Yes, make a new address"</button>
                </PostForm>
            </details>
            <details>
                <summary>"Remove the address"</summary>
                <p>"Calendar programs get nothing more. You can make another address later."</p>
                <PostForm to=RemoveCalendar::PATH>
                    <button type="submit" class="button secondary">"Yes, remove the address"</button>
                </PostForm>
            </details>
        }
        .into_any(),
    };
    view! {
        <p>"Your calendar program can show the days on which your modules are due, and when your papers open and close. It reads them at a secret address. Whoever has the address can read your dates, and nothing else: keep it to yourself."</p>
        {shown}
        {forms}
    }
}
