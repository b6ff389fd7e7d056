//! Combines simultaneous calls into one statement and one commit, without making any of them wait for others to arrive.

use std::{
    future::Future,
    pin::Pin,
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use tokio::{
    sync::{mpsc, oneshot},
    task::yield_now,
    time::timeout,
};

/// How many statements are under way at most: when one takes long, others go past it. Each has a connection
/// of its own, which `DATABASE_CONNECTIONS` names in its explanation.
pub(crate) const WORKERS: u32 = 4;
/// How many share a statement at most.
const MOST: usize = 64;
/// How many callers wait at most. Further callers first wait for a place.
const PLACES: usize = 512;
/// While a statement is no older than this, the next one does not begin: callers wait for it together. Most of a
/// statement's cost is the same for one caller and for many.
const SOON: Duration = Duration::from_millis(10);
/// After this time the database counts as lost. No caller waits behind a statement that never returns.
const PATIENCE: Duration = Duration::from_secs(5);

/// A queue in front of a statement. While no worker is free, callers wait together for the next one; so the statement
/// must not wait for locks that other transactions hold for long.
pub struct Batcher<Q, A> {
    questions: mpsc::Sender<Waiting<Q, A>>,
    /// Until the first caller starts the workers.
    workers: Arc<Mutex<Option<Receiver<Q, A>>>>,
}

type Receiver<Q, A> = mpsc::Receiver<Waiting<Q, A>>;
type Answers<A> = Pin<Box<dyn Future<Output = Vec<A>> + Send>>;

struct Waiting<Q, A> {
    question: Q,
    answer: Arc<dyn Fn(Vec<Q>) -> Answers<A> + Send + Sync>,
    asker: oneshot::Sender<A>,
}

impl<Q, A> Default for Batcher<Q, A> {
    fn default() -> Self {
        let (questions, waiting) = mpsc::channel(PLACES);
        Self { questions, workers: Arc::new(Mutex::new(Some(waiting))) }
    }
}

impl<Q, A> Clone for Batcher<Q, A> {
    fn clone(&self) -> Self {
        Self { questions: self.questions.clone(), workers: self.workers.clone() }
    }
}

impl<Q: Send + 'static, A: Send + 'static> Batcher<Q, A> {
    /// Asks. `answer` returns as many answers as it gets questions, in the same order. A caller that has a place and
    /// goes away before the answer has still asked. `None` when answering panicked or took too long, or when no place
    /// was free for long.
    pub async fn ask<F, Answering>(&self, question: Q, answer: F) -> Option<A>
    where
        F: Fn(Vec<Q>) -> Answering + Send + Sync + 'static,
        Answering: Future<Output = Vec<A>> + Send + 'static,
    {
        self.ask_within(PATIENCE, question, answer).await
    }

    async fn ask_within<F, Answering>(&self, patience: Duration, question: Q, answer: F) -> Option<A>
    where
        F: Fn(Vec<Q>) -> Answering + Send + Sync + 'static,
        Answering: Future<Output = Vec<A>> + Send + 'static,
    {
        self.start(patience);
        let place = timeout(patience, self.questions.reserve()).await.ok()?.ok()?;
        let (asker, answered) = oneshot::channel();
        place.send(Waiting {
            question,
            answer: Arc::new(move |questions| Box::pin(answer(questions))),
            asker,
        });
        answered.await.ok()
    }

    /// The workers end when no caller is left.
    fn start(&self, patience: Duration) {
        let waiting = self.workers.lock().unwrap_or_else(PoisonError::into_inner).take();
        if let Some(waiting) = waiting {
            let waiting = Arc::new(tokio::sync::Mutex::new(waiting));
            for _ in 0..WORKERS {
                tokio::spawn(worker(waiting.clone(), patience));
            }
        }
    }
}

async fn worker<Q: Send + 'static, A: Send + 'static>(
    waiting: Arc<tokio::sync::Mutex<Receiver<Q, A>>>,
    patience: Duration,
) {
    loop {
        // One worker listens at a time.
        let mut listening = waiting.lock().await;
        let Some(batch) = next(&mut listening).await else { return };
        let Some(answer) = batch.first().map(|first| first.answer.clone()) else { continue };
        let (questions, askers): (Vec<_>, Vec<_>) =
            batch.into_iter().map(|waiting| (waiting.question, waiting.asker)).unzip();
        // A task of its own: a statement that is no longer awaited still ends, and one that panics takes no other with
        // it. Its callers notice that their sender is gone.
        let mut answering = tokio::spawn(async move { answer(questions).await });
        let soon = timeout(SOON, &mut answering).await;
        drop(listening);
        let answered = match soon {
            Ok(answered) => Ok(answered),
            Err(_) => timeout(patience, answering).await,
        };
        let Ok(Ok(answers)) = answered else { continue };
        for (asker, answer) in askers.into_iter().zip(answers) {
            // A caller that has stopped waiting needs no answer.
            let _ = asker.send(answer);
        }
    }
}

/// Takes all waiting callers, as soon as there is one. `None` when there will be no more.
async fn next<Q, A>(waiting: &mut Receiver<Q, A>) -> Option<Vec<Waiting<Q, A>>> {
    let mut batch = vec![waiting.recv().await?];
    gather(waiting).await;
    if !waiting.is_empty() {
        waiting.recv_many(&mut batch, MOST - 1).await;
    }
    Some(batch)
}

/// Lets callers that are ready to ask come in first, as long as any do. For a single one it costs microseconds; in a
/// crowd it halves the statements.
async fn gather<Q, A>(waiting: &Receiver<Q, A>) {
    let mut here = waiting.len();
    loop {
        yield_now().await;
        let now = waiting.len();
        if now == here || now >= MOST {
            return;
        }
        here = now;
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use futures::future::join_all;

    use super::*;

    async fn slowly(questions: Vec<u32>) -> Vec<(u32, usize)> {
        tokio::time::sleep(Duration::from_millis(20)).await;
        let together = questions.len();
        questions.into_iter().map(|question| (question * 2, together)).collect()
    }

    #[tokio::test]
    async fn every_caller_gets_its_own_answer_and_few_statements_serve_many() {
        let batcher = Batcher::default();
        let asking = (0..200_u32).map(|n| {
            let batcher: Batcher<u32, (u32, usize)> = batcher.clone();
            async move { (n, batcher.ask(n, slowly).await.unwrap()) }
        });
        let answers = join_all(asking).await;
        assert!(answers.iter().all(|(n, (answer, _))| *answer == n * 2));
        let with = |many| answers.iter().filter(|(_, (_, with))| *with == many).count();
        assert_eq!((with(MOST), with(8)), (3 * MOST, 8));
        assert_eq!(batcher.ask(5, slowly).await, Some((10, 1)));
    }

    #[tokio::test(start_paused = true)]
    async fn callers_wait_together_for_a_statement_that_is_quick_and_go_past_one_that_is_slow() {
        let batcher: Batcher<u32, (u32, usize)> = Batcher::default();
        for (takes, together) in [(SOON / 2, 3), (SOON * 4, 1)] {
            let after = move |questions: Vec<u32>| async move {
                tokio::time::sleep(takes).await;
                let with = questions.len();
                questions.into_iter().map(|question| (question, with)).collect()
            };
            let ask = async |n: u32, at: Duration| {
                tokio::time::sleep(at).await;
                batcher.ask(n, after).await
            };
            // The first is alone. The others come one after the other: while it is under way, or after it has become slow.
            let apart = takes / 4;
            let answers = tokio::join!(
                ask(1, Duration::ZERO),
                ask(2, apart * 4 / 3),
                ask(3, apart * 2),
                ask(4, apart * 3)
            );
            assert_eq!(
                answers,
                (Some((1, 1)), Some((2, together)), Some((3, together)), Some((4, together)))
            );
        }
    }

    #[tokio::test(start_paused = true)]
    async fn a_caller_that_goes_away_has_still_asked() {
        let batcher: Batcher<u32, (u32, usize)> = Batcher::default();
        let heard = Arc::new(Mutex::new(Vec::new()));
        let listening = heard.clone();
        let asking = batcher.ask(7, move |questions| {
            listening.lock().unwrap().extend(questions.clone());
            slowly(questions)
        });
        assert!(tokio::time::timeout(Duration::from_millis(1), asking).await.is_err());
        tokio::time::sleep(Duration::from_millis(40)).await;
        assert_eq!(*heard.lock().unwrap(), [7]);
    }

    #[tokio::test(start_paused = true)]
    async fn no_caller_waits_behind_a_statement_that_never_returns() {
        let batcher: Batcher<u32, (u32, usize)> = Batcher::default();
        let hanging = |questions: Vec<u32>| async move {
            if questions.contains(&13) {
                std::future::pending::<()>().await;
            }
            slowly(questions).await
        };
        let soon = SOON * 20;
        let began = tokio::time::Instant::now();
        let lost = async |after| {
            tokio::time::sleep(after).await;
            batcher.ask_within(soon, 13, hanging).await
        };
        let later = async {
            tokio::time::sleep(soon / 2).await;
            let answer = batcher.ask_within(soon, 2, hanging).await;
            assert!(began.elapsed() > soon, "no worker was free before");
            answer
        };
        // Every worker is taken, one after another, and the next caller waits for one.
        let hanging = join_all((0..WORKERS).map(|n| lost(SOON * 2 * n)));
        let (hung, answer) = tokio::join!(hanging, later);
        assert_eq!((hung, answer), (vec![None; WORKERS as usize], Some((4, 1))));
    }

    #[tokio::test(start_paused = true)]
    async fn an_abandoned_statement_runs_to_its_end() {
        let batcher: Batcher<u32, ()> = Batcher::default();
        let ended = Arc::new(Mutex::new(false));
        let ending = ended.clone();
        let late = move |_: Vec<u32>| {
            let ending = ending.clone();
            async move {
                tokio::time::sleep(PATIENCE * 2).await;
                *ending.lock().unwrap() = true;
                vec![()]
            }
        };
        assert_eq!(batcher.ask(1, late).await, None);
        tokio::time::sleep(PATIENCE * 2).await;
        assert!(*ended.lock().unwrap());
    }

    #[tokio::test]
    #[expect(clippy::panic, reason = "the test needs a panic")]
    async fn a_panic_is_reported_and_the_next_call_is_answered() {
        let batcher: Batcher<u32, (u32, usize)> = Batcher::default();
        let broken = |questions: Vec<u32>| async move {
            if questions.contains(&13) {
                panic!("a deliberate panic");
            }
            slowly(questions).await
        };
        assert_eq!(batcher.ask(13, broken).await, None);
        assert_eq!(batcher.ask(2, broken).await, Some((4, 1)));
    }

    #[tokio::test(start_paused = true)]
    async fn waiting_callers_are_limited_and_the_others_are_refused() {
        let batcher: Batcher<u32, (u32, usize)> = Batcher::default();
        let hanging = |_: Vec<u32>| std::future::pending::<Vec<(u32, usize)>>();
        let asking = (0..2_000).map(|n| batcher.ask(n, hanging));
        let began = tokio::time::Instant::now();
        let answers = join_all(asking).await;
        assert!(answers.iter().all(Option::is_none));
        assert!(batcher.questions.max_capacity() == PLACES && began.elapsed() < Duration::from_secs(60));
    }

    #[tokio::test(start_paused = true)]
    async fn the_workers_end_when_no_caller_is_left() {
        let batcher: Batcher<u32, (u32, usize)> = Batcher::default();
        assert_eq!(batcher.ask(1, slowly).await, Some((2, 1)));
        let questions = batcher.questions.downgrade();
        drop(batcher);
        for _ in 0..10 {
            yield_now().await;
        }
        assert!(questions.upgrade().is_none());
    }
}
