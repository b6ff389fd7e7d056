use std::collections::HashMap;
use std::collections::hash_map::Entry;

use foldhash::quality::RandomState;

use crate::delegate::{Delegate, RowProblem, What};
use crate::reading::Row;

/// Finds rows that are about the same person, and says of each which other row it is.
///
/// Of two rows that say exactly the same, the first is taken. Where they differ, neither is: which one is right is not guessed.
pub(crate) fn find(rows: &mut [Row], email: Option<String>, number: Option<String>) {
    let mut wrong: Vec<(usize, RowProblem)> = Vec::new();
    // Quicker than the standard hash, and of a random seed too: strangers write these texts.
    let seen = || HashMap::with_capacity_and_hasher(rows.len(), RandomState::default());
    let mut addresses: HashMap<&str, usize, RandomState> = seen();
    let mut numbers: HashMap<&str, usize, RandomState> = seen();
    let people = rows.iter().enumerate().filter_map(|(at, row)| Some((at, row, row.outcome.as_ref().ok()?)));
    for (at, row, delegate) in people {
        let said = |column: &Option<String>, row: u32, what| RowProblem { row, column: column.clone(), what };
        let mut clash = |first: usize, column: &Option<String>, both: bool, what: fn(u32) -> What| {
            let Some(other) = rows.get(first) else { return };
            wrong.push((at, said(column, row.number, what(other.number))));
            if both {
                wrong.push((first, said(column, other.number, what(row.number))));
            }
        };
        match addresses.entry(delegate.email.as_str()) {
            Entry::Occupied(first) => {
                let first = *first.get();
                let same = person(rows, first) == Some(delegate);
                clash(first, &email, !same, |row| What::SameAddress { row });
                continue;
            }
            Entry::Vacant(place) => place.insert(at),
        };
        let Some(own) = delegate.student_number.as_deref() else { continue };
        match numbers.entry(own) {
            Entry::Occupied(first) => clash(*first.get(), &number, true, |row| What::SameNumber { row }),
            Entry::Vacant(place) => {
                place.insert(at);
            }
        }
    }
    for (at, problem) in wrong {
        let Some(row) = rows.get_mut(at) else { continue };
        match &mut row.outcome {
            // One mention of a kind is enough, however many rows are the same.
            Err(problems)
                if problems.iter().any(|other| {
                    std::mem::discriminant(&other.what) == std::mem::discriminant(&problem.what)
                }) => {}
            Err(problems) => problems.push(problem),
            outcome => *outcome = Err(vec![problem]),
        }
    }
}

fn person(rows: &[Row], at: usize) -> Option<&Delegate> {
    rows.get(at)?.outcome.as_ref().ok()
}
