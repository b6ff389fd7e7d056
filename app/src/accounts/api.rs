//! The server functions of the accounts area.

mod opening;
mod second_factor;
#[cfg(feature = "ssr")]
mod way;

pub use opening::{
    Activate, ConfirmRegistration, LoadActivation, LoadRegistration, Register, StopReminders,
    WithdrawConsent, activate, confirm_registration, load_activation, load_registration, register,
    stop_reminders, withdraw_consent,
};
pub use second_factor::{
    ConfirmSecondFactor, EnterCode, KeepRecoveryCodes, LoadSecondFactor, MoveSecondFactor, NewRecoveryCodes,
    StartSecondFactor, TurnOffSecondFactor, confirm_second_factor, enter_code, keep_recovery_codes,
    load_second_factor, move_second_factor, new_recovery_codes, start_second_factor, turn_off_second_factor,
};

use domain::accounts::AccountPage;
use leptos::prelude::*;

use crate::kit::api::{ApiError, Wire};
#[cfg(feature = "ssr")]
use {
    crate::kit::{
        api::{Form, answer, request},
        display::{COLOURS, Display, TEXT_SIZES, one_of},
    },
    domain::accounts::{EmailAddress, NewPassword, Password},
    leptos_axum::redirect,
    services::accounts::{self, Needs},
    way::{local_path, on_the_way},
};

/// Signs in and goes on to `next`, or to the start. The page that asks for the second factor comes before it.
#[server(prefix = "/api", endpoint = "accounts/sign_in")]
pub async fn sign_in(
    #[server(default)] email: String,
    #[server(default)] password: String,
    #[server(default)] remember: bool,
    #[server(default)] next: String,
) -> Result<(), ApiError> {
    let request = request()?;
    let next = local_path(&next);
    let mut form = Form::new(&request);
    let email = form.field("email", EmailAddress::parse(&email));
    let password = form.field("password", Password::parse(&password));
    let (Some(email), Some(password)) = (email, password) else { return Err(form.refused()) };
    let signed_in = accounts::sign_in(
        &request.services,
        accounts::SignIn {
            email,
            password,
            remember,
            user_agent: &request.user_agent,
            from: request.visitor(),
            presented: request.token.as_deref(),
        },
    )
    .await;
    let opened = answer(&request, signed_in)?;
    request.set_session_cookies(opened.token.as_str(), opened.person, opened.lasts.num_seconds());
    if let Some(device) = &opened.device {
        request.set_device_cookie(device);
    }
    match opened.needs {
        Some(Needs::Code) => redirect(&on_the_way(super::ENTER_CODE, &next)),
        Some(Needs::SetUp) => match opened.sits {
            // The paper comes first.
            Some(sitting) => redirect(&format!("/assessments/sittings/{sitting}")),
            None => redirect(&on_the_way(super::SECOND_FACTOR, &next)),
        },
        None => redirect(&next),
    }
    Ok(())
}

/// Ends the session of this device.
#[server(prefix = "/api", endpoint = "accounts/sign_out")]
pub async fn sign_out() -> Result<(), ApiError> {
    let request = request()?;
    if let Some(actor) = &request.actor {
        answer(&request, accounts::sign_out(&request.services, actor).await)?;
    } else if let Some(half) = &request.half_open {
        answer(&request, accounts::sign_out_half_open(&request.services, half).await)?;
    }
    request.remove_session_cookies();
    redirect("/");
    Ok(())
}

/// Sends a link to choose a new password, if the address has an account. The reply is the same either way.
#[server(prefix = "/api", endpoint = "accounts/request_link")]
pub async fn request_link(#[server(default)] email: String) -> Result<(), ApiError> {
    let request = request()?;
    let mut form = Form::new(&request);
    let Some(address) = form.field("email", EmailAddress::parse(&email)) else { return Err(form.refused()) };
    answer(&request, accounts::request_link(&request.services, address, request.visitor()).await)?;
    redirect("/forgotten-password/sent");
    Ok(())
}

/// Whether the link from an e-mail still works; not found when it does not.
#[server(prefix = "/api", endpoint = "accounts/load_link", protocol = Wire)]
pub async fn load_link(token: String) -> Result<(), ApiError> {
    let request = request()?;
    answer(&request, accounts::link_works(&request.services, &token).await)
}

/// Sets a new password with a link from an e-mail.
#[server(prefix = "/api", endpoint = "accounts/choose_password")]
pub async fn choose_password(token: String, #[server(default)] new_password: String) -> Result<(), ApiError> {
    let request = request()?;
    let mut form = Form::new(&request);
    let Some(new) = form.field("new_password", NewPassword::parse(&new_password)) else {
        return Err(form.refused());
    };
    let chosen = accounts::choose_password(&request.services, &token, &new, request.visitor()).await;
    request.set_device_cookie(&answer(&request, chosen)?);
    redirect("/choose-password/done");
    Ok(())
}

/// Changes the password of the signed-in person and signs out their other devices.
#[server(prefix = "/api", endpoint = "accounts/change_password")]
pub async fn change_password(
    #[server(default)] current_password: String,
    #[server(default)] new_password: String,
) -> Result<(), ApiError> {
    let request = request()?;
    let actor = request.actor()?;
    let mut form = Form::new(&request);
    let current = form.field("current_password", Password::parse(&current_password));
    let new = form.field("new_password", NewPassword::parse(&new_password));
    let (Some(current), Some(new)) = (current, new) else { return Err(form.refused()) };
    let changed = accounts::change_password(&request.services, actor, &current, &new).await;
    if let Some(renewed) = answer(&request, changed)? {
        request.set_session_cookies(renewed.token.as_str(), actor.person(), renewed.lasts.num_seconds());
    }
    redirect("/account?done=password");
    Ok(())
}

/// Ends the session of one of the actor's own devices.
#[server(prefix = "/api", endpoint = "accounts/end_session")]
pub async fn end_session(session: domain::accounts::SessionId) -> Result<(), ApiError> {
    let request = request()?;
    let actor = request.actor()?;
    answer(&request, accounts::end_session(&request.services, actor, session).await)?;
    redirect("/account?done=device");
    Ok(())
}

/// How this browser shows the pages. Nothing of it is stored but the cookie.
#[server(prefix = "/api", endpoint = "accounts/choose_display")]
pub async fn choose_display(
    #[server(default)] colours: String,
    #[server(default)] text_size: String,
) -> Result<(), ApiError> {
    let request = request()?;
    let mut form = Form::new(&request);
    let colours = form.field("colours", one_of(&COLOURS, &colours));
    let text_size = form.field("text_size", one_of(&TEXT_SIZES, &text_size));
    let (Some(colours), Some(text_size)) = (colours, text_size) else { return Err(form.refused()) };
    request.set_display_cookie(Display { colours, text_size });
    redirect("/display?done=saved");
    Ok(())
}

/// Ends all sessions of the actor but this one.
#[server(prefix = "/api", endpoint = "accounts/end_other_sessions")]
pub async fn end_other_sessions() -> Result<(), ApiError> {
    let request = request()?;
    let actor = request.actor()?;
    answer(&request, accounts::end_other_sessions(&request.services, actor).await)?;
    redirect("/account?done=devices");
    Ok(())
}

#[server(prefix = "/api", endpoint = "accounts/load_account", protocol = Wire)]
pub async fn load_account() -> Result<AccountPage, ApiError> {
    let request = request()?;
    let actor = request.actor()?;
    answer(&request, accounts::account_page(&request.services, actor).await)
}
