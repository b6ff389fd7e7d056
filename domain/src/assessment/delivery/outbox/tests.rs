//! Random histories of two windows, against a model that knows the server's rule and nothing of the outbox.

use std::collections::BTreeMap;

use proptest::prelude::*;

use super::*;
use crate::assessment::{
    PaperKind,
    delivery::{RoomQuestion, RoomState},
    question::{AnswerField, PageQuestion},
};

const QUESTIONS: usize = 3;

fn item(n: usize) -> ItemId {
    ItemId(uuid::Uuid::from_u128(n as u128))
}

fn text(text: &str) -> Option<Response> {
    Some(Response::Text(text.to_owned()))
}

/// Every third answer cannot be marked as it is.
fn typed(at: usize) -> Option<Response> {
    let typed = if at.is_multiple_of(3) { format!("{at},5") } else { at.to_string() };
    Some(Response::Number { typed, unit: String::new() })
}

fn problem_of(response: Option<&Response>) -> Option<Problem> {
    response?.readable().err()
}

/// An action of the candidate: the index of the question, and the answer or the flag.
#[derive(Debug, Clone, PartialEq)]
enum Did {
    Answer(Option<Response>),
    Flag(bool),
}

/// The rule: for each part the highest sequence counts.
#[derive(Default, Clone, Debug)]
struct Server {
    epochs: i64,
    answers: BTreeMap<usize, (i64, Option<Response>)>,
    /// Kept apart: these arrived when the time was over.
    late: BTreeMap<usize, i64>,
    flags: BTreeMap<usize, (i64, bool)>,
}

impl Server {
    /// All of a call is in time, or none of it.
    fn save_late(&mut self, saves: &[Save]) {
        for (sequence, save) in saves.iter().filter_map(|save| Some((save.answer()?.0, save))) {
            let n = (0..QUESTIONS).find(|n| item(*n) == save.item).unwrap();
            let late = self.late.entry(n).or_default();
            *late = sequence.max(*late);
        }
    }

    fn save(&mut self, saves: &[Save]) {
        for save in saves {
            let n = (0..QUESTIONS).find(|n| item(*n) == save.item).unwrap();
            if !save.only_flag && self.answers.get(&n).is_none_or(|(stands, _)| *stands < save.sequence) {
                self.answers.insert(n, (save.sequence, save.response.clone()));
            }
            let sequence = save.flag_sequence.unwrap();
            if sequence > 0 && self.flags.get(&n).is_none_or(|(stands, _)| *stands < sequence) {
                self.flags.insert(n, (sequence, save.flagged));
            }
        }
    }

    fn answer(&self, n: usize) -> (i64, Option<Response>) {
        self.answers.get(&n).cloned().unwrap_or_default()
    }

    fn flag(&self, n: usize) -> (i64, bool) {
        self.flags.get(&n).copied().unwrap_or_default()
    }

    fn room(&self) -> Room {
        let question = |n| RoomQuestion {
            item: item(n),
            section: String::new(),
            marks: 1,
            asked: PageQuestion {
                rules: None,
                stimulus: None,
                wording: String::new(),
                hints: 0,
                field: AnswerField::Text,
            },
            hints: Vec::new(),
            response: self.answer(n).1,
            flagged: self.flag(n).1,
            sequence: self.answer(n).0,
            flag_sequence: self.flag(n).0,
            problem: problem_of(self.answer(n).1.as_ref()),
        };
        Room {
            sitting: crate::assessment::delivery::SittingId(uuid::Uuid::nil()),
            title: String::new(),
            kind: PaperKind::Mock,
            calculator: false,
            epoch: self.epochs,
            state: RoomState {
                remaining_ms: 1,
                ends: String::new(),
                paused: false,
                break_left_ms: 0,
                submitted: false,
                epoch: self.epochs,
                extra_seconds: 0,
                latest_end_ms: 0,
                earlier: Vec::new(),
            },
            questions: (0..QUESTIONS).map(question).collect(),
        }
    }

    /// Parts that were not given with the newest epoch.
    fn news(&self) -> Vec<(Save, Option<Problem>)> {
        let newest = self.epochs * EPOCH_SPAN..self.epochs * EPOCH_SPAN + PROVISIONAL;
        let save = |n| Save {
            item: item(n),
            sequence: self.answer(n).0,
            response: self.answer(n).1,
            flagged: self.flag(n).1,
            only_flag: self.answer(n).0 == 0,
            flag_sequence: Some(self.flag(n).0),
        };
        (0..QUESTIONS)
            .map(save)
            .filter(|save| {
                let own = |sequence: i64| sequence == 0 || newest.contains(&sequence);
                !own(save.sequence) || !own(save.flag_sequence.unwrap())
            })
            .map(|save| (save.clone(), problem_of(save.response.as_ref())))
            .collect()
    }
}

struct Window {
    outbox: AnswerOutbox,
    opening: usize,
    drawn_at: i64,
    epoch: Option<i64>,
    salt: i64,
    done: i64,
}

/// An action and its time as the candidate sees it: by the opening, and within it in order.
struct Change {
    n: usize,
    did: Did,
    when: (i64, bool, i64),
    opening: usize,
    arrived: bool,
    /// It arrived when the time was over.
    late: bool,
    may_be_lost: bool,
}

impl Change {
    /// The question, whether it is the flag, and the time.
    fn part(&self) -> (usize, bool, (i64, bool, i64)) {
        (self.n, matches!(self.did, Did::Flag(_)), self.when)
    }

    fn number(&self) -> i64 {
        let (epoch, provisional, count) = self.when;
        epoch * EPOCH_SPAN + if provisional { PROVISIONAL } else { 0 } + count
    }
}

struct Call {
    window: usize,
    opening: usize,
    saves: Vec<Save>,
}

#[derive(Default)]
struct World {
    server: Server,
    storage: BTreeMap<String, Vec<Save>>,
    storage_refuses: bool,
    somebody_else: bool,
    signed_out: bool,
    /// By the server's clock.
    time_is_over: bool,
    was_over: bool,
    /// The server never accepts answers to this question.
    refuses: Option<usize>,
    windows: [Option<Window>; 2],
    calls: Vec<Call>,
    changes: Vec<Change>,
    openings: usize,
}

impl World {
    fn keep(&mut self, w: usize) -> bool {
        let Some(window) = &mut self.windows[w] else { return false };
        let unsent = window.outbox.unsent();
        let kept = unsent.is_empty() || !self.storage_refuses;
        if unsent.is_empty() {
            self.storage.remove(&window.outbox.name());
        } else if kept {
            self.storage.insert(window.outbox.name(), unsent);
        }
        window.outbox.kept_on_device(kept);
        kept
    }

    fn close(&mut self, w: usize) {
        let Some(window) = self.windows[w].take() else { return };
        if !window.outbox.is_safe() {
            for change in self.changes.iter_mut().filter(|change| !change.arrived) {
                // Parts that it took up from an older opening may be lost with it, if the storage has no room for
                // either.
                change.may_be_lost |= change.opening <= window.opening;
            }
        }
    }

    fn open(&mut self, w: usize) {
        self.close(w);
        self.openings += 1;
        let salt = self.openings * 1_000;
        let mut outbox = AnswerOutbox::new(&self.server.room(), u32::try_from(salt).unwrap());
        let found: Vec<String> = self.storage.keys().cloned().collect();
        for name in &found {
            outbox.take_up(&self.storage[name]);
        }
        let own = outbox.name();
        let salt = i64::try_from(salt).unwrap();
        let (drawn_at, opening) = (self.server.epochs, self.openings);
        self.windows[w] = Some(Window { outbox, opening, drawn_at, epoch: None, salt, done: 0 });
        if self.keep(w) {
            self.storage.retain(|name, _| *name == own || !found.contains(name));
        }
    }

    fn did(&mut self, w: usize, n: usize, did: Did) {
        let Some(window) = &mut self.windows[w] else { return };
        window.done += 1;
        let when = match window.epoch {
            Some(epoch) => (epoch, false, window.done),
            None => (window.drawn_at, true, window.salt + window.done),
        };
        match did.clone() {
            Did::Answer(response) => window.outbox.answer(n, response),
            Did::Flag(flagged) => window.outbox.flag(n, flagged),
        }
        let opening = window.opening;
        self.changes.push(Change { n, did, when, opening, arrived: false, late: false, may_be_lost: false });
        self.keep(w);
    }

    fn epoch(&mut self, w: usize, heard: bool) {
        let Some(window) = self.windows[w].as_mut().filter(|_| !self.somebody_else) else { return };
        self.server.epochs += 1;
        if heard {
            (window.epoch, window.done) = (Some(self.server.epochs), 0);
            window.outbox.begin_epoch(self.server.epochs);
            self.news(w);
        }
    }

    fn news(&mut self, w: usize) {
        let Some(window) = &mut self.windows[w] else { return };
        if self.somebody_else {
            window.outbox.belongs(false);
            return;
        }
        window.outbox.belongs(true);
        window.outbox.heard_of(self.server.epochs);
        window.outbox.merge(&self.server.news());
        self.keep(w);
    }

    fn send(&mut self, w: usize) {
        let Some(window) = &self.windows[w] else { return };
        let saves = window.outbox.to_send();
        if !saves.is_empty() {
            self.calls.push(Call { window: w, opening: window.opening, saves });
        }
    }

    /// Until nothing is left that the server would accept.
    fn send_all(&mut self, w: usize) {
        for _ in 0..=QUESTIONS {
            self.send(w);
            while !self.calls.is_empty() {
                self.deliver(0, true, false);
            }
        }
    }

    /// A call arrives, now or again, and its reply does or does not.
    fn deliver(&mut self, k: usize, told: bool, again: bool) {
        if self.calls.is_empty() {
            return;
        }
        let k = k % self.calls.len();
        let (w, opening, saves) = (self.calls[k].window, self.calls[k].opening, self.calls[k].saves.clone());
        if !again {
            self.calls.remove(k);
        }
        let refused = saves.iter().any(|save| self.refuses.is_some_and(|n| save.item == item(n)));
        if !self.somebody_else && !self.signed_out && !refused {
            let late = self.time_is_over;
            if late {
                self.server.save_late(&saves);
            } else {
                self.server.save(&saves);
            }
            for change in &mut self.changes {
                let number = change.number();
                let arrived = saves.iter().any(|save| match &change.did {
                    Did::Answer(_) => !save.only_flag && save.sequence == number,
                    Did::Flag(_) => save.flag_sequence == Some(number),
                });
                change.arrived |= arrived && !late;
                change.late |= arrived && late;
            }
            // A change made before the call was part of the call.
            let late: Vec<_> = self.changes.iter().filter(|change| change.late).map(Change::part).collect();
            for change in self.changes.iter_mut().filter(|change| !change.arrived) {
                let (n, flag, when) = change.part();
                change.may_be_lost |= late.iter().any(|late| (late.0, late.1) == (n, flag) && when <= late.2);
            }
        }
        let Some(window) = self.windows[w].as_mut().filter(|window| told && window.opening == opening) else {
            return;
        };
        if self.signed_out {
            window.outbox.failed(Failure::SignedOut);
        } else if self.somebody_else {
            window.outbox.belongs(false);
        } else if refused {
            window.outbox.refuse(&saves);
            self.keep(w);
        } else {
            let problem = |save: &Save| Some((save.item, problem_of(save.answer()?.1)?));
            let problems: Vec<_> = saves.iter().filter_map(problem).collect();
            window.outbox.acknowledge(&saves, &problems);
            window.outbox.said("10:42am".to_owned(), self.time_is_over);
            window.outbox.heard_of(self.server.epochs);
            self.keep(w);
        }
    }

    /// The server has everything that a page calls saved, or something newer; and the page's status is true.
    fn holds(&self) {
        for window in self.windows.iter().flatten() {
            let outbox = &window.outbox;
            let unsent = !outbox.last().is_empty();
            match outbox.status() {
                SaveStatus::SomebodyElse => assert!(!outbox.theirs),
                SaveStatus::Saving | SaveStatus::Unsaved | SaveStatus::SignedOut => assert!(unsent),
                SaveStatus::Refused(questions) => assert!(!unsent && questions == outbox.unsent().len()),
                SaveStatus::Elsewhere(_) => assert!(outbox.unsent().is_empty() && outbox.is_old()),
                SaveStatus::Saved(_) => assert!(outbox.unsent().is_empty() && !outbox.is_old()),
                SaveStatus::Fresh | SaveStatus::Late => assert!(outbox.unsent().is_empty()),
            }
            for n in 0..QUESTIONS {
                let Entry { answer, flag, .. } = &window.outbox.entries[n];
                if answer.way == Way::Saved {
                    let (sequence, stands) = self.server.answer(n);
                    let late = self.server.late.get(&n).is_some_and(|late| *late >= answer.sequence);
                    assert!(sequence >= answer.sequence || late, "acknowledged and lost");
                    assert!(sequence != answer.sequence || stands == answer.value, "seen as saved");
                    assert_eq!(
                        window.outbox.problem(n),
                        problem_of(answer.value.as_ref()),
                        "said of this answer"
                    );
                } else {
                    assert_eq!(window.outbox.problem(n), None, "not while it is typed");
                }
                if flag.way == Way::Saved {
                    let (sequence, stands) = self.server.flag(n);
                    // A flag is useless once the time is over: it is not kept then.
                    let over = self.was_over;
                    assert!(sequence >= flag.sequence || over, "acknowledged and lost");
                    assert!(sequence != flag.sequence || stands == flag.value, "seen as saved");
                }
            }
        }
    }

    /// The candidate returns on this device, all is well, and everything that is still there arrives.
    fn come_to_rest(&mut self) {
        (self.storage_refuses, self.somebody_else, self.signed_out) = (false, false, false);
        (self.time_is_over, self.refuses) = (false, None);
        self.calls.clear();
        // Windows that are still open send what they have; then each is closed. A refused part waits for the next
        // opening.
        for w in 0..2 {
            self.news(w);
            self.send_all(w);
            let refused = |outbox: &AnswerOutbox| outbox.unsent().len() == outbox.refused();
            assert!(self.windows[w].as_ref().is_none_or(|window| refused(&window.outbox)));
            self.keep(w);
            self.close(w);
        }
        self.open(0);
        self.epoch(0, true);
        self.send_all(0);
        self.news(0);
        self.holds();
        assert!(self.storage.is_empty(), "nothing is left behind");
        let outbox = &self.windows[0].as_ref().unwrap().outbox;
        assert!(outbox.unsent().is_empty() && !outbox.is_old());
        for n in 0..QUESTIONS {
            assert_eq!(outbox.response(n).cloned(), self.server.answer(n).1, "what is seen is what is kept");
            assert_eq!(outbox.flagged(n), self.server.flag(n).1);
            self.the_latest_stands(
                n,
                |did| matches!(did, Did::Answer(_)),
                &Did::Answer(self.server.answer(n).1),
            );
            self.the_latest_stands(n, |did| matches!(did, Did::Flag(_)), &Did::Flag(self.server.flag(n).1));
        }
    }

    /// The latest action counts, or, if the page lost some as it had warned, one later than all that were not lost.
    fn the_latest_stands(&self, n: usize, part: impl Fn(&Did) -> bool, stands: &Did) {
        let of = || self.changes.iter().filter(|change| change.n == n && part(&change.did));
        let kept = of().filter(|change| !change.may_be_lost).max_by_key(|change| change.when);
        let fine = match kept {
            Some(kept) => of().any(|change| change.when >= kept.when && change.did == *stands),
            None => true,
        };
        assert!(fine, "of question {n} {stands:?} stands");
    }
}

#[derive(Debug, Clone)]
enum Step {
    Open(usize),
    Close(usize),
    Epoch(usize, bool),
    Answer(usize, usize, bool),
    Flag(usize, usize, bool),
    Send(usize),
    Deliver(usize, bool, bool),
    News(usize),
    StorageRefuses(bool),
    SomebodyElse(bool),
    SignedOut(bool),
    Lost(usize),
    Clock(bool),
    Refuses(Option<usize>),
}

fn step() -> impl Strategy<Value = Step> {
    let (w, n) = (0..2_usize, 0..QUESTIONS);
    prop_oneof![
        3 => w.clone().prop_map(Step::Open),
        1 => w.clone().prop_map(Step::Close),
        4 => (w.clone(), prop::bool::weighted(0.8)).prop_map(|(w, heard)| Step::Epoch(w, heard)),
        8 => (w.clone(), n.clone(), prop::bool::weighted(0.2)).prop_map(|(w, n, back)| Step::Answer(w, n, back)),
        4 => (w.clone(), n, any::<bool>()).prop_map(|(w, n, flagged)| Step::Flag(w, n, flagged)),
        8 => w.clone().prop_map(Step::Send),
        10 => (0..9_usize, prop::bool::weighted(0.7), prop::bool::weighted(0.3))
            .prop_map(|(k, told, again)| Step::Deliver(k, told, again)),
        3 => w.prop_map(Step::News),
        1 => any::<bool>().prop_map(Step::StorageRefuses),
        1 => prop::bool::weighted(0.3).prop_map(Step::SomebodyElse),
        1 => prop::bool::weighted(0.3).prop_map(Step::SignedOut),
        1 => (0..2_usize).prop_map(Step::Lost),
        1 => prop::bool::weighted(0.3).prop_map(Step::Clock),
        1 => prop::option::weighted(0.5, 0..QUESTIONS).prop_map(Step::Refuses),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(1000))]

    #[test]
    fn the_latest_answer_counts_and_is_shown_whatever_happens(steps in prop::collection::vec(step(), 1..60)) {
        let mut world = World::default();
        for (at, step) in steps.into_iter().enumerate() {
            match step {
                Step::Open(w) => world.open(w),
                Step::Close(w) => world.close(w),
                Step::Epoch(w, heard) => world.epoch(w, heard),
                Step::Answer(w, n, back) => {
                    world.did(w, n, Did::Answer(if back { None } else { typed(at) }));
                }
                Step::Flag(w, n, flagged) => world.did(w, n, Did::Flag(flagged)),
                Step::Send(w) => world.send(w),
                Step::Deliver(k, told, again) => world.deliver(k, told, again),
                Step::News(w) => world.news(w),
                Step::StorageRefuses(refuses) => world.storage_refuses = refuses,
                Step::SomebodyElse(other) => world.somebody_else = other,
                Step::SignedOut(out) => world.signed_out = out,
                Step::Lost(w) => {
                    if let Some(window) = &mut world.windows[w] {
                        window.outbox.failed(Failure::Unreachable);
                    }
                }
                Step::Clock(over) => {
                    world.time_is_over = over;
                    world.was_over |= over;
                }
                Step::Refuses(n) => world.refuses = n,
            }
            world.holds();
        }
        world.come_to_rest();
    }
}

fn opened(server: &Server) -> AnswerOutbox {
    AnswerOutbox::new(&server.room(), 0)
}

fn with_epoch(server: &mut Server) -> AnswerOutbox {
    let mut outbox = opened(server);
    server.epochs += 1;
    outbox.begin_epoch(server.epochs);
    outbox
}

#[test]
fn a_flag_set_before_the_scripts_loaded_drops_no_stored_answer() {
    let mut server = Server::default();
    let mut older = with_epoch(&mut server);
    older.answer(0, text("left behind"));
    let mut page = opened(&server);
    page.take_up(&older.unsent());
    page.flag(0, true);
    assert_eq!((page.response(0).cloned(), page.flagged(0)), (text("left behind"), true));
    server.save(&page.to_send());
    assert_eq!((server.answer(0).1, server.flag(0).1), (text("left behind"), true));
}

#[test]
fn a_stored_answer_hides_nothing_saved_by_a_later_window() {
    let mut server = Server::default();
    let mut older = with_epoch(&mut server);
    older.answer(0, text("left behind"));
    let drawn_before = opened(&server);
    let mut later = with_epoch(&mut server);
    later.answer(0, text("saved since"));
    server.save(&later.to_send());
    // Drawn after the save, and drawn before it.
    for (mut page, told) in [(opened(&server), false), (drawn_before, true)] {
        page.take_up(&older.unsent());
        assert_eq!(page.unsent().is_empty(), !told);
        server.epochs += 1;
        page.begin_epoch(server.epochs);
        page.merge(&server.news());
        assert_eq!(page.response(0).cloned(), text("saved since"));
        assert!(page.unsent().is_empty() && page.filled(0) > 0 || !told);
    }
}

#[test]
fn a_refused_answer_is_identified_kept_and_not_sent_again() {
    let mut server = Server::default();
    let mut page = with_epoch(&mut server);
    page.answer(0, text("fine"));
    page.answer(1, text("refused"));
    page.flag(2, true);
    let all = page.to_send();
    page.refuse(&all);
    // One by one from here on, until the cause is known.
    let mut sent = 0;
    while let [save] = page.to_send().as_slice() {
        sent += 1;
        let save = std::slice::from_ref(save);
        if save[0].item == item(1) {
            page.refuse(save);
        } else {
            page.acknowledge(save, &[]);
        }
    }
    assert_eq!((sent, page.refused(), page.unsent().len()), (3, 1, 1));
    // An answer that replaces it is sent.
    page.answer(1, text("better"));
    page.answer(0, text("two at once again"));
    assert_eq!((page.refused(), page.to_send().len()), (0, 2));
}

#[test]
fn nothing_is_sent_while_another_person_is_signed_in() {
    let mut page = with_epoch(&mut Server::default());
    page.answer(0, text("mine"));
    page.belongs(false);
    assert!(page.to_send().is_empty());
    assert_eq!(page.unsent().len(), 1);
    page.belongs(true);
    assert_eq!(page.to_send(), page.unsent());
}

#[test]
fn closing_the_page_is_safe_only_when_the_device_has_the_unsent_answers() {
    let mut page = with_epoch(&mut Server::default());
    page.kept_on_device(false);
    assert!(page.is_safe(), "there is nothing to lose");
    page.answer(0, text("only here"));
    assert!(!page.is_safe());
    page.kept_on_device(true);
    assert!(page.is_safe());
}

#[test]
fn an_impossible_sequence_is_replaced_when_the_page_has_a_seat() {
    let mut server = Server { epochs: 9, ..Server::default() };
    let mut older = with_epoch(&mut server);
    older.answer(0, text("before the database was set back"));
    older.flag(0, true);
    server.epochs = 2;
    let mut page = opened(&server);
    page.take_up(&older.unsent());
    page.begin_epoch(3);
    let save = &page.to_send()[0];
    assert!(
        save.sequence < 4 * EPOCH_SPAN
            && save.flag_sequence.unwrap() < 4 * EPOCH_SPAN
            && save.sequence > 3 * EPOCH_SPAN
    );
    assert_eq!(save.response, text("before the database was set back"));
}

#[test]
fn a_page_without_an_epoch_counts_as_later_than_the_newest_seat_it_knows() {
    let mut server = Server::default();
    let mut first = with_epoch(&mut server);
    let mut second = opened(&server);
    first.answer(0, text("first"));
    second.answer(0, text("second"));
    server.save(&second.to_send());
    server.save(&first.to_send());
    assert_eq!(server.answer(0).1, text("second"));
    first.heard_of(2);
    second.heard_of(2);
    assert!(first.is_old() && !second.is_old());
    first.merge(&server.news());
    assert_eq!(first.response(0).cloned(), text("second"));
}

#[test]
fn a_failed_submission_is_retried_ever_less_often_and_never_abandoned() {
    let seconds = |failures| pause_after(failures, 0.0).as_secs();
    assert_eq!([0, 1, 2, 3, 4, 5, u32::MAX].map(seconds), [2, 4, 8, 16, 30, 30, 30]);
    // Not all pages at the same moment.
    for chance in [0.25, 1.0] {
        let (first, last) = (pause_after(0, chance), pause_after(9, chance));
        assert_eq!(
            (first, last),
            (
                Duration::from_secs(2).mul_f64(1.0 + chance / 2.0),
                Duration::from_secs(30).mul_f64(1.0 + chance / 2.0)
            )
        );
    }
}

#[test]
fn a_signed_out_candidate_is_told_even_with_nothing_unsent_until_the_server_replies() {
    let mut page = with_epoch(&mut Server::default());
    page.failed(Failure::Unreachable);
    assert!(!page.is_signed_out());
    page.failed(Failure::SignedOut);
    assert!(page.is_signed_out());
    page.signed_in();
    assert!(!page.is_signed_out());
    // It does not hide that the network is down.
    page.answer(0, text("on its way"));
    page.failed(Failure::Unreachable);
    page.signed_in();
    assert_eq!(page.status(), SaveStatus::Unsaved);
}
