use domain::assessment::{PaperKind, PaperState, Release, authoring::PaperPage};
use leptos::{prelude::*, server_fn::ServerFn};

use crate::{
    assessment::authoring::{
        api::SaveSettings,
        parts::{PaperHead, SettingsSummary, use_paper},
    },
    kit::ui::{ChangedMeanwhile, CheckBox, Loaded, PostForm, Radios, Reply, TextArea, TextField},
};

const FORM: &[&str] = &[SaveSettings::PATH];

/// `/assessments/papers/{paper}/settings`.
#[component]
pub fn Settings() -> impl IntoView {
    view! { <Loaded resource=use_paper() page=|page| view! { <SettingsView page /> } /> }
}

#[component]
fn SettingsView(page: PaperPage) -> impl IntoView {
    let reply = Reply::to(FORM);
    view! {
        <PaperHead page=page.clone() heading="Settings" reply />
        <div class="narrow">
            {if page.state == PaperState::Draft {
                view! { <SettingsForm page reply /> }.into_any()
            } else {
                view! {
                    <p>"The settings are fixed since the paper was published. "<a href=format!("/assessments/papers/{}/change", page.id)>"What can still be changed"</a></p>
                    <SettingsSummary page />
                }.into_any()
            }}
        </div>
    }
}

#[component]
fn SettingsForm(page: PaperPage, reply: Reply) -> impl IntoView {
    let (id, version, settings) = (page.id, page.versions.settings, page.settings.clone());
    let (limits, pace) = (page.years.limits(), page.pace_hint());
    let kinds = PaperKind::ALL.iter().map(|kind| (kind.as_str(), kind.label())).collect();
    let back = reply;
    let text = move |name: &str, before: &str| back.typed(name, before);
    let back = reply;
    let wrong = move |name: &str| back.problem(name);
    let release = reply.typed("release", settings.release.as_str());
    let release_problem = reply.problem("release");
    let (calculator, shuffle) = (
        reply.ticked(FORM, "calculator", settings.calculator),
        reply.ticked(FORM, "shuffle", settings.shuffle),
    );
    let hints = reply.ticked(FORM, "hints", settings.hints);
    view! {
        <ChangedMeanwhile reply again=format!("/assessments/papers/{id}/settings")>
            // Everything that this form would overwrite.
            <SettingsSummary page with_code=true />
        </ChangedMeanwhile>
        <PostForm to=SaveSettings::PATH>
            <input type="hidden" name="paper" value=id.to_string() />
            <input type="hidden" name="version" value=version.to_string() />
            <TextField id="title" label="Title" hint="As candidates see it. At most 200 characters."
                value=text("title", &settings.title) problem=wrong("title") />
            <Radios id="kind" label="Kind" options=kinds chosen=text("kind", settings.kind.as_str()) problem=wrong("kind") />
            <TextArea id="instructions" label="Instructions (optional)"
                hint="Candidates read this before they start. At most 4,000 characters."
                value=text("instructions", &settings.instructions) problem=wrong("instructions") />

            <h2>"Time"</h2>
            <TextField id="opens" label="Opens" kind="datetime-local" hint="UK time. Nobody can start earlier."
                limits=limits.clone() value=text("opens", &settings.opens) problem=wrong("opens") />
            <TextField id="closes" label="Closes" kind="datetime-local" hint="UK time. Nobody can start later, and candidates who are sitting it stop then. Only extra time and rest breaks go beyond."
                limits value=text("closes", &settings.closes) problem=wrong("closes") />
            <TextField id="limit_minutes" label="Time limit in minutes" numeric=true
                hint="1 to 600. Extra time is added for those who have it."
                value=text("limit_minutes", &settings.limit_minutes.to_string()) problem=wrong("limit_minutes") />
            {pace.map(|pace| view! { <p class="notice">{pace}</p> })}
            <TextField id="attempts" label="Attempts" numeric=true
                hint="1 to 10. Each attempt has questions of its own, as long as the question bank has enough. The page of its questions says which are asked again."
                value=text("attempts", &settings.attempts.to_string()) problem=wrong("attempts") />

            <h2>"Marks and results"</h2>
            <TextField id="pass_percent" label="Pass mark in %" numeric=true
                hint="0 to 100, of all marks. A section may have a pass mark of its own besides."
                value=text("pass_percent", &settings.pass_percent.to_string()) problem=wrong("pass_percent") />
            <ReleaseField chosen=release problem=release_problem />

            <h2>"What candidates may use"</h2>
            <fieldset class="field">
                <legend>"Options"</legend>
                <CheckBox id="calculator" label="Calculator on the screen" checked=calculator />
                <CheckBox id="shuffle" label="Questions in random order"
                    hint="Each candidate has an order of their own. Sections stay in their order." checked=shuffle />
                <CheckBox id="hints" label="Hints" hint="Candidates may open the hints of a question." checked=hints />
            </fieldset>
            <TextField id="access_code" label="Access code (optional)"
                hint="6 to 20 letters and digits. Any signed-in person who has the code can sit the paper."
                value=text("access_code", &settings.access_code) problem=wrong("access_code") />
            <div class="actions">
                <button type="submit" class="button">"Save the settings"</button>
                <a href=format!("/assessments/papers/{id}")>"Cancel"</a>
            </div>
        </PostForm>
    }
}

#[component]
fn ReleaseField(chosen: String, problem: Signal<Option<domain::Problem>>) -> impl IntoView {
    let options = Release::ALL.iter().map(|release| (release.as_str(), release.label())).collect();
    view! { <Radios id="release" label="When candidates see their results" options chosen problem /> }
}

#[cfg(all(test, feature = "ssr"))]
mod tests {
    use domain::{
        DayTime, FieldProblem, Problem,
        assessment::{
            Category, SectionId,
            authoring::{RuleId, RuleView, SectionView},
        },
    };

    use super::*;
    use crate::{
        assessment::authoring::parts::sample::draft,
        kit::api::{ApiError, ErrorKind, PageState, Returned},
    };

    /// The form of a draft with this code, after a newer version was saved: the refused form had no code.
    fn refused(code: &str) -> String {
        let mut page = draft();
        page.settings.access_code = code.into();
        let changed = Problem::ChangedMeanwhile { at: DayTime { day: 29, month: 11, hour: 9, minute: 30 } };
        let fields = vec![FieldProblem::new("changed", changed)];
        let error = ApiError { fields, ..ApiError::new(ErrorKind::Invalid) };
        let typed = vec![("access_code".to_owned(), String::new())];
        let returned = Some(Returned::new(SaveSettings::PATH, error, typed));
        Owner::new().with(|| {
            provide_context(RwSignal::new(PageState { returned, ..PageState::default() }));
            let reply = Reply::to(FORM);
            view! { <SettingsForm page reply /> }.to_html()
        })
    }

    #[test]
    fn the_time_limit_says_when_it_is_short_for_the_questions() {
        let drawn = |page: PaperPage| {
            Owner::new().with(|| {
                provide_context(RwSignal::new(PageState::default()));
                let reply = Reply::to(FORM);
                view! { <SettingsForm page reply /> }.to_html()
            })
        };
        let mut page = draft();
        assert!(!drawn(page.clone()).contains("for each"));
        let rule = RuleView {
            id: RuleId(uuid::Uuid::nil()),
            category: Some(Category::UnitDoses),
            difficulty: None,
            template: None,
            questions: 40,
            marks: 1,
        };
        page.sections = vec![SectionView {
            id: SectionId(uuid::Uuid::nil()),
            title: "Numeracy".into(),
            pass_percent: None,
            rules: vec![rule],
        }];
        let html = drawn(page);
        assert!(html.contains("30 minutes for 40 questions is 45 seconds for each"), "{html}");
    }

    #[test]
    fn the_current_settings_name_the_access_code_that_the_form_would_overwrite() {
        let html = refused("OTHER2026");
        let (stands, form) = html.split_once("<form").unwrap();
        assert!(stands.contains("What stands now") && stands.contains("OTHER2026"), "{html}");
        assert!(!form.contains("OTHER2026"), "what was typed is kept: {html}");
        assert!(refused("").contains("Access code</dt><dd>None"));
    }
}
