//! The text of a mail, written once for text and HTML, so that they say the same.

use std::fmt::Write;

use domain::accounts::EmailAddress;

use crate::kit::markdown::escaped;

/// Paragraphs and links, without markup: a name may be any text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Letter {
    subject: String,
    parts: Vec<Part>,
    answers_to: Option<EmailAddress>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum Part {
    Paragraph(String),
    Quote(String),
    Link { words: String, address: String },
}

impl Letter {
    /// A subject is one line, and a name in it may have more: its control characters become spaces.
    pub fn new(subject: impl AsRef<str>) -> Self {
        let subject = subject.as_ref().replace(char::is_control, " ");
        Self { subject, parts: Vec::new(), answers_to: None }
    }

    #[must_use]
    pub fn paragraph(mut self, text: impl Into<String>) -> Self {
        self.parts.push(Part::Paragraph(text.into()));
        self
    }

    /// What somebody else has written, with its lines.
    #[must_use]
    pub fn quote(mut self, text: impl Into<String>) -> Self {
        self.parts.push(Part::Quote(text.into()));
        self
    }

    /// An answer to the mail goes to this address (Reply-To), which the recipient sees. Otherwise it goes to the sender of all our mail, who
    /// reads none.
    #[must_use]
    pub fn answers_to(mut self, address: EmailAddress) -> Self {
        self.answers_to = Some(address);
        self
    }

    /// `words` say where `address` leads.
    #[must_use]
    pub fn link(mut self, words: impl Into<String>, address: impl Into<String>) -> Self {
        self.parts.push(Part::Link { words: words.into(), address: address.into() });
        self
    }

    pub fn subject(&self) -> &str {
        &self.subject
    }

    pub(super) fn reply_to(&self) -> Option<&EmailAddress> {
        self.answers_to.as_ref()
    }

    /// Each address is on a line of its own, where mail programs make it a link.
    pub(super) fn text(&self) -> String {
        let parts = self.parts.iter().map(|part| match part {
            Part::Paragraph(text) => text.clone(),
            Part::Quote(text) => text.lines().map(|line| format!("> {line}")).collect::<Vec<_>>().join("\n"),
            Part::Link { words, address } => format!("{words}:\n{address}"),
        });
        let mut text = parts.collect::<Vec<_>>().join("\n\n");
        text.push('\n');
        text
    }

    pub(super) fn html(&self) -> String {
        let mut html = format!(
            "<!doctype html>\n<html lang=\"en\">\n<head><meta charset=\"utf-8\"><title>{}</title></head>\n\
             <body style=\"font-family: Arial, sans-serif; font-size: 16px; line-height: 1.5\">\n",
            escaped(&self.subject)
        );
        for part in &self.parts {
            // Writing into a string does not fail.
            let _ = match part {
                Part::Paragraph(text) => writeln!(html, "<p>{}</p>", escaped(text)),
                Part::Quote(text) => {
                    let lines: Vec<_> = text.lines().map(escaped).collect();
                    writeln!(html, "<blockquote>{}</blockquote>", lines.join("<br>\n"))
                }
                Part::Link { words, address } => {
                    writeln!(html, "<p><a href=\"{}\">{}</a></p>", escaped(address), escaped(words))
                }
            };
        }
        html.push_str("</body>\n</html>\n");
        html
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_and_html_say_the_same_and_names_are_escaped() {
        let letter = Letter::new("R & D")
            .paragraph("Hello <b>Sam</b>")
            .link("Choose a \"password\"", "https://learning.example/x?a=1&b=2");
        assert_eq!(
            letter.text(),
            "Hello <b>Sam</b>\n\nChoose a \"password\":\nhttps://learning.example/x?a=1&b=2\n"
        );
        let html = letter.html();
        for part in [
            "<title>R &amp; D</title>",
            "<p>Hello &lt;b&gt;Sam&lt;/b&gt;</p>",
            "<a href=\"https://learning.example/x?a=1&amp;b=2\">Choose a &quot;password&quot;</a>",
        ] {
            assert!(html.contains(part), "{part} is not in {html}");
        }
    }

    #[test]
    fn each_line_of_a_quote_is_marked_and_escaped() {
        let letter = Letter::new("Hello").quote("One <b>\r\n\nhttps://two.example");
        assert_eq!(letter.text(), "> One <b>\n> \n> https://two.example\n");
        let quoted = "<blockquote>One &lt;b&gt;<br>\n<br>\nhttps://two.example</blockquote>";
        assert!(letter.html().contains(quoted), "{}", letter.html());
    }

    #[test]
    fn a_subject_is_one_line_whatever_a_name_has_in_it() {
        assert_eq!(
            Letter::new("North\r\nBcc: x: open your account").subject(),
            "North  Bcc: x: open your account"
        );
    }
}
