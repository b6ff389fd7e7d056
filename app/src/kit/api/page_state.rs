use domain::accounts::SignedIn;
use leptos::prelude::*;
use serde::{Deserialize, Serialize};

use super::{ApiError, wire::WireEncoding};

/// What the server knows before it makes a page: the signed-in person, and the outcome of a form sent as a plain POST.
/// It travels inside the page, so it is the same in the browser.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct PageState {
    pub signed_in: Option<SignedIn>,
    /// Belongs to the page that is shown, and to no later one.
    pub returned: Option<Returned>,
    /// Where to go after signing in, from the page's address.
    pub next: String,
}

/// A refused form, whole. Its page shows the problems and the typed values.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Returned {
    /// The path of the server function.
    pub path: String,
    pub error: ApiError,
    /// The typed values, by input name. Never a password or a code of the second factor.
    pub typed: Vec<(String, String)>,
}

/// How names of inputs end whose values are secret: the page that is the answer to a form does not contain them.
const SECRETS: [&str; 2] = ["password", "factor_code"];

impl Returned {
    /// Removes from `typed` the values that no page shows again.
    pub fn new(path: impl Into<String>, error: ApiError, mut typed: Vec<(String, String)>) -> Self {
        // Inputs that are sent as a list, `chosen[]` or `chosen[0]`, are each stored under the list's name.
        for (name, _) in &mut typed {
            let list = name
                .strip_suffix(']')
                .and_then(|rest| rest.trim_end_matches(|c: char| c.is_ascii_digit()).strip_suffix('['));
            if let Some(length) = list.map(str::len) {
                name.truncate(length);
            }
        }
        typed.retain(|(name, _)| !SECRETS.iter().any(|end| name.ends_with(end)));
        Self { path: path.into(), error, typed }
    }

    /// The value typed into the input of that name.
    pub fn typed(&self, name: &str) -> Option<&str> {
        self.typed.iter().find(|(typed, _)| typed == name).map(|(_, value)| value.as_str())
    }
}

impl PageState {
    /// Makes the state available to every component. It takes a number in the page, by which the browser finds it, so
    /// both sides call it in the same place.
    pub fn provide() {
        let state = SharedValue::<_, WireEncoding>::new_with_encoding(|| {
            #[cfg(feature = "ssr")]
            return super::request::page_state();
            #[cfg(not(feature = "ssr"))]
            Self::default()
        });
        provide_context(RwSignal::new(state.into_inner()));
    }

    pub fn signal() -> RwSignal<Self> {
        use_context().unwrap_or_default()
    }

    pub fn get() -> Self {
        Self::signal().get_untracked()
    }

    /// Another page is shown: the refused form of the previous one no longer counts.
    pub fn forget_returned() {
        Self::signal().update(|state| state.returned = None);
    }
}

#[cfg(all(test, feature = "ssr"))]
mod tests {
    use super::*;
    use crate::kit::api::ErrorKind;

    #[test]
    fn typed_values_are_kept_by_name_and_never_a_secret() {
        let sent = [
            "email",
            "chosen[]",
            "chosen[12]",
            "password",
            "new_password",
            "password[0]",
            "new_password[]",
            "factor_code",
            "turn_off_factor_code",
            "factor_code[]",
        ];
        let sent = sent.map(|name| (name.to_owned(), "x".to_owned())).to_vec();
        let typed = Returned::new("/api/x", ApiError::new(ErrorKind::Invalid), sent).typed;
        let names: Vec<_> = typed.iter().map(|(name, _)| name.as_str()).collect();
        assert_eq!(names, ["email", "chosen", "chosen"]);
    }
}
