//! `POST /uploads?organisation={slug}`: a file of people.

use app::organisations::UPLOAD_PATH;
use domain::learning::Slug;
use serde::Deserialize;
use services::{
    Error, Result, Services,
    accounts::Actor,
    organisations::{self, NewUpload},
};

use super::file_forms::{FileForm, Sent};

/// The form, of an organisation.
pub(super) struct Upload(Slug);

#[derive(Deserialize)]
pub(super) struct Asked {
    #[serde(default)]
    organisation: String,
}

impl FileForm for Upload {
    const PATH: &'static str = UPLOAD_PATH;
    const FILES: &'static [(&'static str, usize)] = &[("file", organisations::MOST_BYTES)];
    const TEXTS: &'static [&'static str] = &["attested"];
    type Asked = Asked;

    fn of(asked: &Asked) -> Option<Self> {
        Slug::parse(&asked.organisation).ok().map(Self)
    }

    fn page(&self) -> String {
        format!("/organisation/{}/uploads", self.0)
    }

    async fn allowed(&self, services: &Services, actor: &Actor) -> Result<()> {
        organisations::may_upload(services, actor, &self.0).await
    }

    fn too_large() -> Error {
        organisations::too_large()
    }

    fn too_many_at_once() -> Error {
        organisations::too_many_at_once()
    }

    async fn take(&self, services: &Services, actor: &Actor, mut sent: Sent) -> Result<String> {
        let attested = sent.text("attested") == "true";
        let file = sent.file("file");
        let new = NewUpload { file_name: file.name, bytes: file.bytes, attested };
        let upload = organisations::start_upload(services, actor, &self.0, new).await?;
        Ok(format!("{}/{upload}", self.page()))
    }
}
