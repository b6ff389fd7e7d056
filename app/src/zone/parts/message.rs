use domain::zone::{MemberId, messages::Writing};
use leptos::{prelude::*, server_fn::ServerFn};

use super::UnblockForm;
use crate::{
    kit::ui::{CheckBox, PostForm, Reply, TextArea},
    zone::api::messages::SendMessage,
};

/// Writes to a member, on their page. Whether they have blocked the reader, it does not show.
#[component]
pub fn MessageForm(
    /// The name of the area in its address.
    area: String,
    member: MemberId,
    name: String,
    writing: Writing,
    /// To [`CONTACT_FORMS`](super::CONTACT_FORMS) and the other forms of the page.
    reply: Reply,
) -> impl IntoView {
    let Writing { form, takes_messages, blocked } = writing;
    let body = if blocked {
        view! {
            <p>"You have blocked "{name.clone()}": you get no messages from them, and send them none."</p>
            <UnblockForm area member name at="member" />
        }
        .into_any()
    } else if takes_messages {
        let shows = reply.ticked(&[SendMessage::PATH], "shows_address", false);
        let of_form = reply.of(&[SendMessage::PATH]);
        view! {
            <p>"We send it by e-mail, and neither of you sees the other's address. Members need not answer. They can block messages; we tell nobody who has blocked them."</p>
            <PostForm to=SendMessage::PATH>
                <input type="hidden" name="area" value=area />
                <input type="hidden" name="member" value=member.to_string() />
                <input type="hidden" name="form" value=form.to_string() />
                <TextArea id="message_text" label=format!("Message to {name}")
                    hint="At most 2,000 characters. Write nothing by which a patient could be known."
                    value=of_form.typed("message_text", "") problem=reply.problem("message_text") />
                <CheckBox id="shows_address" label="Let them see my e-mail address, so that they can answer there" checked=shows />
                <button type="submit" class="button">"Send the message"</button>
            </PostForm>
        }
        .into_any()
    } else {
        view! { <p>{name}" takes no messages."</p> }.into_any()
    };
    view! {
        <section class="narrow" aria-labelledby="message-title">
            <h2 id="message-title">"Write a message"</h2>
            {body}
        </section>
    }
}
