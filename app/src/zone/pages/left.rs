use leptos::prelude::*;

use crate::kit::ui::{BackLink, Heading, Title};

/// `/zone/left`: the same whether there was anything to leave.
#[component]
pub fn Left() -> impl IntoView {
    view! {
        <Title text="You have left" />
        <div class="narrow">
            <div class="confirmation"><Heading>"You have left"</Heading></div>
            <p>"Your profile is gone, and no member finds you any more. Your account stays open."</p>
            <BackLink href="/zone" name="NMP Zone" />
        </div>
    }
}
