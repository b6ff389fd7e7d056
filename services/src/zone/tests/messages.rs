//! Members write to each other through the platform, and neither learns the other's address by it.

mod at_once;
mod blocks;
mod limits;
mod relay;
mod removal;
mod reports;
mod wall;

use domain::{
    FieldProblem, Problem,
    zone::{
        AreaId, MemberId,
        messages::{MessageRow, MessageText, Messages, MessagesQuery},
    },
};
use sqlx::PgPool;

use crate::{
    Error, Result,
    accounts::Actor,
    kit::jobs::run_ready,
    testing::{World, slug},
    zone::{
        messages::{NewMessage, messages_page, send},
        testing::{area, join, lead},
    },
};

/// An area with a lead and two members, who have been there for a week.
struct Place {
    world: World,
    db: PgPool,
    north: AreaId,
    ann: Actor,
    in_ann: MemberId,
    ben: Actor,
    in_ben: MemberId,
    lead: Actor,
    in_lead: MemberId,
}

async fn place(db: PgPool) -> Place {
    let world = World::new(db.clone());
    let north = area(&world, "north").await;
    let [ann, ben, chief] = [
        named(&world, "ann@north.example", "Ann Archer").await,
        named(&world, "ben@north.example", "Ben Baker").await,
        named(&world, "lea@north.example", "Lea Leader").await,
    ];
    let (in_ann, in_ben) = (join(&world, north, &ann).await, join(&world, north, &ben).await);
    let in_lead = lead(&world, north, &chief).await;
    world.clock.advance(chrono::Duration::days(7));
    Place { world, db, north, ann, in_ann, ben, in_ben, lead: chief, in_lead }
}

/// Somebody with an account and a name that is not the address.
async fn named(world: &World, email: &str, name: &str) -> Actor {
    let actor = world.learner(email).await;
    sqlx::query("update people set full_name = $2 where id = $1")
        .bind(actor.person().0)
        .bind(name)
        .execute(&world.services.db)
        .await
        .unwrap();
    actor
}

impl Place {
    async fn sends(&self, from: &Actor, to: MemberId, text: &str) -> Result<()> {
        let text = MessageText::parse(text).unwrap();
        let new = NewMessage { to, text: &text, shows_address: false, form: None };
        send(&self.world.services, from, &slug("north"), new).await
    }

    async fn messages(&self, of: &Actor) -> Messages {
        messages_page(&self.world.services, of, &slug("north"), &MessagesQuery::default()).await.unwrap()
    }

    async fn rows(&self, of: &Actor) -> Vec<MessageRow> {
        self.messages(of).await.messages.rows
    }

    /// Sends the mail that waits, and returns what somebody got. Earlier mail is forgotten.
    async fn mail_to(&self, email: &str) -> Vec<String> {
        run_ready(&self.world.services).await.unwrap();
        let to = format!("\r\nTo: {email}\r\n");
        let letters = self.world.letters();
        for file in std::fs::read_dir(self.world.mail.path()).unwrap() {
            std::fs::remove_file(file.unwrap().path()).unwrap();
        }
        letters.into_iter().filter(|letter| letter.contains(&to)).collect()
    }

    async fn count(&self, table: &'static str) -> i64 {
        let count = sqlx::AssertSqlSafe(format!("select count(*) from {table}"));
        sqlx::query_scalar(count).fetch_one(&self.db).await.unwrap()
    }
}

fn problems<T>(result: Result<T>) -> Vec<FieldProblem> {
    match result {
        Err(Error::Invalid(problems)) => problems,
        Err(error) => panic!("{error}"),
        Ok(_) => Vec::new(),
    }
}

/// Why a message was refused, in words. Empty when it was taken.
fn refused(result: Result<()>) -> String {
    let words = problems(result).into_iter().map(|FieldProblem { field, problem }| match problem {
        Problem::InWords { words } if field == "message_text" => words,
        problem => panic!("{problem:?} on {field}"),
    });
    words.collect()
}
