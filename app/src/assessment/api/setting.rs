use domain::assessment::{
    AdjustedPeople, BankPreviewed, CandidatesPage, MyPapers, OwnTemplates, PaperId, PaperPage,
    PreviewedQuestion,
};
use leptos::prelude::*;

use crate::api::{ApiError, Wire};
#[cfg(feature = "ssr")]
use {
    super::parse,
    crate::api::{Form, answer, request},
    domain::{
        Problem,
        assessment::{
            AdjustmentChange, BankDraftId, Category, Difficulty, LineId, PaperKind, PaperSettings,
            PaperVersions, Release, SectionId,
        },
        cohorts::{CohortId, OrganisationId},
    },
    leptos_axum::redirect,
    services::assessment::{self, LineSource},
};

#[server(prefix = "/api", endpoint = "assessment/load_papers", output = Wire)]
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
) -> Result<(), ApiError> {
    let request = request()?;
    let actor = request.actor()?;
    let mut form = Form::new(&request);
    form.typed("organisation", &organisation);
    form.typed("title", &title);
    form.typed("kind", &kind);
    let organisation = form
        .field("organisation", organisation.parse::<OrganisationId>().map_err(|_| Problem::ChoiceMissing));
    let kind = form.field("kind", PaperKind::parse(&kind).ok_or(Problem::ChoiceMissing));
    let (Some(organisation), Some(kind)) = (organisation, kind) else {
        let title = assessment::title_problem(&title).into_iter().collect();
        return Err(form.refused_with(title, &["organisation", "title", "kind"]));
    };
    let created = assessment::create_paper(&request.services, actor, organisation, &title, kind).await;
    let paper = form.answer(created)?;
    redirect(&format!("/assessments/papers/{paper}"));
    Ok(())
}

#[server(prefix = "/api", endpoint = "assessment/load_paper", output = Wire)]
pub async fn load_paper(paper: String) -> Result<PaperPage, ApiError> {
    let request = request()?;
    let paper = parse::id(&request, &paper)?;
    answer(&request, assessment::paper_page(&request.services, request.actor()?, paper).await)
}

#[server(prefix = "/api", endpoint = "assessment/load_candidates", output = Wire)]
pub async fn load_candidates(paper: String) -> Result<CandidatesPage, ApiError> {
    let request = request()?;
    let paper = parse::id(&request, &paper)?;
    answer(&request, assessment::candidates_page(&request.services, request.actor()?, paper).await)
}

#[server(prefix = "/api", endpoint = "assessment/save_settings")]
pub async fn save_settings(
    paper: String,
    #[server(default)] title: String,
    #[server(default)] kind: String,
    #[server(default)] instructions: String,
    #[server(default)] limit_minutes: String,
    #[server(default)] pass_percent: String,
    #[server(default)] calculator: bool,
    #[server(default)] shuffle: bool,
    #[server(default)] hints: bool,
    #[server(default)] attempts: String,
    #[server(default)] opens: String,
    #[server(default)] closes: String,
    #[server(default)] access_code: String,
    #[server(default)] release: String,
    #[server(default)] version: String,
) -> Result<(), ApiError> {
    let request = request()?;
    let actor = request.actor()?;
    let paper: PaperId = parse::id(&request, &paper)?;
    let mut form = Form::new(&request);
    let yes = |on: bool| if on { "true" } else { "" };
    for (name, value) in [
        ("title", title.as_str()),
        ("kind", &kind),
        ("instructions", &instructions),
        ("limit_minutes", &limit_minutes),
        ("pass_percent", &pass_percent),
        ("calculator", yes(calculator)),
        ("shuffle", yes(shuffle)),
        ("hints", yes(hints)),
        ("attempts", &attempts),
        ("opens", &opens),
        ("closes", &closes),
        ("access_code", &access_code),
        ("release", &release),
    ] {
        form.typed(name, value);
    }
    let kind = form.field("kind", PaperKind::parse(&kind).ok_or(Problem::ChoiceMissing));
    let limit_minutes = form.field("limit_minutes", parse::minutes(&limit_minutes));
    let pass_percent = form.field("pass_percent", parse::percent(&pass_percent));
    let attempts = form.field("attempts", parse::whole(&attempts));
    let release = form.field("release", Release::parse(&release).ok_or(Problem::ChoiceMissing));
    let readable = [
        kind.is_some(),
        limit_minutes.is_some(),
        pass_percent.is_some(),
        attempts.is_some(),
        release.is_some(),
    ];
    // What cannot be read has its problem already. A valid value stands in for it, so that the service finds all other problems.
    let settings = PaperSettings {
        title,
        kind: kind.unwrap_or(PaperKind::Mock),
        instructions,
        limit_minutes: limit_minutes.unwrap_or(1),
        pass_percent: pass_percent.unwrap_or(1),
        calculator,
        shuffle,
        hints,
        attempts: attempts.unwrap_or(1),
        opens,
        closes,
        access_code,
        release: release.unwrap_or(Release::ByHand),
    };
    if readable != [true; 5] {
        const FIELDS: [&str; 9] = [
            "title",
            "kind",
            "instructions",
            "opens",
            "closes",
            "limit_minutes",
            "attempts",
            "pass_percent",
            "release",
        ];
        return Err(form.refused_with(assessment::settings_problems(&request.services, &settings), &FIELDS));
    }
    form.answer(
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
    form.typed("section_title", &section_title);
    form.typed("section_pass", &section_pass);
    let pass = match section_pass.trim() {
        "" => Some(None),
        text => form.field("section_pass", parse::percent(text)).map(Some),
    };
    let Some(pass) = pass else {
        let title = assessment::section_problems(&section_title, None);
        return Err(form.refused_with(title, &["section_title", "section_pass"]));
    };
    let seen = parse::version(&version);
    form.answer(assessment::add_section(&request.services, actor, paper, &section_title, pass, seen).await)?;
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

/// Adds questions to a section. `source` is a category, or the id of a template. The fields' ids end in the section's id.
#[server(prefix = "/api", endpoint = "assessment/add_line")]
pub async fn add_line(
    paper: String,
    section: String,
    #[server(default)] source: String,
    #[server(default)] difficulty: String,
    #[server(default)] questions: String,
    #[server(default)] marks: String,
    #[server(default)] version: String,
) -> Result<(), ApiError> {
    let request = request()?;
    let actor = request.actor()?;
    let paper: PaperId = parse::id(&request, &paper)?;
    let section: SectionId = parse::id(&request, &section)?;
    let mut form = Form::new(&request);
    for (name, value) in
        [("section", section.to_string()), ("source", source.clone()), ("difficulty", difficulty.clone())]
    {
        form.typed(name, &value);
    }
    form.typed("questions", &questions);
    form.typed("marks", &marks);
    let level = difficulty.parse::<u8>().ok().and_then(|level| Difficulty::try_from(level).ok());
    let source = match (Category::parse(&source), source.parse()) {
        (Some(category), _) => Ok(LineSource::Category(category, level)),
        (None, Ok(template)) => Ok(LineSource::Template(template)),
        (None, Err(_)) => Err(Problem::ChoiceMissing),
    };
    let source = form.field(&format!("source-{section}"), source);
    let questions = form.field(&format!("questions-{section}"), parse::whole(&questions));
    let marks = form.field(&format!("marks-{section}"), parse::whole(&marks));
    let (Some(source), Some(questions), Some(marks)) = (source, questions, marks) else {
        let besides = assessment::line_problems(section, questions.unwrap_or(1), marks.unwrap_or(1));
        let fields = ["source", "questions", "marks"].map(|name| format!("{name}-{section}"));
        return Err(form.refused_with(besides, &fields.each_ref().map(String::as_str)));
    };
    let seen = parse::version(&version);
    let added =
        assessment::add_line(&request.services, actor, paper, section, source, questions, marks, seen).await;
    form.answer(added)?;
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
    let mut form = Form::new(&request);
    form.typed("emails", &emails);
    for cohort in &cohorts {
        form.typed("cohorts", cohort);
    }
    let cohorts: Vec<CohortId> = cohorts.iter().filter_map(|cohort| cohort.parse().ok()).collect();
    let seen = parse::version(&version);
    form.answer(assessment::save_candidates(&request.services, actor, paper, &cohorts, &emails, seen).await)?;
    redirect(&format!("/assessments/papers/{paper}"));
    Ok(())
}

#[server(prefix = "/api", endpoint = "assessment/load_preview", output = Wire)]
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
    let mut form = Form::new(&request);
    for (name, value) in [("opens", &opens), ("closes", &closes), ("reason", &reason)] {
        form.typed(name, value);
    }
    let window = (opens.as_str(), closes.as_str());
    let seen = parse::version(&version);
    form.answer(assessment::change_window(&request.services, actor, paper, window, &reason, seen).await)?;
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
    let mut form = Form::new(&request);
    form.typed("withdraw_reason", &withdraw_reason);
    let seen = parse::version(&version);
    let withdrawn =
        assessment::withdraw_paper(&request.services, actor, paper, &withdraw_reason, confirmed, seen).await;
    form.answer(withdrawn)?;
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

#[server(prefix = "/api", endpoint = "assessment/load_questions", output = Wire)]
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
    let mut form = Form::new(&request);
    form.typed("bank", &bank);
    let draft = form.answer(assessment::draft_bank(&request.services, actor, organisation, &bank).await)?;
    redirect(&format!("/assessments/questions/{organisation}/{draft}"));
    Ok(())
}

#[server(prefix = "/api", endpoint = "assessment/load_bank_draft", output = Wire)]
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

#[server(prefix = "/api", endpoint = "assessment/load_adjustments", output = Wire)]
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
    #[server(default)] email: String,
    #[server(default)] extra_percent: String,
    #[server(default)] extra_minutes: String,
    #[server(default)] break_minutes: String,
) -> Result<(), ApiError> {
    let request = request()?;
    let actor = request.actor()?;
    let organisation: OrganisationId = parse::id(&request, &organisation)?;
    let mut form = Form::new(&request);
    for (name, value) in [
        ("email", &email),
        ("extra_percent", &extra_percent),
        ("extra_minutes", &extra_minutes),
        ("break_minutes", &break_minutes),
    ] {
        form.typed(name, value);
    }
    // An empty box leaves what the person has.
    let mut number = |field: &str, text: &str, read: fn(&str) -> Result<u16, Problem>| match text.trim() {
        "" => Some(None),
        text => form.field(field, read(text)).map(Some),
    };
    let extra_percent = number("extra_percent", &extra_percent, parse::percent);
    let extra_minutes = number("extra_minutes", &extra_minutes, parse::minutes);
    let break_minutes = number("break_minutes", &break_minutes, parse::minutes);
    let (Some(extra_percent), Some(extra_minutes), Some(break_minutes)) =
        (extra_percent, extra_minutes, break_minutes)
    else {
        return Err(form.refused());
    };
    let extra_percent = extra_percent.map(|percent| u8::try_from(percent).unwrap_or(u8::MAX));
    let change = AdjustmentChange { extra_percent, extra_minutes, break_minutes };
    form.answer(assessment::set_adjustment(&request.services, actor, organisation, &email, change).await)?;
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
