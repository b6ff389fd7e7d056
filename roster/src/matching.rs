use serde::{Deserialize, Serialize};

use crate::Field;

/// Which column tells what, as it was recognised from the headings or as a person said. A page shows it, changes it, and sends it
/// back; only then are the rows read.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Matching {
    /// In the order of the columns; `None` is a column that is left aside.
    columns: Vec<Option<Field>>,
}

impl Matching {
    /// By the headings alone. Where two columns could be the same field, the one with the plainer heading is, or else the first.
    pub fn recognise<T: AsRef<str>>(headings: &[T]) -> Self {
        let named: Vec<_> = headings.iter().map(|heading| Field::of_heading(heading.as_ref())).collect();
        let columns = named
            .iter()
            .enumerate()
            .map(|(column, name)| {
                let (field, place) = (*name)?;
                let plainer = named.iter().enumerate().any(|(other, name)| {
                    name.is_some_and(|(its, at)| its == field && (at, other) < (place, column))
                });
                (!plainer).then_some(field)
            })
            .collect();
        Self { columns }
    }

    pub fn columns(&self) -> &[Option<Field>] {
        &self.columns
    }

    pub fn field(&self, column: usize) -> Option<Field> {
        self.columns.get(column).copied().flatten()
    }

    pub fn column(&self, field: Field) -> Option<usize> {
        self.columns.iter().position(|its| *its == Some(field))
    }

    /// Says what a column tells. A field that another column had leaves that one.
    pub fn set(&mut self, column: usize, field: Option<Field>) {
        if field.is_some() {
            for other in self.columns.iter_mut().filter(|its| **its == field) {
                *other = None;
            }
        }
        if let Some(place) = self.columns.get_mut(column) {
            *place = field;
        }
    }

    /// The same for a table of so many columns, each field once: what comes back from a page may be anything.
    pub(crate) fn fitted(&self, width: usize) -> Self {
        let mut fitted = Self { columns: vec![None; width] };
        for (column, field) in self.columns.iter().take(width).enumerate() {
            if field.is_some_and(|field| fitted.column(field).is_none()) {
                fitted.set(column, *field);
            }
        }
        fitted
    }

    /// The first field that everybody needs and no column has. A name is a first and a last name, or a full name by itself: what a
    /// surname and a full name make together is not guessed.
    pub fn missing(&self) -> Option<Field> {
        let has = |field| self.column(field).is_some();
        match (has(Field::FirstName), has(Field::LastName), has(Field::FullName)) {
            (true, true, _) | (false, false, true) => {}
            (true, false, _) => return Some(Field::LastName),
            (false, true, _) => return Some(Field::FirstName),
            (false, false, false) => return Some(Field::FullName),
        }
        (!has(Field::Email)).then_some(Field::Email)
    }

    pub(crate) fn recognised(&self) -> usize {
        self.columns.iter().flatten().count()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_plainer_heading_wins_and_the_other_is_left_aside() {
        let matching =
            Matching::recognise(&["Work email", "Name", "Full name", "Email", "Ward", "Department"]);
        assert_eq!(
            matching.columns(),
            [None, None, Some(Field::FullName), Some(Field::Email), None, Some(Field::Team)]
        );
    }

    #[test]
    fn a_field_that_is_given_to_another_column_leaves_its_own() {
        let mut matching = Matching::recognise(&["Email", "Private", "Name"]);
        matching.set(1, Some(Field::Email));
        assert_eq!(matching.columns(), [None, Some(Field::Email), Some(Field::FullName)]);
        matching.set(1, None);
        assert_eq!(matching.missing(), Some(Field::Email));
        matching.set(99, Some(Field::Team));
        assert_eq!(matching.column(Field::Team), None);
    }

    #[test]
    fn half_a_name_is_missing_its_other_half() {
        assert_eq!(Matching::recognise(&["Surname", "Name", "Email"]).missing(), Some(Field::FirstName));
        assert_eq!(Matching::recognise(&["First name", "Email"]).missing(), Some(Field::LastName));
        assert_eq!(Matching::recognise(&["Email"]).missing(), Some(Field::FullName));
        assert_eq!(Matching::recognise(&["Surname", "Forename", "Email"]).missing(), None);
    }

    #[test]
    fn it_travels_as_a_list_and_comes_back_each_field_once() {
        let matching = Matching::recognise(&["Name", "Notes", "Email"]);
        let sent = serde_json::to_string(&matching).unwrap();
        assert_eq!(sent, r#"["full_name",null,"email"]"#);
        assert_eq!(serde_json::from_str::<Matching>(&sent).unwrap(), matching);
        let odd: Matching = serde_json::from_str(r#"["email","email",null,"team"]"#).unwrap();
        assert_eq!(odd.fitted(3).columns(), [Some(Field::Email), None, None]);
    }
}
