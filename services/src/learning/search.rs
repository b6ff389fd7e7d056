//! Search in a course: its pages, ranked by the database, each with the passage that matches.

use domain::learning::{CourseSearch, FoundPage, LONGEST_SEARCH, MOST_PAGES_FOUND, Said, Slug};

use crate::{Error, Result, Services, accounts::Actor};

/// Around the words that match, in what the database returns. Characters for private use, which no page contains.
const MARK: char = '\u{e000}';
const END: char = '\u{e001}';

/// `/learn/{course}/search`: the pages of the course that have the words, best first.
///
/// # Errors
/// [`Error::NotFound`] for who is not on the course, and for whom it is not open.
pub async fn search_course(
    services: &Services,
    actor: &Actor,
    course: &Slug,
    search: &str,
) -> Result<CourseSearch> {
    let search: String = domain::visible(search).chars().take(LONGEST_SEARCH).collect();
    let passages = format!(
        r#"StartSel="{MARK}", StopSel="{END}", MaxWords=30, MinWords=12, MaxFragments=2, FragmentDelimiter=" … ""#
    );
    let rows = sqlx::query!(
        r#"with here as (
            select c.id, c.title from enrolments e join courses c on c.id = e.course_id
            where e.learner_id = $1 and c.slug = $2
                and exists (select from course_open(e.learner_id, e.course_id, e.cohort_id, e.organisation_id, $3))
        ), asked as materialized (
            -- Words in any of their forms; or words that begin with what is typed.
            select websearch_to_tsquery('english', $4) || case when $5 = '' then ''::tsquery else to_tsquery('simple', $5) end as query
        ), found as (
            select m.slug as module, m.title as module_title, m.position as module_at, p.slug as page, p.position as page_at, v.title, v.plain,
                q.query, ts_rank_cd(w.words, q.query) as rank
            from here h
            join modules m on m.course_id = h.id and not m.retired
            join pages p on p.module_id = m.id and not p.retired
            join page_versions v on v.page_id = p.id and v.version = p.version
            cross join asked q
            cross join lateral (select v.words || setweight(to_tsvector('english', m.title), 'C') as words) w
            where w.words @@ q.query
            order by rank desc, m.position, p.position limit $6
        )
        select h.title as "course!", f.module as "module?", f.module_title as "module_title?", f.page as "page?", f.title as "title?",
            ts_headline('english', f.plain, f.query, $7) as "passage?"
        from here h left join found f on true
        order by f.rank desc, f.module_at, f.page_at"#,
        actor.person().0,
        course.as_str(),
        services.clock.now(),
        search,
        beginnings(&search),
        i64::try_from(MOST_PAGES_FOUND).map_err(Error::failed)?,
        passages,
    )
    .fetch_all(&services.db)
    .await?;
    // When nothing is found, the only row has no page.
    let title = rows.first().ok_or(Error::NotFound)?.course.clone();
    let found = rows.into_iter().filter_map(|row| {
        Some(FoundPage {
            module: row.module?,
            module_title: row.module_title?,
            page: row.page?,
            title: row.title?,
            passage: said(&row.passage.unwrap_or_default()),
        })
    });
    Ok(CourseSearch { title, search, found: found.collect() })
}

/// All of the longer words, each as a beginning, in the language of the database. Short ones would begin everything. None of a search that
/// says more than words: `"exactly this"`, or `-without`.
fn beginnings(search: &str) -> String {
    if search.contains('"') || search.split_whitespace().any(|word| word.starts_with('-')) {
        return String::new();
    }
    let words = search.split(|c: char| !c.is_alphanumeric()).filter(|word| word.chars().count() > 3);
    words.map(|word| format!("{}:*", word.to_lowercase())).collect::<Vec<_>>().join(" & ")
}

/// The passage in parts, those that match marked.
fn said(passage: &str) -> Vec<Said> {
    let mut parts = Vec::new();
    let mut add = |text: &str, marked: bool| {
        let text = text.replace([MARK, END], "");
        if !text.is_empty() {
            parts.push(Said { text, marked });
        }
    };
    let mut rest = passage;
    while let Some((before, after)) = rest.split_once(MARK) {
        add(before, false);
        let (marked, after) = after.split_once(END).unwrap_or((after, ""));
        add(marked, true);
        rest = after;
    }
    add(rest, false);
    parts
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_that_match_are_marked_and_nothing_of_the_passage_is_lost() {
        let part = |text: &str, marked| Said { text: text.to_owned(), marked };
        let passage = format!("Give the {MARK}dose{END} at {MARK}night{END}");
        let parts = [part("Give the ", false), part("dose", true), part(" at ", false), part("night", true)];
        assert_eq!(said(&passage), parts);
        assert_eq!(said("Nothing marked"), [part("Nothing marked", false)]);
        assert_eq!(said(&format!("{MARK}open")), [part("open", true)]);
        assert_eq!(said(""), []);
    }

    #[test]
    fn only_letters_and_figures_of_longer_words_reach_the_language_of_the_database() {
        for (typed, beginnings_of) in [
            ("Pharmaco", "pharmaco:*"),
            ("the kidney & liver", "kidney:* & liver:*"),
            ("it's a':*|!(", ""),
            ("dose -weight", ""),
            ("\"smaller dose\"", ""),
            ("", ""),
        ] {
            assert_eq!(beginnings(typed), beginnings_of);
        }
    }
}
