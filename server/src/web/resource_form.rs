//! `POST /zone-resources?area={slug}`: a link or a file for the library of an area; with `&resource={id}` a version of what is there.

use app::zone::RESOURCE_PATH;
use domain::{
    learning::Slug,
    zone::resources::{MOST_CAPTION_BYTES, MOST_VIDEO_BYTES, ResourceId},
};
use serde::Deserialize;
use services::{
    Error, Result, Services,
    accounts::Actor,
    zone::resources::{self, NewVersion, Said},
};

use super::file_forms::{FileForm, Sent};

/// The form, in an area.
pub(super) struct ResourceForm {
    area: Slug,
    /// Of a version: what it is a version of.
    resource: Option<ResourceId>,
}

#[derive(Deserialize)]
pub(super) struct Asked {
    #[serde(default)]
    area: String,
    #[serde(default)]
    resource: String,
}

impl FileForm for ResourceForm {
    const PATH: &'static str = RESOURCE_PATH;
    const FILES: &'static [(&'static str, usize)] =
        &[("file", MOST_VIDEO_BYTES), ("captions", MOST_CAPTION_BYTES)];
    const TEXTS: &'static [&'static str] =
        &["title", "purpose", "owner", "review_on", "url", "alt", "captions_language", "change"];
    type Asked = Asked;

    fn of(asked: &Asked) -> Option<Self> {
        let resource = match asked.resource.as_str() {
            "" => None,
            id => Some(id.parse().ok()?),
        };
        Some(Self { area: Slug::parse(&asked.area).ok()?, resource })
    }

    fn page(&self) -> String {
        let library = format!("/zone/{}/resources", self.area);
        match self.resource {
            Some(resource) => format!("{library}/{resource}"),
            None => library,
        }
    }

    async fn allowed(&self, services: &Services, actor: &Actor) -> Result<()> {
        resources::may_add(services, actor, &self.area, self.resource).await
    }

    fn too_large() -> Error {
        resources::too_large()
    }

    fn too_many_at_once() -> Error {
        resources::too_many_at_once()
    }

    async fn take(&self, services: &Services, actor: &Actor, mut sent: Sent) -> Result<String> {
        let (area, form) = (&self.area, sent.form);
        let (file, captions) = (sent.file("file").bytes, sent.file("captions").bytes);
        let language = sent.text("captions_language");
        let new = NewVersion { url: sent.text("url"), file, captions, language, alt: sent.text("alt") };
        let done = match self.resource {
            Some(resource) => {
                let change = sent.text("change");
                let added =
                    resources::add_version(services, actor, area, resource, &change, new, form).await?;
                if added.suggested { "suggested" } else { "version" }
            }
            None => {
                let said = Said {
                    title: sent.text("title"),
                    purpose: sent.text("purpose"),
                    owner: sent.text("owner"),
                    review_on: sent.text("review_on"),
                };
                let added = resources::add(services, actor, area, said, new, form).await?;
                if added.suggested { "suggested" } else { "added" }
            }
        };
        Ok(format!("{}?done={done}", self.page()))
    }
}
