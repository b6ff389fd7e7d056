use domain::zone::profile::MemberProfile;
use leptos::prelude::*;

use super::reach::{by_mail, by_telephone};

/// A member as the others of the area see them, below their name: what is filled in, and nothing else.
#[component]
pub fn MemberDetails(
    /// As in the address.
    #[prop(into)]
    area: String,
    profile: MemberProfile,
    /// What it says when there is nothing but the name.
    #[prop(into)]
    nothing: String,
) -> impl IntoView {
    let MemberProfile {
        member,
        name,
        role,
        work_area,
        place,
        about,
        interests,
        years_qualified,
        picture,
        email,
        telephone,
        takes_messages: _,
        own_views,
    } = profile;
    let lines = [
        ("Role", role, ""),
        ("Area of work", work_area, ""),
        ("Place", place, ""),
        ("Years qualified", years_qualified.map(|years| years.to_string()), ""),
        ("About me", about, "as-typed"),
        ("Prescribing interests", interests, "as-typed"),
    ];
    let lines: Vec<_> =
        lines.into_iter().filter_map(|(label, text, class)| Some((label, text?, class))).collect();
    let empty = lines.is_empty() && telephone.is_none() && email.is_none();
    let picture = picture.map(|picture| {
        let (source, alt) =
            (format!("/zone/{area}/members/{member}/picture?{picture}"), format!("Picture of {name}"));
        view! { <img class="portrait" src=source alt=alt width="256" height="256" /> }
    });
    let bare = empty && picture.is_none() && !own_views;
    view! {
        {picture}
        {bare.then(|| view! { <p>{nothing}</p> })}
        {(!empty).then(|| view! {
            <dl class="summary-list narrow">
                {lines.into_iter().map(|(label, text, class)| view! { <div><dt>{label}</dt><dd class=(!class.is_empty()).then_some(class)>{text}</dd></div> }).collect_view()}
                {telephone.map(|number| view! { <div><dt>"Telephone"</dt><dd>{by_telephone(number)}</dd></div> })}
                {email.map(|email| view! { <div><dt>"E-mail"</dt><dd>{by_mail(email)}</dd></div> })}
            </dl>
        })}
        {own_views.then(|| view! { <p>"These views are my own."</p> })}
    }
}
