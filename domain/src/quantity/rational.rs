use std::cmp::Ordering;
use std::fmt;
use std::str::FromStr;

use serde::de::{self, Visitor};
use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// An exact fraction in lowest terms: the only kind of number in this module.
///
/// Held in two `i128`, with every step checked: a result that does not fit is `None`, never a wrong number. That is far
/// more room than a dose needs (a kilogram is 10^12 nanograms), and it limits the cost of an imported template, which
/// unlimited integers would not. Comparing never overflows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Rational {
    /// Never `i128::MIN`, so that it can always be negated.
    num: i128,
    /// Above zero, and without a common factor with `num`.
    den: i128,
}

fn gcd(mut a: i128, mut b: i128) -> i128 {
    while b != 0 {
        (a, b) = (b, a % b);
    }
    a.max(-a).max(1)
}

impl Rational {
    pub const ZERO: Self = Self { num: 0, den: 1 };
    pub const ONE: Self = Self { num: 1, den: 1 };

    /// `None` when `den` is zero or a part is `i128::MIN`.
    pub fn new(num: i128, den: i128) -> Option<Self> {
        if den == 0 || num == i128::MIN || den == i128::MIN {
            return None;
        }
        let shared = gcd(num, den) * den.signum();
        Some(Self { num: num / shared, den: den / shared })
    }

    pub const fn whole(number: i64) -> Self {
        Self { num: number as i128, den: 1 }
    }

    /// 10 to the power of `decimals`; `None` past 38.
    pub fn ten_to(decimals: u32) -> Option<Self> {
        10i128.checked_pow(decimals).map(|num| Self { num, den: 1 })
    }

    pub fn numerator(self) -> i128 {
        self.num
    }

    /// Always above zero.
    pub fn denominator(self) -> i128 {
        self.den
    }

    pub fn is_zero(self) -> bool {
        self.num == 0
    }

    pub fn is_whole(self) -> bool {
        self.den == 1
    }

    pub fn is_negative(self) -> bool {
        self.num < 0
    }

    pub fn negated(self) -> Self {
        Self { num: -self.num, den: self.den }
    }

    pub fn abs(self) -> Self {
        Self { num: self.num.max(-self.num), den: self.den }
    }

    /// `None` when the sum, or a step on the way to it, does not fit. The same holds for the other three.
    pub fn plus(self, other: Self) -> Option<Self> {
        let shared = gcd(self.den, other.den);
        let (left, right) = (other.den / shared, self.den / shared);
        let num = self.num.checked_mul(left)?.checked_add(other.num.checked_mul(right)?)?;
        Self::new(num, self.den.checked_mul(left)?)
    }

    pub fn minus(self, other: Self) -> Option<Self> {
        self.plus(other.negated())
    }

    pub fn times(self, other: Self) -> Option<Self> {
        let (across, back) = (gcd(self.num, other.den), gcd(other.num, self.den));
        let num = (self.num / across).checked_mul(other.num / back)?;
        Self::new(num, (self.den / back).checked_mul(other.den / across)?)
    }

    /// Also `None` when `other` is zero.
    pub fn over(self, other: Self) -> Option<Self> {
        self.times(Self::new(other.den, other.num)?)
    }

    pub fn floor(self) -> Self {
        Self { num: self.num.div_euclid(self.den), den: 1 }
    }

    pub fn ceil(self) -> Self {
        self.negated().floor().negated()
    }

    /// The nearest whole number; a half is rounded away from zero, as on paper: 2.5 to 3, -2.5 to -3.
    pub fn rounded(self) -> Option<Self> {
        let up = self.abs().plus(Self { num: 1, den: 2 })?.floor();
        Some(if self.is_negative() { up.negated() } else { up })
    }

    /// The nearest multiple of `step`, halves away from zero. `None` when `step` is zero or it does not fit.
    pub fn rounded_to(self, step: Self) -> Option<Self> {
        self.over(step)?.rounded()?.times(step)
    }

    /// The number of decimal places that write it in full: 0 for 3, 2 for 0.25, `None` for a third.
    pub fn decimals(self) -> Option<u32> {
        let mut left = self.den;
        let mut strip = |prime: i128| {
            let mut times = 0u32;
            while left % prime == 0 {
                left /= prime;
                times += 1;
            }
            times
        };
        let (twos, fives) = (strip(2), strip(5));
        (left == 1).then_some(twos.max(fives))
    }
}

impl Ord for Rational {
    /// Compares the whole parts, then the remainders turned upside down, as Euclid would: nothing is ever multiplied.
    fn cmp(&self, other: &Self) -> Ordering {
        let (mut a, mut b, mut c, mut d) = (self.num, self.den, other.num, other.den);
        loop {
            match a.div_euclid(b).cmp(&c.div_euclid(d)) {
                Ordering::Equal => {}
                different => return different,
            }
            let (left, right) = (a.rem_euclid(b), c.rem_euclid(d));
            if left == 0 || right == 0 {
                return left.cmp(&right);
            }
            (a, b, c, d) = (d, right, b, left);
        }
    }
}

impl PartialOrd for Rational {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

/// `3`, `-3` or `1/3`: the stored form. For people see [`super::figures`].
impl fmt::Display for Rational {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.den == 1 { write!(f, "{}", self.num) } else { write!(f, "{}/{}", self.num, self.den) }
    }
}

#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0:?} is not a number: write it like 12, 0.5 or 1/3")]
pub struct NotANumber(String);

impl FromStr for Rational {
    type Err = NotANumber;

    /// Reads `12`, `-0.5` and `1/3`, at most 30 digits a part, as in a template or a stored question. [`super::mark`]
    /// reads a learner's text with more care.
    fn from_str(text: &str) -> Result<Self, NotANumber> {
        let digits = |part: &str| {
            let fits = (1..=30).contains(&part.len()) && part.bytes().all(|byte| byte.is_ascii_digit());
            if fits { part.parse::<i128>().ok() } else { None }
        };
        let (negative, body) = text.strip_prefix('-').map_or((false, text), |rest| (true, rest));
        let read = || {
            if let Some((num, den)) = body.split_once('/') {
                return Self::new(digits(num)?, digits(den)?);
            }
            let Some((whole, fraction)) = body.split_once('.') else {
                return Self::new(digits(body)?, 1);
            };
            let unit = Self::ten_to(u32::try_from(fraction.len()).ok()?)?;
            Self::new(digits(whole)?, 1)?.plus(Self::new(digits(fraction)?, 1)?.over(unit)?)
        };
        let value = read().ok_or_else(|| NotANumber(text.to_owned()))?;
        Ok(if negative { value.negated() } else { value })
    }
}

impl Serialize for Rational {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Rational {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Exact;
        impl Visitor<'_> for Exact {
            type Value = Rational;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a whole number, or a decimal in quotes like \"0.5\"")
            }

            fn visit_i64<E: de::Error>(self, number: i64) -> Result<Rational, E> {
                Ok(Rational::whole(number))
            }

            fn visit_u64<E: de::Error>(self, number: u64) -> Result<Rational, E> {
                Ok(Rational { num: i128::from(number), den: 1 })
            }

            // A bare 0.5 has already been through floating point, so it is refused.
            fn visit_f64<E: de::Error>(self, number: f64) -> Result<Rational, E> {
                Err(E::custom(format!("write {number} in quotes, so that it stays exact: \"{number}\"")))
            }

            fn visit_str<E: de::Error>(self, text: &str) -> Result<Rational, E> {
                text.parse().map_err(E::custom)
            }
        }
        deserializer.deserialize_any(Exact)
    }
}

#[cfg(test)]
mod tests {
    use num_rational::BigRational;
    use proptest::prelude::*;

    use super::*;

    fn big(value: Rational) -> BigRational {
        BigRational::new(value.num.into(), value.den.into())
    }

    fn of_any_size() -> impl Strategy<Value = Rational> {
        let part = || prop_oneof![-1000i128..1000, any::<i64>().prop_map(i128::from), any::<i128>()];
        (part(), part()).prop_filter_map("nought below", |(num, den)| Rational::new(num, den))
    }

    fn small() -> impl Strategy<Value = Rational> {
        (-(1i128 << 40)..1 << 40, 1i128..1 << 20).prop_filter_map("", |(num, den)| Rational::new(num, den))
    }

    #[test]
    fn a_malformed_number_is_refused() {
        for wrong in ["", "-", ".5", "5.", "1,000", "1e3", "1/0", "--1", "1/-2", "½", " 1", &"9".repeat(31)]
        {
            assert!(wrong.parse::<Rational>().is_err(), "{wrong}");
        }
        assert_eq!("-0.50".parse(), Ok(Rational { num: -1, den: 2 }));
    }

    #[test]
    fn a_result_that_does_not_fit_is_none_and_not_a_wrong_number() {
        let most = Rational::new(i128::MAX, 1).unwrap();
        assert_eq!(most.plus(Rational::ONE), None);
        assert_eq!(most.times(Rational::whole(2)), None);
        assert_eq!(Rational::ONE.over(Rational::ZERO), None);
        assert_eq!(Rational::new(i128::MIN, 1), None);
        assert_eq!(most.over(most), Some(Rational::ONE));
        assert_eq!(Rational::ten_to(39), None);
    }

    #[test]
    fn halves_are_rounded_away_from_zero() {
        for (text, whole) in [("2.5", 3), ("-2.5", -3), ("2.4999", 2), ("-0.4", 0), ("0.5", 1)] {
            assert_eq!(text.parse::<Rational>().unwrap().rounded(), Some(Rational::whole(whole)), "{text}");
        }
    }

    proptest! {
        #[test]
        fn every_result_agrees_with_unlimited_integers(a in of_any_size(), b in of_any_size()) {
            for (ours, theirs) in [
                (a.plus(b), Some(big(a) + big(b))),
                (a.minus(b), Some(big(a) - big(b))),
                (a.times(b), Some(big(a) * big(b))),
                (a.over(b), (!b.is_zero()).then(|| big(a) / big(b))),
                (a.rounded(), Some(big(a).round())),
                (Some(a.floor()), Some(big(a).floor())),
                (Some(a.ceil()), Some(big(a).ceil())),
            ] {
                if let Some(ours) = ours {
                    prop_assert_eq!(Some(big(ours)), theirs);
                }
            }
            prop_assert_eq!(a.cmp(&b), big(a).cmp(&big(b)));
        }

        #[test]
        fn numbers_of_the_size_of_doses_always_fit(a in small(), b in small()) {
            prop_assert!(a.plus(b).is_some() && a.minus(b).is_some() && a.times(b).is_some() && a.rounded().is_some());
            prop_assert!(b.is_zero() || (a.over(b).is_some() && a.rounded_to(b).is_some()));
        }

        #[test]
        fn a_stored_number_is_read_back(a in small()) {
            prop_assert_eq!(a.to_string().parse(), Ok(a));
        }

        #[test]
        fn decimals_are_the_fewest_that_write_it(mantissa in -10i128.pow(12)..10i128.pow(12), scale in 0u32..9) {
            let value = Rational::new(mantissa, 10i128.pow(scale)).unwrap();
            let decimals = value.decimals().unwrap();
            let shifted = |places| value.times(Rational::ten_to(places).unwrap()).unwrap().is_whole();
            prop_assert!(shifted(decimals) && (decimals == 0 || !shifted(decimals - 1)));
        }
    }
}
