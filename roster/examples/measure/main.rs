//! How long a preview of 50,000 rows takes, beside what the bare library takes to read the same file, and how much memory it wants.
//!
//! `cargo run --release -p roster --example measure` makes a CSV, an XLSX and an ODS file; `… -- FILE` measures one that is there.

mod files;

use std::error::Error;
use std::hint::black_box;
use std::io::{Cursor, Write, stdout};
use std::process::Command;
use std::time::{Duration, Instant};

use calamine::Reader;
use roster::{Choices, Kind, Limits, Refused, open};

/// As in the server.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

type Outcome<T> = Result<T, Box<dyn Error>>;

const RUNS: usize = 15;

fn main() -> Outcome<()> {
    let given: Vec<_> = std::env::args().skip(1).collect();
    match given.as_slice() {
        [] => {
            let folder = std::env::temp_dir().join(format!("roster-measure-{}", std::process::id()));
            std::fs::create_dir_all(&folder)?;
            for (name, bytes) in files::all()? {
                let path = folder.join(name);
                std::fs::write(&path, bytes)?;
                // Each in a process of its own: the most memory that a process ever had is never less again.
                Command::new(std::env::current_exe()?).arg(&path).status()?;
            }
            std::fs::remove_dir_all(&folder)?;
            Ok(())
        }
        paths => paths.iter().try_for_each(|path| measure(path)),
    }
}

fn measure(path: &str) -> Outcome<()> {
    let bytes = std::fs::read(path)?;
    let before = most_memory()?;
    let (kind, rows, failed) = preview(&bytes).map_err(|refused| refused.message().into_owned())?;
    let memory = most_memory()?.saturating_sub(before);
    // In turn, so that what else the machine does falls on both; the fastest of each is what the work takes.
    let (mut ours, mut theirs) = (Duration::MAX, Duration::MAX);
    for _ in 0..RUNS {
        ours = ours.min(timed(|| preview(&bytes).is_ok()));
        theirs = theirs.min(timed(|| bare(kind, &bytes).is_ok()));
    }
    writeln!(
        stdout(),
        "{kind:?}, {} kB, {rows} rows ({failed} failed): preview {} ms, bare library {} ms, ratio {:.2}, memory {} MB",
        bytes.len() / 1000,
        ours.as_millis(),
        theirs.as_millis(),
        ours.as_secs_f64() / theirs.as_secs_f64(),
        memory / 1000
    )?;
    Ok(())
}

fn preview(bytes: &[u8]) -> Result<(Kind, usize, usize), Refused> {
    let mut book = open(bytes, &Limits::default())?;
    let kind = book.kind();
    let table = book.only_table()?;
    drop(book);
    let preview = table.preview(&table.recognise(), Choices::default())?;
    Ok((kind, preview.rows.len(), preview.failed()))
}

/// All cells, as the library gives them.
fn bare(kind: Kind, bytes: &[u8]) -> Outcome<()> {
    match kind {
        Kind::Text => {
            let mut reader = csv::ReaderBuilder::new().has_headers(false).from_reader(bytes);
            black_box(reader.records().collect::<Result<Vec<_>, _>>()?);
        }
        Kind::Xlsx => {
            let mut book = calamine::Xlsx::new(Cursor::new(bytes))?;
            black_box(book.worksheet_range_at(0).ok_or("no sheet")??);
        }
        Kind::Ods => {
            let mut book = calamine::Ods::new(Cursor::new(bytes))?;
            black_box(book.worksheet_range_at(0).ok_or("no sheet")??);
        }
        Kind::Xls => {
            let mut book = calamine::Xls::new(Cursor::new(bytes))?;
            black_box(book.worksheet_range_at(0).ok_or("no sheet")??);
        }
    }
    Ok(())
}

fn timed(run: impl FnOnce() -> bool) -> Duration {
    let begun = Instant::now();
    if black_box(run()) { begun.elapsed() } else { Duration::MAX }
}

/// In kB, since the process began.
fn most_memory() -> Outcome<usize> {
    let status = std::fs::read_to_string("/proc/self/status")?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:")).ok_or("no VmHWM")?;
    Ok(line.trim().trim_end_matches("kB").trim().parse()?)
}
