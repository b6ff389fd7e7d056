use domain::{FieldProblem, Problem};

use crate::{
    api::{ApiError, ErrorKind, PageState},
    ui::problem_for,
};

/// What the forms of a page came back with, if one of them did.
#[derive(Clone)]
pub struct CameBack {
    error: Option<ApiError>,
}

impl CameBack {
    /// Takes the paths of the server functions that the page has forms for.
    pub fn from(paths: &[&str]) -> Self {
        Self { error: paths.iter().find_map(|path| PageState::error_of(path)) }
    }

    /// What the page itself has found wrong, where no form came back with anything.
    #[must_use]
    pub fn or_wrong(self, field: &str, problem: Problem) -> Self {
        let found = || ApiError {
            fields: vec![FieldProblem::new(field, problem)],
            ..ApiError::new(ErrorKind::Invalid)
        };
        Self { error: self.error.or_else(|| Some(found())) }
    }

    pub fn problems(&self) -> Vec<FieldProblem> {
        self.error
            .as_ref()
            .filter(|error| error.kind == ErrorKind::Invalid)
            .map(|error| error.fields.clone())
            .unwrap_or_default()
    }

    pub fn problem(&self, field: &str) -> Option<Problem> {
        problem_for(&self.problems(), field)
    }

    /// What was typed, or else what stood there before.
    pub fn typed(&self, name: &str, before: &str) -> String {
        self.error.as_ref().and_then(|error| error.typed(name)).unwrap_or(before).to_owned()
    }

    /// Of a box to tick: whether it was.
    pub fn ticked(&self, name: &str, before: bool) -> bool {
        self.typed(name, if before { "true" } else { "" }) == "true"
    }

    /// Of several boxes with one name: whether this value was among those ticked.
    pub fn among(&self, name: &str, value: &str, before: bool) -> bool {
        match self.error.as_ref().filter(|error| !error.typed.is_empty()) {
            Some(error) => error.typed.iter().any(|(typed, chosen)| typed == name && chosen == value),
            None => before,
        }
    }

    /// Whether a form came back at all.
    pub fn any(&self) -> bool {
        self.error.is_some()
    }

    /// Whether there is nothing to mend: the form could not be taken at all.
    pub fn failed(&self) -> Option<&'static str> {
        let error = self.error.as_ref().filter(|error| error.fields.is_empty())?;
        Some(match error.kind {
            ErrorKind::Unavailable | ErrorKind::Offline => {
                "This does not work just now, and nothing was changed. Please try again in a few minutes."
            }
            ErrorKind::NotFound => {
                "Nothing was changed. Somebody may have published or removed what you see here; load the page again."
            }
            ErrorKind::ReasonNeeded => {
                "Nothing was changed: your hour is over. Load the page again and say why you look at it."
            }
            _ => "Sorry, something went wrong, and nothing was changed. Please try again.",
        })
    }

    /// The title of the page, which says first that something is wrong.
    pub fn title(&self, title: &str) -> String {
        if self.error.is_some() { format!("Error: {title}") } else { title.to_owned() }
    }
}
