//! One mail as it travels.

use std::time::SystemTime;

use chrono::{DateTime, Utc};
use lettre::{
    Address, Message,
    message::{
        Mailbox, MultiPart, SinglePart,
        header::{ContentTransferEncoding, ContentType, HeaderName, HeaderValue},
    },
};
use url::{Host, Url};

use crate::{Error, Result};

/// A mail of the outbox, with its text.
pub(super) struct Outgoing {
    /// Without angle brackets.
    pub message_id: String,
    pub queued_at: DateTime<Utc>,
    pub to: String,
    pub subject: String,
    pub text: String,
    pub html: String,
    pub unsubscribe: Option<String>,
    pub reply_to: Option<String>,
}

pub(super) const REPLY_TO: HeaderName = HeaderName::new_from_ascii_str("Reply-To");
pub(super) const LIST_UNSUBSCRIBE: HeaderName = HeaderName::new_from_ascii_str("List-Unsubscribe");
pub(super) const LIST_UNSUBSCRIBE_POST: HeaderName = HeaderName::new_from_ascii_str("List-Unsubscribe-Post");

impl Outgoing {
    /// Built twice from the same mail, the message is the same to the byte.
    ///
    /// # Errors
    /// When the address is malformed.
    pub(super) fn message(&self, from: &Mailbox) -> Result<Message> {
        let boundary = format!("part-{}", self.message_id.split('@').next().unwrap_or_default());
        let mut message = Message::builder()
            .from(from.clone())
            .to(Mailbox::new(None, ascii(&self.to.parse().map_err(Error::failed)?)?))
            .subject(self.subject.clone())
            .date(SystemTime::from(self.queued_at))
            .message_id(Some(format!("<{}>", self.message_id)));
        if let Some(address) = &self.reply_to {
            message = message.reply_to(Mailbox::new(None, ascii(&address.parse().map_err(Error::failed)?)?));
        }
        if let Some(address) = &self.unsubscribe {
            message = message
                .raw_header(HeaderValue::new(LIST_UNSUBSCRIBE, format!("<{address}>")))
                .raw_header(HeaderValue::new(LIST_UNSUBSCRIBE_POST, "List-Unsubscribe=One-Click".to_owned()));
        }
        message
            .multipart(
                MultiPart::alternative()
                    .boundary(boundary)
                    .singlepart(part(ContentType::TEXT_PLAIN, self.text.clone()))
                    .singlepart(part(ContentType::TEXT_HTML, self.html.clone())),
            )
            .map_err(Error::failed)
    }
}

/// Always quoted-printable, so that no server on the way changes a line.
fn part(content_type: ContentType, text: String) -> SinglePart {
    SinglePart::builder().header(content_type).header(ContentTransferEncoding::QuotedPrintable).body(text)
}

/// The address with its domain in punycode, which every mail server accepts.
///
/// # Errors
/// When the domain is malformed.
pub(super) fn ascii(address: &Address) -> Result<Address> {
    Address::new(address.user(), ascii_domain(address.domain())?).map_err(Error::failed)
}

/// # Errors
/// When the domain is malformed.
pub(super) fn ascii_domain(domain: &str) -> Result<String> {
    Ok(Host::parse(domain).map_err(Error::failed)?.to_string())
}

/// The address that stops mail as a header takes it: percent-encoded ASCII, with https.
///
/// # Errors
/// When it is not an address, or not https.
pub(super) fn unsubscribe_address(address: &str) -> Result<String> {
    let address = Url::parse(address).map_err(Error::failed)?;
    if address.scheme() != "https" {
        return Err(Error::failed("an address that stops mail begins with https"));
    }
    Ok(address.into())
}
