//! Damages the real files of `end2end/files/` in new ways for a while, and reads what comes of it: each is answered in time and in a
//! bounded memory, and nothing of ours panics on the way. That calamine panics on some damaged files is known; the reader answers for it.
//!
//! `FUZZ_SECONDS` says how long, and then the damage is another each time (`scripts/fuzz.sh`). `FUZZ_CASE` repeats a case that failed.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on should panic")]

mod damage;
#[path = "../files/packing.rs"]
mod packing;
#[path = "../files/read_all.rs"]
mod read_all;

use std::{
    collections::hash_map::RandomState,
    fs,
    hash::{BuildHasher, Hasher},
    panic::{set_hook, take_hook},
    path::Path,
    sync::{
        Mutex,
        mpsc::{self, RecvTimeoutError},
    },
    thread,
    time::{Duration, Instant},
};

use damage::damaged;
use read_all::read_all;

/// A small file, however damaged, in a build that is not optimised, on a machine that does other work. What is read for ever is read
/// longer.
const ANSWERED_WITHIN: Duration = Duration::from_secs(30);

/// What the process may grow by, in kB. The cells of an old workbook may lie so far apart that calamine makes room for 3,000,000, twice.
const MOST_MEMORY: u64 = 400_000;

/// The first panic at a place of this project.
static OURS: Mutex<Option<String>> = Mutex::new(None);

#[test]
fn damaged_files_are_answered_in_time_and_in_bounded_memory_without_a_panic_of_ours() {
    let (files, before) = (files(), most_memory());
    let (seconds, only) = (setting("FUZZ_SECONDS"), setting("FUZZ_CASE"));
    let anywhere = || RandomState::new().build_hasher().finish();
    let first = only.unwrap_or_else(|| seconds.map_or(0, |_| anywhere()));
    let until = Instant::now() + Duration::from_secs(only.map_or(seconds.unwrap_or(3), |_| 0));
    set_hook(Box::new(|panic| {
        // Cargo names the files of this project by their path in it, and those of others by a whole path.
        if panic.location().is_none_or(|place| Path::new(place.file()).is_relative()) {
            OURS.lock().unwrap().get_or_insert_with(|| panic.to_string());
        }
    }));
    let (begins, begun) = mpsc::channel();
    let reader = thread::spawn(move || {
        let mut case = first;
        loop {
            begins.send(case).unwrap();
            read_all(&damaged(&files, case));
            let grown = most_memory().zip(before).map_or(0, |(now, before)| now.saturating_sub(before));
            assert!(grown < MOST_MEMORY, "the process has grown by {grown} kB");
            if OURS.lock().unwrap().is_some() || Instant::now() >= until {
                break;
            }
            case = case.wrapping_add(1);
        }
    });
    let mut case = first;
    let in_time = loop {
        match begun.recv_timeout(ANSWERED_WITHIN) {
            Ok(next) => case = next,
            Err(RecvTimeoutError::Timeout) => break false,
            Err(RecvTimeoutError::Disconnected) => break true,
        }
    };
    let read = in_time && reader.join().is_ok();
    let _ = take_hook();
    assert!(in_time, "FUZZ_CASE={case} is not answered within {ANSWERED_WITHIN:?}");
    let panicked = OURS.lock().unwrap().take();
    assert!(read && panicked.is_none(), "FUZZ_CASE={case} repeats this: {panicked:?}");
    println!("{} damaged files were answered", case.wrapping_sub(first).wrapping_add(1));
}

/// In the order of their names, so that a case is the same everywhere.
fn files() -> Vec<Vec<u8>> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../end2end/files");
    let entries = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    let mut paths: Vec<_> = entries.filter(|path| path.is_file()).collect();
    paths.sort();
    paths.into_iter().map(|path| fs::read(path).unwrap()).collect()
}

fn setting(name: &str) -> Option<u64> {
    std::env::var(name).ok().map(|text| text.parse().unwrap())
}

/// The most that the process has ever had, in kB, where the system tells it.
fn most_memory() -> Option<u64> {
    let status = fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"))?;
    line.trim().trim_end_matches("kB").trim().parse().ok()
}
