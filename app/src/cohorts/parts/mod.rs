mod attention;
mod head;
mod students;
mod table;

pub use attention::{Reasons, tabs};
use domain::cohorts::{StudentFilters, StudentSort};
pub use head::Head;
pub use students::Students;

use crate::kit::list::{Shown, Words};

/// The students of a cohort.
pub type StudentList = Shown<StudentSort, StudentFilters>;

pub const WORDS: Words =
    Words { one: "student", none: "Nobody among the", searched: "Name or e-mail address" };
