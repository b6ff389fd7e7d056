//! How somebody becomes a member of an area, leads it, and leaves.

use domain::zone::joining::{Applications, AreaHome, Areas, JoinArea, LeaveZone, LeavingArea};
use leptos::prelude::*;

use crate::kit::api::{ApiError, Wire};
#[cfg(feature = "ssr")]
use {
    super::id,
    crate::kit::api::{Form, answer, request, slug},
    domain::{
        accounts::{EmailAddress, GivenConsent, NewPassword, PersonName},
        zone::{
            MemberId,
            joining::{AcceptedCode, AdmittedDomain, Standing},
        },
    },
    leptos_axum::redirect,
    services::{accounts, zone},
};

/// All areas, with the reader's own standing. For visitors too.
#[server(prefix = "/api", endpoint = "zone/load_areas", protocol = Wire)]
pub async fn load_areas() -> Result<Areas, ApiError> {
    let request = request()?;
    answer(&request, zone::joining::areas_page(&request.services, request.actor.as_ref()).await)
}

/// For visitors too.
#[server(prefix = "/api", endpoint = "zone/load_join", protocol = Wire)]
pub async fn load_join(area: String) -> Result<JoinArea, ApiError> {
    let request = request()?;
    let area = slug(&request, &area)?;
    answer(&request, zone::joining::join_page(&request.services, request.actor.as_ref(), &area).await)
}

/// The signed-in person applies. `code_version` is the version of the code of conduct that the form has shown, and `code` whether they
/// accept it, here and below.
#[server(prefix = "/api", endpoint = "zone/apply")]
pub async fn apply(
    area: String,
    #[server(default)] code_version: String,
    #[server(default)] code: bool,
) -> Result<(), ApiError> {
    let request = request()?;
    let (actor, area) = (request.actor()?, slug(&request, &area)?);
    let mut form = Form::new(&request);
    let code = form.field("code", AcceptedCode::parse(code, &code_version));
    let Some(code) = code else { return Err(form.refused()) };
    let standing = zone::joining::apply(&request.services, actor, &area, code).await;
    match answer(&request, standing)? {
        Standing::Member => redirect(&format!("/zone/{area}")),
        Standing::Waiting | Standing::Refused | Standing::Removed => redirect("/zone?done=applied"),
    }
    Ok(())
}

/// A visitor registers, and applies when their address is proven. The reply is the same for an address with an account.
#[server(prefix = "/api", endpoint = "zone/register")]
pub async fn register_and_apply(
    area: String,
    #[server(default)] name: String,
    #[server(default)] email: String,
    #[server(default)] new_password: String,
    #[server(default)] policy: String,
    #[server(default)] consent: bool,
    #[server(default)] code_version: String,
    #[server(default)] code: bool,
) -> Result<(), ApiError> {
    let request = request()?;
    let area = slug(&request, &area)?;
    let mut form = Form::new(&request);
    let name = form.field("name", PersonName::parse(&name));
    let email = form.field("email", EmailAddress::parse(&email));
    let password = form.field("new_password", NewPassword::parse(&new_password));
    let consent = form.field("consent", GivenConsent::parse(consent, &policy));
    let code = form.field("code", AcceptedCode::parse(code, &code_version));
    let (Some(name), Some(email), Some(password), Some(consent), Some(code)) =
        (name, email, password, consent, code)
    else {
        return Err(form.refused());
    };
    let (area, from) = (Some((area, code)), request.visitor());
    let form = accounts::Registration { name, email, password, consent, sponsor_code: None, area, from };
    answer(&request, accounts::register(&request.services, form).await)?;
    redirect("/register/sent");
    Ok(())
}

/// The signed-in person takes their application back.
#[server(prefix = "/api", endpoint = "zone/withdraw_application")]
pub async fn withdraw_application(area: String) -> Result<(), ApiError> {
    let request = request()?;
    let (actor, area) = (request.actor()?, slug(&request, &area)?);
    answer(&request, zone::joining::withdraw_application(&request.services, actor, &area).await)?;
    redirect("/zone?done=withdrawn");
    Ok(())
}

#[server(prefix = "/api", endpoint = "zone/load_area", protocol = Wire)]
pub async fn load_area(area: String) -> Result<AreaHome, ApiError> {
    let request = request()?;
    let (actor, area) = (request.actor()?, slug(&request, &area)?);
    answer(&request, zone::home::area_home(&request.services, actor, &area).await)
}

/// `end` is the member whose membership the page offers to end, or nothing.
#[server(prefix = "/api", endpoint = "zone/load_applications", protocol = Wire)]
pub async fn load_applications(
    area: String,
    #[server(default)] end: String,
) -> Result<Applications, ApiError> {
    let request = request()?;
    let (actor, area) = (request.actor()?, slug(&request, &area)?);
    let ending = end.parse().ok();
    answer(&request, zone::leading::applications_page(&request.services, actor, &area, ending).await)
}

#[server(prefix = "/api", endpoint = "zone/approve")]
pub async fn approve(area: String, member: String) -> Result<(), ApiError> {
    let request = request()?;
    let (actor, area) = (request.actor()?, slug(&request, &area)?);
    let member: MemberId = id(&request, &member)?;
    answer(&request, zone::leading::approve(&request.services, actor, &area, member).await)?;
    redirect(&format!("/zone/{area}/applications?done=approved&of={member}"));
    Ok(())
}

/// The applicant reads `reason`.
#[server(prefix = "/api", endpoint = "zone/refuse")]
pub async fn refuse(area: String, member: String, #[server(default)] reason: String) -> Result<(), ApiError> {
    let request = request()?;
    let (actor, area) = (request.actor()?, slug(&request, &area)?);
    let member: MemberId = id(&request, &member)?;
    answer(&request, zone::leading::refuse(&request.services, actor, &area, member, &reason).await)?;
    redirect(&format!("/zone/{area}/applications?done=refused&of={member}"));
    Ok(())
}

/// Ends a membership. The person reads `end_reason`.
#[server(prefix = "/api", endpoint = "zone/remove_member")]
pub async fn remove_member(
    area: String,
    member: String,
    #[server(default)] end_reason: String,
) -> Result<(), ApiError> {
    let request = request()?;
    let (actor, area) = (request.actor()?, slug(&request, &area)?);
    let member: MemberId = id(&request, &member)?;
    answer(&request, zone::leading::remove(&request.services, actor, &area, member, &end_reason).await)?;
    redirect(&format!("/zone/{area}/applications?done=removed&of={member}"));
    Ok(())
}

#[server(prefix = "/api", endpoint = "zone/admit_domain")]
pub async fn admit_domain(area: String, #[server(default)] domain: String) -> Result<(), ApiError> {
    let request = request()?;
    let (actor, area) = (request.actor()?, slug(&request, &area)?);
    let mut form = Form::new(&request);
    let Some(domain) = form.field("domain", AdmittedDomain::parse_new(&domain)) else {
        return Err(form.refused());
    };
    answer(&request, zone::leading::admit_domain(&request.services, actor, &area, &domain).await)?;
    redirect(&format!("/zone/{area}/applications?done=admits&of={}", domain.as_str()));
    Ok(())
}

#[server(prefix = "/api", endpoint = "zone/drop_domain")]
pub async fn drop_domain(area: String, #[server(default)] dropped: String) -> Result<(), ApiError> {
    let request = request()?;
    let (actor, area) = (request.actor()?, slug(&request, &area)?);
    let mut form = Form::new(&request);
    let Some(domain) = form.field("domain", AdmittedDomain::parse(&dropped)) else {
        return Err(form.refused());
    };
    answer(&request, zone::leading::drop_domain(&request.services, actor, &area, &domain).await)?;
    redirect(&format!("/zone/{area}/applications?done=dropped&of={}", domain.as_str()));
    Ok(())
}

#[server(prefix = "/api", endpoint = "zone/load_leave", protocol = Wire)]
pub async fn load_leave(area: String) -> Result<LeavingArea, ApiError> {
    let request = request()?;
    let (actor, area) = (request.actor()?, slug(&request, &area)?);
    answer(&request, zone::leaving::leave_page(&request.services, actor, &area).await)
}

#[server(prefix = "/api", endpoint = "zone/leave_area")]
pub async fn leave_area(area: String) -> Result<(), ApiError> {
    let request = request()?;
    let (actor, area) = (request.actor()?, slug(&request, &area)?);
    answer(&request, zone::leaving::leave(&request.services, actor, &area).await)?;
    redirect("/zone/left");
    Ok(())
}

#[server(prefix = "/api", endpoint = "zone/load_leave_zone", protocol = Wire)]
pub async fn load_leave_zone() -> Result<LeaveZone, ApiError> {
    let request = request()?;
    answer(&request, zone::leaving::leave_zone_page(&request.services, request.actor()?).await)
}

/// Leaves every area.
#[server(prefix = "/api", endpoint = "zone/leave_zone")]
pub async fn leave_every_area() -> Result<(), ApiError> {
    let request = request()?;
    let actor = request.actor()?;
    answer(&request, zone::leaving::leave_zone(&request.services, actor).await)?;
    redirect("/zone/left");
    Ok(())
}
