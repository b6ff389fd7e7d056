//! Where the forms and links of the room lead. In a room that its setter tries they carry the answers so far, because
//! these are kept nowhere.

use domain::kit::list::link_to;
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
    /// The address of a place in the room, with the answers so far as JSON; with `marked` that of the marks.
    pub fn address(self, place: &str, so_far: &str, marked: bool) -> String {
        let seed = self.seed.to_string();
        let mut parts = vec![("seed", seed.as_str()), ("question", place), ("so_far", so_far)];
        if marked {
            parts.push(("marked", "yes"));
        }
        link_to(&format!("/assessments/papers/{}/try", self.paper), &parts)
    }
}

impl Keeper {
    fn so_far(self) -> String {
        serde_json::to_string(&self.answers()).unwrap_or_default()
    }

    /// Where an answer goes that is sent without scripts.
    pub fn saves_to(self) -> &'static str {
        if self.trial.is_some() { TryAndGo::url() } else { SaveAndGo::url() }
    }

    /// The same for the button that ends the sitting.
    pub fn submits_to(self) -> &'static str {
        if self.trial.is_some() { TryAndGo::url() } else { SubmitSitting::url() }
    }

    pub(super) fn way_to(self, place: Place) -> String {
        match self.trial {
            Some(trial) => trial.address(&place.written(), &self.so_far(), false),
            None => format!("/assessments/sittings/{}?question={}", self.sitting, place.written()),
        }
    }

    /// The address of the marks, if there is no sitting to hand in.
    #[cfg_attr(not(feature = "hydrate"), expect(dead_code, reason = "without scripts a form leads there"))]
    pub(super) fn marks(self) -> Option<String> {
        self.trial.map(|trial| trial.address("review", &self.so_far(), true))
    }

    /// What a form carries of a try.
    pub fn carried(self) -> Option<AnyView> {
        let Trying { paper, seed } = self.trial?;
        let so_far = self.so_far();
        Some(
            view! {
                <input type="hidden" name="paper" value=paper.to_string() />
                <input type="hidden" name="seed" value=seed.to_string() />
                <input type="hidden" name="so_far" value=so_far />
            }
            .into_any(),
        )
    }
}
