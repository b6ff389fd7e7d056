//! The server functions of the accounts area.

use domain::accounts::{AccountPage, ActivationPage, RegistrationPage, SecondFactorPage};
use leptos::prelude::*;

use crate::kit::api::{ApiError, Wire};
#[cfg(feature = "ssr")]
use {
    crate::kit::api::{Form, answer, request},
    domain::{
        Problem,
        accounts::{EmailAddress, FactorCode, GivenConsent, NewPassword, Password, PersonName},
        organisations::SponsorCode,
    },
    leptos_axum::redirect,
    services::accounts::{self, Needs},
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
    redirect(&on_the_way(super::SECOND_FACTOR, &local_path(&next)));
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
    redirect(super::SECOND_FACTOR);
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
    redirect(super::SECOND_FACTOR);
    Ok(())
}

/// The new recovery codes replace the old ones. `shown` says which ones the page has shown.
#[server(prefix = "/api", endpoint = "accounts/keep_recovery_codes")]
pub async fn keep_recovery_codes(#[server(default)] shown: String) -> Result<(), ApiError> {
    let request = request()?;
    let actor = request.actor()?;
    let kept = answer(&request, accounts::keep_recovery_codes(&request.services, actor, &shown).await)?;
    let done = if kept { "codes" } else { "other" };
    redirect(&format!("{}?done={done}", super::SECOND_FACTOR));
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
    let form = accounts::Registration { name, email, password, consent, sponsor_code, from };
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

/// Makes the account of a person who registered, with the link from the e-mail and the password of the form.
#[server(prefix = "/api", endpoint = "accounts/confirm_registration")]
pub async fn confirm_registration(
    token: String,
    #[server(default)] password: String,
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

#[server(prefix = "/api", endpoint = "accounts/load_account", protocol = Wire)]
pub async fn load_account() -> Result<AccountPage, ApiError> {
    let request = request()?;
    let actor = request.actor()?;
    answer(&request, accounts::account_page(&request.services, actor).await)
}

/// Where to go after signing in: always a path of this site, as a browser would read it.
#[cfg(feature = "ssr")]
fn local_path(next: &str) -> String {
    let within = || {
        if !next.starts_with('/') || next.contains(char::is_control) {
            return None;
        }
        let site = url::Url::parse("http://site.invalid").ok()?;
        let address = site.join(next).ok().filter(|address| address.origin() == site.origin())?;
        let path = &address[url::Position::BeforePath..];
        (!path.starts_with("//")).then(|| path.to_owned())
    };
    within().unwrap_or_else(|| "/".to_owned())
}

/// A page before the one that is asked for, which it leads on to. The start, where nobody asked to go, is not named.
#[cfg(feature = "ssr")]
fn on_the_way(page: &str, next: &str) -> String {
    if next == "/" {
        return page.to_owned();
    }
    let next: String = url::form_urlencoded::byte_serialize(next.as_bytes()).collect();
    format!("{page}?next={next}")
}

#[cfg(all(test, feature = "ssr"))]
mod tests {
    use super::{local_path, on_the_way};

    #[test]
    fn a_page_before_the_one_asked_for_carries_it_whole() {
        assert_eq!(on_the_way("/sign-in/code", "/"), "/sign-in/code");
        assert_eq!(on_the_way("/sign-in/code", "/a?b=c&d"), "/sign-in/code?next=%2Fa%3Fb%3Dc%26d");
    }

    #[test]
    fn signing_in_never_leads_to_another_site() {
        for (next, goes_to) in [
            ("", "/"),
            ("//evil.example", "/"),
            ("https://evil.example", "/"),
            ("/\\evil.example", "/"),
            ("/learn\r\nSet-Cookie: x", "/"),
            ("javascript:alert(1)", "/"),
            ("/.//evil.example", "/"),
            ("/a/..//evil.example", "/"),
            ("/learn/nmp?a=b", "/learn/nmp?a=b"),
            ("/cohorts/x?search=a%26b%3Dc", "/cohorts/x?search=a%26b%3Dc"),
            ("/account?code=A-B#sponsors", "/account?code=A-B#sponsors"),
            ("/cohorts/x?search=é", "/cohorts/x?search=%C3%A9"),
        ] {
            assert_eq!(local_path(next), goes_to, "{next}");
        }
        for control in (0..32).chain([127]).map(char::from) {
            assert_eq!(local_path(&format!("/{control}/evil.example")), "/", "{control:?}");
        }
    }
}
