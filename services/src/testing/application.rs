//! A world whose connections are those of a role that owns nothing, as in production: row-level security holds for it. The role of
//! the tests is a superuser, for whom it does not.

use sqlx::{AssertSqlSafe, PgPool, postgres::PgPoolOptions};
use uuid::Uuid;

use super::World;
use crate::database;

pub(crate) struct Application {
    pub world: World,
    /// The pool of the owner, who is held by no wall.
    pub owner: PgPool,
    pub role: String,
}

impl Application {
    /// Of the newest rights: a table that is made later has none.
    pub(crate) async fn new(owner: &PgPool, connections: u32) -> Self {
        // Roles are those of the whole cluster.
        let role = format!("application_{}", Uuid::now_v7().simple());
        sqlx::raw_sql(AssertSqlSafe(format!("create role {role}"))).execute(owner).await.unwrap();
        let granting = World::new(owner.clone());
        database::grant_to_application(&granting.services, &role).await.unwrap();
        let become_it = format!("set role {role}");
        let pool = PgPoolOptions::new()
            .max_connections(connections)
            .after_connect(move |connection, _| {
                let become_it = become_it.clone();
                Box::pin(async move {
                    sqlx::raw_sql(AssertSqlSafe(become_it)).execute(connection).await?;
                    Ok(())
                })
            })
            .connect_with((*owner.connect_options()).clone())
            .await
            .unwrap();
        Self { world: World::new(pool), owner: owner.clone(), role }
    }

    /// Drops the role. A test that fails leaves it to the cluster, which is thrown away.
    pub(crate) async fn end(self) {
        self.world.services.db.close().await;
        let drop = format!("drop owned by {0}; drop role {0}", self.role);
        sqlx::raw_sql(AssertSqlSafe(drop)).execute(&self.owner).await.unwrap();
    }
}
