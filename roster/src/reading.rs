use std::borrow::Cow;

use crate::cell::Cell;
use crate::delegate::{Delegate, RowProblem, Warning, What};
use crate::table::{Line, Table};
use crate::{Doubt, Field, Matching, Refused, doubles, value};

const LONGEST_NAME: usize = 200;
const LONGEST_TEXT: usize = 100;

/// What may be taken on the word of the person who uploads.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Choices {
    /// Where the text of a cell is no address, the one that it links to is taken.
    pub linked_addresses: bool,
}

/// All rows of a sheet, as they would be taken.
#[derive(Debug, Clone, PartialEq)]
pub struct Preview {
    pub rows: Vec<Row>,
    pub warnings: Vec<Warning>,
    /// Rows with a total, which are nobody.
    pub totals: Vec<u32>,
    /// How many of `rows` the spreadsheet program does not show. They are taken all the same, so this is said before.
    pub hidden: usize,
    /// A filter is on, which hides them.
    pub filter_on: bool,
}

/// A row is a person, or has problems.
#[derive(Debug, Clone, PartialEq)]
pub struct Row {
    /// As the spreadsheet program shows it.
    pub number: u32,
    pub hidden: bool,
    pub outcome: Result<Delegate, Vec<RowProblem>>,
}

impl Preview {
    pub fn delegates(&self) -> impl Iterator<Item = (u32, &Delegate)> {
        self.rows.iter().filter_map(|row| Some((row.number, row.outcome.as_ref().ok()?)))
    }

    pub fn problems(&self) -> impl Iterator<Item = &RowProblem> {
        self.rows.iter().filter_map(|row| row.outcome.as_ref().err()).flatten()
    }

    pub fn failed(&self) -> usize {
        self.rows.iter().filter(|row| row.outcome.is_err()).count()
    }
}

impl Table {
    /// Reads every row by a matching.
    ///
    /// # Errors
    /// What is wrong with the whole: a column that everybody needs is matched with nothing, or is empty in every row, or holds
    /// formulas without results. Then nothing of it can be right.
    pub fn preview(&self, matching: &Matching, choices: Choices) -> Result<Preview, Refused> {
        let matching = matching.fitted(self.headings.len());
        if self.lines.is_empty() {
            return Err(Refused::Empty);
        }
        if let Some(field) = matching.missing() {
            return Err(Refused::ColumnMissing { field });
        }
        self.refuse_hollow(&matching)?;
        let reading = Reading {
            table: self,
            columns: Columns::of(&matching),
            choices,
            full_length: matching.column(Field::StudentNumber).and_then(|column| self.full_length(column)),
        };
        let mut preview = Preview {
            rows: Vec::with_capacity(self.lines.len()),
            warnings: Vec::new(),
            totals: Vec::new(),
            hidden: 0,
            filter_on: self.facts.filter_on,
        };
        for line in &self.lines {
            let outcome = reading.delegate(line, &mut preview.warnings);
            if outcome.is_err() && reading.is_total(line) {
                preview.totals.push(line.number);
                continue;
            }
            preview.hidden += usize::from(line.hidden);
            preview.rows.push(Row { number: line.number, hidden: line.hidden, outcome });
        }
        let names = |field| matching.column(field).map(|column| self.column_name(column));
        doubles::find(&mut preview.rows, names(Field::Email), names(Field::StudentNumber));
        Ok(preview)
    }

    /// The name and the address in a row as they stand there, right or wrong: who corrects a row that is not taken recognises it by them. They
    /// are read anew, so that rows that are taken cost nothing.
    pub fn person_in(&self, matching: &Matching, row: u32) -> [Option<String>; 2] {
        let Ok(at) = self.lines.binary_search_by_key(&row, |line| line.number) else { return [None, None] };
        let Some(line) = self.lines.get(at) else { return [None, None] };
        let columns = Columns::of(matching);
        let text = |column: Option<usize>| {
            let shown = value::shown(self.cell(line, column?));
            (!shown.is_empty()).then(|| shown.into_owned())
        };
        let name = if columns.first.is_some() && columns.last.is_some() {
            match (text(columns.first), text(columns.last)) {
                (Some(first), Some(last)) => Some([&*first, " ", &*last].concat()),
                (first, last) => first.or(last),
            }
        } else {
            text(columns.full)
        };
        [name, text(columns.email)]
    }

    /// A column whose every cell is empty, or whose formulas are without results, stops the whole.
    fn refuse_hollow(&self, matching: &Matching) -> Result<(), Refused> {
        for (column, field) in matching.columns().iter().enumerate() {
            let Some(field) = field else { continue };
            let heading = || self.column_name(column);
            let says_0 = matches!(field, Field::Active | Field::Suspended);
            if self.facts.unfinished.contains(&column) && !says_0 {
                return Err(Refused::FormulasUnfinished { heading: heading() });
            }
            let needed = matches!(field, Field::FirstName | Field::LastName | Field::FullName | Field::Email);
            let linked = *field == Field::Email && !self.facts.links.is_empty();
            let blank = |line: &Line| self.cell(line, column).is_blank();
            if needed && !linked && self.lines.iter().all(blank) {
                return Err(Refused::ColumnEmpty { heading: heading() });
            }
        }
        Ok(())
    }

    fn is_text_file(&self) -> bool {
        self.facts.encoding.is_some()
    }

    /// How many digits the student numbers have, if most have equally many, none has more, and some have fewer.
    fn full_length(&self, column: usize) -> Option<usize> {
        let (mut longest, mut full, mut all) = (0, 0, 0);
        for line in &self.lines {
            let Some(length) = value::bare_digits(self.cell(line, column), self.is_text_file()) else {
                continue;
            };
            all += 1;
            if length > longest {
                (longest, full) = (length, 0);
            }
            full += usize::from(length == longest);
        }
        (full < all && full * 2 >= all).then_some(longest)
    }
}

/// In which column each field is.
struct Columns {
    first: Option<usize>,
    last: Option<usize>,
    full: Option<usize>,
    email: Option<usize>,
    number: Option<usize>,
    team: Option<usize>,
    area: Option<usize>,
    cohort: Option<usize>,
    starts: Option<usize>,
    active: Option<usize>,
    suspended: Option<usize>,
}

impl Columns {
    fn of(matching: &Matching) -> Self {
        let at = |field| matching.column(field);
        Self {
            first: at(Field::FirstName),
            last: at(Field::LastName),
            full: at(Field::FullName),
            email: at(Field::Email),
            number: at(Field::StudentNumber),
            team: at(Field::Team),
            area: at(Field::Area),
            cohort: at(Field::Cohort),
            starts: at(Field::StartDate),
            active: at(Field::Active),
            suspended: at(Field::Suspended),
        }
    }
}

struct Reading<'a> {
    table: &'a Table,
    columns: Columns,
    choices: Choices,
    full_length: Option<usize>,
}

impl<'a> Reading<'a> {
    fn delegate(&self, line: &Line, warnings: &mut Vec<Warning>) -> Result<Delegate, Vec<RowProblem>> {
        let mut problems = Vec::new();
        self.divided_wrongly(line, &mut problems);
        let at = &self.columns;
        let name = if at.first.is_some() && at.last.is_some() {
            let first = self.needed(line, at.first, Field::FirstName, &mut problems, |cell| {
                value::name(cell, LONGEST_TEXT)
            });
            let last = self.needed(line, at.last, Field::LastName, &mut problems, |cell| {
                value::name(cell, LONGEST_TEXT)
            });
            first.zip(last).map(|(first, last)| [&*first, " ", &*last].concat())
        } else {
            self.needed(line, at.full, Field::FullName, &mut problems, |cell| value::name(cell, LONGEST_NAME))
                .map(Cow::into_owned)
        };
        let link = at.email.and_then(|column| self.table.facts.links.get(&(line.number, column)));
        let email = self.needed(line, at.email, Field::Email, &mut problems, |cell| {
            value::email(cell, link.map(String::as_str), self.choices.linked_addresses)
        });
        let from_text_file = self.table.is_text_file();
        let student_number =
            self.read(line, at.number, &mut problems, |cell| value::student_number(cell, from_text_file));
        let text = |cell: Cell<'a>| Ok(value::text(cell, LONGEST_TEXT)?.map(Cow::into_owned));
        let team = self.read(line, at.team, &mut problems, text);
        let area = self.read(line, at.area, &mut problems, text);
        let cohort = self.read(line, at.cohort, &mut problems, text);
        let starts = self.read(line, at.starts, &mut problems, |cell| value::day(cell).map(Some));
        let active = self.read(line, at.active, &mut problems, value::truth);
        let suspended = self.read(line, at.suspended, &mut problems, value::truth);
        let (starts, doubt) = starts.unwrap_or_default();
        let (Some(name), Some(email), true) = (name, email, problems.is_empty()) else {
            return Err(problems);
        };
        self.warn(line, at.starts, doubt, warnings);
        self.warn(line, at.number, self.zeros_lost(line), warnings);
        Ok(Delegate {
            name,
            email,
            student_number,
            team,
            area,
            cohort,
            starts,
            active: match (active, suspended) {
                (active, None) => active,
                (active, Some(suspended)) => Some(active.unwrap_or(true) && !suspended),
            },
        })
    }

    /// What a cell says, or nothing; what is wrong with it is noted.
    fn read<T>(
        &self,
        line: &Line,
        column: Option<usize>,
        problems: &mut Vec<RowProblem>,
        value: impl FnOnce(Cell<'a>) -> Result<Option<T>, What>,
    ) -> Option<T> {
        let column = column?;
        match value(self.table.cell(line, column)) {
            Ok(value) => value,
            Err(what) => {
                problems.push(self.problem(line, column, what));
                None
            }
        }
    }

    /// The same where it must say something.
    fn needed<T>(
        &self,
        line: &Line,
        column: Option<usize>,
        field: Field,
        problems: &mut Vec<RowProblem>,
        value: impl FnOnce(Cell<'a>) -> Result<Option<T>, What>,
    ) -> Option<T> {
        self.read(line, column, problems, |cell| {
            value(cell).and_then(|value| value.map_or(Err(What::Missing { field }), |value| Ok(Some(value))))
        })
    }

    fn problem(&self, line: &Line, column: usize, what: What) -> RowProblem {
        RowProblem { row: line.number, column: Some(self.table.column_name(column)), what }
    }

    fn warn(&self, line: &Line, column: Option<usize>, doubt: Option<Doubt>, warnings: &mut Vec<Warning>) {
        if let (Some(column), Some(doubt)) = (column, doubt) {
            warnings.push(Warning { row: line.number, column: self.table.column_name(column), doubt });
        }
    }

    /// What a separator or a quotation mark in the wrong place does to a text file.
    fn divided_wrongly(&self, line: &Line, problems: &mut Vec<RowProblem>) {
        let headings = self.table.headings.len();
        if !self.table.facts.separated {
            return;
        }
        if line.width() > headings {
            problems.push(RowProblem {
                row: line.number,
                column: None,
                what: What::TooManyCells { headings },
            });
        }
        if !self.table.facts.broken.contains(&line.number) {
            return;
        }
        for (column, cell) in self.table.cells(line).enumerate() {
            if let Cell::Text(text) = cell
                && holds_rows(text, headings)
            {
                problems.push(self.problem(line, column, What::RowsWithin));
            }
        }
    }

    fn zeros_lost(&self, line: &Line) -> Option<Doubt> {
        let full = self.full_length?;
        let cell = self.table.cell(line, self.columns.number?);
        let digits = value::bare_digits(cell, self.table.is_text_file())?;
        (digits < full).then_some(Doubt::ZerosLost)
    }

    /// "Total" and numbers, and no address.
    fn is_total(&self, line: &Line) -> bool {
        let email = self.columns.email.map_or(Cell::Empty, |column| self.table.cell(line, column));
        if matches!(email, Cell::Text(_)) {
            return false;
        }
        let mut cells = self.table.cells(line).filter(|cell| !cell.is_blank());
        let Some(first @ Cell::Text(_)) = cells.next() else { return false };
        let word = value::shown(first).to_lowercase();
        let begins = ["total", "grand total", "sum", "subtotal"].iter().any(|total| {
            word.strip_prefix(total).is_some_and(|rest| !rest.starts_with(char::is_alphanumeric))
        }) || word.starts_with("totals");
        begins
            && cells.all(|cell| match cell {
                Cell::Text(text) => text.chars().all(|c| !c.is_alphabetic()),
                _ => true,
            })
    }
}

/// Whether some line of a cell looks like a row: as many separators as a row has, and an address.
fn holds_rows(text: &str, headings: usize) -> bool {
    text.lines().skip(1).any(|line| {
        line.contains('@')
            && [',', ';', '\t', '|']
                .iter()
                .any(|separator| line.matches(*separator).count() + 1 >= headings.max(2))
    })
}
