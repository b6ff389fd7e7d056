use leptos::prelude::*;

use crate::kit::ui::{Breadcrumbs, Heading, Title};

/// `/offline`: keeps courses on this device, and removes them. A script of its own does that, and draws what it needs
/// in the element `offline-switch` (`public/offline.js`): only the browser knows what it keeps.
#[component]
pub fn Offline() -> impl IntoView {
    #[cfg(feature = "hydrate")]
    load_script();
    view! {
        <Title text="Read without a network" />
        <Breadcrumbs steps=vec![("/learn".to_owned(), "My courses".to_owned())] />
        <Heading>"Read without a network"</Heading>
        <div class="narrow">
            <p class="lede">"You can keep your courses on this device, and go on reading where there is no network."</p>
            <p class="notice">"Do this on a device of your own only. On a computer that others use, they can read what is kept until you sign out."</p>
            <offline-switch>
                <p>"This needs scripts, and they have not loaded."</p>
            </offline-switch>
            <h2>"What is kept"</h2>
            <ul class="tips">
                <li>"The pages that you have opened, and all pages of the module that you read and of the next one, as you go on."</li>
                <li>"Which pages you read without a network and when, until we have it: they count like all others, with their own time."</li>
            </ul>
            <p>"Knowledge checks, exams, papers, results and notes are never kept."</p>
            <h2>"For how long"</h2>
            <p>"Until you remove it here or sign out, until your sign-in ends, or until somebody else signs in here: at the latest 14 days after this device was last online."</p>
        </div>
    }
}

/// A document at this address has it already.
#[cfg(feature = "hydrate")]
fn load_script() {
    if document().query_selector("script[src='/offline.js']").ok().flatten().is_some() {
        return;
    }
    if let (Some(body), Ok(script)) = (document().body(), document().create_element("script")) {
        let _ = script.set_attribute("type", "module");
        let _ = script.set_attribute("src", "/offline.js");
        let _ = body.append_child(&script);
    }
}
