use domain::{FieldProblem, Problem};
use leptos::prelude::*;

use super::problem_for;
use crate::kit::api::{ApiError, ErrorKind, PageState, Returned};

/// The reply to the forms of a page: nothing, as long as all of them were accepted. The last form counts.
#[derive(Clone, Copy)]
pub struct Reply {
    to: &'static [&'static str],
    state: RwSignal<PageState>,
    /// The problems that the page itself has found, if no form was refused.
    found: StoredValue<Vec<FieldProblem>>,
}

impl Reply {
    /// Takes the paths of the server functions that the page has forms for.
    pub fn to(forms: &'static [&'static str]) -> Self {
        Self { to: forms, state: PageState::signal(), found: StoredValue::default() }
    }

    /// With the problems that the page itself has found, if no form was refused.
    #[must_use]
    pub fn or_wrong(self, field: &str, problem: Problem) -> Self {
        self.or_all(vec![FieldProblem::new(field, problem)])
    }

    /// The same for several.
    #[must_use]
    pub fn or_all(self, found: Vec<FieldProblem>) -> Self {
        Self { found: StoredValue::new(found), ..self }
    }

    fn with<T>(self, look: impl FnOnce(&Returned) -> T) -> Option<T> {
        let state = self.state.read();
        state.returned.as_ref().filter(|returned| self.to.contains(&returned.path.as_str())).map(look)
    }

    pub fn error(self) -> Option<ApiError> {
        self.with(|returned| returned.error.clone())
    }

    fn fields(self) -> Vec<FieldProblem> {
        let of_form = |returned: &Returned| match returned.error.kind {
            ErrorKind::Invalid => returned.error.fields.clone(),
            _ => Vec::new(),
        };
        self.with(of_form).unwrap_or_else(|| self.found.get_value())
    }

    /// For the summary.
    pub fn problems(self) -> Signal<Vec<FieldProblem>> {
        Signal::derive(move || self.fields())
    }

    /// For the field.
    pub fn problem(self, field: &str) -> Signal<Option<Problem>> {
        let field = field.to_owned();
        Signal::derive(move || problem_for(&self.fields(), &field))
    }

    /// The typed value, or otherwise the old one. It is read when the form is drawn: after that the person's input
    /// counts.
    pub fn typed(self, name: &str, before: &str) -> String {
        let typed = untrack(|| self.with(|returned| returned.typed(name).map(str::to_owned)));
        typed.flatten().unwrap_or_else(|| before.to_owned())
    }

    /// Only of this form, where several on a page have a field of the same name.
    #[must_use]
    pub fn of(self, form: &'static [&'static str]) -> Self {
        Self { to: form, ..self }
    }

    /// For a box to tick: whether it was ticked. A box that is not ticked is not sent, so the form that has it must be named: the refusal
    /// of another one says nothing about it.
    pub fn ticked(self, form: &'static [&'static str], name: &str, before: bool) -> bool {
        untrack(|| self.of(form).with(|returned| returned.typed(name).is_some())).unwrap_or(before)
    }

    /// For several boxes with one name: whether this value was among those ticked. See [`ticked`](Self::ticked).
    pub fn among(self, form: &'static [&'static str], name: &str, value: &str, before: bool) -> bool {
        let among = |returned: &Returned| {
            returned.typed.iter().any(|(typed, chosen)| typed == name && chosen == value)
        };
        untrack(|| self.of(form).with(among)).unwrap_or(before)
    }

    /// All that were ticked, or put in order, under one name.
    pub fn all(self, name: &str) -> Vec<String> {
        let all = |returned: &Returned| {
            let of_name = returned.typed.iter().filter(|(typed, _)| typed == name);
            of_name.map(|(_, value)| value.clone()).collect()
        };
        untrack(|| self.with(all)).unwrap_or_default()
    }

    /// Whether a form was refused.
    pub fn any(self) -> bool {
        self.with(|returned| returned.error.kind != ErrorKind::Unfinished) == Some(true)
    }

    /// Whether the form has a next step, and nothing is wrong.
    pub fn goes_on(self) -> bool {
        untrack(|| self.with(|returned| returned.error.kind == ErrorKind::Unfinished)) == Some(true)
    }

    pub fn is_signed_out(self) -> bool {
        self.with(|returned| returned.error.kind == ErrorKind::SignedOut) == Some(true)
    }

    /// Why a form without problems could not be accepted.
    pub fn failed(self) -> Option<&'static str> {
        let error = self.error().filter(|error| error.fields.is_empty())?;
        Some(match error.kind {
            ErrorKind::Unfinished => return None,
            ErrorKind::Unavailable | ErrorKind::Unreadable => {
                "This does not work just now, and nothing was changed. What you typed is still on this page: please try again in a few minutes."
            }
            ErrorKind::Offline => {
                "We cannot reach the server, so we do not know whether this arrived. What you typed is still on this page: send it again when you are connected."
            }
            ErrorKind::SignedOut => {
                "You have been signed out, and nothing was changed. What you typed is still on this page: sign in, then send it again."
            }
            ErrorKind::NotFound => {
                "Nothing was changed. Somebody may have published or removed what you see here; load the page again."
            }
            ErrorKind::ReasonNeeded => {
                "Nothing was changed: your hour is over. Load the page again and say why you look at it."
            }
            ErrorKind::Invalid | ErrorKind::Failed => {
                "Sorry, something went wrong, and nothing was changed. Please try again."
            }
        })
    }

    /// The title of the page, which says first that something is wrong.
    pub fn title(self, title: impl Into<String>) -> Signal<String> {
        let title = title.into();
        Signal::derive(move || {
            let wrong = !self.fields().is_empty() || self.failed().is_some();
            if wrong { format!("Error: {title}") } else { title.clone() }
        })
    }
}
