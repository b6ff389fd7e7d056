use domain::assessment::delivery::SittingId;
use leptos::server_fn::ServerFn;
use services::accounts::Needs;

use crate::{
    accounts::api::{
        Activate, ChooseDisplay, ChoosePassword, ConfirmRegistration, ConfirmSecondFactor, EnterCode,
        LoadActivation, LoadLink, LoadRegistration, LoadSecondFactor, Register, RequestLink, SignIn, SignOut,
        StartSecondFactor, StopReminders,
    },
    assessment::{
        delivery::api::{
            BeginEpoch, LoadReceipt, LoadRoomState, OpenHint, OpenRoom, PauseSitting, ReportWindow,
            ResumeSitting, SaveAndGo, SaveAnswers, SubmitAnswers, SubmitSitting,
        },
        results::api::LoadVerification,
    },
    cohorts::api::StopCohortReminders,
    learning::api::StopOwnReminders,
    zone::api::{
        joining::{LoadAreas, LoadJoin, RegisterAndApply},
        messages::StopMessages,
    },
};

/// Whether visitors who are not signed in may also call the server function at this path. Every other is refused to
/// them before their request is read.
pub fn open_to_all(path: &str) -> bool {
    [
        SignIn::PATH,
        SignOut::PATH,
        RequestLink::PATH,
        LoadLink::PATH,
        ChoosePassword::PATH,
        ChooseDisplay::PATH,
        LoadActivation::PATH,
        Activate::PATH,
        StopReminders::PATH,
        StopMessages::PATH,
        StopCohortReminders::PATH,
        StopOwnReminders::PATH,
        Register::PATH,
        LoadRegistration::PATH,
        ConfirmRegistration::PATH,
        LoadVerification::PATH,
        LoadAreas::PATH,
        LoadJoin::PATH,
        RegisterAndApply::PATH,
    ]
    .contains(&path)
}

/// The same for a half open session, besides those: it enters its code, or sets up its second factor, and nothing else.
pub fn open_to_half_open(path: &str, needs: Needs) -> bool {
    match needs {
        Needs::Code => path == EnterCode::PATH,
        Needs::SetUp => {
            [LoadSecondFactor::PATH, StartSecondFactor::PATH, ConfirmSecondFactor::PATH].contains(&path)
        }
    }
}

/// Whether a half open session whose person sits a paper is their session for this page, file, stream or function: what
/// the exam room and its receipt need, and nothing else.
pub fn open_to_candidate(path: &str) -> bool {
    let functions = [
        OpenRoom::PATH,
        BeginEpoch::PATH,
        LoadRoomState::PATH,
        SaveAnswers::PATH,
        SaveAndGo::PATH,
        OpenHint::PATH,
        PauseSitting::PATH,
        ResumeSitting::PATH,
        ReportWindow::PATH,
        SubmitSitting::PATH,
        SubmitAnswers::PATH,
        LoadReceipt::PATH,
        // The candidate hears of the sitting alone.
        "/live",
    ];
    functions.contains(&path) || is_of_sitting(path) || path.starts_with("/question-pictures/")
}

/// The room, its receipt, and the files of the receipt.
fn is_of_sitting(path: &str) -> bool {
    let Some(of_sitting) = path.strip_prefix("/assessments/sittings/") else { return false };
    let (sitting, rest) = of_sitting.split_once('/').unwrap_or((of_sitting, ""));
    sitting.parse::<SittingId>().is_ok() && ["", "receipt", "receipt.txt", "receipt.pdf"].contains(&rest)
}

/// What a half open session needs whose form this function takes.
pub fn step_of_form(path: &str) -> Option<Needs> {
    let steps = [(EnterCode::PATH, Needs::Code), (ConfirmSecondFactor::PATH, Needs::SetUp)];
    steps.into_iter().find(|(form, _)| *form == path).map(|(_, step)| step)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_candidate_reaches_the_room_and_the_receipt_and_no_other_page() {
        let sitting = "/assessments/sittings/00000000-0000-0000-0000-000000000000";
        for rest in ["", "/receipt", "/receipt.txt", "/receipt.pdf"] {
            assert!(open_to_candidate(&format!("{sitting}{rest}")), "{rest}");
        }
        for rest in ["/result", "/certificate.pdf", "/receipt/../../../support", "/../../support"] {
            assert!(!open_to_candidate(&format!("{sitting}{rest}")), "{rest}");
        }
        for page in
            ["/", "/support", "/assessments", "/assessments/sittings/..", "/assessments/sittings/../support"]
        {
            assert!(!open_to_candidate(page), "{page}");
        }
        assert!(open_to_candidate("/api/assessment/save_answers"));
        assert!(!open_to_candidate("/api/assessment/start_sitting"));
    }
}
