//! How an account is opened: by an invitation, or by registering; and how its person closes it.

use domain::accounts::{ActivationPage, RegistrationPage};
use leptos::prelude::*;

use crate::kit::api::{ApiError, Wire};
#[cfg(feature = "ssr")]
use {
    crate::kit::api::{Form, answer, request},
    domain::{
        accounts::{EmailAddress, GivenConsent, NewPassword, Password, PersonName},
        organisations::SponsorCode,
    },
    leptos_axum::redirect,
    services::accounts,
};

/// Who is invited by a link, and by whom; not found when the link no longer works.
#[server(prefix = "/api", endpoint = "accounts/load_activation", protocol = Wire)]
pub async fn load_activation(token: String) -> Result<ActivationPage, ApiError> {
    let request = request()?;
    answer(&request, accounts::activation_page(&request.services, &token).await)
}

/// Opens the account of an invited person, with their consent. `policy` is the version that the form has shown.
#[server(prefix = "/api", endpoint = "accounts/activate")]
pub async fn activate(
    token: String,
    #[server(default)] policy: String,
    #[server(default)] consent: bool,
    #[server(default)] new_password: String,
) -> Result<(), ApiError> {
    let request = request()?;
    let mut form = Form::new(&request);
    let consent = form.field("consent", GivenConsent::parse(consent, &policy));
    let new = form.field("new_password", NewPassword::parse(&new_password));
    let (Some(consent), Some(new)) = (consent, new) else { return Err(form.refused()) };
    let opened = accounts::activate(&request.services, &token, consent, &new, request.visitor()).await;
    request.set_device_cookie(&answer(&request, opened)?);
    redirect("/activate/done");
    Ok(())
}

/// Stops the reminders of an invitation. The reply is the same for a token that nobody has.
#[server(prefix = "/api", endpoint = "accounts/stop_reminders")]
pub async fn stop_reminders(token: String) -> Result<(), ApiError> {
    let request = request()?;
    answer(&request, accounts::stop_reminders(&request.services, &token).await)?;
    redirect("/stop-reminders/done");
    Ok(())
}

/// Sends a link that makes an account for this address, if it has none. The reply is the same either way.
#[server(prefix = "/api", endpoint = "accounts/register")]
pub async fn register(
    #[server(default)] name: String,
    #[server(default)] email: String,
    #[server(default)] new_password: String,
    #[server(default)] policy: String,
    #[server(default)] consent: bool,
    #[server(default)] sponsor_code: String,
) -> Result<(), ApiError> {
    let request = request()?;
    let mut form = Form::new(&request);
    let name = form.field("name", PersonName::parse(&name));
    let email = form.field("email", EmailAddress::parse(&email));
    let password = form.field("new_password", NewPassword::parse(&new_password));
    let sponsor_code = form.field("sponsor_code", SponsorCode::parse_if_typed(&sponsor_code));
    let consent = form.field("consent", GivenConsent::parse(consent, &policy));
    let (Some(name), Some(email), Some(password), Some(sponsor_code), Some(consent)) =
        (name, email, password, sponsor_code, consent)
    else {
        return Err(form.refused());
    };
    let from = request.visitor();
    let form = accounts::Registration { name, email, password, consent, sponsor_code, area: None, from };
    answer(&request, accounts::register(&request.services, form).await)?;
    redirect("/register/sent");
    Ok(())
}

/// Whose address a link proves; not found when the link no longer works.
#[server(prefix = "/api", endpoint = "accounts/load_registration", protocol = Wire)]
pub async fn load_registration(token: String) -> Result<RegistrationPage, ApiError> {
    let request = request()?;
    answer(&request, accounts::registration_page(&request.services, &token).await)
}

/// Makes the account of a person who registered, with the link from the e-mail and the password of the form. `zone` is whether the form has
/// said that they apply to an area of NMP Zone, which decides nothing but the next page.
#[server(prefix = "/api", endpoint = "accounts/confirm_registration")]
pub async fn confirm_registration(
    token: String,
    #[server(default)] password: String,
    #[server(default)] zone: bool,
) -> Result<(), ApiError> {
    let request = request()?;
    let mut form = Form::new(&request);
    let Some(password) = form.field("password", Password::parse(&password)) else {
        return Err(form.refused());
    };
    let opened =
        accounts::confirm_registration(&request.services, &token, &password, request.visitor()).await;
    let opened = answer(&request, opened)?;
    request.set_device_cookie(&opened.device);
    match &opened.sponsor_code {
        Some(code) => redirect(&format!("/register/done?code={}", code.shown())),
        None if zone => redirect("/register/done?zone=true"),
        None => redirect("/register/done"),
    }
    Ok(())
}

/// Withdraws the consent of the signed-in person: their account is closed.
#[server(prefix = "/api", endpoint = "accounts/withdraw_consent")]
pub async fn withdraw_consent() -> Result<(), ApiError> {
    let request = request()?;
    let actor = request.actor()?;
    answer(&request, accounts::withdraw_consent(&request.services, actor).await)?;
    request.remove_session_cookies();
    redirect("/consent-withdrawn");
    Ok(())
}
