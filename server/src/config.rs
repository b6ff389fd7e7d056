//! Configuration: environment variables and nothing else. [`TABLE`] is the documentation; `server config` prints it.

use std::{env, fmt, net::SocketAddr, path::PathBuf, str::FromStr};

use domain::accounts::EmailAddress;
use services::{Files, Mailer, accounts::SecondFactor, database, kit::scanner::Scanner};
use sqlx::{postgres::PgPool, types::ipnetwork::IpNetwork};
use url::Url;

/// A setting: its name, its default, and its meaning.
pub struct Setting {
    pub name: &'static str,
    pub default: &'static str,
    pub meaning: &'static str,
    /// Its value is never printed.
    pub secret: bool,
}

const fn setting(name: &'static str, default: &'static str, meaning: &'static str) -> Setting {
    Setting { name, default, meaning, secret: false }
}

const fn secret(name: &'static str, meaning: &'static str) -> Setting {
    Setting { name, default: "", meaning, secret: true }
}

pub const TABLE: [Setting; 22] = [
    setting(
        "APP_ENV",
        "development",
        "`production` or `development`. In production PUBLIC_URL must be https, and no demo is made.",
    ),
    secret(
        "DATABASE_URL",
        "PostgreSQL, as postgres://user:password@host:port/database. Required. Not through a pooler in transaction mode: the server listens for notifications.",
    ),
    setting(
        "DATABASE_CONNECTIONS",
        "20",
        "The most connections that this server opens, and ten more: four for sessions, four for saved answers, one for news, one for new jobs.",
    ),
    setting(
        "APPLICATION_ROLE",
        "",
        "The database role of `server serve` and `server work`, when `server migrate` runs as another one, the owner: it lets this role read and write, and in the audit only read and add.",
    ),
    setting("LISTEN", "127.0.0.1:3000", "Address and port of the site."),
    setting(
        "METRICS_LISTEN",
        "127.0.0.1:3002",
        "Address and port of /metrics, for Prometheus. `off` for none.",
    ),
    setting(
        "PUBLIC_URL",
        "http://127.0.0.1:3000",
        "Where people reach the site: for links in mail, for the check of a form's origin, and for cookies, which are bound to TLS when it is https.",
    ),
    setting(
        "TRUSTED_PROXIES",
        "",
        "Addresses or networks, with commas between, whose X-Forwarded-For is believed. Empty: nobody's.",
    ),
    setting("SITE_ROOT", "target/site", "The folder with the built site: scripts, styles, icons."),
    setting("CONTENT", "content", "The folder that `server content import` reads unless it is told another."),
    secret(
        "SMTP_URL",
        "The mail server, as smtps://user:password@host or smtp://host:25. Empty: mail is written into files.",
    ),
    setting(
        "MAIL_FROM",
        "Health and Education Co-operative <no-reply@localhost.localdomain>",
        "The sender of mail.",
    ),
    setting("MAIL_FOLDER", ".local/mail", "Where mail goes without SMTP_URL."),
    setting(
        "FILES",
        ".local/files",
        "Where the files that people bring are stored: a folder, or s3://bucket/prefix with the variables of AWS (AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY, AWS_REGION, AWS_ENDPOINT). All servers have the same. In backups it goes with the database.",
    ),
    setting(
        "DKIM_KEY_FILE",
        "",
        "A file with the RSA key that signs mail for the domain of MAIL_FROM, in PEM (`openssl genrsa -traditional 2048`). Empty: mail is not signed here.",
    ),
    setting(
        "DKIM_SELECTOR",
        "learning",
        "The name of the public key in DNS: it is at DKIM_SELECTOR._domainkey. and the domain.",
    ),
    setting(
        "SECOND_FACTOR",
        "required",
        "`required`: people with a role set up a second factor before they see anything. `offered`: they may, as learners may. Only for trying the site out: production refuses it.",
    ),
    setting(
        "SUPPORT_CONTACT",
        "",
        "Where people reach support, as an e-mail address or a web address: every page ends with it. Empty: no page names an address.",
    ),
    setting(
        "SCANNER",
        "",
        "Where files for a library are scanned for viruses, by clamav: clamd://host:port or unix:/path. Empty: nowhere. While it does not answer, no file is taken.",
    ),
    setting(
        "JOBS",
        "on",
        "`on`: `server serve` does jobs and sends mail too. `off`: a process of its own does, `server work`, with a METRICS_LISTEN of its own.",
    ),
    setting(
        "LOG",
        "info",
        "What is logged, as tracing-subscriber's EnvFilter reads it: `warn`, `info,sqlx=debug`.",
    ),
    setting("LOG_FORMAT", "text", "`text` for people, `json` for machines: one object a line."),
];

#[derive(Debug, Clone)]
pub struct Config {
    pub production: bool,
    pub database_url: String,
    pub database_connections: u32,
    pub application_role: Option<String>,
    pub listen: SocketAddr,
    pub metrics_listen: Option<SocketAddr>,
    pub public_url: Url,
    pub trusted_proxies: Vec<IpNetwork>,
    pub site_root: PathBuf,
    pub content: PathBuf,
    pub smtp_url: Option<String>,
    pub mail_from: String,
    pub mail_folder: PathBuf,
    pub files: String,
    pub dkim_key_file: Option<PathBuf>,
    pub dkim_selector: String,
    pub second_factor: SecondFactor,
    pub support_contact: String,
    pub scanner: Scanner,
    pub jobs: bool,
    pub log: String,
    pub log_json: bool,
}

/// An unusable setting, and why.
#[derive(Debug, thiserror::Error)]
#[error("{name} is {value:?}: {why}. It means: {meaning}")]
pub struct ConfigError {
    name: &'static str,
    value: String,
    why: String,
    meaning: &'static str,
}

impl Config {
    /// # Errors
    /// The first unusable setting.
    pub fn from_env() -> Result<Self, ConfigError> {
        Self::read(|name| env::var(name).ok())
    }

    /// Reads settings from any source.
    ///
    /// # Errors
    /// The first unusable setting.
    pub fn read(lookup: impl Fn(&str) -> Option<String>) -> Result<Self, ConfigError> {
        let read = Reader { lookup };
        let config = Self {
            production: read.with("APP_ENV", |text| match text {
                "production" => Ok(true),
                "development" => Ok(false),
                _ => Err("say production or development"),
            })?,
            database_url: read.with("DATABASE_URL", |text| match text {
                "" => Err("it must be set"),
                text => Ok(text.to_owned()),
            })?,
            database_connections: read.parsed("DATABASE_CONNECTIONS")?,
            application_role: read.with("APPLICATION_ROLE", |role| {
                match role.contains(char::is_whitespace) {
                    true => Err("it is the name of one role"),
                    false => Ok(Some(role.to_owned()).filter(|role| !role.is_empty())),
                }
            })?,
            listen: read.parsed("LISTEN")?,
            metrics_listen: match read.text("METRICS_LISTEN").as_str() {
                "off" => None,
                _ => Some(read.parsed("METRICS_LISTEN")?),
            },
            public_url: read.parsed("PUBLIC_URL")?,
            trusted_proxies: read.with("TRUSTED_PROXIES", |text| {
                text.split(',')
                    .map(str::trim)
                    .filter(|part| !part.is_empty())
                    .map(str::parse)
                    .collect::<Result<_, _>>()
            })?,
            site_root: read.text("SITE_ROOT").into(),
            content: read.text("CONTENT").into(),
            smtp_url: Some(read.text("SMTP_URL")).filter(|url| !url.is_empty()),
            mail_from: read.text("MAIL_FROM"),
            mail_folder: read.text("MAIL_FOLDER").into(),
            files: read.with("FILES", |text| match text {
                "" => Err("say a folder, or s3:// and a bucket"),
                text => Ok(text.to_owned()),
            })?,
            dkim_key_file: Some(read.text("DKIM_KEY_FILE")).filter(|file| !file.is_empty()).map(Into::into),
            dkim_selector: read.text("DKIM_SELECTOR"),
            second_factor: read.with("SECOND_FACTOR", |text| match text {
                "required" => Ok(SecondFactor::Required),
                "offered" => Ok(SecondFactor::Offered),
                _ => Err("say required or offered"),
            })?,
            support_contact: read.with("SUPPORT_CONTACT", |text| {
                let web = Url::parse(text).is_ok_and(|address| matches!(address.scheme(), "http" | "https"));
                match text.is_empty() || web || EmailAddress::parse(text).is_ok() {
                    true => Ok(text.to_owned()),
                    false => Err("it is an e-mail address, or a web address that begins with https://"),
                }
            })?,
            scanner: read.with("SCANNER", Scanner::parse)?,
            jobs: read.with("JOBS", |text| match text {
                "on" => Ok(true),
                "off" => Ok(false),
                _ => Err("say on or off"),
            })?,
            log: read.text("LOG"),
            log_json: read.with("LOG_FORMAT", |text| match text {
                "json" => Ok(true),
                "text" => Ok(false),
                _ => Err("say text or json"),
            })?,
        };
        if config.production && !config.tls() {
            return Err(read.error("PUBLIC_URL", "in production it must start with https://"));
        }
        if config.production && config.second_factor == SecondFactor::Offered {
            return Err(read.error("SECOND_FACTOR", "in production it must be required"));
        }
        Ok(config)
    }

    /// Whether people reach the site over TLS.
    pub fn tls(&self) -> bool {
        self.public_url.scheme() == "https"
    }

    /// # Errors
    /// When DATABASE_URL cannot be read.
    pub fn pool(&self) -> Result<PgPool, sqlx::Error> {
        database::pool(&self.database_url, self.database_connections)
    }

    /// # Errors
    /// When FILES is unusable.
    pub fn files(&self) -> services::Result<Files> {
        Files::from_setting(&self.files)
            .map_err(|error| services::Error::failed(format!("FILES {}: {error}", self.files)))
    }

    /// # Errors
    /// When the mail settings are unusable.
    pub fn mailer(&self) -> services::Result<Mailer> {
        let mailer = match &self.smtp_url {
            Some(url) => Mailer::smtp(url, &self.mail_from),
            None => Mailer::files(self.mail_folder.clone(), &self.mail_from),
        }?;
        let Some(file) = &self.dkim_key_file else { return Ok(mailer) };
        let key = std::fs::read_to_string(file)
            .map_err(|error| services::Error::failed(format!("DKIM_KEY_FILE {}: {error}", file.display())))?;
        mailer.signing(&self.dkim_selector, &key)
    }
}

struct Reader<L> {
    lookup: L,
}

impl<L: Fn(&str) -> Option<String>> Reader<L> {
    fn setting(name: &str) -> &'static Setting {
        // Every name that is read is in the table; a test reads them all.
        TABLE.iter().find(|setting| setting.name == name).unwrap_or(&TABLE[0])
    }

    fn text(&self, name: &str) -> String {
        (self.lookup)(name).unwrap_or_else(|| Self::setting(name).default.to_owned())
    }

    fn parsed<T: FromStr<Err: fmt::Display>>(&self, name: &'static str) -> Result<T, ConfigError> {
        self.with(name, str::parse)
    }

    fn with<T, E: fmt::Display>(
        &self,
        name: &'static str,
        read: impl FnOnce(&str) -> Result<T, E>,
    ) -> Result<T, ConfigError> {
        read(self.text(name).trim()).map_err(|why| self.error(name, why))
    }

    fn error(&self, name: &'static str, why: impl fmt::Display) -> ConfigError {
        let setting = Self::setting(name);
        let value = if setting.secret { "…".to_owned() } else { self.text(name) };
        ConfigError { name, value, why: why.to_string(), meaning: setting.meaning }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn with(settings: &'static [(&str, &str)]) -> Result<Config, ConfigError> {
        Config::read(|name| {
            settings.iter().find(|(set, _)| *set == name).map(|(_, value)| (*value).to_owned())
        })
    }

    const DATABASE: (&str, &str) = ("DATABASE_URL", "postgres://localhost/learning");

    #[test]
    fn an_unusable_setting_is_named() {
        for (settings, name) in [
            (&[][..], "DATABASE_URL"),
            (&[DATABASE, ("LISTEN", "localhost")], "LISTEN"),
            (&[DATABASE, ("APP_ENV", "prod")], "APP_ENV"),
            (&[DATABASE, ("TRUSTED_PROXIES", "10.0.0.0/33")], "TRUSTED_PROXIES"),
            (&[DATABASE, ("JOBS", "yes")], "JOBS"),
            (&[DATABASE, ("FILES", "")], "FILES"),
            (&[DATABASE, ("APPLICATION_ROLE", "learning, owner")], "APPLICATION_ROLE"),
            (&[DATABASE, ("SECOND_FACTOR", "off")], "SECOND_FACTOR"),
            (&[DATABASE, ("SUPPORT_CONTACT", "javascript:alert(1)")], "SUPPORT_CONTACT"),
            (&[DATABASE, ("SUPPORT_CONTACT", "the help desk")], "SUPPORT_CONTACT"),
            (&[DATABASE, ("SCANNER", "scan:3310")], "SCANNER"),
            (&[DATABASE, ("APP_ENV", "production")], "PUBLIC_URL"),
            (
                &[
                    DATABASE,
                    ("APP_ENV", "production"),
                    ("PUBLIC_URL", "https://learning.example"),
                    ("SECOND_FACTOR", "offered"),
                ],
                "SECOND_FACTOR",
            ),
        ] {
            let error = with(settings).unwrap_err().to_string();
            assert!(error.starts_with(name), "{error}");
        }
    }

    #[test]
    fn defaults_are_enough_for_a_developer() {
        let config = with(&[DATABASE]).unwrap();
        assert!(!config.production && !config.tls() && config.smtp_url.is_none());
        assert_eq!(config.second_factor, SecondFactor::Required);
        assert_eq!(config.application_role, None);
    }

    #[test]
    fn secrets_stay_out_of_errors() {
        let error = Reader { lookup: |_: &str| Some("postgres://user:hunter2@host".to_owned()) }
            .error("DATABASE_URL", "x");
        assert!(!error.to_string().contains("hunter2"));
    }
}
