use domain::{
    FormToken, Moment, Years,
    assessment::{
        PaperId, PaperKind, PaperState, Release,
        authoring::{PaperPage, PaperSettings, PaperVersions},
    },
};
use uuid::Uuid;

/// A draft as first made, for tests of its views.
pub fn draft() -> PaperPage {
    let time = || Moment { utc: String::new(), london: String::new() };
    PaperPage {
        id: PaperId(Uuid::nil()),
        organisation: "North".into(),
        state: PaperState::Draft,
        versions: PaperVersions::default(),
        form: FormToken(Uuid::nil()),
        settings: PaperSettings {
            title: "Numeracy".into(),
            kind: PaperKind::Mock,
            instructions: String::new(),
            limit_minutes: 30,
            pass_percent: 80,
            calculator: false,
            shuffle: false,
            hints: true,
            attempts: 3,
            opens: "2026-11-30T09:00".into(),
            closes: "2026-12-07T17:00".into(),
            access_code: String::new(),
            release: Release::AtOnce,
        },
        opens: time(),
        closes: time(),
        years: Years::around(2026),
        time_notes: Vec::new(),
        sections: Vec::new(),
        cohorts: Vec::new(),
        named: 0,
        released: false,
        window_minutes: 10_560,
        longest_minutes: 30,
        put_away: false,
        started: false,
        results_out: false,
        changes: Vec::new(),
    }
}
