use leptos::{prelude::*, server_fn::ServerFn};
use leptos_router::hooks::use_query_map;

use crate::{
    accounts::api::ChooseDisplay,
    kit::{
        display::{COLOURS, Display, TEXT_SIZES},
        ui::{Done, FormErrors, Heading, PostForm, Radios, Reply, Title},
    },
};

/// The cookies of this site: what each is for, and how long it stays.
const COOKIES: [(&str, &str); 4] = [
    ("Your sign-in", "Keeps you signed in: two days, or two weeks if you choose so. Signing out removes it."),
    ("Who is signed in", "Tells the tabs of this browser whose pages they show. It goes with your sign-in."),
    (
        "This browser",
        "Lets you sign in here when somebody else tries to guess your password. It gives no access, and stays for a year.",
    ),
    (
        "Colours and text size",
        "What you choose on this page. It stays for a year, or until you choose the first of each again.",
    ),
];

/// `/display`: how the pages look in this browser. The browser loads the reply as a document: the choice is on the document itself.
#[component]
pub fn DisplayPage() -> impl IntoView {
    let reply = Reply::to(&[ChooseDisplay::PATH]);
    let saved = use_query_map().with_untracked(|query| query.get("done").is_some());
    let now = Display::shown();
    let done = saved.then(|| "Saved. All pages look like this in this browser.".to_owned());
    let cookies = COOKIES.map(|(name, what)| view! { <div><dt>{name}</dt><dd>{what}</dd></div> });
    view! {
        <Title text=reply.title("Colours and text size") />
        <div class="narrow">
            <FormErrors reply />
            <Done reply text=done />
            <Heading>"Colours and text size"</Heading>
            <p>"This is for this browser alone. You need not be signed in, and nobody else sees what you choose."</p>
            <PostForm to=ChooseDisplay::PATH document=true>
                <Radios id="colours" label="Colours" options=COLOURS.to_vec() chosen=reply.typed("colours", now.colours)
                    problem=reply.problem("colours") />
                <Radios id="text_size" label="Text size" options=TEXT_SIZES.to_vec()
                    chosen=reply.typed("text_size", now.text_size) problem=reply.problem("text_size") />
                <button type="submit" class="button">"Save"</button>
            </PostForm>
            <h2>"What this site keeps in your browser"</h2>
            <p>"Four cookies, none of which follows you anywhere else. Without them you could not sign in."</p>
            <dl class="summary-list">{cookies.into_iter().collect_view()}</dl>
        </div>
    }
}
