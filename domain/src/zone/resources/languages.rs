use serde::{Deserialize, Serialize};

/// The language of the captions of a video.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub enum CaptionLanguage {
    #[default]
    English,
    Welsh,
    Irish,
    ScottishGaelic,
    Polish,
    Punjabi,
    Urdu,
    Bengali,
    Romanian,
}

impl CaptionLanguage {
    pub const ALL: [Self; 9] = [
        Self::English,
        Self::Welsh,
        Self::Irish,
        Self::ScottishGaelic,
        Self::Polish,
        Self::Punjabi,
        Self::Urdu,
        Self::Bengali,
        Self::Romanian,
    ];

    /// As stored, and as a player reads it (BCP 47).
    #[must_use]
    pub fn tag(self) -> &'static str {
        match self {
            Self::English => "en-GB",
            Self::Welsh => "cy",
            Self::Irish => "ga",
            Self::ScottishGaelic => "gd",
            Self::Polish => "pl",
            Self::Punjabi => "pa",
            Self::Urdu => "ur",
            Self::Bengali => "bn",
            Self::Romanian => "ro",
        }
    }

    /// The text that people read.
    #[must_use]
    pub fn label(self) -> &'static str {
        match self {
            Self::English => "English",
            Self::Welsh => "Welsh",
            Self::Irish => "Irish",
            Self::ScottishGaelic => "Scottish Gaelic",
            Self::Polish => "Polish",
            Self::Punjabi => "Punjabi",
            Self::Urdu => "Urdu",
            Self::Bengali => "Bengali",
            Self::Romanian => "Romanian",
        }
    }

    /// The language with this tag.
    pub fn read(tag: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|language| language.tag() == tag)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_language_is_read_by_its_tag() {
        for language in CaptionLanguage::ALL {
            assert_eq!(CaptionLanguage::read(language.tag()), Some(language));
        }
        for other in ["", "en", "EN-GB", "tlh"] {
            assert_eq!(CaptionLanguage::read(other), None, "{other}");
        }
    }
}
