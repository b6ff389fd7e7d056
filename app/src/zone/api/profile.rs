//! What members say of themselves, and their pictures. How a picture arrives is in `server/src/web/pictures.rs`.

use domain::zone::profile::{MemberPage, ProfilePage, ProfileTyped};
use leptos::prelude::*;

use crate::kit::api::{ApiError, Wire};
#[cfg(feature = "ssr")]
use {
    super::id,
    crate::kit::api::{answer, request, slug, unfinished},
    leptos_axum::redirect,
    services::zone,
};

#[server(prefix = "/api", endpoint = "zone/load_member", protocol = Wire)]
pub async fn load_member(area: String, member: String) -> Result<MemberPage, ApiError> {
    let request = request()?;
    let (actor, area) = (request.actor()?, slug(&request, &area)?);
    let member = id(&request, &member)?;
    answer(&request, zone::profile::member_page(&request.services, actor, &area, member).await)
}

#[server(prefix = "/api", endpoint = "zone/load_profile", protocol = Wire)]
pub async fn load_profile(area: String) -> Result<ProfilePage, ApiError> {
    let request = request()?;
    let (actor, area) = (request.actor()?, slug(&request, &area)?);
    answer(&request, zone::profile::profile_page(&request.services, actor, &area).await)
}

/// `act` is the button: the one that shows what others would see saves nothing, and says `preview`.
#[server(prefix = "/api", endpoint = "zone/save_profile")]
pub async fn save_profile(
    area: String,
    #[server(default)] act: String,
    #[server(flatten)] profile: ProfileTyped,
) -> Result<(), ApiError> {
    let request = request()?;
    let (actor, area) = (request.actor()?, slug(&request, &area)?);
    if act == "preview" {
        answer(&request, zone::profile::preview(&request.services, actor, &area, &profile).await)?;
        return Err(unfinished(&request));
    }
    answer(&request, zone::profile::save(&request.services, actor, &area, &profile).await)?;
    redirect(&format!("/zone/{area}/profile?done=saved"));
    Ok(())
}

#[server(prefix = "/api", endpoint = "zone/remove_picture")]
pub async fn remove_picture(area: String) -> Result<(), ApiError> {
    let request = request()?;
    let (actor, area) = (request.actor()?, slug(&request, &area)?);
    answer(&request, zone::pictures::remove(&request.services, actor, &area).await)?;
    redirect(&format!("/zone/{area}/profile?done=picture-removed"));
    Ok(())
}
