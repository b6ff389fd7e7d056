//! Reads a list from the database page by page (*keyset* paging). The end of a page is the sort key and the id of its last row; the id
//! decides between equal keys. The next page begins after that row, even if it or earlier rows come and go, and later pages cost no more than
//! the first. The address carries that end sealed (`list/cursor.rs`).
//!
//! A statement of a list sorts by a text (`key`) and an id. The key is collated "und-x-icu", in the order and in the comparison with the end
//! of the previous page: names with accents stand where people look for them, whatever the locale of the database. The database functions
//! `found_by` and `searchable` search. A statement reads one row more than the page shows, which tells whether there is a next page.

mod cursor;

#[cfg(test)]
pub(crate) use cursor::has_key;
pub(crate) use cursor::{cursor, end, share_key};
use domain::{
    kit::list::{Filters, ListQuery, Page, Sort},
    visible,
};
use uuid::Uuid;

use crate::{Result, number};

/// The number of rows on one page.
pub const ROWS_A_PAGE: usize = 50;
/// The most rows on the page to print. The page says when there are more.
pub const ROWS_TO_PRINT: usize = 1000;
/// The number of rows of a file that one statement reads.
const ROWS_OF_FILE: usize = 20_000;

/// The parameters for a statement of a list.
pub(crate) struct Asked {
    /// What the database function `found_by` searches for: `found_by(name, $1, (select searchable($1)))`.
    pub search: String,
    pub descending: bool,
    /// The key at the end of the previous page.
    pub key: Option<String>,
    pub id: Option<Uuid>,
    /// Whether the end of the previous page is named and cannot be read, so that this is the first page again.
    anew: bool,
    /// One more than the rows that are shown.
    pub limit: i64,
    most: usize,
}

impl Asked {
    pub(crate) fn of<S: Sort, F: Filters>(query: &ListQuery<S, F>) -> Self {
        Self::with(query, if query.whole { ROWS_TO_PRINT } else { ROWS_A_PAGE })
    }

    fn with<S: Sort, F: Filters>(query: &ListQuery<S, F>, most: usize) -> Self {
        let (key, id) = query.after.as_deref().and_then(end).unzip();
        Self {
            search: visible(&query.search),
            descending: query.descending,
            anew: query.after.is_some() && id.is_none(),
            key,
            id,
            limit: i64::try_from(most + 1).unwrap_or(i64::MAX),
            most,
        }
    }

    /// Makes a page from the rows of the statement. `end` gives the key and id of a row, and `row` converts it.
    pub(crate) fn page<R, T>(
        &self,
        mut rows: Vec<R>,
        counts: (i64, i64),
        end: impl Fn(&R) -> (&str, Uuid),
        row: impl FnMut(R) -> Result<T>,
    ) -> Result<Page<T>> {
        let next = (rows.len() > self.most).then(|| {
            rows.truncate(self.most);
            rows.last().map(&end).map(|(key, id)| cursor(key, id))
        });
        Ok(Page {
            rows: rows.into_iter().map(row).collect::<Result<_>>()?,
            found: number(counts.0)?,
            in_all: number(counts.1)?,
            next: next.flatten().transpose()?,
            anew: self.anew,
        })
    }
}

/// All rows of a list, for a file, which has no pages. They are read in portions, each by a statement of its own.
pub(crate) struct AllRows<S, F, T> {
    portion: ListQuery<S, F>,
    pub rows: Vec<T>,
}

impl<S: Sort, F: Filters, T> AllRows<S, F, T> {
    pub(crate) fn of(query: &ListQuery<S, F>) -> Self {
        Self { portion: query.first(), rows: Vec::new() }
    }

    /// The query of the next portion, and the parameters for its statement.
    pub(crate) fn portion(&self) -> (&ListQuery<S, F>, Asked) {
        (&self.portion, Asked::with(&self.portion, rows_of_portion()))
    }

    /// Takes in the rows of a portion. Says whether it was the last one.
    pub(crate) fn take(&mut self, page: Page<T>) -> bool {
        self.rows.extend(page.rows);
        match page.next {
            Some(next) => {
                self.portion = self.portion.next(next);
                false
            }
            None => true,
        }
    }
}

#[cfg(not(test))]
fn rows_of_portion() -> usize {
    ROWS_OF_FILE
}

#[cfg(test)]
tokio::task_local! {
    /// The number of rows of a portion, where a test says so.
    static PORTION: usize;
}

#[cfg(test)]
fn rows_of_portion() -> usize {
    PORTION.try_with(|rows| *rows).unwrap_or(ROWS_OF_FILE)
}

/// Makes a file in portions of so many rows: no test has as many as a portion has otherwise.
#[cfg(test)]
pub(crate) async fn in_portions_of<T>(rows: usize, file: impl Future<Output = T>) -> T {
    PORTION.scope(rows, file).await
}

/// The search and filters of a query, to be named in its file.
pub(crate) fn narrowed<S: Sort, F: Filters>(query: &ListQuery<S, F>) -> Vec<(&'static str, String)> {
    let search = visible(&query.search);
    let fields = query.filters.fields();
    let filters = fields.iter().filter_map(|field| Some((field.label, field.narrows_to()?.to_owned())));
    let search = Some(("Search", search)).filter(|(_, search)| !search.is_empty());
    search.into_iter().chain(filters).collect()
}

#[cfg(test)]
mod tests {
    use domain::kit::list::Choice;

    use super::*;

    #[derive(Debug, Clone, Copy, PartialEq, Default)]
    struct ByName;

    impl Choice for ByName {
        const ALL: &'static [Self] = &[Self];

        fn as_str(self) -> &'static str {
            "name"
        }
    }

    impl Sort for ByName {}

    #[test]
    fn the_next_page_begins_where_the_previous_ended() {
        let asked = Asked { most: 2, ..Asked::of(&ListQuery::<ByName>::default()) };
        let ids = [1, 2, 3].map(Uuid::from_u128);
        let rows: Vec<_> = ["a~b", "c", "d"].into_iter().zip(ids).collect();
        let page = |rows| asked.page(rows, (3, 9), |row: &(&'static str, Uuid)| (row.0, row.1), Ok).unwrap();
        let first = page(vec![rows[2], rows[0], rows[1]]);
        assert_eq!((first.rows.len(), first.found, first.in_all), (2, 3, 9));
        let next = ListQuery::<ByName>::default().next(first.next.unwrap());
        let next = Asked::of(&next);
        assert_eq!((next.key.as_deref(), next.id), (Some("a~b"), Some(ids[0])));
        assert_eq!(page(rows[..2].to_vec()).next, None);
    }

    #[test]
    fn a_page_that_begins_nowhere_is_the_first_and_says_so() {
        let page = |after: Option<&str>| {
            let query = ListQuery::<ByName> { after: after.map(str::to_owned), ..Default::default() };
            let asked = Asked::of(&query);
            let page = asked.page(vec![()], (1, 1), |_| ("", Uuid::nil()), Ok).unwrap();
            (asked.key, page.anew)
        };
        assert_eq!(page(None), (None, false));
        assert_eq!(page(Some("ann@north.example")), (None, true));
        assert_eq!(page(Some(cursor("a", Uuid::nil()).unwrap().as_str())), (Some("a".to_owned()), false));
    }

    #[test]
    fn the_rows_of_a_file_are_read_from_the_first_in_portions_until_there_are_no_more() {
        let asked = ListQuery::<ByName> { after: Some("x".to_owned()), whole: true, ..Default::default() };
        let mut all = AllRows::of(&asked);
        let page = |rows: &[u32], next: Option<&str>| Page {
            rows: rows.to_vec(),
            found: 3,
            in_all: 3,
            next: next.map(|key| cursor(key, Uuid::from_u128(2)).unwrap()),
            anew: false,
        };
        let (query, first) = all.portion();
        assert_eq!((query.after.as_deref(), first.key, first.limit), (None, None, 20_001));
        assert!(!all.take(page(&[1, 2], Some("b"))));
        assert_eq!(all.portion().1.key.as_deref(), Some("b"));
        assert!(all.take(page(&[3], None)));
        assert_eq!(all.rows, [1, 2, 3]);
    }

    /// `found_by` becomes part of each statement, and no row makes searchable what is searched for.
    #[sqlx::test(migrator = "crate::MIGRATIONS")]
    async fn what_is_searched_for_is_worked_out_once_a_statement(db: sqlx::PgPool) {
        let found = crate::testing::plans(&db, "found_by(").await;
        assert!(found.len() >= 15, "{} statements", found.len());
        for (statement, plan) in found {
            assert!(plan.contains("strpos(") && !plan.contains("found_by("), "{statement}\n{plan}");
            assert!(!plan.contains("translate(lower(($"), "{statement}\n{plan}");
        }
    }

    #[sqlx::test(migrator = "crate::MIGRATIONS")]
    async fn a_search_ignores_case_accents_and_kinds_of_apostrophes_and_nothing_else(db: sqlx::PgPool) {
        let found = async |content: &str, search: &str| -> bool {
            let asked = Asked::of(&ListQuery::<ByName> { search: search.to_owned(), ..Default::default() });
            sqlx::query_scalar("select found_by($1, $2, (select searchable($2)))")
                .bind(content)
                .bind(asked.search)
                .fetch_one(&db)
                .await
                .unwrap()
        };
        for (content, search) in [
            ("Élodie Brontë", "elodie bronte"),
            ("Elodie", "Élo"),
            // The accent as a character of its own.
            ("Zoe\u{308}", "zoë"),
            ("Łukasz Wiśniewski", "lukasz wis"),
            ("Ṣẹ́gun Gbọ́láhàn", "SEGUN GBOLAHAN"),
            ("Bjørn Weiß", "bjorn weiss"),
            ("İpek", "ipek"),
            ("O\u{2019}Brien", "o'brien"),
            ("O'Brien", "O\u{2bc}B"),
            ("Anne\u{2011}Marie", "anne-marie"),
            ("王小明", "小明"),
            ("a_b%\\c", "_b%\\"),
            ("anything", ""),
            // A search is cleaned like names and addresses, because copied text may have double spaces and invisible characters.
            ("Ann Marie", " ann \u{200b} marie\u{a0}"),
        ] {
            assert!(found(content, search).await, "{content} {search}");
        }
        for (content, search) in
            [("ab", "a_b"), ("ab", "%"), ("ab", "\\"), ("Ann Marie", "annmarie"), ("o'b", "ob")]
        {
            assert!(!found(content, search).await, "{content} {search}");
        }
    }

    #[sqlx::test(migrator = "crate::MIGRATIONS")]
    async fn a_name_with_an_accent_stands_beside_the_name_without_it(db: sqlx::PgPool) {
        let sorted: Vec<String> = sqlx::query_scalar(
            r#"select name from unnest($1::text[]) name order by lower(name) collate "und-x-icu""#,
        )
        .bind(vec!["Zoe", "Émile", "Frank", "emil", "Ömer", "Łukasz", "Mary", "Élodie", "elodie", "Eve"])
        .fetch_all(&db)
        .await
        .unwrap();
        let expected = ["elodie", "Élodie", "emil", "Émile", "Eve", "Frank", "Łukasz", "Mary", "Ömer", "Zoe"];
        assert_eq!(sorted, expected);
    }
}
