//! Question templates: importing them, who sees them, and the questions made from them.
//!
//! | file | to change ... |
//! |---|---|
//! | `trying` | how the text of a bank is tried, and how a question is previewed |
//! | `drafts` | the text of a bank between its preview and its import |
//! | `pictures` | the pictures of questions, and who sees them |
//! | `writing` | how a question is written by form |
//! | `import` | what an import changes |
//! | `list` | an organisation's own templates, as a list and as a file |
//! | `browse` | what setters see of the shared bank and their own, and how they look at one question |
//! | `sources` | how stored templates are chosen, and how questions are made from them |

mod browse;
mod drafts;
mod import;
mod list;
mod pictures;
mod sources;
mod trying;
mod writing;

use domain::{assessment::bank::TemplateId, organisations::OrganisationId};

use crate::{Error, Result, Services, access, accounts::Actor, kit::audit};

pub(super) use browse::{StoredCard, cards};
pub use browse::{bank_page, bank_question};
pub use drafts::{BANK_LIMIT, bank_draft, draft_bank, forget_bank_drafts, import_draft};
pub use import::{ImportedBank, import_shared_bank};
pub use list::{own_templates, templates_file};
pub use pictures::{
    MOST_PICTURE_BYTES, bring_picture, may_bring_picture, picture_too_large, question_picture,
    too_many_pictures_at_once,
};
pub(super) use sources::{ask, ask_with, chosen_source, draw_sources, draw_template, level, read_one};
pub(super) use trying::previewed;
pub use writing::{Beside, Press, Written, Wrote, look_at_fields, write_question, writing};

/// Retires a template of the organisation's own, so that it is never drawn again, or restores it. Published papers keep
/// their questions.
///
/// # Errors
/// [`Error::NotFound`] for a template that is shared or another organisation's.
pub async fn retire_template(
    services: &Services,
    actor: &Actor,
    organisation: OrganisationId,
    template: TemplateId,
    retired: bool,
) -> Result<()> {
    let mut db = services.begin().await?;
    let setter = actor.sets_papers_in(services, &mut db, organisation).await?;
    let done = sqlx::query!(
        "update question_templates set retired = $3 where id = $1 and organisation_id = $2",
        template.0,
        setter.organisation().0,
        retired,
    )
    .execute(&mut *db)
    .await?;
    if done.rows_affected() == 0 {
        return Err(Error::NotFound);
    }
    let event = audit::Event {
        at: services.clock.now(),
        actor: Some(actor.person()),
        subject: None,
        action: if retired { "assessment.template_retired" } else { "assessment.template_brought_back" },
    };
    let detail = serde_json::json!({ "organisation": setter.organisation(), "template": template });
    let detail = access::by_support(&mut db, actor.person(), detail).await?;
    audit::record_with(&mut db, event, detail).await?;
    db.commit().await?;
    Ok(())
}
