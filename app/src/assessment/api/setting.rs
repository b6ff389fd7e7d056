use domain::assessment::{
    AdjustedPeople, BankPreviewed, CandidatesPage, MyPapers, OwnTemplates, PaperId, PaperPage,
    PreviewedQuestion, PublicationPage, SectionsPage,
};
use leptos::prelude::*;

use super::{AdjustmentForm, LineForm, SettingsForm};
use crate::api::{ApiError, Wire};
#[cfg(feature = "ssr")]
use {
    super::parse,
    crate::api::{Form, answer, request},
    domain::{
        Problem,
        assessment::{BankDraftId, LineId, PaperKind, PaperVersions, SectionId},
        cohorts::{CohortId, OrganisationId},
    },
    leptos_axum::redirect,
    services::assessment::{self},
};

#[server(prefix = "/api", endpoint = "assessment/load_papers", protocol = Wire)]
pub async fn load_papers(
    #[server(default)] after: String,
    #[server(default)] search: String,
) -> Result<MyPapers, ApiError> {
    let request = request()?;
    let after = (!after.is_empty()).then_some(after.as_str());
    answer(&request, assessment::papers_page(&request.services, request.actor()?, after, &search).await)
}

#[server(prefix = "/api", endpoint = "assessment/create_paper")]
pub async fn create_paper(
    #[server(default)] organisation: String,
    #[server(default)] title: String,
    #[server(default)] kind: String,
    #[server(default)] form: String,
) -> Result<(), ApiError> {
    let request = request()?;
    let actor = request.actor()?;
    let once = form.parse().ok();
    let mut form = Form::new(&request);
    let organisation = form
        .field("organisation", organisation.parse::<OrganisationId>().map_err(|_| Problem::ChoiceMissing));
    let kind = form.field("kind", PaperKind::parse(&kind).ok_or(Problem::ChoiceMissing));
    let (Some(organisation), Some(kind)) = (organisation, kind) else {
        let title = assessment::title_problem(&title).into_iter().collect();
        return Err(form.refused_with(title, &["organisation", "title", "kind"]));
    };
    let created = assessment::create_paper(&request.services, actor, organisation, &title, kind, once).await;
    let paper = answer(&request, created)?;
    redirect(&format!("/assessments/papers/{paper}"));
    Ok(())
}

#[server(prefix = "/api", endpoint = "assessment/load_paper", protocol = Wire)]
pub async fn load_paper(paper: String) -> Result<PaperPage, ApiError> {
    let request = request()?;
    let paper = parse::id(&request, &paper)?;
    answer(&request, assessment::paper_page(&request.services, request.actor()?, paper).await)
}

#[server(prefix = "/api", endpoint = "assessment/load_sections", protocol = Wire)]
pub async fn load_sections(paper: String) -> Result<SectionsPage, ApiError> {
    let request = request()?;
    let paper = parse::id(&request, &paper)?;
    answer(&request, assessment::sections_page(&request.services, request.actor()?, paper).await)
}

#[server(prefix = "/api", endpoint = "assessment/load_publication", protocol = Wire)]
pub async fn load_publication(paper: String) -> Result<PublicationPage, ApiError> {
    let request = request()?;
    let paper = parse::id(&request, &paper)?;
    answer(&request, assessment::publication_page(&request.services, request.actor()?, paper).await)
}

#[server(prefix = "/api", endpoint = "assessment/load_candidates", protocol = Wire)]
pub async fn load_candidates(paper: String) -> Result<CandidatesPage, ApiError> {
    let request = request()?;
    let paper = parse::id(&request, &paper)?;
    answer(&request, assessment::candidates_page(&request.services, request.actor()?, paper).await)
}

#[server(prefix = "/api", endpoint = "assessment/save_settings")]
pub async fn save_settings(
    paper: String,
    #[server(default)] version: String,
    #[server(flatten)] settings: SettingsForm,
) -> Result<(), ApiError> {
    let request = request()?;
    let actor = request.actor()?;
    let paper: PaperId = parse::id(&request, &paper)?;
    let others = |settings: &_| assessment::settings_problems(&request.services, settings);
    let settings = settings.parse(Form::new(&request), others)?;
    answer(
        &request,
        assessment::save_settings(&request.services, actor, paper, &settings, parse::version(&version)).await,
    )?;
    redirect(&format!("/assessments/papers/{paper}"));
    Ok(())
}

#[server(prefix = "/api", endpoint = "assessment/add_section")]
pub async fn add_section(
    paper: String,
    #[server(default)] section_title: String,
    #[server(default)] section_pass: String,
    #[server(default)] version: String,
) -> Result<(), ApiError> {
    let request = request()?;
    let actor = request.actor()?;
    let paper: PaperId = parse::id(&request, &paper)?;
    let mut form = Form::new(&request);
    let pass = match section_pass.trim() {
        "" => Some(None),
        text => form.field("section_pass", parse::percent(text)).map(Some),
    };
    let Some(pass) = pass else {
        let title = assessment::section_problems(&section_title, None);
        return Err(form.refused_with(title, &["section_title", "section_pass"]));
    };
    let seen = parse::version(&version);
    answer(
        &request,
        assessment::add_section(&request.services, actor, paper, &section_title, pass, seen).await,
    )?;
    redirect(&format!("/assessments/papers/{paper}/questions"));
    Ok(())
}

#[server(prefix = "/api", endpoint = "assessment/remove_section")]
pub async fn remove_section(
    paper: PaperId,
    section: domain::assessment::SectionId,
    #[server(default)] version: String,
) -> Result<(), ApiError> {
    let request = request()?;
    let seen = parse::version(&version);
    answer(
        &request,
        assessment::remove_section(&request.services, request.actor()?, paper, section, seen).await,
    )?;
    redirect(&format!("/assessments/papers/{paper}/questions"));
    Ok(())
}

/// Adds questions to a section.
#[server(prefix = "/api", endpoint = "assessment/add_line")]
pub async fn add_line(
    paper: String,
    section: String,
    #[server(default)] version: String,
    #[server(flatten)] line: LineForm,
) -> Result<(), ApiError> {
    let request = request()?;
    let actor = request.actor()?;
    let paper: PaperId = parse::id(&request, &paper)?;
    let section: SectionId = parse::id(&request, &section)?;
    let others = |questions, marks| assessment::line_problems(section, questions, marks);
    let (source, questions, marks) = line.parse(Form::new(&request), section, others)?;
    let seen = parse::version(&version);
    let added =
        assessment::add_line(&request.services, actor, paper, section, source, questions, marks, seen).await;
    answer(&request, added)?;
    redirect(&format!("/assessments/papers/{paper}/questions?add={section}#section-{section}"));
    Ok(())
}

#[server(prefix = "/api", endpoint = "assessment/remove_line")]
pub async fn remove_line(
    paper: PaperId,
    line: domain::assessment::LineId,
    #[server(default)] version: String,
) -> Result<(), ApiError> {
    let request = request()?;
    let seen = parse::version(&version);
    let line: LineId = line;
    answer(&request, assessment::remove_line(&request.services, request.actor()?, paper, line, seen).await)?;
    redirect(&format!("/assessments/papers/{paper}/questions"));
    Ok(())
}

#[server(prefix = "/api", endpoint = "assessment/save_candidates")]
pub async fn save_candidates(
    paper: String,
    #[server(default)] cohorts: Vec<String>,
    #[server(default)] emails: String,
    #[server(default)] version: String,
) -> Result<(), ApiError> {
    let request = request()?;
    let actor = request.actor()?;
    let paper: PaperId = parse::id(&request, &paper)?;
    let cohorts: Vec<CohortId> = cohorts.iter().filter_map(|cohort| cohort.parse().ok()).collect();
    let seen = parse::version(&version);
    answer(
        &request,
        assessment::save_candidates(&request.services, actor, paper, &cohorts, &emails, seen).await,
    )?;
    redirect(&format!("/assessments/papers/{paper}"));
    Ok(())
}

#[server(prefix = "/api", endpoint = "assessment/load_preview", protocol = Wire)]
pub async fn load_preview(paper: String) -> Result<(PaperPage, Vec<PreviewedQuestion>), ApiError> {
    let request = request()?;
    let paper = parse::id(&request, &paper)?;
    answer(&request, assessment::preview_paper(&request.services, request.actor()?, paper).await)
}

#[server(prefix = "/api", endpoint = "assessment/publish_paper")]
pub async fn publish_paper(
    paper: String,
    #[server(default)] confirmed: bool,
    #[server(default)] settings_version: String,
    #[server(default)] questions_version: String,
    #[server(default)] candidates_version: String,
) -> Result<(), ApiError> {
    let request = request()?;
    let actor = request.actor()?;
    let paper: PaperId = parse::id(&request, &paper)?;
    let seen = PaperVersions {
        settings: parse::part_version(&settings_version),
        questions: parse::part_version(&questions_version),
        candidates: parse::part_version(&candidates_version),
    };
    let published = assessment::publish_paper(&request.services, actor, paper, confirmed, Some(seen)).await;
    answer(&request, published)?;
    redirect(&format!("/assessments/papers/{paper}"));
    Ok(())
}

/// Moves the window of a published paper, or extends it.
#[server(prefix = "/api", endpoint = "assessment/change_window")]
pub async fn change_window(
    paper: String,
    #[server(default)] opens: String,
    #[server(default)] closes: String,
    #[server(default)] reason: String,
    #[server(default)] version: String,
) -> Result<(), ApiError> {
    let request = request()?;
    let actor = request.actor()?;
    let paper: PaperId = parse::id(&request, &paper)?;
    let window = (opens.as_str(), closes.as_str());
    let seen = parse::version(&version);
    answer(
        &request,
        assessment::change_window(&request.services, actor, paper, window, &reason, seen).await,
    )?;
    redirect(&format!("/assessments/papers/{paper}?done=window"));
    Ok(())
}

/// Makes a published paper a draft again.
#[server(prefix = "/api", endpoint = "assessment/withdraw_paper")]
pub async fn withdraw_paper(
    paper: String,
    #[server(default)] withdraw_reason: String,
    #[server(default)] confirmed: bool,
    #[server(default)] version: String,
) -> Result<(), ApiError> {
    let request = request()?;
    let actor = request.actor()?;
    let paper: PaperId = parse::id(&request, &paper)?;
    let seen = parse::version(&version);
    let withdrawn =
        assessment::withdraw_paper(&request.services, actor, paper, &withdraw_reason, confirmed, seen).await;
    answer(&request, withdrawn)?;
    redirect(&format!("/assessments/papers/{paper}?done=withdrawn"));
    Ok(())
}

#[server(prefix = "/api", endpoint = "assessment/duplicate_paper")]
pub async fn duplicate_paper(
    paper: String,
    #[server(default)] candidates: bool,
    #[server(default)] form: String,
) -> Result<(), ApiError> {
    let request = request()?;
    let actor = request.actor()?;
    let paper: PaperId = parse::id(&request, &paper)?;
    let form = form.parse().ok();
    let copied = assessment::duplicate_paper(&request.services, actor, paper, candidates, form).await;
    let copy = answer(&request, copied)?;
    redirect(&format!("/assessments/papers/{copy}"));
    Ok(())
}

#[server(prefix = "/api", endpoint = "assessment/remove_draft")]
pub async fn remove_draft(paper: PaperId, #[server(default)] form: String) -> Result<(), ApiError> {
    let request = request()?;
    let form = form.parse().ok();
    answer(&request, assessment::remove_draft(&request.services, request.actor()?, paper, form).await)?;
    redirect("/assessments/papers?done=removed");
    Ok(())
}

#[server(prefix = "/api", endpoint = "assessment/load_questions", protocol = Wire)]
pub async fn load_questions(organisation: String) -> Result<OwnTemplates, ApiError> {
    let request = request()?;
    let organisation = parse::id(&request, &organisation)?;
    answer(&request, assessment::own_templates(&request.services, request.actor()?, organisation).await)
}

/// Retires a template of the organisation's own, or with `back` brings it back.
#[server(prefix = "/api", endpoint = "assessment/retire_template")]
pub async fn retire_template(
    organisation: String,
    template: String,
    #[server(default)] back: bool,
) -> Result<(), ApiError> {
    let request = request()?;
    let organisation: OrganisationId = parse::id(&request, &organisation)?;
    let template = parse::id(&request, &template)?;
    let retired =
        assessment::retire_template(&request.services, request.actor()?, organisation, template, !back).await;
    answer(&request, retired)?;
    let done = if back { "brought-back" } else { "retired" };
    redirect(&format!("/assessments/questions/{organisation}?done={done}"));
    Ok(())
}

/// Takes the text of a bank and shows what it would bring.
#[server(prefix = "/api", endpoint = "assessment/draft_bank")]
pub async fn draft_bank(organisation: String, #[server(default)] bank: String) -> Result<(), ApiError> {
    let request = request()?;
    let actor = request.actor()?;
    let organisation: OrganisationId = parse::id(&request, &organisation)?;
    let draft =
        answer(&request, assessment::draft_bank(&request.services, actor, organisation, &bank).await)?;
    redirect(&format!("/assessments/questions/{organisation}/{draft}"));
    Ok(())
}

#[server(prefix = "/api", endpoint = "assessment/load_bank_draft", protocol = Wire)]
pub async fn load_bank_draft(draft: String) -> Result<BankPreviewed, ApiError> {
    let request = request()?;
    let draft = parse::id(&request, &draft)?;
    answer(&request, assessment::bank_draft(&request.services, request.actor()?, draft).await)
}

#[server(prefix = "/api", endpoint = "assessment/import_bank")]
pub async fn import_bank(draft: String) -> Result<(), ApiError> {
    let request = request()?;
    let draft: BankDraftId = parse::id(&request, &draft)?;
    let organisation =
        answer(&request, assessment::import_draft(&request.services, request.actor()?, draft).await)?;
    redirect(&format!("/assessments/questions/{organisation}?done=imported"));
    Ok(())
}

#[server(prefix = "/api", endpoint = "assessment/load_adjustments", protocol = Wire)]
pub async fn load_adjustments(
    organisation: String,
    #[server(default)] search: String,
    #[server(default)] page: String,
) -> Result<AdjustedPeople, ApiError> {
    let request = request()?;
    let organisation = parse::id(&request, &organisation)?;
    let (actor, page) = (request.actor()?, page.parse().unwrap_or(1));
    answer(&request, assessment::adjusted_people(&request.services, actor, organisation, &search, page).await)
}

#[server(prefix = "/api", endpoint = "assessment/set_adjustment")]
pub async fn set_adjustment(
    organisation: String,
    #[server(flatten)] adjustment: AdjustmentForm,
) -> Result<(), ApiError> {
    let request = request()?;
    let actor = request.actor()?;
    let organisation: OrganisationId = parse::id(&request, &organisation)?;
    let (email, change) = adjustment.parse(Form::new(&request))?;
    answer(
        &request,
        assessment::set_adjustment(&request.services, actor, organisation, &email, change).await,
    )?;
    redirect(&format!("/assessments/adjustments/{organisation}?done=set"));
    Ok(())
}

#[server(prefix = "/api", endpoint = "assessment/take_back_adjustment")]
pub async fn take_back_adjustment(organisation: String, adjustment: String) -> Result<(), ApiError> {
    let request = request()?;
    let organisation: OrganisationId = parse::id(&request, &organisation)?;
    let given = parse::id(&request, &adjustment)?;
    let taken =
        assessment::take_back_adjustment(&request.services, request.actor()?, organisation, given).await;
    answer(&request, taken)?;
    redirect(&format!("/assessments/adjustments/{organisation}?done=taken-back"));
    Ok(())
}
