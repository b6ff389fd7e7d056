//! One-time codes as apps compute them: RFC 4226 with the time steps of RFC 6238, six digits, SHA-1 and thirty seconds,
//! which are what every app assumes.

use chrono::{DateTime, Utc};
use ring::hmac;

/// As long as the output of SHA-1, which RFC 4226 recommends.
pub(super) const SECRET: usize = 20;
const SECONDS: i64 = 30;

/// The time step of a moment.
fn step(at: DateTime<Utc>) -> i64 {
    at.timestamp().div_euclid(SECONDS)
}

/// The code of a time step.
pub(super) fn code(secret: &[u8], step: i64) -> u32 {
    let key = hmac::Key::new(hmac::HMAC_SHA1_FOR_LEGACY_USE_ONLY, secret);
    let tag = hmac::sign(&key, &step.to_be_bytes());
    let tag = tag.as_ref();
    let at = usize::from(tag[19] & 0x0f);
    u32::from_be_bytes([tag[at] & 0x7f, tag[at + 1], tag[at + 2], tag[at + 3]]) % 1_000_000
}

/// The time step that a typed code belongs to: the present one, the one before or the one after, and none that was used
/// already.
pub(super) fn accepted(secret: &[u8], typed: u32, now: DateTime<Utc>, last_step: i64) -> Option<i64> {
    let now = step(now);
    (now - 1..=now + 1).find(|step| *step > last_step && code(secret, *step) == typed)
}

#[cfg(test)]
mod tests {
    use super::*;

    const RFC: &[u8] = b"12345678901234567890";

    fn at(seconds: i64) -> DateTime<Utc> {
        DateTime::from_timestamp(seconds, 0).unwrap()
    }

    #[test]
    fn codes_are_those_of_rfc_4226() {
        let codes: Vec<_> = (0..10).map(|step| code(RFC, step)).collect();
        let expected =
            [755_224, 287_082, 359_152, 969_429, 338_314, 254_676, 287_922, 162_583, 399_871, 520_489];
        assert_eq!(codes, expected);
    }

    #[test]
    fn codes_are_those_of_rfc_6238() {
        // Its codes have eight digits, of which these are the last six.
        for (seconds, expected) in [
            (59, 287_082),
            (1_111_111_109, 81_804),
            (1_111_111_111, 50_471),
            (1_234_567_890, 5_924),
            (2_000_000_000, 279_037),
            (20_000_000_000, 353_130),
        ] {
            assert_eq!(code(RFC, step(at(seconds))), expected, "{seconds}");
        }
    }

    #[test]
    fn one_step_is_tolerated_each_way_and_none_is_accepted_twice() {
        let now = at(1_111_111_111);
        let this = step(now);
        for (away, taken) in [(-2, false), (-1, true), (0, true), (1, true), (2, false)] {
            let typed = code(RFC, this + away);
            assert_eq!(accepted(RFC, typed, now, 0), taken.then_some(this + away), "{away}");
            assert_eq!(accepted(RFC, typed, now, this + away), None, "{away} again");
        }
    }
}
