//! The directory of an area. The database searches: see `migrations/20261202120001_zone_found.sql`.

use domain::{
    kit::list::{Choice, Filters},
    learning::Slug,
    visible,
    zone::{
        AreaHead,
        directory::{Counted, DirectoryPage, DirectoryQuery, DirectoryRow, FilterValues, MEMBERS_A_PAGE},
    },
};
use serde::Deserialize;
use sqlx::types::Json;
use uuid::Uuid;

use crate::{
    Result, Services,
    accounts::Actor,
    kit::list::{cursor, end},
};

/// The answer of the database function `zone_found`.
#[derive(Debug, Deserialize)]
struct Found {
    rows: Vec<DirectoryRow>,
    next: Option<End>,
    found: Option<u32>,
    in_all: u32,
    left_out: bool,
    anew: bool,
    unknown: Vec<String>,
    counted: Counted,
    choices: FilterValues,
}

#[derive(Debug, Deserialize)]
struct End {
    key: String,
    id: Uuid,
}

/// The keys of the directory begin with it, and those of no other list: no text that people write has this character. The end of a page of
/// another list would be read as what it is not, a name as a time.
const OWN: char = '\u{1f}';

fn own_end(after: &str) -> Option<(String, Uuid)> {
    let (key, id) = end(after)?;
    Some((key.strip_prefix(OWN)?.to_owned(), id))
}

/// `/zone/{area}/directory`: members of the area, found by the words of their name, role, area of work, place and interests.
///
/// # Errors
/// [`crate::Error::NotFound`] for all who are not members of the area.
pub async fn directory_page(
    services: &Services,
    actor: &Actor,
    area: &Slug,
    query: &DirectoryQuery,
) -> Result<DirectoryPage> {
    let mut db = services.begin().await?;
    let member = actor.member_of(&mut db, area).await?;
    let list = &query.list;
    let (key, id) = list.after.as_deref().and_then(own_end).unzip();
    let unread = list.after.is_some() && id.is_none();
    let filters = filters(query);
    let page = sqlx::query!(
        r#"select a.slug, a.name, zone_found($1, $2, $3, $4, $5, $6, $7) as "found!: Json<Found>"
        from zone_areas a where a.id = $1"#,
        member.area().0,
        visible(&list.search),
        &filters,
        list.sort.as_str(),
        key,
        id,
        i32::from(MEMBERS_A_PAGE),
    )
    .fetch_one(&mut *db)
    .await?;
    db.commit().await?;
    let Json(found) = page.found;
    Ok(DirectoryPage {
        head: AreaHead { slug: page.slug, name: page.name, lead: member.is_lead() },
        id: Some(member.area()),
        rows: found.rows,
        found: found.found,
        in_all: found.in_all,
        next: found.next.map(|end| cursor(&format!("{OWN}{}", end.key), end.id)).transpose()?,
        anew: unread || found.anew,
        left_out: found.left_out,
        unknown: found.unknown,
        counted: found.counted,
        values: found.choices,
    })
}

/// The chosen values, as the database function `zone_profile_words` writes them.
fn filters(query: &DirectoryQuery) -> Vec<String> {
    let fields = query.list.filters.fields();
    fields
        .iter()
        .filter(|field| !field.all)
        .map(|field| format!("={}:{}", field.name, field.chosen))
        .collect()
}
