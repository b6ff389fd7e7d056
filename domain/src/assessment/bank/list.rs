//! The query for an organisation's own templates: its sorting and its filters.

use crate::{
    assessment::{Category, Difficulty},
    kit::list::{Choice, Filter, ListQuery, Sort},
};

/// The columns that sort the templates.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum TemplateSort {
    /// The category in the order of the pages, then the difficulty and the name.
    #[default]
    Category,
    Name,
    Difficulty,
}

impl Choice for TemplateSort {
    const ALL: &'static [Self] = &[Self::Category, Self::Name, Self::Difficulty];

    fn as_str(self) -> &'static str {
        match self {
            Self::Category => "category",
            Self::Name => "name",
            Self::Difficulty => "difficulty",
        }
    }
}

impl Sort for TemplateSort {}

/// Whether papers draw the template.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum InUse {
    #[default]
    All,
    InUse,
    Retired,
}

impl Choice for InUse {
    const ALL: &'static [Self] = &[Self::All, Self::InUse, Self::Retired];

    fn as_str(self) -> &'static str {
        match self {
            Self::All => "all",
            Self::InUse => "in-use",
            Self::Retired => "retired",
        }
    }
}

impl Filter for InUse {
    const NAME: &'static str = "show";
    const LABEL: &'static str = "Show";

    fn label(self) -> &'static str {
        match self {
            Self::All => "All templates",
            Self::InUse => "Templates in use",
            Self::Retired => "Retired templates",
        }
    }
}

/// One category, or all of them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct OfCategory(pub Option<Category>);

impl Choice for OfCategory {
    const ALL: &'static [Self] = &{
        let mut all = [Self(None); Category::TABLE.len() + 1];
        let mut n = 0;
        while n < Category::TABLE.len() {
            all[n + 1] = Self(Some(Category::TABLE[n].0));
            n += 1;
        }
        all
    };

    fn as_str(self) -> &'static str {
        self.0.map_or("all", Category::as_str)
    }
}

impl Filter for OfCategory {
    const NAME: &'static str = "category";
    const LABEL: &'static str = "Category";

    fn label(self) -> &'static str {
        self.0.map_or("All categories", Category::title)
    }
}

/// One difficulty, or every.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct OfDifficulty(pub Option<Difficulty>);

impl Choice for OfDifficulty {
    const ALL: &'static [Self] = &[
        Self(None),
        Self(Some(Difficulty::One)),
        Self(Some(Difficulty::Two)),
        Self(Some(Difficulty::Three)),
    ];

    fn as_str(self) -> &'static str {
        match self.0 {
            None => "all",
            Some(Difficulty::One) => "1",
            Some(Difficulty::Two) => "2",
            Some(Difficulty::Three) => "3",
        }
    }
}

impl Filter for OfDifficulty {
    const NAME: &'static str = "difficulty";
    const LABEL: &'static str = "Difficulty";

    fn label(self) -> &'static str {
        self.0.map_or("Every difficulty", Difficulty::in_words)
    }
}

/// A setter's query for the organisation's own templates.
pub type TemplatesQuery = ListQuery<TemplateSort, (InUse, OfCategory, OfDifficulty)>;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_category_and_difficulty_is_a_choice_with_a_name_of_its_own() {
        assert!(OfCategory::ALL.iter().skip(1).filter_map(|choice| choice.0).eq(Category::all()));
        assert!(OfCategory::ALL.iter().all(|choice| OfCategory::parse(choice.as_str()) == *choice));
        assert!(OfDifficulty::ALL.iter().all(|choice| OfDifficulty::parse(choice.as_str()) == *choice));
    }

    #[test]
    fn several_filters_survive_the_address() {
        let address = "/list?show=retired&category=oral-liquids&difficulty=2&search=syrup";
        let query = TemplatesQuery::read(address.trim_start_matches("/list"));
        let (show, category, difficulty) = query.filters;
        assert_eq!(
            (show, category.0, difficulty.0),
            (InUse::Retired, Some(Category::OralLiquids), Some(Difficulty::Two))
        );
        assert_eq!(query.link("/list"), address);
        assert_eq!(TemplatesQuery::read("category=none&difficulty=4"), TemplatesQuery::default());
        assert!(query.is_filtered() && !query.everything().is_filtered());
    }
}
