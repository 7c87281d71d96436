//! Numbers, exactly: a whole number is one in whatever form it is written, as for a JSON Schema.

use super::super::tree::Form;

pub(super) const NOT_FINITE: &str = "infinity and NaN are not numbers that JSON can hold";
const TOO_LARGE: &str = "the number is too large";

/// A decimal number, as JSON, TOML and YAML write it.
pub(super) fn decimal(text: &str) -> Form {
    match whole(text) {
        Some(whole) => Form::Whole(whole),
        None => match text.parse::<f64>() {
            Ok(real) if real.is_finite() => Form::Real(real),
            _ => Form::Unusable(TOO_LARGE),
        },
    }
}

/// A whole number in another base, with or without a sign.
pub(super) fn radix(digits: &str, radix: u32) -> Form {
    i128::from_str_radix(digits, radix).map_or(Form::Unusable(TOO_LARGE), Form::Whole)
}

fn whole(text: &str) -> Option<i128> {
    let (mantissa, exponent) = text.split_once(['e', 'E']).unwrap_or((text, "0"));
    let (integer, fraction) = mantissa.split_once('.').unwrap_or((mantissa, ""));
    let fraction = fraction.trim_end_matches('0');
    let digits = format!("{integer}{fraction}");
    if digits.bytes().all(|digit| matches!(digit, b'0' | b'+' | b'-')) {
        return Some(0);
    }
    let scale = exponent
        .parse::<i64>()
        .ok()?
        .checked_sub(fraction.len().try_into().ok()?)?;
    let zeros = |count: u64| usize::try_from(count).ok();
    if scale >= 0 {
        let power = 10_i128.checked_pow(scale.try_into().ok()?)?;
        return digits.parse::<i128>().ok()?.checked_mul(power);
    }
    let digits = digits
        .get(..digits.len().checked_sub(zeros(scale.unsigned_abs())?)?)
        .filter(|kept| {
            digits
                .get(kept.len()..)
                .is_some_and(|cut| cut.bytes().all(|digit| digit == b'0'))
        })?;
    digits.parse().ok()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::super::super::tree::Form;
    use super::decimal;

    fn whole(text: &str) -> Option<i128> {
        match decimal(text) {
            Form::Whole(whole) => Some(whole),
            _ => None,
        }
    }

    #[test]
    fn whole_numbers_are_whole_in_any_form() {
        for (text, expected) in [
            ("7", Some(7)),
            ("+7", Some(7)),
            ("-7.0", Some(-7)),
            ("7.", Some(7)),
            ("7e0", Some(7)),
            ("0.7e1", Some(7)),
            ("70e-1", Some(7)),
            ("-0", Some(0)),
            ("-0.0", Some(0)),
            ("0e999999999999999999999", Some(0)),
            ("9223372036854775807", Some(i64::MAX.into())),
            ("9223372036854775808.000", Some(9_223_372_036_854_775_808)),
            ("7.5", None),
            ("7e-1", None),
            (".5", None),
            ("1e300", None),
        ] {
            assert_eq!(whole(text), expected, "{text}");
        }
        assert!(matches!(decimal("1e400"), Form::Unusable(_)));
        assert!(matches!(decimal("-1e400"), Form::Unusable(_)));
        assert!(matches!(decimal("1e99999999999999999999"), Form::Unusable(_)));
        assert!(matches!(decimal("1e-400"), Form::Real(_)));
    }

    proptest! {
        #[test]
        fn a_whole_number_is_what_the_standard_library_reads(number: i64, zeros in 0_usize..5) {
            prop_assert_eq!(whole(&number.to_string()), Some(number.into()));
            prop_assert_eq!(whole(&format!("{number}.{}", "0".repeat(zeros))), Some(number.into()));
            let shifted = format!("{number}{}e-{zeros}", "0".repeat(zeros));
            prop_assert_eq!(whole(&shifted), Some(number.into()));
        }
    }
}
