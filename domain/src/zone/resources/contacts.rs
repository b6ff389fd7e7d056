use serde::{Deserialize, Serialize};

use super::{ContactId, WebLink};
use crate::{
    FormToken,
    zone::{AreaHead, MemberId},
};

/// How many contacts an area pins at most.
pub const MOST_CONTACTS: usize = 50;

/// `/zone/{area}/contacts`, in the order that leads have set.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Contacts {
    pub head: AreaHead,
    pub contacts: Vec<Contact>,
    pub form: FormToken,
}

/// A member, or a service.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Contact {
    pub id: ContactId,
    /// Nothing for a service.
    pub member: Option<MemberId>,
    pub name: String,
    /// What the member's profile says that they do.
    pub role: Option<String>,
    /// What to ask them for.
    pub purpose: String,
    pub telephone: Option<String>,
    pub email: Option<String>,
    pub web: Option<WebLink>,
    pub hours: Option<String>,
}

/// What a lead does with the place of a contact.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ContactAct {
    Up,
    Down,
}

impl ContactAct {
    /// As a button sends it.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Up => "up",
            Self::Down => "down",
        }
    }

    pub fn parse(text: &str) -> Option<Self> {
        [Self::Up, Self::Down].into_iter().find(|act| act.as_str() == text)
    }

    /// The contacts after the one at this place has moved by one, or nothing when it cannot.
    pub fn moved<T: Copy>(self, all: &[T], at: usize) -> Option<Vec<T>> {
        let to = match self {
            Self::Up => at.checked_sub(1)?,
            Self::Down => at.checked_add(1)?,
        };
        if at >= all.len() || to >= all.len() {
            return None;
        }
        let mut all = all.to_vec();
        all.swap(at, to);
        Some(all)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_contact_moves_by_one_place_within_the_list() {
        let all = [1, 2, 3];
        assert_eq!(ContactAct::Up.moved(&all, 1), Some(vec![2, 1, 3]));
        assert_eq!(ContactAct::Down.moved(&all, 1), Some(vec![1, 3, 2]));
        for (act, at) in [(ContactAct::Up, 0), (ContactAct::Down, 2), (ContactAct::Up, 3)] {
            assert_eq!(act.moved(&all, at), None, "{act:?} {at}");
        }
        for act in [ContactAct::Up, ContactAct::Down] {
            assert_eq!(ContactAct::parse(act.as_str()), Some(act));
        }
        assert_eq!(ContactAct::parse(""), None);
    }
}
