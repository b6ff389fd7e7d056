//! Writing a paper, from its first title to its publication, and changing it afterwards.

mod candidates;
mod corrected;
mod drawing;
mod organisations;
pub(crate) mod paper;
pub(crate) mod papers;
mod publication;
mod schedule;
mod sections;
mod settings;
mod times;
mod trial;
mod versions;

pub use candidates::{
    address_problems, candidates_file, candidates_page, remove_candidates, save_candidates,
};
pub use corrected::{change_code, close_paper, correct_wording};
pub use organisations::organisations_page;
pub use paper::{paper_page, publication_page, sections_page};
pub use papers::{create_paper, papers_page, put_away, remove_draft, title_problem};
pub use publication::{preview_paper, publish_paper};
pub use schedule::{change_window, duplicate_paper, withdraw_paper};
pub use sections::{
    RuleMove, RuleSource, add_rule, add_section, add_template, move_rule, remove_rule, remove_section,
    rule_problems, section_problems,
};
pub use settings::{save_settings, settings_problems};
pub use trial::trial;
