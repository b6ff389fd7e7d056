use domain::zone::profile::MemberProfile;
use leptos::prelude::*;

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
        ("Telephone", telephone, ""),
    ];
    let lines: Vec<_> =
        lines.into_iter().filter_map(|(label, text, class)| Some((label, text?, class))).collect();
    let empty = lines.is_empty() && email.is_none();
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
                {email.map(|email| {
                let to = mail_to(&email);
                view! { <div><dt>"E-mail"</dt><dd><a href=to>{email}</a></dd></div> }
            })}
            </dl>
        })}
        {own_views.then(|| view! { <p>"These views are my own."</p> })}
    }
}

/// An address may have signs that mean something else in a link.
fn mail_to(email: &str) -> String {
    let kept = |byte: u8| byte.is_ascii_alphanumeric() || b"@.-_+~!$'*".contains(&byte);
    email.bytes().fold("mailto:".to_owned(), |mut link, byte| {
        if kept(byte) {
            link.push(char::from(byte));
        } else {
            link.push_str(&format!("%{byte:02X}"));
        }
        link
    })
}

#[cfg(all(test, feature = "ssr"))]
mod tests {
    use super::*;

    #[test]
    fn no_sign_of_an_address_ends_the_link_to_it() {
        assert_eq!(mail_to("o'neil+zone@x.example"), "mailto:o'neil+zone@x.example");
        assert_eq!(mail_to("a?b&c%d=e@é.example"), "mailto:a%3Fb%26c%25d%3De@%C3%A9.example");
    }
}
