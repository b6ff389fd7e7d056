//! Numbers as written on a chart: no trailing zero, a zero before the point, commas between thousands.

use crate::quantity::{Rational, Unit};

/// More decimal places than this are a mistake in a template, not a number to show.
const MAX_DECIMALS: u32 = 6;

/// Non-breaking space: a number must not be separated from its unit at the end of a line.
const UNBROKEN: char = '\u{a0}';

/// `1,250`, `0.5`, `−3`. `None` for a number that cannot be written in full within six decimal places, for instance a
/// third.
///
/// Source of the rules: the facts page, "Units" (3 mg, not 3.0 mg; 0.5, never .5; thousands with a comma).
pub fn figures(number: Rational) -> Option<String> {
    let decimals = number.decimals().filter(|decimals| *decimals <= MAX_DECIMALS)?;
    let places = usize::try_from(decimals).ok()?;
    let shifted = number.abs().times(Rational::ten_to(decimals)?)?.numerator();
    let digits = format!("{shifted:0>width$}", width = places + 1);
    let (whole, fraction) = digits.split_at(digits.len() - places);
    let mut written = String::from(if number.is_negative() { "−" } else { "" });
    for (at, digit) in whole.chars().enumerate() {
        if at > 0 && (whole.len() - at).is_multiple_of(3) {
            written.push(',');
        }
        written.push(digit);
    }
    if places > 0 {
        written.push('.');
        written.push_str(fraction);
    }
    Some(written)
}

/// A number with its unit, safely written: a mass or volume below one takes the next smaller unit, so 0.5 mg reads "500
/// micrograms". It never takes a larger one. `None` as for [`figures`].
pub fn quantity(number: Rational, unit: &Unit) -> Option<String> {
    let small = !number.is_zero() && number.abs() < Rational::ONE;
    if let Some(smaller) = unit.smaller().filter(|_| small) {
        return quantity(number.times(unit.in_terms_of(&smaller)?)?, &smaller);
    }
    quantity_in(number, unit)
}

/// The same in exactly this unit: for an answer, which must be in the unit that was asked for.
pub fn quantity_in(number: Rational, unit: &Unit) -> Option<String> {
    let (written, unit) = (figures(number)?, unit.after(number));
    Some(if unit.starts_with('%') { written + &unit } else { format!("{written}{UNBROKEN}{unit}") })
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn a_recurring_decimal_is_not_written() {
        assert_eq!(figures(Rational::new(1, 3).unwrap()), None);
        assert_eq!(figures(Rational::new(1, 10_000_000).unwrap()), None);
    }

    #[test]
    fn numbers_are_written_safely() {
        for (number, written) in [
            ("0", "0"),
            ("0.50", "0.5"),
            ("3.0", "3"),
            ("1000", "1,000"),
            ("999", "999"),
            ("12500.25", "12,500.25"),
            ("-250", "−250"),
            ("1000000", "1,000,000"),
            ("0.000001", "0.000001"),
        ] {
            assert_eq!(figures(number.parse().unwrap()).as_deref(), Some(written));
        }
    }

    #[test]
    fn small_masses_step_down_and_the_rest_stays() {
        for (number, unit, written) in [
            ("0.5", "mg", "500 micrograms"),
            ("0.0005", "mg", "500 nanograms"),
            ("0.25", "L", "250 mL"),
            ("0.5", "mL", "0.5 mL"),
            ("1500", "mg", "1,500 mg"),
            ("0.8", "kg", "800 g"),
            ("0.5", "tablets", "0.5 tablets"),
            ("1", "tablets", "1 tablet"),
            ("0.1", "mg/kg", "100 micrograms/kg"),
            ("0", "mg", "0 mg"),
            ("5", "%", "5%"),
            ("1", "micrograms", "1 microgram"),
        ] {
            let written_here = quantity(number.parse().unwrap(), &unit.parse().unwrap()).unwrap();
            assert_eq!(written_here.replace(UNBROKEN, " "), written);
        }
    }

    proptest! {
        #[test]
        fn a_written_number_is_read_back(mantissa in -10i128.pow(12)..10i128.pow(12), scale in 0u32..=6) {
            let number = Rational::new(mantissa, 10i128.pow(scale)).unwrap();
            let written = figures(number).unwrap();
            prop_assert_eq!(written.replace(',', "").replace('−', "-").parse(), Ok(number));
            prop_assert!(!written.contains('.') || !written.ends_with('0'));
        }
    }
}
