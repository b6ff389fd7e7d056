//! What anybody may want to know before they sign in: who runs this, where help is, how accessible it is, what is kept.

use leptos::prelude::*;

use crate::{
    accounts::WhatWeKeep,
    kit::ui::{Heading, Title},
};

/// `/help`.
#[component]
pub fn Help() -> impl IntoView {
    view! {
        <Title text="Help and contact" />
        <div class="narrow">
            <Heading>"Help and contact"</Heading>
            <h2>"If you cannot get in"</h2>
            <ul class="plain-list">
                <li>"Password forgotten: "<a href="/forgotten-password">"ask for a link to choose a new one"</a>". It arrives within a few minutes, and works for an hour."</li>
                <li>"No e-mail from us yet: "<a href="/activate/new">"ask for a new link to open your account"</a>" with the address that your university or employer has. Look among the unwanted mail too."</li>
                <li>"No organisation that invites you: "<a href="/register">"create an account"</a>" by yourself."</li>
                <li>"A code is asked for and your phone is gone: use one of your recovery codes, or ask our support."</li>
            </ul>
            <h2>"Who helps"</h2>
            <p>"Your lecturers and your employer know your course, its dates and its papers. For a paper that is running now, ask the person who invigilates it."</p>
            <p>"Our support helps too. How to reach it is at the end of every page; where nothing is there, your organisation's administrator knows."</p>
            <p>"If a page has told you a number, say it: with it we find what went wrong. Nobody of us asks for your password."</p>
            <h2>"Who runs this"</h2>
            <p>"The Health and Education Co-operative runs this service for universities, for employers, and for people who learn by themselves. What we keep about people is in our "<a href="/privacy">"privacy notice"</a>"."</p>
        </div>
    }
}

/// `/accessibility`.
#[component]
pub fn Accessibility() -> impl IntoView {
    view! {
        <Title text="Accessibility" />
        <div class="narrow">
            <Heading>"Accessibility"</Heading>
            <p>"Everybody should be able to learn here and to sit a paper. We build every page to meet WCAG 2.2 at level AA."</p>
            <h2>"What you can do"</h2>
            <ul class="plain-list">
                <li>"use every page with the keyboard alone, and with a screen reader;"</li>
                <li>"enlarge the text to 400%, or use a phone of 320 pixels, without scrolling sideways; only wide tables scroll, each by itself;"</li>
                <li>"switch scripts off: reading, checks, papers and all forms work without them;"</li>
                <li>"read what a drawing of a question shows in words beside it, and what a chart shows in a table;"</li>
                <li>"have less movement, or colours of your own, by the settings of your device;"</li>
                <li>"hide the clock while you sit a paper. Your university can give you extra time and rest breaks, which hold for each of its papers from then on."</li>
            </ul>
            <h2>"What does not work yet"</h2>
            <ul class="plain-list">
                <li>"The calculator beside a question needs scripts. Without them use one of your own, if the paper allows a calculator."</li>
                <li>"A syringe is drawn up in the picture only with scripts; without them its line is typed."</li>
                <li>"Links and files in NMP Zone come from its members. We ask them to describe pictures and to caption videos, and cannot vouch for what is inside their files."</li>
            </ul>
            <h2>"How we know"</h2>
            <p>"Each change is checked by automatic tests: of every page wide and narrow, with the keyboard, and without scripts. Nobody outside of the co-operative has audited the service yet, so there may be faults that we do not know."</p>
            <h2>"Tell us"</h2>
            <p>"If something stands in your way, or you need a page in another form, tell us: "<a href="/help">"help and contact"</a>". Say which page it was and what you use."</p>
        </div>
    }
}

/// `/privacy`.
#[component]
pub fn Privacy() -> impl IntoView {
    view! {
        <Title text="Privacy notice" />
        <div class="narrow">
            <Heading>"Privacy notice"</Heading>
            <p>"The Health and Education Co-operative keeps the following about who has an account here. If a university or an employer invites you, it gives us your name and e-mail address, and it sees more than is said here: the page on which you open your account says what, before you agree. Your account says at any time who sees your progress."</p>
            <WhatWeKeep organisation=None />
            <h2>"Ask us"</h2>
            <p>"To see, correct or remove what we keep, "<a href="/help">"ask us"</a>"."</p>
        </div>
    }
}
