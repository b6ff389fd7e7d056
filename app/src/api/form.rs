use domain::{FieldProblem, Problem};

use super::{ApiError, RequestContext, answer, invalid};

/// A form on its way in: collects what is wrong with its fields, and what was typed, so that both go back together.
pub struct Form<'a> {
    request: &'a RequestContext,
    problems: Vec<FieldProblem>,
    typed: Vec<(String, String)>,
}

impl<'a> Form<'a> {
    pub fn new(request: &'a RequestContext) -> Self {
        Self { request, problems: Vec::new(), typed: Vec::new() }
    }

    pub fn typed(&mut self, name: &str, value: &str) {
        self.typed.push((name.to_owned(), value.to_owned()));
    }

    pub fn field<T>(&mut self, field: &str, parsed: Result<T, Problem>) -> Option<T> {
        parsed.map_err(|problem| self.problems.push(FieldProblem::new(field, problem))).ok()
    }

    /// Sends the form back with what a service would find wrong besides, so that all of it is told at once. In the order of `fields`,
    /// the form's.
    pub fn refused_with(mut self, besides: Vec<FieldProblem>, fields: &[&str]) -> ApiError {
        for problem in besides {
            if self.problems.iter().all(|known| known.field != problem.field) {
                self.problems.push(problem);
            }
        }
        self.problems.sort_by_key(|problem| fields.iter().position(|field| *field == problem.field));
        self.refused()
    }

    pub fn refused(self) -> ApiError {
        ApiError { typed: self.typed, ..invalid(self.request, self.problems) }
    }

    pub fn answer<T>(self, result: services::Result<T>) -> Result<T, ApiError> {
        answer(self.request, result).map_err(|error| ApiError { typed: self.typed, ..error })
    }
}
