use serde::{Deserialize, Serialize};

/// What a column can tell of a person.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Field {
    FirstName,
    LastName,
    FullName,
    Email,
    StudentNumber,
    Team,
    Area,
    Cohort,
    StartDate,
    Active,
    /// The opposite, as Moodle has it.
    Suspended,
}

impl Field {
    pub const ALL: [Self; 11] = [
        Self::FirstName,
        Self::LastName,
        Self::FullName,
        Self::Email,
        Self::StudentNumber,
        Self::Team,
        Self::Area,
        Self::Cohort,
        Self::StartDate,
        Self::Active,
        Self::Suspended,
    ];

    /// As it stands within a sentence.
    pub fn name(self) -> &'static str {
        match self {
            Self::FirstName => "first name",
            Self::LastName => "last name",
            Self::FullName => "full name",
            Self::Email => "e-mail address",
            Self::StudentNumber => "student number",
            Self::Team => "team",
            Self::Area => "area",
            Self::Cohort => "cohort",
            Self::StartDate => "start date",
            Self::Active => "active",
            Self::Suspended => "suspended",
        }
    }

    /// What headings call it, the plainest first: small letters and figures only, as `plain` leaves them.
    ///
    /// Among them are those of Moodle's upload of users (`firstname`, `idnumber`, `department`, `cohort1`, `suspended`), and of
    /// the delegate sheet of NHS England's Digital Learning Solutions (`FirstName`, `DelegateID`, `EmailAddress`, `Active`).
    fn spellings(self) -> &'static [&'static str] {
        match self {
            Self::FirstName => {
                &["firstname", "firstnames", "forename", "forenames", "givenname", "givennames", "first"]
            }
            Self::LastName => &["lastname", "surname", "familyname", "last"],
            Self::FullName => &[
                "fullname",
                "name",
                "studentname",
                "studentfullname",
                "learnername",
                "delegatename",
                "nameofstudent",
                "staffname",
                "employeename",
                "displayname",
            ],
            Self::Email => &[
                "email",
                "emailaddress",
                "mail",
                "workemail",
                "workemailaddress",
                "studentemail",
                "studentemailaddress",
                "universityemail",
                "universityemailaddress",
                "nhsemail",
                "nhsemailaddress",
                "primaryemail",
                "contactemail",
                "mailaddress",
                "emailaddress1",
            ],
            Self::StudentNumber => &[
                "studentnumber",
                "studentno",
                "studentid",
                "studentidnumber",
                "idnumber",
                "learnernumber",
                "learnerid",
                "universityid",
                "delegateid",
                "matriculationnumber",
                "staffnumber",
                "employeenumber",
                "payrollnumber",
                "assignmentnumber",
                "id",
            ],
            Self::Team => &["team", "teamname", "department", "dept", "ward"],
            Self::Area => {
                &["area", "clinicalarea", "areaofpractice", "directorate", "division", "specialty", "region"]
            }
            Self::Cohort => &["cohort", "cohort1", "cohortname", "cohortid", "intake"],
            Self::StartDate => &["startdate", "dateofstart", "coursestart", "coursestartdate", "starts"],
            Self::Active => &["active", "isactive"],
            Self::Suspended => &["suspended"],
        }
    }

    /// Which field a heading names, and how plainly: 0 is plainest.
    pub(crate) fn of_heading(heading: &str) -> Option<(Self, usize)> {
        let plain = plain(heading);
        Self::ALL.into_iter().find_map(|field| {
            let place = field.spellings().iter().position(|spelling| *spelling == plain)?;
            Some((field, place))
        })
    }
}

/// Letters and figures in small, without what stands in brackets: "E-mail address (work) *" is `emailaddress`.
fn plain(heading: &str) -> String {
    let outside = heading.split_once('(').map_or(heading, |(before, _)| before);
    let taken = if outside.trim().is_empty() { heading } else { outside };
    taken.chars().filter(|c| c.is_alphanumeric()).flat_map(char::to_lowercase).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn headings_are_known_however_they_are_written() {
        for (heading, field) in [
            ("First Name", Field::FirstName),
            ("FORENAME(S)", Field::FirstName),
            ("first_name *", Field::FirstName),
            ("Surname", Field::LastName),
            ("E-mail address (work)", Field::Email),
            ("Student No.", Field::StudentNumber),
            ("\u{feff}Name", Field::FullName),
            ("DelegateID", Field::StudentNumber),
            ("cohort1", Field::Cohort),
        ] {
            assert_eq!(Field::of_heading(heading).map(|(field, _)| field), Some(field), "{heading}");
        }
        for heading in
            ["", "Notes", "Professional Registration Number", "PRN", "JobGroupID", "cohort2", "username"]
        {
            assert_eq!(Field::of_heading(heading), None, "{heading}");
        }
    }

    #[test]
    fn no_spelling_names_two_fields() {
        let mut all: Vec<_> = Field::ALL.iter().flat_map(|field| field.spellings()).collect();
        let count = all.len();
        all.sort();
        all.dedup();
        assert_eq!(all.len(), count);
    }
}
