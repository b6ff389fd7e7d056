use serde::{Deserialize, Serialize};

/// The subject of a question. Fourteen are of numeracy and four of literacy; papers, results and practice use them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Category {
    SiConversion,
    TabletsAndCapsules,
    OralLiquids,
    Injections,
    MultipleAndSubUnitDoses,
    UnitDoses,
    DailyTotals,
    WeightBasedDoses,
    InfusionMlPerHour,
    DropsPerMinute,
    ConcentrationsAndDilutions,
    PercentagesAndRatios,
    FluidBalance,
    InfusionMcgPerKgPerMin,
    ChartsAndLabels,
    AbbreviationsAndSafeWriting,
    SpellingOfMedicines,
    Comprehension,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Strand {
    Numeracy,
    Literacy,
}

impl Category {
    /// Every category with its name in files and addresses, and its title, in the order of pages.
    pub(super) const TABLE: [(Self, &'static str, &'static str); 18] = [
        (Self::SiConversion, "si-conversion", "SI units and conversion"),
        (Self::TabletsAndCapsules, "tablets-and-capsules", "Tablets and capsules"),
        (Self::OralLiquids, "oral-liquids", "Oral liquids"),
        (Self::Injections, "injections", "Injections"),
        (Self::MultipleAndSubUnitDoses, "multiple-and-sub-unit-doses", "Multiple and sub-unit doses"),
        (Self::UnitDoses, "unit-doses", "Doses in units"),
        (Self::DailyTotals, "daily-totals", "Daily totals"),
        (Self::WeightBasedDoses, "weight-based-doses", "Doses by body weight"),
        (Self::InfusionMlPerHour, "infusion-ml-per-hour", "Infusion rates in mL/hour"),
        (Self::DropsPerMinute, "drops-per-minute", "Drops per minute"),
        (Self::ConcentrationsAndDilutions, "concentrations-and-dilutions", "Concentrations and dilutions"),
        (Self::PercentagesAndRatios, "percentages-and-ratios", "Percentages and ratios"),
        (Self::FluidBalance, "fluid-balance", "Fluid balance"),
        (Self::InfusionMcgPerKgPerMin, "infusion-mcg-per-kg-per-min", "Infusions by micrograms/kg/min"),
        (Self::ChartsAndLabels, "charts-and-labels", "Reading charts and labels"),
        (
            Self::AbbreviationsAndSafeWriting,
            "abbreviations-and-safe-writing",
            "Abbreviations and safe writing",
        ),
        (Self::SpellingOfMedicines, "spelling-of-medicines", "Spelling of medicines"),
        (Self::Comprehension, "comprehension", "Understanding a clinical text"),
    ];

    pub fn all() -> impl Iterator<Item = Self> {
        Self::TABLE.into_iter().map(|(category, ..)| category)
    }

    /// As written in files and addresses. The same as serde writes.
    pub fn as_str(self) -> &'static str {
        self.row().1
    }

    pub fn title(self) -> &'static str {
        self.row().2
    }

    pub fn parse(text: &str) -> Option<Self> {
        Self::all().find(|category| category.as_str() == text)
    }

    pub fn strand(self) -> Strand {
        if self < Self::ChartsAndLabels { Strand::Numeracy } else { Strand::Literacy }
    }

    /// The table is in the order of the variants, which a test checks.
    fn row(self) -> &'static (Self, &'static str, &'static str) {
        &Self::TABLE[self as usize]
    }
}

/// 1 is one step with easy numbers, 2 two steps or a conversion, 3 several steps with a trap on the way.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "u8", into = "u8")]
pub enum Difficulty {
    One = 1,
    Two,
    Three,
}

impl Difficulty {
    /// As shown on pages.
    pub fn in_words(self) -> &'static str {
        match self {
            Self::One => "1: one step",
            Self::Two => "2: two steps or a conversion",
            Self::Three => "3: several steps with a trap",
        }
    }
}

impl TryFrom<u8> for Difficulty {
    type Error = &'static str;

    fn try_from(number: u8) -> Result<Self, Self::Error> {
        match number {
            1 => Ok(Self::One),
            2 => Ok(Self::Two),
            3 => Ok(Self::Three),
            _ => Err("difficulty is 1, 2 or 3"),
        }
    }
}

impl From<Difficulty> for u8 {
    fn from(difficulty: Difficulty) -> Self {
        difficulty as Self
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_table_follows_the_variants_and_agrees_with_serde() {
        for (at, category) in Category::all().enumerate() {
            assert_eq!(category as usize, at);
            assert_eq!(Category::parse(category.as_str()), Some(category));
            let text = toml::Value::try_from(category).unwrap();
            assert_eq!(text.as_str(), Some(category.as_str()));
        }
        let numeracy = Category::all().filter(|category| category.strand() == Strand::Numeracy).count();
        assert_eq!((numeracy, Category::all().count()), (14, 18));
        assert_eq!((Category::parse("SI"), Difficulty::try_from(4).is_err()), (None, true));
    }
}
