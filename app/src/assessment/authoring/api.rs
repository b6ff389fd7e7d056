//! The server functions for writing a paper.

use domain::assessment::{
    PaperId,
    authoring::{CandidatesPage, MyOrganisations, MyPapers, PaperPage, PublicationPage, SectionsPage, Trial},
    bank::PreviewedQuestion,
};
use leptos::prelude::*;

use super::forms::{RuleForm, SettingsForm};
use crate::{
    assessment::question::form::AnswerForm,
    kit::api::{ApiError, Wire},
};
#[cfg(feature = "ssr")]
use {
    crate::{
        assessment::{delivery::room::Trying, parse, question::order::moves},
        kit::{
            api::{Form, answer, request, unfinished},
            list::with,
        },
    },
    domain::{
        Problem,
        assessment::{
            Category, PaperKind, SectionId,
            authoring::{
                CandidatesQuery, OrganisationsQuery, PaperVersions, PapersQuery, RuleId, TrialAsked,
                TriedAnswers,
            },
        },
        cohorts::CohortId,
        organisations::OrganisationId,
    },
    leptos_axum::redirect,
    services::assessment::{self, authoring::RuleMove},
};

/// `query` is the query of the page's address, and `organisation` the one that support has chosen.
#[server(prefix = "/api", endpoint = "assessment/load_papers", protocol = Wire)]
pub async fn load_papers(
    #[server(default)] query: String,
    #[server(default)] organisation: String,
) -> Result<MyPapers, ApiError> {
    let request = request()?;
    let (actor, query) = (request.actor()?, PapersQuery::read(&query));
    let chosen = organisation.parse().ok();
    answer(&request, assessment::authoring::papers_page(&request.services, actor, &query, chosen).await)
}

/// `query` is the query of the page's address.
#[server(prefix = "/api", endpoint = "assessment/load_organisations", protocol = Wire)]
pub async fn load_organisations(#[server(default)] query: String) -> Result<MyOrganisations, ApiError> {
    let request = request()?;
    let (actor, query) = (request.actor()?, OrganisationsQuery::read(&query));
    answer(&request, assessment::authoring::organisations_page(&request.services, actor, &query).await)
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
        let title = assessment::authoring::title_problem(&title).into_iter().collect();
        return Err(form.refused_with(title, &["organisation", "title", "kind"]));
    };
    let created =
        assessment::authoring::create_paper(&request.services, actor, organisation, &title, kind, once).await;
    let paper = answer(&request, created)?;
    redirect(&format!("/assessments/papers/{paper}"));
    Ok(())
}

#[server(prefix = "/api", endpoint = "assessment/load_paper", protocol = Wire)]
pub async fn load_paper(paper: String) -> Result<PaperPage, ApiError> {
    let request = request()?;
    let paper = parse::id(&request, &paper)?;
    answer(&request, assessment::authoring::paper_page(&request.services, request.actor()?, paper).await)
}

/// `category` is the one of the address, whose questions the page shows.
#[server(prefix = "/api", endpoint = "assessment/load_sections", protocol = Wire)]
pub async fn load_sections(
    paper: String,
    #[server(default)] category: String,
) -> Result<SectionsPage, ApiError> {
    let request = request()?;
    let (paper, category) = (parse::id(&request, &paper)?, Category::parse(&category));
    let page =
        assessment::authoring::sections_page(&request.services, request.actor()?, paper, category).await;
    answer(&request, page)
}

#[server(prefix = "/api", endpoint = "assessment/load_publication", protocol = Wire)]
pub async fn load_publication(paper: String) -> Result<PublicationPage, ApiError> {
    let request = request()?;
    let paper = parse::id(&request, &paper)?;
    answer(
        &request,
        assessment::authoring::publication_page(&request.services, request.actor()?, paper).await,
    )
}

/// `query` is the query of the page's address.
#[server(prefix = "/api", endpoint = "assessment/load_candidates", protocol = Wire)]
pub async fn load_candidates(
    paper: String,
    #[server(default)] query: String,
) -> Result<CandidatesPage, ApiError> {
    let request = request()?;
    let paper = parse::id(&request, &paper)?;
    let query = CandidatesQuery::read(&query);
    let page =
        assessment::authoring::candidates_page(&request.services, request.actor()?, paper, &query).await;
    answer(&request, page)
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
    let others = |settings: &_| assessment::authoring::settings_problems(&request.services, settings);
    let settings = settings.parse(Form::new(&request), others)?;
    answer(
        &request,
        assessment::authoring::save_settings(
            &request.services,
            actor,
            paper,
            &settings,
            parse::version(&version),
        )
        .await,
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
        let title = assessment::authoring::section_problems(&section_title, None);
        return Err(form.refused_with(title, &["section_title", "section_pass"]));
    };
    let seen = parse::version(&version);
    answer(
        &request,
        assessment::authoring::add_section(&request.services, actor, paper, &section_title, pass, seen).await,
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
        assessment::authoring::remove_section(&request.services, request.actor()?, paper, section, seen)
            .await,
    )?;
    redirect(&format!("/assessments/papers/{paper}/questions"));
    Ok(())
}

/// Adds questions to a section. `category` is the one whose questions the page shows, which stays open.
#[server(prefix = "/api", endpoint = "assessment/add_rule")]
pub async fn add_rule(
    paper: String,
    section: String,
    #[server(default)] version: String,
    #[server(default)] category: String,
    #[server(flatten)] rule: RuleForm,
) -> Result<(), ApiError> {
    let request = request()?;
    let actor = request.actor()?;
    let paper: PaperId = parse::id(&request, &paper)?;
    let section: SectionId = parse::id(&request, &section)?;
    let others = |questions, marks| assessment::authoring::rule_problems(section, questions, marks);
    let (source, questions, marks) = rule.parse(Form::new(&request), section, others)?;
    let seen = parse::version(&version);
    let added = assessment::authoring::add_rule(
        &request.services,
        actor,
        paper,
        section,
        source,
        questions,
        marks,
        seen,
    )
    .await;
    answer(&request, added)?;
    let open = Category::parse(&category).map(|category| format!("&category={}", category.as_str()));
    redirect(&format!(
        "/assessments/papers/{paper}/questions?add={section}{}#section-{section}",
        open.unwrap_or_default()
    ));
    Ok(())
}

/// Moves a rule within its section: `up`, `down`, or to a place, which is counted from 1.
#[server(prefix = "/api", endpoint = "assessment/move_rule")]
pub async fn move_rule(
    paper: PaperId,
    rule: domain::assessment::authoring::RuleId,
    #[server(default)] go: String,
    #[server(default)] version: String,
) -> Result<(), ApiError> {
    let request = request()?;
    let (actor, seen) = (request.actor()?, parse::version(&version));
    let mut form = Form::new(&request);
    let to = match go.as_str() {
        "up" => Ok(RuleMove::Up),
        "down" => Ok(RuleMove::Down),
        place => place.parse().map(RuleMove::To).map_err(|_| Problem::ChoiceMissing),
    };
    let Some(to) = form.field("go", to) else { return Err(form.refused()) };
    let moved = assessment::authoring::move_rule(&request.services, actor, paper, rule, to, seen).await;
    answer(&request, moved)?;
    redirect(&format!("/assessments/papers/{paper}/questions"));
    Ok(())
}

#[server(prefix = "/api", endpoint = "assessment/remove_rule")]
pub async fn remove_rule(
    paper: PaperId,
    rule: domain::assessment::authoring::RuleId,
    #[server(default)] version: String,
) -> Result<(), ApiError> {
    let request = request()?;
    let seen = parse::version(&version);
    let rule: RuleId = rule;
    answer(
        &request,
        assessment::authoring::remove_rule(&request.services, request.actor()?, paper, rule, seen).await,
    )?;
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
    let mut form = Form::new(&request);
    let cohorts: Result<Vec<CohortId>, _> = cohorts.iter().map(|cohort| cohort.parse()).collect();
    let Some(cohorts) = form.field("cohorts", cohorts.map_err(|_| Problem::CohortUnknown)) else {
        let others = assessment::authoring::address_problems(&emails);
        return Err(form.refused_with(others, &["cohorts", "emails"]));
    };
    let seen = parse::version(&version);
    answer(
        &request,
        assessment::authoring::save_candidates(&request.services, actor, paper, &cohorts, &emails, seen)
            .await,
    )?;
    redirect(&format!("/assessments/papers/{paper}?done=saved"));
    Ok(())
}

/// Removes the ticked candidates from the paper. `query` is the query of the list, which stays. A button that only turns to another page of the
/// list names it in `turn_to`.
#[server(prefix = "/api", endpoint = "assessment/remove_candidates")]
pub async fn remove_candidates(
    paper: String,
    #[server(default)] chosen: Vec<String>,
    #[server(default)] confirmed: bool,
    #[server(default)] version: String,
    #[server(default)] query: String,
    #[server(default)] turn_to: String,
) -> Result<(), ApiError> {
    let request = request()?;
    let actor = request.actor()?;
    let paper: PaperId = parse::id(&request, &paper)?;
    if !turn_to.is_empty() {
        return Err(unfinished(&request));
    }
    let seen = parse::version(&version);
    let removed =
        assessment::authoring::remove_candidates(&request.services, actor, paper, &chosen, confirmed, seen)
            .await;
    let removed = answer(&request, removed)?;
    let list = CandidatesQuery::read(&query).first().link(&format!("/assessments/papers/{paper}/candidates"));
    // In another window they may all have been removed already.
    if removed > 0 {
        redirect(&with(&list, "done=removed"));
    } else {
        redirect(&list);
    }
    Ok(())
}

#[server(prefix = "/api", endpoint = "assessment/load_preview", protocol = Wire)]
pub async fn load_preview(paper: String) -> Result<(PaperPage, Vec<PreviewedQuestion>), ApiError> {
    let request = request()?;
    let paper = parse::id(&request, &paper)?;
    answer(&request, assessment::authoring::preview_paper(&request.services, request.actor()?, paper).await)
}

/// The room of a paper that its setter tries. `seed`, `so_far` and `marked` are those of the address: see
/// [`Trying::address`](crate::assessment::delivery::room::Trying::address).
#[server(prefix = "/api", endpoint = "assessment/load_trial", protocol = Wire)]
pub async fn load_trial(
    paper: String,
    #[server(default)] seed: String,
    #[server(default)] so_far: String,
    #[server(default)] marked: String,
) -> Result<Trial, ApiError> {
    let request = request()?;
    let paper = parse::id(&request, &paper)?;
    let asked = TrialAsked { seed: seed.parse().ok(), answers: tried(&so_far), marked: marked == "yes" };
    answer(&request, assessment::authoring::trial(&request.services, request.actor()?, paper, asked).await)
}

/// The answers so far. An address that was cut off has none.
#[cfg(feature = "ssr")]
fn tried(so_far: &str) -> TriedAnswers {
    serde_json::from_str(so_far).unwrap_or_default()
}

/// A form of a room that is tried, sent without scripts: puts the answer beside those so far, and leads where `go` says. A
/// form without a place asks for the marks. Nothing is kept.
#[server(prefix = "/api", endpoint = "assessment/try_and_go")]
pub async fn try_and_go(
    paper: String,
    #[server(default)] seed: String,
    #[server(default)] so_far: String,
    #[server(default)] place: String,
    #[server(flatten)] given: AnswerForm,
) -> Result<(), ApiError> {
    let request = request()?;
    let paper: PaperId = parse::id(&request, &paper)?;
    answer(&request, assessment::authoring::paper_page(&request.services, request.actor()?, paper).await)?;
    let seed = seed.parse().unwrap_or_default();
    let mut answers = tried(&so_far);
    let at = place.parse::<usize>().ok().and_then(|number| number.checked_sub(1));
    let go = given.go.clone();
    let stays = moves(&go) || go == "clear" || go.is_empty();
    if let Some(at) = at {
        answers.retain(|(other, _)| *other != at);
        answers.extend(given.response().filter(|response| !response.is_blank()).map(|given| (at, given)));
    }
    let to = if stays { place } else { go.trim_start_matches("on-").to_owned() };
    let so_far = serde_json::to_string(&answers).unwrap_or_default();
    redirect(&Trying::address(paper, seed, &to, &so_far, at.is_none()));
    Ok(())
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
    let published =
        assessment::authoring::publish_paper(&request.services, actor, paper, confirmed, Some(seen)).await;
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
        assessment::authoring::change_window(&request.services, actor, paper, window, &reason, seen).await,
    )?;
    redirect(&format!("/assessments/papers/{paper}?done=window"));
    Ok(())
}

/// Closes an open paper: nobody can start it from now on.
#[server(prefix = "/api", endpoint = "assessment/close_paper")]
pub async fn close_paper(
    paper: String,
    #[server(default)] close_reason: String,
    #[server(default)] confirmed: bool,
    #[server(default)] version: String,
) -> Result<(), ApiError> {
    let request = request()?;
    let actor = request.actor()?;
    let paper: PaperId = parse::id(&request, &paper)?;
    let seen = parse::version(&version);
    let services = &request.services;
    let closed =
        assessment::authoring::close_paper(services, actor, paper, &close_reason, confirmed, seen).await;
    answer(&request, closed)?;
    redirect(&format!("/assessments/papers/{paper}?done=closed"));
    Ok(())
}

/// Corrects the title and the instructions of a published paper.
#[server(prefix = "/api", endpoint = "assessment/correct_wording")]
pub async fn correct_wording(
    paper: String,
    #[server(default)] title: String,
    #[server(default)] instructions: String,
    #[server(default)] wording_reason: String,
    #[server(default)] version: String,
) -> Result<(), ApiError> {
    let request = request()?;
    let actor = request.actor()?;
    let paper: PaperId = parse::id(&request, &paper)?;
    let seen = parse::version(&version);
    let corrected = assessment::authoring::correct_wording(
        &request.services,
        actor,
        paper,
        &title,
        &instructions,
        &wording_reason,
        seen,
    )
    .await;
    answer(&request, corrected)?;
    redirect(&format!("/assessments/papers/{paper}?done=reworded"));
    Ok(())
}

/// Gives a published paper another access code, or none.
#[server(prefix = "/api", endpoint = "assessment/change_code")]
pub async fn change_code(
    paper: String,
    #[server(default)] access_code: String,
    #[server(default)] code_reason: String,
    #[server(default)] version: String,
) -> Result<(), ApiError> {
    let request = request()?;
    let actor = request.actor()?;
    let paper: PaperId = parse::id(&request, &paper)?;
    let seen = parse::version(&version);
    let services = &request.services;
    let changed =
        assessment::authoring::change_code(services, actor, paper, &access_code, &code_reason, seen).await;
    answer(&request, changed)?;
    redirect(&format!("/assessments/papers/{paper}?done=code"));
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
    let withdrawn = assessment::authoring::withdraw_paper(
        &request.services,
        actor,
        paper,
        &withdraw_reason,
        confirmed,
        seen,
    )
    .await;
    answer(&request, withdrawn)?;
    redirect(&format!("/assessments/papers/{paper}?done=withdrawn"));
    Ok(())
}

/// `put_away` is `yes`, or `no` to bring the paper back.
#[server(prefix = "/api", endpoint = "assessment/put_away_paper")]
pub async fn put_away_paper(paper: String, #[server(default)] put_away: String) -> Result<(), ApiError> {
    let request = request()?;
    let actor = request.actor()?;
    let paper: PaperId = parse::id(&request, &paper)?;
    let away = match put_away.as_str() {
        "yes" => true,
        "no" => false,
        _ => return answer(&request, Err(services::Error::NotFound)),
    };
    answer(&request, assessment::authoring::put_away(&request.services, actor, paper, away).await)?;
    redirect(&format!("/assessments/papers?done={}", if away { "put-away" } else { "brought-back" }));
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
    let copied =
        assessment::authoring::duplicate_paper(&request.services, actor, paper, candidates, form).await;
    let copy = answer(&request, copied)?;
    redirect(&format!("/assessments/papers/{copy}"));
    Ok(())
}

#[server(prefix = "/api", endpoint = "assessment/remove_draft")]
pub async fn remove_draft(paper: PaperId, #[server(default)] form: String) -> Result<(), ApiError> {
    let request = request()?;
    let form = form.parse().ok();
    answer(
        &request,
        assessment::authoring::remove_draft(&request.services, request.actor()?, paper, form).await,
    )?;
    redirect("/assessments/papers?done=removed");
    Ok(())
}
