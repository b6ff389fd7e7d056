//! Times as a form has them: UK time, written like `2026-11-22T10:00`.

use chrono::{DateTime, Datelike, LocalResult, NaiveDateTime, TimeZone, Utc};
use chrono_tz::Europe::London;
use domain::{Problem, Years};

/// As in an input of type `datetime-local`, in Europe/London.
pub(super) fn local(time: DateTime<Utc>) -> String {
    time.with_timezone(&London).format("%Y-%m-%dT%H:%M").to_string()
}

/// Reads `2026-11-22T10:00` and `22/11/2026 10:00` as times in Europe/London. A time that the clocks skip is an error;
/// for a time that occurs twice it takes the earlier, and [`comes_twice`] says so. A year far from `now` is a typing
/// mistake.
pub(super) fn read_local(text: &str, now: DateTime<Utc>) -> std::result::Result<DateTime<Utc>, Problem> {
    let (text, years) = (text.trim(), years(now));
    let naive = ["%Y-%m-%dT%H:%M", "%Y-%m-%dT%H:%M:%S", "%Y-%m-%d %H:%M", "%d/%m/%Y %H:%M"]
        .iter()
        .find_map(|format| NaiveDateTime::parse_from_str(text, format).ok());
    if naive.is_some_and(|naive| !years.contains(naive.year())) {
        return Err(Problem::YearFarAway { years });
    }
    match naive.map(|naive| London.from_local_datetime(&naive)) {
        Some(LocalResult::Single(time) | LocalResult::Ambiguous(time, _)) => Ok(time.with_timezone(&Utc)),
        Some(LocalResult::None) => Err(Problem::TimeSkipped),
        None => Err(Problem::TimeInvalid),
    }
}

pub(super) fn years(now: DateTime<Utc>) -> Years {
    Years::around(now.with_timezone(&London).year())
}

/// The warning about a time that occurs twice because the clocks go back that night.
pub(super) fn comes_twice(what: &str, time: DateTime<Utc>) -> Option<String> {
    match London.from_local_datetime(&time.with_timezone(&London).naive_local()) {
        LocalResult::Ambiguous(first, _) => {
            let which = if first == time { "first" } else { "second" };
            Some(format!(
                "The time at which it {what} comes twice, because the clocks go back that night. The {which} of the two is meant."
            ))
        }
        _ => None,
    }
}
