//! What is asked for at the same time, done together: one statement and one commit for many, without anybody waiting for the
//! others to come.

use std::{
    future::Future,
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use tokio::{sync::oneshot, task::yield_now, time::timeout};

/// How many statements are under way at most: while one waits for the disk, the next is made.
pub(crate) const LANES: u32 = 2;
/// How many share a statement at most.
const MOST: usize = 64;
/// After so long the database is taken for lost. Nobody waits behind a statement that never comes back.
const PATIENCE: Duration = Duration::from_secs(5);

/// A queue in front of a statement. While no lane is free, whoever comes waits for the next one, with everybody else who waits;
/// so the statement must not wait for locks that others hold for long.
pub struct Together<Q, A>(Arc<Mutex<Queue<Q, A>>>);

type Waiting<Q, A> = (Q, oneshot::Sender<A>);

struct Queue<Q, A> {
    waiting: Vec<Waiting<Q, A>>,
    lanes: u32,
}

impl<Q, A> Default for Together<Q, A> {
    fn default() -> Self {
        Self(Arc::new(Mutex::new(Queue { waiting: Vec::new(), lanes: 0 })))
    }
}

impl<Q, A> Clone for Together<Q, A> {
    fn clone(&self) -> Self {
        Self(self.0.clone())
    }
}

impl<Q: Send + 'static, A: Send + 'static> Together<Q, A> {
    /// Asks. `answer` gives as many answers as it gets questions, in their order. Whoever goes away before the answer is there
    /// has still asked. `None` when answering broke down, or took too long.
    pub async fn ask<F, Answers>(&self, question: Q, answer: F) -> Option<A>
    where
        F: Fn(Vec<Q>) -> Answers + Send + Sync + 'static,
        Answers: Future<Output = Vec<A>> + Send + 'static,
    {
        self.ask_within(PATIENCE, question, answer).await
    }

    async fn ask_within<F, Answers>(&self, patience: Duration, question: Q, answer: F) -> Option<A>
    where
        F: Fn(Vec<Q>) -> Answers + Send + Sync + 'static,
        Answers: Future<Output = Vec<A>> + Send + 'static,
    {
        let (sender, answered) = oneshot::channel();
        let free = self.with(|queue| {
            queue.waiting.push((question, sender));
            let free = queue.lanes < LANES;
            queue.lanes += u32::from(free);
            free
        });
        if free {
            let (queue, answer) = (self.clone(), Arc::new(answer));
            tokio::spawn(async move {
                loop {
                    gather().await;
                    let Some((questions, senders)) = queue.next() else { break };
                    // A task of its own: a statement that is not waited for any more comes to its end all the same, and one that
                    // breaks down takes nobody else with it. Whoever asked is told by the sender that goes.
                    let answer = answer.clone();
                    let answering = tokio::spawn(async move { answer(questions).await });
                    let Ok(Ok(answers)) = timeout(patience, answering).await else { continue };
                    for (sender, answer) in senders.into_iter().zip(answers) {
                        // Whoever does not wait any more needs no answer.
                        let _ = sender.send(answer);
                    }
                }
            });
        }
        answered.await.ok()
    }
}

impl<Q, A> Together<Q, A> {
    fn with<T>(&self, what: impl FnOnce(&mut Queue<Q, A>) -> T) -> T {
        what(&mut self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }

    /// Whoever waits. When nobody does the lane is free again, in the same moment: nobody can come in between and be overlooked.
    fn next(&self) -> Option<(Vec<Q>, Vec<oneshot::Sender<A>>)> {
        self.with(|queue| {
            if queue.waiting.is_empty() {
                queue.lanes -= 1;
                return None;
            }
            let count = queue.waiting.len().min(MOST);
            Some(queue.waiting.drain(..count).unzip())
        })
    }
}

/// Lets whoever is ready to ask come in first. Alone it costs microseconds; in a crowd it halves the statements.
async fn gather() {
    for _ in 0..8 {
        yield_now().await;
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    async fn slowly(questions: Vec<u32>) -> Vec<(u32, usize)> {
        tokio::time::sleep(Duration::from_millis(20)).await;
        let together = questions.len();
        questions.into_iter().map(|question| (question * 2, together)).collect()
    }

    #[tokio::test]
    async fn everybody_gets_their_own_answer_and_few_statements_serve_many() {
        let together = Together::default();
        let asking = (0..200_u32).map(|n| {
            let together: Together<u32, (u32, usize)> = together.clone();
            async move { (n, together.ask(n, slowly).await.unwrap()) }
        });
        let answers = futures::future::join_all(asking).await;
        assert!(answers.iter().all(|(n, (answer, _))| *answer == n * 2));
        let with = |many| answers.iter().filter(|(_, (_, with))| *with == many).count();
        assert_eq!((with(MOST), with(8)), (3 * MOST, 8));
        assert_eq!(together.ask(5, slowly).await, Some((10, 1)));
    }

    #[tokio::test(start_paused = true)]
    async fn whoever_goes_away_has_still_asked() {
        let together: Together<u32, (u32, usize)> = Together::default();
        let heard = Arc::new(Mutex::new(Vec::new()));
        let listening = heard.clone();
        let asking = together.ask(7, move |questions| {
            listening.lock().unwrap().extend(questions.clone());
            slowly(questions)
        });
        assert!(tokio::time::timeout(Duration::from_millis(1), asking).await.is_err());
        tokio::time::sleep(Duration::from_millis(40)).await;
        assert_eq!(*heard.lock().unwrap(), [7]);
    }

    #[tokio::test(start_paused = true)]
    async fn nobody_waits_behind_a_statement_that_never_comes_back() {
        let together: Together<u32, (u32, usize)> = Together::default();
        let hanging = |questions: Vec<u32>| async move {
            if questions.contains(&13) {
                std::future::pending::<()>().await;
            }
            slowly(questions).await
        };
        let soon = Duration::from_millis(100);
        let lost = async |after| {
            tokio::time::sleep(after).await;
            together.ask_within(soon, 13, hanging).await
        };
        let later = async {
            tokio::time::sleep(soon / 2).await;
            together.with(|queue| assert_eq!(queue.lanes, LANES));
            together.ask(2, hanging).await
        };
        // Both lanes are taken, and the third waits for one.
        assert_eq!(tokio::join!(lost(Duration::ZERO), lost(soon / 4), later), (None, None, Some((4, 1))));
    }

    #[tokio::test(start_paused = true)]
    async fn a_statement_that_is_not_waited_for_comes_to_its_end() {
        let together: Together<u32, ()> = Together::default();
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
        assert_eq!(together.ask(1, late).await, None);
        tokio::time::sleep(PATIENCE * 2).await;
        assert!(*ended.lock().unwrap());
    }

    #[tokio::test]
    #[expect(clippy::panic, reason = "a breakdown is what is tried")]
    async fn a_breakdown_is_told_and_the_next_is_answered() {
        let together: Together<u32, (u32, usize)> = Together::default();
        let broken = |questions: Vec<u32>| async move {
            if questions.contains(&13) {
                panic!("as asked for");
            }
            slowly(questions).await
        };
        assert_eq!(together.ask(13, broken).await, None);
        assert_eq!(together.ask(2, broken).await, Some((4, 1)));
    }
}
