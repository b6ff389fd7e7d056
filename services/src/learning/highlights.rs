//! What learners highlight in the text of a page: of its passages those that they have chosen, kept by their words. Words that a page has no
//! longer mark nothing in it, and stay in the list.

use std::collections::BTreeSet;

use domain::{
    Problem,
    learning::{Highlight, Highlights, MOST_HIGHLIGHTS, PagePart, Passage},
};

use super::{
    notes::{self, PageAddress},
    passages::passages,
    sql,
};
use crate::{Error, Result, Services, accounts::Actor, kit::random::hash};

/// What can be chosen of a page, and what is: the words of each in `chosen`.
pub(super) fn of_page(html: &str, chosen: Vec<String>, version: i32) -> Highlights {
    let is_chosen: BTreeSet<&str> = chosen.iter().map(String::as_str).collect();
    let mut there = BTreeSet::new();
    let mut parts = Vec::new();
    for part in passages(html) {
        let mut paragraphs = Vec::new();
        for paragraph in part.paragraphs {
            let texts = paragraph.into_iter().map(|passage| {
                let chosen = is_chosen.contains(passage.text.as_str());
                there.insert(passage.text.clone());
                Passage { key: key(&passage.text), text: passage.text, chosen }
            });
            paragraphs.push(texts.collect());
        }
        parts.push(PagePart { heading: part.heading, paragraphs });
    }
    let gone = chosen.into_iter().filter(|text| !there.contains(text));
    let gone = gone.map(|text| Passage { key: key(&text), text, chosen: true }).collect();
    Highlights { parts, gone, version }
}

/// The same for a list of what is chosen alone.
pub(super) fn listed(html: &str, chosen: Vec<String>) -> Vec<Highlight> {
    let parts = passages(html);
    let there: BTreeSet<&str> = parts
        .iter()
        .flat_map(|part| &part.paragraphs)
        .flatten()
        .map(|passage| passage.text.as_str())
        .collect();
    chosen
        .into_iter()
        .map(|text| {
            let gone = !there.contains(text.as_str());
            Highlight { text, gone }
        })
        .collect()
}

fn key(text: &str) -> String {
    hash(text).iter().take(12).map(|byte| format!("{byte:02x}")).collect()
}

/// Highlights these passages of a page and no others: `keys` are those of [`Passage`].
///
/// # Errors
/// - [`Error::NotFound`] for a page of a course that is not open to the actor
/// - [`Problem::InWords`] on `highlights` for too many, and for one that the page has no longer
/// - [`Problem::ChangedMeanwhile`] on `changed` when they were changed since the form was drawn
pub async fn save_highlights(
    services: &Services,
    actor: &Actor,
    at: PageAddress<'_>,
    keys: &[String],
    version: i32,
) -> Result<()> {
    let now = services.clock.now();
    let mut db = services.begin().await?;
    let page = sql::open_page(&mut db, actor.person(), at.course, at.module, at.page, false, now).await?;
    let page = page.ok_or(Error::NotFound)?;
    let keys: BTreeSet<&str> = keys.iter().map(String::as_str).collect();
    if keys.len() > MOST_HIGHLIGHTS {
        return Err(refused(format!("Choose at most {MOST_HIGHLIGHTS} passages")));
    }
    let now_there = of_page(&page.html, page.highlights, page.highlights_version);
    let all = now_there.parts.iter().flat_map(|part| &part.paragraphs).flatten().chain(&now_there.gone);
    let chosen: Vec<String> = all
        .filter(|passage| keys.contains(passage.key.as_str()))
        .map(|passage| passage.text.clone())
        .collect();
    if chosen.len() < keys.len() {
        return Err(refused(
            "Load the page again, then choose once more: its text has just changed".to_owned(),
        ));
    }
    let row = sqlx::query!(
        r#"with here as (
            select e.id as enrolment_id, p.id as page_id
            from enrolments e
            join courses c on c.id = e.course_id
            join modules m on m.course_id = c.id and not m.retired
            join pages p on p.module_id = m.id and not p.retired
            where e.learner_id = $1 and c.slug = $2 and m.slug = $3 and p.slug = $4
        ), kept as (
            insert into page_highlights as g (enrolment_id, page_id, passages, version, changed_at)
            select enrolment_id, page_id, $6, 1, $5 from here
            on conflict (enrolment_id, page_id) do update set passages = excluded.passages, changed_at = excluded.changed_at,
                -- As for notes: the second press of a button is no change.
                version = g.version + (g.passages is distinct from excluded.passages)::integer
            where g.version = $7 or g.passages = excluded.passages
            returning g.version
        )
        select k.version as "kept?", g.changed_at as "changed_at?"
        from here h
        left join kept k on true
        left join page_highlights g on g.enrolment_id = h.enrolment_id and g.page_id = h.page_id"#,
        actor.person().0,
        at.course.as_str(),
        at.module.as_str(),
        at.page.as_str(),
        now,
        &chosen,
        version,
    )
    .fetch_optional(&mut *db)
    .await?
    .ok_or(Error::NotFound)?;
    if row.kept.is_none() {
        return Err(notes::changed(row.changed_at.unwrap_or(now)));
    }
    db.commit().await?;
    Ok(())
}

fn refused(words: String) -> Error {
    Error::invalid("highlights", Problem::InWords { words })
}
