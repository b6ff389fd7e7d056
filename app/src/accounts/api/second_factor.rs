//! The code after the password: entering one, setting the second factor up, moving it, turning it off.

use domain::accounts::SecondFactorPage;
use leptos::prelude::*;

use crate::kit::api::{ApiError, Wire};
#[cfg(feature = "ssr")]
use {
    super::way::{local_path, on_the_way},
    crate::{
        accounts::SECOND_FACTOR,
        kit::api::{Form, answer, request},
    },
    domain::{
        Problem,
        accounts::{FactorCode, Password},
    },
    leptos_axum::redirect,
    services::accounts,
};

/// Opens a half open session with a code of the app or a recovery code, and goes on to `next`.
#[server(prefix = "/api", endpoint = "accounts/enter_code")]
pub async fn enter_code(
    #[server(default)] factor_code: String,
    #[server(default)] next: String,
) -> Result<(), ApiError> {
    let request = request()?;
    let next = local_path(&next);
    let Some(half) = &request.half_open else {
        // Signed in already, in another tab perhaps.
        request.actor()?;
        redirect(&next);
        return Ok(());
    };
    let mut form = Form::new(&request);
    let Some(code) = form.field("factor_code", FactorCode::parse(&factor_code)) else {
        return Err(form.refused());
    };
    let entered = accounts::enter_code(&request.services, half, &code, request.visitor()).await;
    let Some(entered) = answer(&request, entered)? else {
        redirect("/sign-in");
        return Ok(());
    };
    request.set_session_cookies(entered.token.as_str(), entered.person, entered.lasts.num_seconds());
    request.set_device_cookie(&entered.device);
    redirect(&next);
    Ok(())
}

#[server(prefix = "/api", endpoint = "accounts/load_second_factor", protocol = Wire)]
pub async fn load_second_factor() -> Result<SecondFactorPage, ApiError> {
    let request = request()?;
    let owner = request.factor_owner()?;
    answer(&request, accounts::second_factor_page(&request.services, owner).await)
}

/// Makes a secret and recovery codes. A session in which the person has not just signed in gives the password again.
#[server(prefix = "/api", endpoint = "accounts/start_second_factor")]
pub async fn start_second_factor(
    #[server(default)] current_password: String,
    #[server(default)] next: String,
) -> Result<(), ApiError> {
    let request = request()?;
    let owner = request.factor_owner()?;
    let mut form = Form::new(&request);
    let password = if owner.gives_password() {
        let Some(password) = form.field("current_password", Password::parse(&current_password)) else {
            return Err(form.refused());
        };
        Some(password)
    } else {
        None
    };
    let started = accounts::start_second_factor(&request.services, owner, password.as_ref()).await;
    answer(&request, started)?;
    redirect(&on_the_way(SECOND_FACTOR, &local_path(&next)));
    Ok(())
}

/// Takes the first code of the app, and goes on to `next`, or shows that it is set up.
#[server(prefix = "/api", endpoint = "accounts/confirm_second_factor")]
pub async fn confirm_second_factor(
    #[server(default)] factor_code: String,
    #[server(default)] next: String,
) -> Result<(), ApiError> {
    let request = request()?;
    let owner = request.factor_owner()?;
    let next = local_path(&next);
    let mut form = Form::new(&request);
    let code = FactorCode::parse(&factor_code).map_err(|_| Problem::FirstFactorCodeWrong);
    let Some(code) = form.field("factor_code", code) else { return Err(form.refused()) };
    let confirmed = accounts::confirm_second_factor(&request.services, owner, &code, request.visitor()).await;
    let Some(entered) = answer(&request, confirmed)? else {
        redirect("/account/second-factor?done=late");
        return Ok(());
    };
    request.set_session_cookies(entered.token.as_str(), entered.person, entered.lasts.num_seconds());
    request.set_device_cookie(&entered.device);
    redirect(if next == "/" { "/account/second-factor?done=on" } else { &next });
    Ok(())
}

/// Makes another key and other recovery codes for another phone, and shows them.
#[server(prefix = "/api", endpoint = "accounts/move_second_factor")]
pub async fn move_second_factor(
    #[server(default)] move_password: String,
    #[server(default)] move_factor_code: String,
) -> Result<(), ApiError> {
    let request = request()?;
    let actor = request.actor()?;
    let mut form = Form::new(&request);
    let password = form.field("move_password", Password::parse(&move_password));
    let code = form.field("move_factor_code", FactorCode::parse(&move_factor_code));
    let (Some(password), Some(code)) = (password, code) else { return Err(form.refused()) };
    let begun =
        accounts::move_second_factor(&request.services, actor, &password, &code, request.visitor()).await;
    answer(&request, begun)?;
    redirect(SECOND_FACTOR);
    Ok(())
}

/// Makes new recovery codes, and shows them.
#[server(prefix = "/api", endpoint = "accounts/new_recovery_codes")]
pub async fn new_recovery_codes(
    #[server(default)] current_password: String,
    #[server(default)] factor_code: String,
) -> Result<(), ApiError> {
    let request = request()?;
    let actor = request.actor()?;
    let mut form = Form::new(&request);
    let password = form.field("current_password", Password::parse(&current_password));
    let code = form.field("factor_code", FactorCode::parse(&factor_code));
    let (Some(password), Some(code)) = (password, code) else { return Err(form.refused()) };
    let made =
        accounts::new_recovery_codes(&request.services, actor, &password, &code, request.visitor()).await;
    answer(&request, made)?;
    redirect(SECOND_FACTOR);
    Ok(())
}

/// The new recovery codes replace the old ones. `shown` says which ones the page has shown.
#[server(prefix = "/api", endpoint = "accounts/keep_recovery_codes")]
pub async fn keep_recovery_codes(#[server(default)] shown: String) -> Result<(), ApiError> {
    let request = request()?;
    let actor = request.actor()?;
    let kept = answer(&request, accounts::keep_recovery_codes(&request.services, actor, &shown).await)?;
    let done = if kept { "codes" } else { "other" };
    redirect(&format!("{}?done={done}", SECOND_FACTOR));
    Ok(())
}

/// Turns the second factor off, for a person whose role does not require it.
#[server(prefix = "/api", endpoint = "accounts/turn_off_second_factor")]
pub async fn turn_off_second_factor(
    #[server(default)] turn_off_password: String,
    #[server(default)] turn_off_factor_code: String,
) -> Result<(), ApiError> {
    let request = request()?;
    let actor = request.actor()?;
    let mut form = Form::new(&request);
    let password = form.field("turn_off_password", Password::parse(&turn_off_password));
    let code = form.field("turn_off_factor_code", FactorCode::parse(&turn_off_factor_code));
    let (Some(password), Some(code)) = (password, code) else { return Err(form.refused()) };
    let turned_off =
        accounts::turn_off_second_factor(&request.services, actor, &password, &code, request.visitor()).await;
    answer(&request, turned_off)?;
    redirect("/account/second-factor?done=off");
    Ok(())
}
