use domain::zone::resources::{Contact, ContactAct, Contacts as Pinned};
use leptos::{prelude::*, server_fn::ServerFn};
use leptos_router::hooks::use_query_map;

use crate::{
    kit::{
        api::PageData,
        ui::{Done, Loaded, PostForm, Reply, TextArea, TextField},
    },
    zone::{
        api::resources::{AddService, ChangeContact, MoveContact, PinMember, RemoveContact, load_contacts},
        parts::{Head, by_mail, by_telephone, out, use_area},
    },
};

/// `/zone/{area}/contacts`: the members and services that the area pins, and for leads the forms to change them.
#[component]
pub fn Contacts() -> impl IntoView {
    let (area, query) = (use_area(), use_query_map());
    let done = move || query.read().get("done").unwrap_or_default();
    let page = PageData::new(
        move || (area(), done()),
        |(area, done)| async move { load_contacts(area).await.map(|page| (done, page)) },
    );
    view! { <Loaded resource=page page=|(done, page)| view! { <ContactsView done page /> } /> }
}

#[component]
fn ContactsView(done: String, page: Pinned) -> impl IntoView {
    let reply = Reply::to(&[
        AddService::PATH,
        PinMember::PATH,
        ChangeContact::PATH,
        MoveContact::PATH,
        RemoveContact::PATH,
    ]);
    let of = crate::kit::list::done_to();
    let gone = !of.is_empty() && page.contacts.iter().all(|contact| contact.id.to_string() != of);
    // An address that is opened again, when it is not so any more, says nothing, and a member has done none of this.
    let some = page.head.lead && !page.contacts.is_empty();
    let done = match done.as_str() {
        "pinned" if some => Some("Every member finds this contact here now."),
        "changed" if some => Some("The changes are saved."),
        "moved" if some => Some("The contacts are in the new order."),
        "removed" if page.head.lead && gone => Some("The contact is removed from this page."),
        _ => None,
    };
    let Pinned { head, contacts, form } = page;
    let (slug, lead, last) = (head.slug.clone(), head.lead, contacts.len().saturating_sub(1));
    let empty = match (contacts.is_empty(), lead) {
        (false, _) => None,
        (true, true) => {
            Some("No contact is pinned yet. Add those whom members should find first, with the forms below.")
        }
        (true, false) => Some(
            "No contact is pinned yet. Ask a lead of the area to add those whom you look for; members are in the directory.",
        ),
    };
    let directory = format!("/zone/{slug}/directory");
    let cards = contacts.into_iter().enumerate();
    let cards = cards.map(|(at, contact)| card(&slug, lead, (at, last), contact, reply)).collect_view();
    let forms = lead.then(|| {
        view! {
            <PinForm slug=slug.clone() reply />
            <section class="narrow" aria-labelledby="service-title">
                <h2 id="service-title">"Add a service"</h2>
                <PostForm to=AddService::PATH>
                    <input type="hidden" name="area" value=slug.clone() />
                    <input type="hidden" name="form" value=form.to_string() />
                    <ServiceFields of="new" reply=reply.of(&[AddService::PATH]) />
                    <button type="submit" class="button">"Add this service"</button>
                </PostForm>
            </section>
        }
    });
    view! {
        <Head head heading="Contacts" reply />
        <Done reply text=done.map(str::to_owned) />
        {empty.map(|words| view! { <p>{words}</p> })}
        <ol class="cards">{cards}</ol>
        <p class="on-screen"><a href=directory>"All members are in the directory"</a></p>
        {forms}
    }
}

/// `at` is its place, and that of the last, counted from 0.
fn card(slug: &str, lead: bool, (at, last): (usize, usize), contact: Contact, reply: Reply) -> AnyView {
    let id = contact.id.to_string();
    let name = match contact.member {
        Some(member) => {
            view! { <a href=format!("/zone/{slug}/members/{member}")>{contact.name.clone()}</a> }.into_any()
        }
        None => contact.name.clone().into_any(),
    };
    let telephone = contact.telephone.clone().map(|number| {
        view! { <div><dt>"Telephone"</dt><dd>{by_telephone(number)}</dd></div> }
    });
    let email = contact.email.clone().map(|email| {
        view! { <div><dt>"E-mail"</dt><dd>{by_mail(email)}</dd></div> }
    });
    let web = contact.web.clone().map(|web| view! { <div><dt>"Web"</dt><dd>{out(web, None)}</dd></div> });
    let hours = contact.hours.clone().map(|hours| view! { <div><dt>"Open"</dt><dd>{hours}</dd></div> });
    let service = contact.member.is_none().then(|| {
        view! { <dl class="summary-list">{telephone}{email}{web}{hours}</dl> }
    });
    let (role, purpose) = (contact.role.clone(), contact.purpose.clone());
    let acts = lead.then(|| {
        let moves = [
            (at > 0).then(|| turn(slug, &contact, ContactAct::Up, "Move up", at)),
            (at < last).then(|| turn(slug, &contact, ContactAct::Down, "Move down", at)),
        ];
        view! {
            <div class="actions">{moves.into_iter().flatten().collect_view()}</div>
            {change(slug, &contact, reply)}
            {remove(slug, &contact)}
        }
    });
    view! {
        <li class="card" id=format!("contact-{id}")>
            <h2>{name}</h2>
            {role.map(|role| view! { <p class="hint">{role}</p> })}
            <p class="as-typed">{purpose}</p>
            {service}
            {acts}
        </li>
    }
    .into_any()
}

fn turn(slug: &str, contact: &Contact, act: ContactAct, words: &'static str, at: usize) -> AnyView {
    let (area, id, name) = (slug.to_owned(), contact.id.to_string(), contact.name.clone());
    view! {
        <PostForm to=MoveContact::PATH>
            <input type="hidden" name="area" value=area />
            <input type="hidden" name="contact" value=id />
            <input type="hidden" name="act" value=act.as_str() />
            <input type="hidden" name="at" value=at.to_string() />
            <button type="submit" class="button secondary small">{words}<span class="visually-hidden">": "{name}</span></button>
        </PostForm>
    }
    .into_any()
}

fn change(slug: &str, contact: &Contact, reply: Reply) -> AnyView {
    let (area, id, name) = (slug.to_owned(), contact.id.to_string(), contact.name.clone());
    let reply = reply.of(&[ChangeContact::PATH]);
    // Of many such forms only the refused one shows what was typed.
    let refused = reply.typed("contact", "") == id;
    let fields = if contact.member.is_some() {
        let purpose = shown(reply, refused, "purpose", &contact.purpose);
        let field = format!("purpose-{id}");
        view! { <PurposeField id=field value=purpose reply /> }.into_any()
    } else {
        view! { <ServiceFields of=id.clone() before=contact.clone() refused reply /> }.into_any()
    };
    view! {
        <details open=refused>
            <summary>"Change"<span class="visually-hidden">" "{name}</span></summary>
            <PostForm to=ChangeContact::PATH>
                <input type="hidden" name="area" value=area />
                <input type="hidden" name="contact" value=id />
                {fields}
                <button type="submit" class="button small">"Save the changes"</button>
            </PostForm>
        </details>
    }
    .into_any()
}

fn remove(slug: &str, contact: &Contact) -> AnyView {
    let (area, id, name) = (slug.to_owned(), contact.id.to_string(), contact.name.clone());
    let follows = match contact.member {
        Some(_) => "Members do not find them on this page any more. They stay in the directory.",
        None => "Members do not find this service any more, and what is said of it here is gone.",
    };
    view! {
        <details>
            <summary>"Remove"<span class="visually-hidden">" "{name}</span></summary>
            <p class="hint">{follows}</p>
            <PostForm to=RemoveContact::PATH>
                <input type="hidden" name="area" value=area />
                <input type="hidden" name="contact" value=id />
                <button type="submit" class="button secondary small">"Yes, remove it"</button>
            </PostForm>
        </details>
    }
    .into_any()
}

/// What was typed, in the form that was refused, or what stands.
fn shown(reply: Reply, refused: bool, name: &str, before: &str) -> String {
    if refused { reply.typed(name, before) } else { before.to_owned() }
}

#[component]
fn PinForm(slug: String, reply: Reply) -> impl IntoView {
    let reply = reply.of(&[PinMember::PATH]);
    view! {
        <section class="narrow" aria-labelledby="pin-title">
            <h2 id="pin-title">"Pin a member"</h2>
            <PostForm to=PinMember::PATH>
                <input type="hidden" name="area" value=slug />
                <TextField id="member-pin" name="pinned" label="Member" hint="Their name as in the directory, or the address of their page."
                    value=reply.typed("pinned", "") problem=reply.problem("member-pin") />
                <PurposeField id="purpose-pin" value=reply.typed("purpose", "") reply />
                <button type="submit" class="button">"Pin this member"</button>
            </PostForm>
        </section>
    }
}

#[component]
fn PurposeField(#[prop(into)] id: String, value: String, reply: Reply) -> impl IntoView {
    let problem = reply.problem(&id);
    view! {
        <TextArea id name="purpose" label="What to ask them for" rows=3 hint="At most 500 characters." value problem />
    }
}

/// The fields of a service. Each id ends in `of`.
#[component]
fn ServiceFields(
    #[prop(into)] of: String,
    #[prop(optional)] before: Option<Contact>,
    /// The form that was refused is this one.
    #[prop(default = true)]
    refused: bool,
    reply: Reply,
) -> impl IntoView {
    let (name, purpose, telephone, email, web, hours) = match before {
        Some(contact) => (
            contact.name,
            contact.purpose,
            contact.telephone.unwrap_or_default(),
            contact.email.unwrap_or_default(),
            contact.web.map(|web| web.address).unwrap_or_default(),
            contact.hours.unwrap_or_default(),
        ),
        None => Default::default(),
    };
    let id = |field: &str| format!("{field}-{of}");
    let value = |field: &str, before: &str| shown(reply, refused, field, before);
    let wrong = |field: &str| reply.problem(&id(field));
    view! {
        <TextField id=id("name") name="name" label="Name of the service" value=value("name", &name) problem=wrong("name") />
        <PurposeField id=id("purpose") value=value("purpose", &purpose) reply />
        <TextField id=id("telephone") name="telephone" label="Telephone (optional)" kind="tel" value=value("telephone", &telephone) problem=wrong("telephone") />
        <TextField id=id("email") name="email" label="E-mail address (optional)" kind="email" value=value("email", &email) problem=wrong("email") />
        <TextField id=id("web") name="web" label="Web address (optional)" kind="url" hint="It begins with https://"
            value=value("web", &web) problem=wrong("web") />
        <TextField id=id("hours") name="hours" label="Opening hours (optional)" hint="For example: Monday to Friday, 9am to 5pm"
            value=value("hours", &hours) problem=wrong("hours") />
    }
}
