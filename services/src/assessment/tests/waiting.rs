//! What the start page says of papers and results.

use domain::home::Waiting;

use super::*;
use crate::home;

impl Exam {
    async fn waits(&self, actor: &Actor) -> Waiting {
        home::waiting(&self.world.services, actor).await.unwrap()
    }

    pub(super) async fn run(&self, statement: &str) {
        let statement = sqlx::AssertSqlSafe(statement.to_owned());
        sqlx::raw_sql(statement).execute(&self.world.services.db).await.unwrap();
    }
}

#[sqlx::test(migrator = "crate::MIGRATIONS")]
async fn a_candidate_is_told_of_the_paper_that_can_be_started_then_of_the_sitting_then_of_the_result(
    db: PgPool,
) {
    let exam = Exam::new(db, |settings| settings.release = Release::ByHand).await;
    let services = &exam.world.services;
    let stranger = exam.world.learner("stranger@x.example").await;
    let papers = async || {
        exam.waits(&exam.learner).await.papers.into_iter().map(|paper| paper.paper).collect::<Vec<_>>()
    };
    assert_eq!(papers().await, [exam.paper]);
    assert_eq!(exam.waits(&stranger).await, Waiting::default());

    let sitting = exam.start().await;
    let now = exam.waits(&exam.learner).await;
    assert_eq!(now.papers, [], "it is sat already");
    let sat = now.sitting.unwrap();
    assert_eq!((sat.sitting, sat.paused), (sitting, false));
    assert!(sat.minutes > 0);

    submit_sitting(services, &exam.learner, sitting, &[]).await.unwrap();
    let now = exam.waits(&exam.learner).await;
    assert_eq!(now.sitting, None);
    assert_eq!((now.results, now.papers), (vec![], vec![]), "nothing is said before the release");
    release_results(services, &exam.setter, exam.paper, true).await.unwrap();
    // It was not passed, and there is an attempt left.
    let now = exam.waits(&exam.learner).await;
    assert_eq!(
        now.results.iter().map(|result| (result.sitting, result.changed)).collect::<Vec<_>>(),
        [(sitting, false)]
    );
    assert_eq!(papers().await, [exam.paper]);
    exam.run("update papers set attempts = 1").await;
    assert_eq!(papers().await, []);

    // Asking is no look.
    own_result(services, &exam.learner.clone().only_asking(), sitting).await.unwrap();
    assert_eq!(exam.waits(&exam.learner).await.results.len(), 1);
    own_result(services, &exam.learner, sitting).await.unwrap();
    assert_eq!(exam.waits(&exam.learner).await.results, []);
    assert_eq!(exam.waits(&stranger).await, Waiting::default());
}

#[sqlx::test(migrator = "crate::MIGRATIONS")]
async fn a_result_that_a_correction_changes_is_new_again(db: PgPool) {
    let exam = Exam::new(db, |_| {}).await;
    let services = &exam.world.services;
    let sitting = exam.start().await;
    submit_sitting(services, &exam.learner, sitting, &[]).await.unwrap();
    own_result(services, &exam.learner, sitting).await.unwrap();
    assert_eq!(exam.waits(&exam.learner).await.results, []);
    // Taken out: everybody gets its mark.
    let (item, _) = exam.questions().await.remove(0);
    exam.correct(item, "It has two answers", &Correction::Void, None).await.unwrap();
    let results = exam.waits(&exam.learner).await.results;
    assert_eq!(
        results.iter().map(|result| (result.sitting, result.changed)).collect::<Vec<_>>(),
        [(sitting, true)]
    );
    own_result(services, &exam.learner, sitting).await.unwrap();
    assert_eq!(exam.waits(&exam.learner).await.results, []);
}

#[sqlx::test(migrator = "crate::MIGRATIONS")]
async fn a_setter_is_told_of_their_own_papers_by_state_and_who_sits_now(db: PgPool) {
    let exam = Exam::new(db, |_| {}).await;
    let services = &exam.world.services;
    let colleague = sets_papers(&exam.world, "colleague@north.example", exam.organisation).await;
    let kept = async |actor: &Actor| exam.waits(actor).await.kept;
    let of = |kept: &domain::home::PapersKept| [kept.drafts, kept.waiting, kept.open, kept.closed];
    let own = kept(&exam.setter).await.unwrap();
    assert_eq!((of(&own), own.sat.len()), ([0, 0, 1, 0], 0));
    assert_eq!(of(&kept(&colleague).await.unwrap()), [0; 4], "the papers of a colleague are not theirs");
    assert_eq!(kept(&exam.learner).await, None);
    duplicate_paper(services, &exam.setter, exam.paper, false, None).await.unwrap();
    let sitting = exam.start().await;
    let own = kept(&exam.setter).await.unwrap();
    assert_eq!(of(&own), [1, 0, 1, 0]);
    assert_eq!(
        own.sat.iter().map(|paper| (paper.paper, paper.sitting)).collect::<Vec<_>>(),
        [(exam.paper, 1)]
    );
    submit_sitting(services, &exam.learner, sitting, &[]).await.unwrap();
    assert_eq!(kept(&exam.setter).await.unwrap().sat, []);
    // Closed, and the candidates wait.
    exam.run("update papers set release = 'by-hand', opens_at = now() - interval '2 days', closes_at = now() - interval '1 day' where published_at is not null").await;
    let own = kept(&exam.setter).await.unwrap();
    assert_eq!((of(&own), own.to_release.len()), ([1, 0, 0, 1], 1));
    release_results(services, &exam.setter, exam.paper, true).await.unwrap();
    assert_eq!(kept(&exam.setter).await.unwrap().to_release, []);
    // Support has every paper, and keeps none.
    let support = exam.world.learner("support@x.example").await;
    exam.world.grant(&support, Role::Support).await;
    assert_eq!(kept(&support).await, None);
}
