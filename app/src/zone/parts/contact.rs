//! Blocks and reports, on the page of a member and on that of the messages.

use domain::zone::{
    MemberId,
    messages::{MessageId, ReportKind},
};
use leptos::{prelude::*, server_fn::ServerFn};

use crate::{
    kit::ui::{PostForm, Reply, SelectField, TextArea},
    zone::api::messages::{BlockMember, ReportToLeads, SendMessage, UnblockMember},
};

/// The forms of a page on which members contact each other, for its [`Reply`].
pub const CONTACT_FORMS: [&str; 4] =
    [SendMessage::PATH, BlockMember::PATH, UnblockMember::PATH, ReportToLeads::PATH];

/// What one of these forms has done, by the word in the address. `blocks` is whether a block is there: an address that is opened again, when it
/// is not so any more, says nothing.
pub fn contact_done(done: &str, blocks: bool) -> Option<&'static str> {
    Some(match done {
        "blocked" if !blocks => return None,
        "sent" => "Your message is on its way, unless they have blocked your messages.",
        "blocked" => "You get no more messages from this member. They are not told.",
        "unblocked" => "You get messages from this member again.",
        "reported" => {
            "The leads of this area have your report. You get an e-mail when one of them has looked at it. If somebody is in immediate danger, call 999."
        }
        _ => return None,
    })
}

/// Blocks a member. `at` is "member" on their page and "messages" on that of the messages, here and below.
#[component]
pub fn BlockForm(area: String, member: MemberId, name: String, at: &'static str) -> impl IntoView {
    view! {
        <details>
            <summary>"Block"<span class="visually-hidden">" "{name.clone()}</span></summary>
            <p>{format!("You then get no messages from {name}, and they are not told. They still see your profile in the directory. You can end the block at any time.")}</p>
            <PostForm to=BlockMember::PATH>
                <input type="hidden" name="area" value=area />
                <input type="hidden" name="member" value=member.to_string() />
                <input type="hidden" name="at" value=at />
                <button type="submit" class="button secondary small">"Yes, block them"<span class="visually-hidden">" ("{name}")"</span></button>
            </PostForm>
        </details>
    }
}

#[component]
pub fn UnblockForm(area: String, member: MemberId, name: String, at: &'static str) -> impl IntoView {
    view! {
        <PostForm to=UnblockMember::PATH>
            <input type="hidden" name="area" value=area />
            <input type="hidden" name="member" value=member.to_string() />
            <input type="hidden" name="at" value=at />
            <button type="submit" class="button secondary small">"End the block"<span class="visually-hidden">" of "{name}</span></button>
        </PostForm>
    }
}

/// Reports a message that the reader got, or a member.
#[component]
pub fn ReportForm(
    area: String,
    /// The member who is reported; nobody when a message is.
    #[prop(optional_no_strip)]
    member: Option<MemberId>,
    #[prop(optional_no_strip)] message: Option<MessageId>,
    /// What the form is about, for those who hear it: "the message from Sam", a name.
    subject: String,
    at: &'static str,
    reply: Reply,
) -> impl IntoView {
    let member = member.map(|member| member.to_string()).unwrap_or_default();
    let message = message.map(|message| message.to_string()).unwrap_or_default();
    let about = if message.is_empty() { member.clone() } else { message.clone() };
    let reply = reply.of(&[ReportToLeads::PATH]);
    // Only one of several forms on the page was refused.
    let here = reply.typed("message", "") == message && reply.typed("member", "") == member;
    let typed = move |name: &str| if here { reply.typed(name, "") } else { String::new() };
    let (kind, words) = (format!("kind-{about}"), format!("words-{about}"));
    let (of_kind, of_words) = (reply.problem(&kind), reply.problem(&words));
    let chosen = typed("kind");
    view! {
        <details open=move || of_kind.read().is_some() || of_words.read().is_some()>
            <summary>"Report"<span class="visually-hidden">" "{subject}</span></summary>
            <p>"The leads of this area read your report, and see that it is from you; a lead whom you report does not see that. If somebody is in immediate danger, call 999 first: this form is not for emergencies."</p>
            <PostForm to=ReportToLeads::PATH>
                <input type="hidden" name="area" value=area />
                <input type="hidden" name="member" value=member />
                <input type="hidden" name="message" value=message />
                <input type="hidden" name="at" value=at />
                <SelectField id=kind name="kind" label="What it is about" problem=of_kind>
                    <option value="">"Choose one"</option>
                    {ReportKind::ALL.map(|kind| {
                        let selected = kind.as_str() == chosen;
                        view! { <option value=kind.as_str() selected=selected>{kind.label()}</option> }
                    }).into_iter().collect_view()}
                </SelectField>
                <TextArea id=words name="words" label="What the leads should know (optional, unless it is something else)" rows=3
                    value=typed("words") problem=of_words />
                <button type="submit" class="button secondary small">"Send the report"</button>
            </PostForm>
        </details>
    }
}
