use domain::some_of;
use leptos::prelude::*;

/// What goes and what stays when somebody leaves, before they do. `alone` are the areas that nobody else leads.
#[component]
pub fn WhatGoes(alone: Vec<String>) -> impl IntoView {
    view! {
        {(!alone.is_empty()).then(|| view! {
            <p class="notice">"Nobody else leads "<strong>{some_of(&alone)}</strong>": ask our support first to appoint somebody. If you leave now, it is told at once, and until then nobody decides there who joins."</p>
        })}
        <p>"If you leave now, this goes at once:"</p>
        <ul class="tips">
            <li>"your membership: you do not see the directory, the contacts and the resources any more;"</li>
            <li>"your profile, with your picture: nobody finds you in the directory or among the contacts any more;"</li>
            <li>"your role, if you lead the area."</li>
        </ul>
        <p>"Messages that you have sent stay with whom you wrote to, from a former member. What you gave to the library stays, without your name. Your account, your courses and your certificates stay as they are."</p>
        <p>"You can apply again later, once a day at most."</p>
    }
}
