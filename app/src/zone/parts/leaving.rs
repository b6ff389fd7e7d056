use leptos::prelude::*;

/// What goes and what stays when somebody leaves, before they do.
#[component]
pub fn WhatGoes() -> impl IntoView {
    view! {
        <p>"If you leave now, this goes at once:"</p>
        <ul>
            <li>"your membership: you do not see the directory, the contacts and the resources any more;"</li>
            <li>"your profile, with your picture: nobody finds you in the directory or among the contacts any more;"</li>
            <li>"your role, if you lead the area. If nobody else leads it, ask our support first to appoint somebody: until then nobody decides who joins."</li>
        </ul>
        <p>"Messages that you have sent stay with whom you wrote to, from a former member. What you gave to the library stays, without your name. Your account, your courses and your certificates stay as they are."</p>
        <p>"You can apply again later, once a day at most."</p>
    }
}
