use domain::zone::resources::{
    FileType, ResourceAct, ResourceId, ResourceKind, ResourcePage, ResourceState, Thing, Version,
};
use leptos::{prelude::*, server_fn::ServerFn};
use leptos_router::hooks::{use_params_map, use_query_map};

use super::resources::remove;
use crate::{
    kit::{
        api::PageData,
        ui::{Done, FileForm, Loaded, PostForm, Reply, TextArea, Time},
    },
    zone::{
        RESOURCE_PATH,
        api::resources::{ChangeResource, DecideResource, RemoveResource, load_resource},
        parts::{FactFields, Head, ThingFields, member, out, tags, use_area},
    },
};

/// `/zone/{area}/resources/{resource}`: a link or a file with its versions, and what leads do with it.
#[component]
pub fn Resource() -> impl IntoView {
    let (area, params, query) = (use_area(), use_params_map(), use_query_map());
    let resource = move || params.read().get("resource").unwrap_or_default();
    let done = move || query.read().get("done").unwrap_or_default();
    let page = PageData::new(
        move || (area(), resource(), done()),
        |(area, resource, done)| async move { load_resource(area, resource).await.map(|page| (done, page)) },
    );
    view! { <Loaded resource=page page=|(done, page)| view! { <ResourceView done page /> } /> }
}

#[component]
fn ResourceView(done: String, page: ResourcePage) -> impl IntoView {
    let reply = Reply::to(&[RESOURCE_PATH, ChangeResource::PATH, DecideResource::PATH, RemoveResource::PATH]);
    let (lead, state) = (page.head.lead, page.card.state);
    // An address that is opened again, when it is not so any more, says nothing, and a member has done nothing of a lead.
    let done = match done.as_str() {
        "suggested" if !lead && !page.waiting.is_empty() => {
            Some("The leads see your suggestion. You are told by mail what they decide.")
        }
        _ if !lead => None,
        "changed" => Some("The changes are saved."),
        "version" if page.versions.len() > 1 => Some("The new version is the one that members find first."),
        "accept" if page.versions.len() > 1 => {
            Some("It is the newest version in the library. Whoever suggested it is told by mail.")
        }
        "accept" if state == ResourceState::Current => {
            Some("It is in the library. Whoever suggested it is told by mail.")
        }
        "decline" if state == ResourceState::Declined => {
            Some("It is declined. Whoever suggested it is told by mail, with your reason.")
        }
        "retire" if state == ResourceState::Retired => Some("It is retired: only leads find it."),
        "bring-back" if state == ResourceState::Current => Some("It is in the library again."),
        _ => None,
    };
    let slug = page.head.slug.clone();
    let base = format!("/zone/{slug}/resources/{}", page.card.id);
    let newest = page.versions.first().cloned();
    let forms = match (lead, state) {
        (true, _) => view! { <OfLead page=page.clone() reply /> }.into_any(),
        (false, ResourceState::Current) => view! {
            <div class="narrow">
                <NewVersion area=slug.clone() resource=page.card.id.to_string() form=page.form.to_string() lead reply />
            </div>
        }
        .into_any(),
        (false, _) => ().into_any(),
    };
    let waiting = waiting(&slug, lead, &page.waiting);
    let original = page.card.version_of.map(|of| format!("/zone/{slug}/resources/{of}"));
    let own = page.own && !page.head.lead && page.card.state != ResourceState::Current;
    let (area, resource) = (slug.clone(), page.card.id.to_string());
    let tags = tags(&page.card);
    let added = page.card.added.words.clone();
    let versions = page.versions.into_iter().map(|version| line(&slug, &base, version)).collect_view();
    view! {
        <Head head=page.head heading=page.card.title below=("resources", "Resources") reply />
        <Done reply text=done.map(str::to_owned) />
        {original.map(|of| view! {
            <p class="notice">"This is suggested as a new version of "<a href=of>"a resource in the library"</a>". What is different in it:"</p>
        })}
        <p class="lede as-typed">{page.card.purpose}</p>
        <p>{tags}</p>
        {waiting}
        {page.reason.map(|reason| view! { <p class="notice as-typed">"The reason: "{reason}</p> })}
        {newest.map(|version| shown(&base, version))}
        <dl class="summary-list narrow">
            <div><dt>"Owner"</dt><dd>{member(&slug, page.card.owner)}</dd></div>
            <div><dt>"Review date"</dt><dd>{page.card.review.words}</dd></div>
            <div><dt>"Added"</dt><dd>{added}" by "{member(&slug, page.added_by)}</dd></div>
        </dl>
        {own.then(|| view! {
            <details>
                <summary id="remove">"Remove your suggestion"</summary>
                <p class="hint">"Nobody finds it any more, the leads neither, and its file is destroyed."</p>
                {remove(area, resource)}
            </details>
        })}
        <h2>"Versions"</h2>
        <ol class="task-list">{versions}</ol>
        {forms}
    }
}

/// The suggested versions of it that wait for a lead, to look at.
fn waiting(slug: &str, lead: bool, waiting: &[ResourceId]) -> Option<AnyView> {
    let count = waiting.len();
    let links = waiting.iter().enumerate().map(|(n, suggestion)| {
        let number = (count > 1).then(|| format!(" {}", n + 1));
        let to = format!("/zone/{slug}/resources/{suggestion}");
        view! { " "<a href=to>"Look at "{if lead { "the suggestion" } else { "your suggestion" }}{number}</a>"." }
    });
    let links = links.collect_view();
    let words = match (count, lead) {
        (0, _) => return None,
        (1, true) => "A member has suggested a new version of it.".to_owned(),
        (_, true) => format!("Members have suggested {count} new versions of it."),
        (1, false) => "You have suggested a new version of it, which waits for a lead.".to_owned(),
        (_, false) => format!("You have suggested {count} new versions of it, which wait for a lead."),
    };
    Some(view! { <p class="notice">{words}{links}</p> }.into_any())
}

fn file(base: &str, version: &Version, part: &str) -> String {
    format!("{base}/versions/{}/{part}", version.id)
}

/// The newest version, to be opened, seen or downloaded. Nothing is loaded from elsewhere.
fn shown(base: &str, version: Version) -> AnyView {
    let address = file(base, &version, "file");
    match &version.thing {
        Thing::Link(link) => {
            view! { <p>{out(link.clone(), Some("Open the link".to_owned()))}</p> }.into_any()
        }
        Thing::File { kind, alt, .. } => match kind.kind() {
            ResourceKind::Image => {
                let alt = alt.clone().unwrap_or_default();
                view! { <figure><img src=address.clone() alt=alt /><figcaption>{download(address, &version)}</figcaption></figure> }.into_any()
            }
            ResourceKind::Video => {
                let captions = file(base, &version, "captions");
                video(address, captions, *kind, &version)
            }
            ResourceKind::Document | ResourceKind::Link => {
                view! { <p>{download(address, &version)}</p> }.into_any()
            }
        },
    }
}

fn video(address: String, captions: String, kind: FileType, version: &Version) -> AnyView {
    let (source, of_captions, language) = (address.clone(), captions.clone(), version.captions);
    view! {
        <figure>
            <video controls=true preload="none">
                <source src=source type=kind.content_type() />
                <track kind="captions" srclang=language.tag() label=language.label() src=captions default=true />
            </video>
            <figcaption>{download(address, version)}", "<a href=of_captions rel="external">"captions in "{language.label()}</a></figcaption>
        </figure>
    }
    .into_any()
}

fn download(address: String, version: &Version) -> AnyView {
    view! { <a href=address rel="external">{format!("Download ({})", version.thing.words())}</a> }.into_any()
}

fn line(slug: &str, base: &str, version: Version) -> AnyView {
    let number = format!("Version {}", version.number);
    let to = match &version.thing {
        Thing::Link(link) => out(link.clone(), Some("Open the link".to_owned())),
        Thing::File { .. } => {
            let address = file(base, &version, "file");
            let words = format!("Download ({})", version.thing.words());
            view! { <a href=address rel="external">{words}<span class="visually-hidden">" of version "{version.number}</span></a> }.into_any()
        }
    };
    view! {
        <li>
            <div class="task-text">
                <strong>{number}</strong>
                <p class="hint"><Time moment=version.made />" by "{member(slug, version.by)}</p>
                {version.change.map(|change| view! { <p class="as-typed">{change}</p> })}
            </div>
            <span>{to}</span>
        </li>
    }
    .into_any()
}

/// What leads do with it.
#[component]
fn OfLead(page: ResourcePage, reply: Reply) -> impl IntoView {
    let (slug, resource) = (page.head.slug.clone(), page.card.id.to_string());
    let act = |act: ResourceAct, words: &'static str| {
        view! { <Act slug=slug.clone() resource=resource.clone() act words reply /> }
    };
    // The reason was missing.
    let wrong = !reply.typed("act", "").is_empty();
    let decide = match page.card.state {
        ResourceState::Suggested => view! {
            <h2 id="act">"Decide on the suggestion"</h2>
            {act(ResourceAct::Accept, "Accept it")}
            <details open=wrong>
                <summary>"Decline it"</summary>
                <p class="hint">"Whoever suggested it gets your reason by mail. No other member sees it."</p>
                {act(ResourceAct::Decline, "Yes, decline it")}
            </details>
        }
        .into_any(),
        ResourceState::Current => view! {
            <h2 id="act">"Retire it"</h2>
            <details open=wrong>
                <summary>"Retire this resource"</summary>
                <p class="hint">"Members do not find it any more, nor download any version of it. You can bring it back."</p>
                {act(ResourceAct::Retire, "Yes, retire it")}
            </details>
        }
        .into_any(),
        ResourceState::Retired => view! {
            <h2 id="act">"Bring it back"</h2>
            {act(ResourceAct::BringBack, "Bring it back into the library")}
        }
        .into_any(),
        ResourceState::Declined => ().into_any(),
    };
    let removes = matches!(page.card.state, ResourceState::Retired | ResourceState::Declined);
    let (of_remove, to_remove) = (slug.clone(), resource.clone());
    // What is suggested as a version is changed as little as any other version.
    let forms = page.card.version_of.is_none().then(|| {
        let (of_version, to_version) = (slug.clone(), resource.clone());
        let (before, form) = (page.card, page.form.to_string());
        view! {
            <NewVersion area=of_version resource=to_version form lead=true reply />
            <section aria-labelledby="change-title">
                <h2 id="change-title">"Change what is said of it"</h2>
                <PostForm to=ChangeResource::PATH>
                    <input type="hidden" name="area" value=slug />
                    <input type="hidden" name="resource" value=resource />
                    <FactFields before lead=true reply />
                    <button type="submit" class="button">"Save the changes"</button>
                </PostForm>
            </section>
        }
    });
    view! {
        <div class="narrow">
            {decide}
            {removes.then(|| view! {
                <details>
                    <summary id="remove">"Remove it for good"</summary>
                    <p class="hint">"All its versions and their files are destroyed. It cannot be brought back."</p>
                    {remove(of_remove, to_remove)}
                </details>
            })}
            {forms}
        </div>
    }
}

/// The form for another version, which a lead adds and a member suggests.
#[component]
fn NewVersion(area: String, resource: String, form: String, lead: bool, reply: Reply) -> impl IntoView {
    let (heading, button) = match lead {
        true => ("Add a version", "Add this version"),
        false => ("Suggest a new version", "Suggest this version"),
    };
    view! {
        <section aria-labelledby="version-title">
            <h2 id="version-title">{heading}</h2>
            {(!lead).then(|| view! { <p>"A lead decides. Until then nobody else sees it, and you are told by mail."</p> })}
            <FileForm action=format!("{RESOURCE_PATH}?area={area}&resource={resource}")>
                <input type="hidden" name="form" value=form />
                <ThingFields reply />
                <TextArea id="change" label="What is different" rows=3 hint="At most 500 characters."
                    value=reply.typed("change", "") problem=reply.problem("change") />
                <button type="submit" class="button">{button}</button>
            </FileForm>
        </section>
    }
}

/// One decision, with its reason where one is asked for.
#[component]
fn Act(slug: String, resource: String, act: ResourceAct, words: &'static str, reply: Reply) -> impl IntoView {
    let reason = act.reason_field().map(|field| {
        view! {
            <TextArea id=field name="reason" label="Reason" rows=3 hint="At most 500 characters."
                value=reply.typed("reason", "") problem=reply.problem(field) />
        }
    });
    let class = if act == ResourceAct::Accept { "button" } else { "button secondary" };
    view! {
        <PostForm to=DecideResource::PATH>
            <input type="hidden" name="area" value=slug />
            <input type="hidden" name="resource" value=resource />
            <input type="hidden" name="act" value=act.as_str() />
            {reason}
            <button type="submit" class=class>{words}</button>
        </PostForm>
    }
}
