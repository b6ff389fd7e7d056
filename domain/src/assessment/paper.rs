//! What every part knows about a paper: its ids, its kind, its state, and when its results are released.

use serde::{Deserialize, Serialize};

crate::id! {
    /// A mock paper or examination.
    PaperId
}

crate::id! {
    /// A part of a paper with a title and, if wanted, a pass mark of its own.
    SectionId
}

crate::id! {
    /// One question of a published paper.
    ItemId
}

/// Declares an enum whose variants have a name in the database, in forms and in addresses, and a text on pages.
macro_rules! named {
    ($(#[$doc:meta])* $type:ident { $($(#[$variant_doc:meta])* $variant:ident = $name:literal, $text:literal;)+ }) => {
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
        #[serde(rename_all = "kebab-case")]
        pub enum $type { $($(#[$variant_doc])* $variant),+ }

        impl $type {
            pub const ALL: &[Self] = &[$(Self::$variant),+];

            /// As written in forms, addresses and the database.
            pub fn as_str(self) -> &'static str {
                match self { $(Self::$variant => $name),+ }
            }

            /// As shown on pages.
            pub fn label(self) -> &'static str {
                match self { $(Self::$variant => $text),+ }
            }

            pub fn parse(text: &str) -> Option<Self> {
                Self::ALL.iter().copied().find(|value| value.as_str() == text)
            }
        }
    };
}

named! {
    PaperKind {
        Mock = "mock", "Mock paper";
        Examination = "examination", "Examination";
    }
}

named! {
    /// When candidates see their results.
    Release {
        AtOnce = "at-once", "As soon as a candidate has submitted";
        AtClose = "at-close", "When the paper has closed and nobody is sitting it any more";
        ByHand = "by-hand", "When I release them";
    }
}

impl Release {
    /// When unreleased results will be released, after "as soon as".
    pub fn waits_for(self) -> &'static str {
        match self {
            Self::AtOnce => "they are marked",
            Self::AtClose => "the paper has closed and everybody has finished",
            Self::ByHand => "the person who set the paper releases the results",
        }
    }
}

named! {
    /// The state of a paper.
    PaperState {
        Draft = "draft", "Draft";
        Waiting = "waiting", "Not open yet";
        Open = "open", "Open";
        Closed = "closed", "Closed";
    }
}
