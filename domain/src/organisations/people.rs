use serde::{Deserialize, Serialize};

use super::{AREA_NAMES, GroupNames, OrganisationHead, TEAM_NAMES};
use crate::{
    accounts::{AccountState, MailState, PersonId},
    kit::list::{Choice, Filter, FilterField, Filters, ListQuery, Page, Sort, typed},
};

/// `/organisation/{slug}/people`: one page of the people of an organisation.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct OrganisationPeople {
    pub head: OrganisationHead,
    pub people: Page<PersonRow>,
    #[serde(default)]
    pub names: GroupNames,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PersonRow {
    pub person: PersonId,
    pub name: String,
    pub email: String,
    pub student_number: Option<String>,
    pub team: Option<String>,
    pub area: Option<String>,
    /// The cohorts of this organisation, with commas between.
    pub cohorts: Option<String>,
    /// Who was asked whether they belong to the organisation is pending too, as if they had no account: no organisation learns who has one.
    pub state: AccountState,
    /// What went wrong with the last mail, while it is pending. Nothing says that a mail has gone out: who was asked and said no gets none.
    pub mail: Option<MailState>,
    /// To whom the mail can be sent again.
    pub invited: Option<PersonId>,
}

/// The columns that sort the people of an organisation.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum PeopleSort {
    #[default]
    Name,
    Number,
    Team,
    Area,
    Joined,
}

impl Choice for PeopleSort {
    const ALL: &'static [Self] = &[Self::Name, Self::Number, Self::Team, Self::Area, Self::Joined];

    fn as_str(self) -> &'static str {
        match self {
            Self::Name => "name",
            Self::Number => "number",
            Self::Team => "team",
            Self::Area => "area",
            Self::Joined => "joined",
        }
    }
}

impl Sort for PeopleSort {
    fn falls(self) -> bool {
        self == Self::Joined
    }
}

/// The filter of the people by their state.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum StateShown {
    #[default]
    All,
    Active,
    Pending,
}

impl Choice for StateShown {
    const ALL: &'static [Self] = &[Self::All, Self::Active, Self::Pending];

    fn as_str(self) -> &'static str {
        match self {
            Self::All => "all",
            Self::Active => "active",
            Self::Pending => "pending",
        }
    }
}

impl Filter for StateShown {
    const NAME: &'static str = "state";
    const LABEL: &'static str = "State";

    fn label(self) -> &'static str {
        match self {
            Self::All => "All",
            Self::Active => "Active",
            Self::Pending => "Pending",
        }
    }
}

/// The filters of the people. Those that are typed find the names that they are, whatever their case and accents.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct PeopleFilters {
    pub state: StateShown,
    pub team: String,
    pub area: String,
    pub cohort: String,
}

impl Filters for PeopleFilters {
    fn fields(&self) -> Vec<FilterField> {
        let mut fields = self.state.fields();
        fields.extend([
            FilterField::typed("team", "Team", &self.team).offered(TEAM_NAMES),
            FilterField::typed("area", "Area", &self.area).offered(AREA_NAMES),
            FilterField::typed("cohort", "Cohort", &self.cohort),
        ]);
        fields
    }

    fn read(value: &dyn Fn(&str) -> String) -> Self {
        Self {
            state: Filters::read(value),
            team: typed(&value("team")),
            area: typed(&value("area")),
            cohort: typed(&value("cohort")),
        }
    }
}

/// An administrator's query for the people of their organisation.
pub type PeopleQuery = ListQuery<PeopleSort, PeopleFilters>;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_typed_into_a_filter_comes_back_from_the_address() {
        let query = PeopleQuery::read("?state=pending&team=Ward+7%20%26%208&cohort=%20&sort=team");
        assert_eq!((query.filters.state, query.filters.team.as_str()), (StateShown::Pending, "Ward 7 & 8"));
        assert!(query.filters.cohort.is_empty() && query.is_filtered());
        let address = query.link("/organisation/north/people");
        assert_eq!(
            address,
            "/organisation/north/people?sort=team&order=up&state=pending&team=Ward%207%20%26%208"
        );
        assert_eq!(PeopleQuery::read(address.split_once('?').unwrap().1), query);
        assert!(!query.everything().is_narrowed());
    }
}
