//! Where the forms and links of the room lead. In a room that its setter tries they carry the answers so far, because
//! these are kept nowhere.

use domain::{assessment::PaperId, kit::list::link_to};
use leptos::{prelude::*, server_fn::ServerFn};

use super::{
    Place,
    keeper::{Keeper, Trying},
};
use crate::assessment::{
    authoring::api::TryAndGo,
    delivery::api::{SaveAndGo, SubmitSitting},
};

/// In place of when the answers were saved.
pub const KEPT_NOWHERE: &str = "This is a try. Nothing is kept.";

impl Trying {
    /// `seed`: see [`Trial`](domain::assessment::authoring::Trial). The page of a try alone calls this, so that the file of the room has
    /// nothing of what is named here.
    pub fn new(paper: PaperId, seed: u32) -> Self {
        Self { paper, seed, way_to, marks, carried }
    }

    /// The address of a place in the room, with the answers so far as JSON; with `marked` that of the marks.
    pub fn address(paper: PaperId, seed: u32, place: &str, so_far: &str, marked: bool) -> String {
        let seed = seed.to_string();
        let mut parts = vec![("seed", seed.as_str()), ("question", place), ("so_far", so_far)];
        if marked {
            parts.push(("marked", "yes"));
        }
        link_to(&format!("/assessments/papers/{paper}/try"), &parts)
    }
}

fn so_far(keeper: Keeper) -> String {
    serde_json::to_string(&keeper.answers()).unwrap_or_default()
}

fn way_to(trial: Trying, keeper: Keeper, place: Place) -> String {
    Trying::address(trial.paper, trial.seed, &place.written(), &so_far(keeper), false)
}

fn marks(trial: Trying, keeper: Keeper) -> String {
    Trying::address(trial.paper, trial.seed, "review", &so_far(keeper), true)
}

fn carried(trial: Trying, keeper: Keeper) -> AnyView {
    view! {
        <input type="hidden" name="paper" value=trial.paper.to_string() />
        <input type="hidden" name="seed" value=trial.seed.to_string() />
        <input type="hidden" name="so_far" value=so_far(keeper) />
    }
    .into_any()
}

impl Keeper {
    /// Where an answer goes that is sent without scripts.
    pub fn saves_to(self) -> &'static str {
        if self.is_tried() { TryAndGo::url() } else { SaveAndGo::url() }
    }

    /// The same for the button that ends the sitting.
    pub fn submits_to(self) -> &'static str {
        if self.is_tried() { TryAndGo::url() } else { SubmitSitting::url() }
    }

    pub(super) fn way_to(self, place: Place) -> String {
        match self.trial() {
            Some(trial) => (trial.way_to)(trial, self, place),
            None => format!("/assessments/sittings/{}?question={}", self.sitting, place.written()),
        }
    }

    /// The address of the marks, if there is no sitting to hand in.
    #[cfg_attr(not(feature = "hydrate"), expect(dead_code, reason = "without scripts a form leads there"))]
    pub(super) fn marks(self) -> Option<String> {
        self.trial().map(|trial| (trial.marks)(trial, self))
    }

    /// What a form carries of a try.
    pub fn carried(self) -> AnyView {
        match self.trial() {
            Some(trial) => (trial.carried)(trial, self),
            None => ().into_any(),
        }
    }
}
