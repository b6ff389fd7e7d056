//! A contact as it is typed, and what becomes of it.

use domain::{Problem, accounts::EmailAddress, learning::Slug, visible, zone::Telephone};

use crate::{
    Result,
    kit::once::saying,
    zone::resources::{Problems, in_words, link, purpose},
};

const LONGEST_NAME: usize = 200;
const LONGEST_HOURS: usize = 200;

/// A contact, as typed. For a member only the purpose counts.
#[derive(Debug, Clone, Default)]
pub struct ContactSaid {
    pub name: String,
    pub purpose: String,
    pub telephone: String,
    pub email: String,
    pub web: String,
    pub hours: String,
}

/// A service, as it is stored.
#[derive(Debug)]
pub(super) struct Service {
    pub name: String,
    pub purpose: String,
    pub telephone: Option<String>,
    pub email: Option<String>,
    pub web: Option<String>,
    pub hours: Option<String>,
}

impl ContactSaid {
    /// For [`crate::kit::once::once`].
    pub(super) fn what(&self, area: &Slug) -> String {
        let Self { name, purpose, telephone, email, web, hours } = self;
        let said = [area.as_str(), name, purpose, telephone, email, web, hours].map(str::as_bytes);
        saying("add a service", &said)
    }

    /// `of` ends the ids of the fields of this form.
    pub(super) fn service(&self, of: &str) -> Result<Service> {
        let mut problems = Problems::default();
        let field = |name: &str| format!("{name}-{of}");
        let name = problems.take(&field("name"), name(&self.name));
        let purpose = problems.take(&field("purpose"), purpose(&self.purpose));
        let telephone = problems.take(&field("telephone"), telephone(&self.telephone));
        let email = problems.take(&field("email"), email(&self.email));
        let web = problems.take(&field("web"), web(&self.web));
        let hours = problems.take(&field("hours"), hours(&self.hours));
        if telephone == Some(None) && email == Some(None) && web == Some(None) {
            let words = "Enter a telephone number, an e-mail address or a web address";
            problems.take(&field("telephone"), Err::<(), _>(in_words(words)));
        }
        let read = name.zip(purpose).zip(telephone).zip(email).zip(web).zip(hours);
        let read = read.map(|(((((name, purpose), telephone), email), web), hours)| Service {
            name,
            purpose,
            telephone,
            email,
            web,
            hours,
        });
        problems.unless_any(read)
    }
}

fn name(text: &str) -> std::result::Result<String, Problem> {
    let text = visible(text);
    let fits = (1..=LONGEST_NAME).contains(&text.chars().count());
    if fits { Ok(text) } else { Err(Problem::NameMissing) }
}

fn telephone(text: &str) -> std::result::Result<Option<String>, Problem> {
    Ok(Telephone::read(text)?.map(|number| number.as_str().to_owned()))
}

fn email(text: &str) -> std::result::Result<Option<String>, Problem> {
    let text = visible(text);
    if text.is_empty() {
        return Ok(None);
    }
    EmailAddress::parse(&text).map(|address| Some(address.as_str().to_owned()))
}

fn web(text: &str) -> std::result::Result<Option<String>, Problem> {
    if visible(text).is_empty() {
        return Ok(None);
    }
    link(text).map(|address| Some(address.into()))
}

fn hours(text: &str) -> std::result::Result<Option<String>, Problem> {
    let text = visible(text);
    match text.chars().count() {
        0 => Ok(None),
        1..=LONGEST_HOURS => Ok(Some(text)),
        _ => Err(Problem::TextTooLong),
    }
}
