//! The commands about people, their roles, their organisations and the areas of NMP Zone. They check no permission: who may run them may do everything.

use std::io::{Write, stdout};

use clap::Subcommand;
use domain::{
    accounts::EmailAddress,
    learning::Slug,
    zone::joining::{AdmittedDomain, NO_AREA},
};
use services::{
    Services, accounts,
    organisations::{self, NewOrganisation},
    support::{self, RoleToGive},
    zone::{self, NewArea},
};

use super::Outcome;

#[derive(Subcommand)]
pub(super) enum RolesCommand {
    /// Give a role to a person. They belong to its organisation then. A person without an account gets a mail in which they agree to one.
    Give {
        #[arg(long)]
        email: String,
        /// Their name, for an address that nobody has yet.
        #[arg(long)]
        name: Option<String>,
        /// organisation-administrator, cohort-tutor, paper-setter, zone-lead (for somebody who has applied to the area) or support.
        #[arg(long)]
        role: String,
        /// The id of the organisation, of the cohort or of the area; left out for support.
        #[arg(long)]
        of: Option<String>,
        /// Why they have it: it is kept with the role.
        #[arg(long)]
        reason: String,
        /// Your name, which is kept with it.
        #[arg(long)]
        by: String,
    },
    /// Take back a role that a person holds.
    TakeBack {
        #[arg(long)]
        email: String,
        /// organisation-administrator, cohort-tutor, paper-setter, zone-lead or support.
        #[arg(long)]
        role: String,
        /// The id of the organisation, of the cohort or of the area; left out for support.
        #[arg(long)]
        of: Option<String>,
        /// Why it is taken back: it is kept in the audit.
        #[arg(long)]
        reason: String,
        /// Your name, which is kept with it.
        #[arg(long)]
        by: String,
    },
}

/// A name without what cannot be seen.
pub(super) fn named(argument: &str, text: &str) -> Result<String, String> {
    let name = domain::visible(text);
    if (1..=200).contains(&name.chars().count()) {
        Ok(name)
    } else {
        Err(format!("{argument}: {}", domain::Problem::NameMissing.message()))
    }
}

pub(super) async fn create_organisation(services: &Services, new: NewOrganisation<'_>) -> Outcome {
    organisations::create_organisation(services, new).await?;
    writeln!(
        stdout(),
        "{} is at {}/organisation/{} now, and {} gets a mail to open their account, if they have none.",
        new.name,
        services.public_url,
        new.slug,
        new.administrator.as_str()
    )?;
    Ok(())
}

/// `public` is the name and the aim, as typed, and `admits` the domains.
pub(super) async fn create_zone_area(
    services: &Services,
    slug: &str,
    public: (&str, &str),
    admits: &[String],
) -> Outcome {
    let slug = Slug::parse(slug).map_err(|error| format!("--slug: {error}"))?;
    if NO_AREA.contains(&slug.as_str()) {
        return Err("--slug: a page about all areas has this name. Choose another one".into());
    }
    let (name, aim) = (named("--name", public.0)?, domain::visible(public.1));
    if !(1..=500).contains(&aim.chars().count()) {
        return Err("--aim: say what the area is for, in at most 500 characters".into());
    }
    let domains = admits.iter().map(|typed| {
        AdmittedDomain::parse_new(typed).map_err(|problem| format!("--admits {typed}: {}", problem.message()))
    });
    let domains = domains.collect::<Result<Vec<_>, _>>()?;
    let new = NewArea { slug: &slug, name: &name, aim: &aim };
    let area = zone::leading::create_area(services, new, &domains).await;
    let Some(area) = area.map_err(in_words)? else {
        return Err("--slug: there is an area with this name in its addresses; nothing was changed".into());
    };
    writeln!(
        stdout(),
        "{name} is at {}/zone/{slug}/join now. Its id, for `server roles give`, is {area}.",
        services.public_url
    )?;
    Ok(())
}

pub(super) async fn roles(services: &Services, command: RolesCommand) -> Outcome {
    // As the page of a person names a role.
    let key = |role: String, of: Option<String>| of.map_or_else(|| role.clone(), |of| format!("{role}/{of}"));
    let address =
        |email: &str| EmailAddress::parse(email).map_err(|problem| format!("--email: {}", problem.message()));
    match command {
        RolesCommand::Give { email, name, role, of, reason, by } => {
            let (email, by) = (address(&email)?, named("--by", &by)?);
            let name = name.map(|name| named("--name", &name)).transpose()?;
            let role = key(role, of);
            let new =
                RoleToGive { email: &email, name: name.as_deref(), role: &role, reason: &reason, by: &by };
            let given = support::give_by_command_line(services, new).await.map_err(in_words)?;
            let said = if given {
                "has this role now, and gets a mail to open their account, if they have none"
            } else {
                "has this role already: its reason was not changed"
            };
            writeln!(stdout(), "{} {said}.", email.as_str())?;
        }
        RolesCommand::TakeBack { email, role, of, reason, by } => {
            let (email, by) = (address(&email)?, named("--by", &by)?);
            let role = key(role, of);
            let taken = support::take_back_by_command_line(services, &email, &role, &reason, &by).await;
            if !taken.map_err(in_words)? {
                return Err("nobody with this address holds this role; nothing was changed".into());
            }
            writeln!(stdout(), "{} does not hold this role any more.", email.as_str())?;
        }
    }
    Ok(())
}

/// Why nothing was done: each wrong argument by its name.
fn in_words(error: services::Error) -> String {
    match error {
        services::Error::Invalid(fields) => {
            let problems =
                fields.iter().map(|field| format!("--{}: {}", field.field, field.problem.message()));
            problems.collect::<Vec<_>>().join("\n")
        }
        error => error.to_string(),
    }
}

pub(super) async fn create_admin(services: &Services, email: &str, name: &str, reason: &str) -> Outcome {
    let email = EmailAddress::parse(email).map_err(|problem| problem.message())?;
    accounts::create_admin(services, &email, &domain::visible(name), reason).await?;
    writeln!(
        stdout(),
        "{} belongs to staff now, and gets a mail to open their account, if they have none.",
        email.as_str()
    )?;
    Ok(())
}

pub(super) async fn end_second_factor(services: &Services, email: &str, reason: &str, by: &str) -> Outcome {
    let email = EmailAddress::parse(email).map_err(|problem| problem.message())?;
    let ended = support::end_second_factor_by_command_line(services, &email, reason, by).await;
    let ended = ended.map_err(|error| match error {
        services::Error::NotFound => "--email: nobody has this address".to_owned(),
        error => in_words(error),
    })?;
    let said = if ended {
        "has no second factor any more, is signed out everywhere, and is told so by mail"
    } else {
        "has no second factor: nothing was changed"
    };
    writeln!(stdout(), "{} {said}.", email.as_str())?;
    Ok(())
}
