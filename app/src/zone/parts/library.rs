//! Pieces of the contacts and of the library.

use domain::zone::resources::{
    CaptionLanguage, MOST_BYTES, MOST_CAPTION_BYTES, MOST_VIDEO_BYTES, Named, ResourceCard, ResourceState,
    WebLink, megabytes,
};
use leptos::prelude::*;

use crate::kit::ui::{FileField, Reply, SelectField, TextArea, TextField};

/// A link that leads out of the site, which says where.
pub fn out(link: WebLink, words: Option<String>) -> AnyView {
    let WebLink { address, host } = link;
    match words {
        None => view! { <a href=address rel="noopener noreferrer nofollow">{host}</a> }.into_any(),
        Some(words) => view! {
            <a href=address rel="noopener noreferrer nofollow">{words}</a>" ("{host}")"
        }
        .into_any(),
    }
}

/// A member by name, with a link to their page.
pub fn member(area: &str, member: Option<Named>) -> AnyView {
    match member {
        Some(Named { id, name }) => {
            view! { <a href=format!("/zone/{area}/members/{id}")>{name}</a> }.into_any()
        }
        None => "Former member".into_any(),
    }
}

/// How many suggestions wait for a lead.
pub fn suggestions_wait(waiting: u32) -> String {
    match waiting {
        1 => "1 suggestion waits".to_owned(),
        _ => format!("{waiting} suggestions wait"),
    }
}

/// The state where it is not the usual one, and that a review is due.
pub fn tags(card: &ResourceCard) -> AnyView {
    let state = match card.state {
        ResourceState::Current => None,
        ResourceState::Suggested => Some("tag tag-in-progress"),
        ResourceState::Retired | ResourceState::Declined => Some("tag"),
    };
    let label = card.state.label();
    let version = card.version_of.is_some();
    let due = card.due && card.state == ResourceState::Current;
    view! {
        {state.map(|class| view! { " "<span class=class>{label}</span> })}
        {version.then(|| view! { " "<span class="tag">"New version"</span> })}
        {due.then(|| view! { " "<span class="tag tag-wrong">"Due for review"</span> })}
    }
    .into_any()
}

/// What is said of a resource, whatever its contents. `before` is what stands.
#[component]
pub fn FactFields(
    #[prop(optional)] before: Option<ResourceCard>,
    /// Whether the owner is asked for: leads say who it is.
    lead: bool,
    reply: Reply,
) -> impl IntoView {
    let stands = before.is_some();
    let (title, purpose, review) =
        before.map(|card| (card.title, card.purpose, card.review.iso)).unwrap_or_default();
    let owner = if stands {
        "The name of another member as in the directory, or the address of their page. Leave it empty to keep the owner."
    } else {
        "The name of a member as in the directory, or the address of their page. Leave it empty if it is you."
    };
    view! {
        <TextField id="title" label="Title" value=reply.typed("title", &title) problem=reply.problem("title") />
        <TextArea id="purpose" label="What it is for" rows=3 hint="At most 500 characters."
            value=reply.typed("purpose", &purpose) problem=reply.problem("purpose") />
        {lead.then(|| view! {
            <TextField id="owner" label="Owner, who keeps it up to date (optional)" hint=owner
                value=reply.typed("owner", "") problem=reply.problem("owner") />
        })}
        <TextField id="review_on" label="Review date" kind="date" hint="By then somebody looks whether it still holds."
            value=reply.typed("review_on", &review) problem=reply.problem("review_on") />
    }
}

/// A link or a file.
#[component]
pub fn ThingFields(reply: Reply) -> impl IntoView {
    let files = format!(
        "A PDF, an Office or OpenDocument file without macros, a PNG, JPEG or WebP image, or an MP4 or WebM video. At most {} MB; a video at most {} MB.",
        megabytes(MOST_BYTES),
        megabytes(MOST_VIDEO_BYTES),
    );
    let captions = format!(
        "WebVTT, at most {} MB. A video is not taken without captions.",
        megabytes(MOST_CAPTION_BYTES)
    );
    let chosen = reply.typed("captions_language", CaptionLanguage::default().tag());
    view! {
        <p>"Give a web address, or choose a file."</p>
        <TextField id="url" label="Web address" kind="url" hint="It begins with https://"
            value=reply.typed("url", "") problem=reply.problem("url") />
        <FileField id="file" label="File" hint=files most=megabytes(MOST_BYTES) most_video=megabytes(MOST_VIDEO_BYTES)
            accept=".pdf,.docx,.xlsx,.pptx,.odt,.ods,.odp,.png,.jpg,.jpeg,.webp,.mp4,.webm" problem=reply.problem("file") />
        <TextField id="alt" label="For an image: what it shows" hint="People who do not see it read this in its place."
            value=reply.typed("alt", "") problem=reply.problem("alt") />
        <FileField id="captions" label="For a video: its captions" hint=captions most=megabytes(MOST_CAPTION_BYTES) accept=".vtt"
            problem=reply.problem("captions") />
        <SelectField id="captions_language" label="For a video: the language of its captions" problem=reply.problem("captions_language")>
            {CaptionLanguage::ALL.map(|language| {
                let selected = language.tag() == chosen;
                view! { <option value=language.tag() selected=selected>{language.label()}</option> }
            }).into_iter().collect_view()}
        </SelectField>
    }
}
