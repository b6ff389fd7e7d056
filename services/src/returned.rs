//! Forms that come back because something in them is wrong, and are too long for a cookie: a bank of questions, a list of
//! learners. What people typed is kept here until the page that shows it has been asked for.

use chrono::Duration;

use crate::{
    Result, Services,
    accounts::Actor,
    random::{self, Token},
};

/// How long the browser may take to ask for the page. It follows at once, on a bad network too.
const LASTS: Duration = Duration::minutes(2);

/// How many are kept of a person at most: the newest.
const MOST: i64 = 10;

/// Keeps a form of somebody who is signed in. Only whoever has the token can have it back.
pub async fn keep(services: &Services, actor: &Actor, form: &str) -> Result<Token> {
    let token = Token::new()?;
    sqlx::query!(
        "insert into returned_forms (token_hash, form, ends_at, person_id) values ($1, $2, $3, $4)",
        token.hash(),
        form,
        services.clock.now() + LASTS,
        actor.person().0,
    )
    .execute(&services.db)
    .await?;
    sqlx::query!(
        "delete from returned_forms where token_hash in (
            select token_hash from returned_forms where person_id = $1 order by ends_at desc, token_hash offset $2
        )",
        actor.person().0,
        MOST,
    )
    .execute(&services.db)
    .await?;
    Ok(token)
}

/// The form of this token, while it is kept, for whoever sent it: another person may sign in in the same browser. It stays until its time is up: the same browser may ask for more than the page.
pub async fn kept(services: &Services, actor: &Actor, token: &str) -> Result<Option<String>> {
    let form = sqlx::query_scalar!(
        "select form from returned_forms where token_hash = $1 and ends_at > $2 and person_id = $3",
        random::hash(token),
        services.clock.now(),
        actor.person().0,
    )
    .fetch_optional(&services.db)
    .await?;
    Ok(form)
}

/// Removes what is not kept any more. Gives how many.
pub async fn forget_returned(services: &Services) -> Result<u64> {
    let gone = sqlx::query!("delete from returned_forms where ends_at <= $1", services.clock.now())
        .execute(&services.db)
        .await?;
    Ok(gone.rows_affected())
}

#[cfg(test)]
mod tests {
    use sqlx::PgPool;

    use super::*;
    use crate::testing::World;

    #[sqlx::test(migrator = "crate::MIGRATIONS")]
    async fn a_form_is_kept_for_its_token_and_not_for_long(db: PgPool) {
        let world = World::new(db);
        let services = &world.services;
        let sam = world.learner("sam@uni.example").await;
        let token = keep(services, &sam, "what was typed").await.unwrap();
        assert_eq!(kept(services, &sam, token.as_str()).await.unwrap().as_deref(), Some("what was typed"));
        assert_eq!(kept(services, &sam, "another").await.unwrap(), None);
        // Somebody else signs in where the cookie is.
        let alex = world.learner("alex@uni.example").await;
        assert_eq!(kept(services, &alex, token.as_str()).await.unwrap(), None);
        assert_eq!(forget_returned(services).await.unwrap(), 0);
        world.clock.advance(LASTS);
        assert_eq!(kept(services, &sam, token.as_str()).await.unwrap(), None);
        assert_eq!(forget_returned(services).await.unwrap(), 1);
    }

    #[sqlx::test(migrator = "crate::MIGRATIONS")]
    async fn nobody_fills_the_store(db: PgPool) {
        let world = World::new(db);
        let (sam, alex) = (world.learner("sam@uni.example").await, world.learner("alex@uni.example").await);
        let others = keep(&world.services, &alex, "kept").await.unwrap();
        let mut last = None;
        for n in 0..50 {
            world.clock.advance(Duration::milliseconds(1));
            last = Some(keep(&world.services, &sam, &n.to_string()).await.unwrap());
        }
        let stored: i64 = sqlx::query_scalar("select count(*) from returned_forms")
            .fetch_one(&world.services.db)
            .await
            .unwrap();
        assert_eq!(stored, MOST + 1);
        for (actor, token, form) in [(&sam, last.unwrap(), "49"), (&alex, others, "kept")] {
            assert_eq!(kept(&world.services, actor, token.as_str()).await.unwrap().as_deref(), Some(form));
        }
    }
}
