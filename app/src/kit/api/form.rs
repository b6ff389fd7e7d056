use domain::{FieldProblem, Problem};

use super::{ApiError, RequestContext, invalid};

/// An incoming form: collects the problems of its fields, so that all are reported together.
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

    /// Refuses the form, together with the problems that a service would find as well, so that all are reported at
    /// once. They are in the order of `fields`, which is the form's.
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
