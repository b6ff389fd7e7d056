//! Pictures for questions: checked by content, drawn anew, and served to setters of their organisation and to those who
//! are asked the question.

use chrono::{DateTime, Duration, Utc};
use domain::{
    Problem,
    assessment::bank::{Fault, QuestionDraftId, Template, figure::FigureAsk, form::Fields},
    organisations::OrganisationId,
};
use sqlx::{PgConnection, types::Json};
use uuid::Uuid;

use crate::{
    Error, Result, Services,
    accounts::Actor,
    kit::{
        files,
        moment::day_time,
        pictures::{Refused, draw_whole, size},
        rate::Rate,
    },
};

/// How large a file may be, in bytes.
pub const MOST_PICTURE_BYTES: usize = 15_000_000;
/// The longer side of what is kept, in dots.
const SIDE: u32 = 1200;

/// Each is read and drawn anew, which takes a core for a while, and is kept as long as the organisation.
const RATE: Rate = Rate { what: "bring a picture of a question", an_hour: 60, a_day: 200 };

/// The fields of the form.
const PICTURE: &str = "picture";
const ALT: &str = "alt";

fn refused(field: &str, words: &str) -> Error {
    Error::invalid(field, Problem::InWords { words: words.to_owned() })
}

/// The answer to a file that is larger than [`MOST_PICTURE_BYTES`].
pub fn picture_too_large() -> Error {
    refused(PICTURE, Refused::TooLarge.message())
}

/// The answer to one more picture while others of the same person arrive.
pub fn too_many_pictures_at_once() -> Error {
    refused(PICTURE, "Wait until your other files have arrived, then choose this one again")
}

fn too_often(again: DateTime<Utc>) -> Error {
    // A time without seconds is not before the moment that it means.
    let again = day_time(again + Duration::seconds(59));
    refused(PICTURE, &format!("You have sent many pictures. You can bring one again from {again}"))
}

/// Whether the actor may bring a picture: asked before the file has arrived.
///
/// # Errors
/// [`Error::NotFound`] for who does not set papers in the organisation, and for a draft that is not their own; on `picture`, in
/// words, for who has brought many.
pub async fn may_bring_picture(
    services: &Services,
    actor: &Actor,
    organisation: OrganisationId,
    draft: QuestionDraftId,
) -> Result<()> {
    let mut db = services.db.acquire().await?;
    let setter = actor.sets_papers_in(services, &mut db, organisation).await?;
    let own = sqlx::query_scalar!(
        r#"select exists (select from question_drafts where id = $1 and person_id = $2 and organisation_id = $3) as "own!""#,
        draft.0,
        actor.person().0,
        setter.organisation().0,
    );
    if !own.fetch_one(&mut *db).await? {
        return Err(Error::NotFound);
    }
    match RATE.again(services, &mut db, actor.person()).await? {
        Some(again) => Err(too_often(again)),
        None => Ok(()),
    }
}

/// Puts a picture into the draft of a question, in place of another figure.
///
/// # Errors
/// - as [`may_bring_picture`]
/// - on `picture`, what is wrong with the file; on `alt`, that it is not said what the picture shows
pub async fn bring_picture(
    services: &Services,
    actor: &Actor,
    organisation: OrganisationId,
    draft: QuestionDraftId,
    file: Vec<u8>,
    alt: &str,
) -> Result<()> {
    may_bring_picture(services, actor, organisation, draft).await?;
    if file.len() > MOST_PICTURE_BYTES {
        return Err(picture_too_large());
    }
    let alt = alt.replace("\r\n", "\n").replace('\0', "");
    let alt = alt.trim();
    if alt.is_empty() {
        return Err(refused(ALT, "Say what the picture shows, for people who do not see it"));
    }
    if alt.chars().count() > 500 {
        return Err(Error::invalid(ALT, Problem::TextTooLong));
    }
    let mut db = services.begin().await?;
    // It counts whatever is in it.
    if let Some(again) = RATE.take(services, &mut db, actor.person()).await? {
        return Err(too_often(again));
    }
    db.commit().await?;
    let drawn = match services.queues.heavy.work(move || draw_whole(&file, SIDE)).await {
        // A fault in a decoder, which a strange file has found: it has not harmed anybody.
        Err(Error::Failed(error)) => {
            tracing::warn!(%error, "a picture could not be drawn");
            Err(Refused::Unreadable)
        }
        drawn => drawn?,
    };
    let drawn = drawn.map_err(|why| refused(PICTURE, why.message()))?;
    let (width, height) = size(&drawn).ok_or_else(|| refused(PICTURE, Refused::Unreadable.message()))?;
    let key = files::keep(services, drawn).await?;
    let mut db = services.begin().await?;
    let setter = actor.sets_papers_in(services, &mut db, organisation).await?;
    let kept = sqlx::query_scalar!(
        r#"select fields as "fields: Json<Fields>" from question_drafts
        where id = $1 and person_id = $2 and organisation_id = $3 for no key update"#,
        draft.0,
        actor.person().0,
        setter.organisation().0,
    );
    let mut fields = kept.fetch_optional(&mut *db).await?.ok_or(Error::NotFound)?.0;
    files::named(&mut db, key).await?;
    sqlx::query!(
        "insert into question_pictures (id, organisation_id, brought_by, brought_at) values ($1, $2, $3, $4)",
        key,
        setter.organisation().0,
        actor.person().0,
        services.clock.now(),
    )
    .execute(&mut *db)
    .await?;
    fields.set("figure.kind", "picture");
    fields.set("figure.picture", key.to_string());
    fields.set("figure.width", width.to_string());
    fields.set("figure.height", height.to_string());
    // Braces of a template stand for numbers; here they are braces.
    fields.set("figure.alt", alt.replace('{', "{{").replace('}', "}}"));
    sqlx::query!(
        "update question_drafts set fields = $2::json, changed_at = $3 where id = $1",
        draft.0,
        Json(&fields) as _,
        services.clock.now(),
    )
    .execute(&mut *db)
    .await?;
    db.commit().await?;
    Ok(())
}

/// The picture of each of these templates that has one, with the template's name.
pub(super) fn pictures_of(templates: &[Template]) -> Vec<(String, Uuid)> {
    let picture = |template: &Template| match &template.figure {
        Some(FigureAsk::Picture(ask)) => Some((template.id.clone(), ask.picture)),
        _ => None,
    };
    templates.iter().filter_map(picture).collect()
}

/// Those of these pictures that nobody has brought to the organisation: an id in a text may be any, also one of another organisation.
/// Candidates would be asked about a picture that they do not see.
pub(super) async fn not_brought(
    db: &mut PgConnection,
    organisation: OrganisationId,
    pictures: &[Uuid],
) -> Result<Vec<Uuid>> {
    if pictures.is_empty() {
        return Ok(Vec::new());
    }
    let missing = sqlx::query_scalar!(
        r#"select n.id as "id!" from unnest($2::uuid[]) as n (id)
        where not exists (select from question_pictures p where p.id = n.id and p.organisation_id = $1)"#,
        organisation.0,
        pictures,
    );
    Ok(missing.fetch_all(db).await?)
}

/// The same for what stands in a form, as a fault of it.
pub(super) async fn picture_fault(
    db: &mut PgConnection,
    organisation: OrganisationId,
    fields: &Fields,
) -> Result<Option<Fault>> {
    let has_one = fields.get("figure.kind") == "picture";
    let picture = fields.get("figure.picture").trim().parse::<Uuid>().ok().filter(|_| has_one);
    let missing = not_brought(db, organisation, picture.as_slice()).await?;
    let what = "bring the picture here: nobody has brought this one to your organisation";
    let fault = Fault { field: "figure.kind".to_owned(), what: what.to_owned(), seed: None };
    Ok((!missing.is_empty()).then_some(fault))
}

/// A picture of a question, a JPEG: for setters of its organisation, and for who has begun to sit a paper of that
/// organisation that asks the question.
///
/// # Errors
/// [`Error::NotFound`] for everybody else.
pub async fn question_picture(services: &Services, actor: &Actor, picture: Uuid) -> Result<Vec<u8>> {
    let mut db = services.db.acquire().await?;
    let found = sqlx::query!(
        r#"select p.organisation_id, exists (
            select from sittings s
            join papers r on r.id = s.paper_id and r.organisation_id = p.organisation_id
            join paper_items i on i.paper_id = s.paper_id and i.attempt = s.attempt
            where s.learner_id = $2 and i.question -> 'figure' -> 'picture' ->> 'picture' = p.id::text
        ) as "asked!" from question_pictures p where p.id = $1"#,
        picture,
        actor.person().0,
    )
    .fetch_optional(&mut *db)
    .await?
    .ok_or(Error::NotFound)?;
    if !found.asked {
        actor.sets_papers_in(services, &mut db, OrganisationId(found.organisation_id)).await?;
    }
    drop(db);
    services.files.get(picture).await
}
