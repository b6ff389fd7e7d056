use domain::{FieldProblem, Problem};

use super::{ApiError, RequestContext, invalid};

/// A form on its way in: collects what is wrong with its fields, so that all of it goes back together.
pub struct Form<'a> {
    request: &'a RequestContext,
    problems: Vec<FieldProblem>,
}

impl<'a> Form<'a> {
    pub fn new(request: &'a RequestContext) -> Self {
        Self { request, problems: Vec::new() }
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

    /// Whether nothing is wrong so far.
    pub fn is_readable(&self) -> bool {
        self.problems.is_empty()
    }

    pub fn refused(self) -> ApiError {
        invalid(self.request, self.problems)
    }
}
