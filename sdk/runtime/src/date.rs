use std::fmt;
use std::str::FromStr;
use std::time::{SystemTime, UNIX_EPOCH};

use serde::{Serialize, Serializer};

/// A day of the Gregorian calendar, as a parameter has it: `2026-03-01`, the `full-date` of RFC 3339.
///
/// ```
/// use rhombus_kisi_runtime::Date;
///
/// let day: Date = "2026-03-01".parse()?;
/// assert_eq!(Some(day), Date::new(2026, 3, 1));
/// assert_eq!(day.to_string(), "2026-03-01");
/// assert!("2026-02-29".parse::<Date>().is_err());
/// # Ok::<(), rhombus_kisi_runtime::ParseDateError>(())
/// ```
#[derive(Clone, Copy, Debug, Eq, Hash, Ord, PartialEq, PartialOrd)]
pub struct Date {
    year: u16,
    month: u8,
    day: u8,
}

impl Date {
    /// Returns the day, if the calendar has it and its year has at most four digits.
    pub const fn new(year: u16, month: u8, day: u8) -> Option<Self> {
        let leap = year.is_multiple_of(4) && (!year.is_multiple_of(100) || year.is_multiple_of(400));
        let days = match month {
            1 | 3 | 5 | 7 | 8 | 10 | 12 => 31,
            4 | 6 | 9 | 11 => 30,
            2 if leap => 29,
            2 => 28,
            _ => 0,
        };
        if year <= 9999 && day >= 1 && day <= days {
            Some(Self { year, month, day })
        } else {
            None
        }
    }
}

/// The text is no date, or no date and time, of RFC 3339.
#[derive(Clone, Copy, Debug, Eq, PartialEq, thiserror::Error)]
#[error("a date is written as 2026-03-01, and a time as 2026-03-01T12:30:00Z")]
#[non_exhaustive]
pub struct ParseDateError;

impl FromStr for Date {
    type Err = ParseDateError;

    fn from_str(text: &str) -> Result<Self, ParseDateError> {
        match text.as_bytes() {
            &[a, b, c, d, b'-', e, f, b'-', g, h] => {
                let year = number(&[a, b, c, d]);
                let (month, day) = (number(&[e, f]), number(&[g, h]));
                let day = year.zip(month).zip(day);
                day.and_then(|((year, month), day)| Self::new(year, u8::try_from(month).ok()?, u8::try_from(day).ok()?))
            }
            _ => None,
        }
        .ok_or(ParseDateError)
    }
}

/// A number of digits alone.
fn number(digits: &[u8]) -> Option<u16> {
    digits.iter().try_fold(0, |number: u16, digit| {
        let digit = digit.is_ascii_digit().then(|| digit - b'0')?;
        number.checked_mul(10)?.checked_add(digit.into())
    })
}

impl fmt::Display for Date {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:04}-{:02}-{:02}", self.year, self.month, self.day)
    }
}

impl Serialize for Date {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

/// A point in time, as a parameter has it: `2026-03-01T12:30:00Z`, the `date-time` of RFC 3339. Its text is sent as it is.
///
/// ```
/// use std::time::{Duration, UNIX_EPOCH};
///
/// use rhombus_kisi_runtime::DateTime;
///
/// let time = DateTime::from(UNIX_EPOCH + Duration::from_millis(1_772_368_200_500));
/// assert_eq!(time.as_str(), "2026-03-01T12:30:00.500Z");
/// let local: DateTime = "2026-03-01T13:30:00+01:00".parse()?;
/// assert_eq!(local.as_str(), "2026-03-01T13:30:00+01:00");
/// # Ok::<(), rhombus_kisi_runtime::ParseDateError>(())
/// ```
#[derive(Clone, Debug, Eq, Hash, PartialEq)]
pub struct DateTime(Box<str>);

impl DateTime {
    /// Returns it as it is sent.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for DateTime {
    type Err = ParseDateError;

    fn from_str(text: &str) -> Result<Self, ParseDateError> {
        let is_time = || {
            let (date, time) = text.split_at_checked(10)?;
            date.parse::<Date>().ok()?;
            let time = time.strip_prefix(['T', 't'])?;
            let (clock, rest) = time.split_at_checked(8)?;
            let &[h, i, b':', m, n, b':', s, t] = clock.as_bytes() else {
                return None;
            };
            // A leap second is the 61st.
            let within = number(&[h, i])? < 24 && number(&[m, n])? < 60 && number(&[s, t])? <= 60;
            let zone = match rest.strip_prefix('.') {
                None => rest,
                Some(rest) => {
                    let zone = rest.trim_start_matches(|digit: char| digit.is_ascii_digit());
                    (zone.len() < rest.len()).then_some(zone)?
                }
            };
            let is_zone = match zone.as_bytes() {
                b"Z" | b"z" => true,
                &[b'+' | b'-', h, i, b':', m, n] => number(&[h, i])? < 24 && number(&[m, n])? < 60,
                _ => false,
            };
            (within && is_zone).then_some(())
        };
        match is_time() {
            Some(()) => Ok(Self(text.into())),
            None => Err(ParseDateError),
        }
    }
}

/// In UTC, to the millisecond. What is before 1970 or after 9999 is that year's end.
impl From<SystemTime> for DateTime {
    fn from(time: SystemTime) -> Self {
        const LAST: u64 = 253_402_300_799;
        let since = time.duration_since(UNIX_EPOCH).unwrap_or_default();
        let seconds = since.as_secs().min(LAST);
        let (days, second) = (seconds / 86_400, seconds % 86_400);
        // Howard Hinnant's algorithm, with the year from March on.
        let days = days + 719_468;
        let (era, of_era) = (days / 146_097, days % 146_097);
        let year = (of_era - of_era / 1_460 + of_era / 36_524 - of_era / 146_096) / 365;
        let of_year = of_era - (365 * year + year / 4 - year / 100);
        let march = (5 * of_year + 2) / 153;
        let day = of_year - (153 * march + 2) / 5 + 1;
        let month = if march < 10 { march + 3 } else { march - 9 };
        let year = year + era * 400 + u64::from(month <= 2);
        let (hour, minute, second) = (second / 3_600, second / 60 % 60, second % 60);
        let text = format!(
            "{year:04}-{month:02}-{day:02}T{hour:02}:{minute:02}:{second:02}.{:03}Z",
            since.subsec_millis()
        );
        Self(text.into())
    }
}

impl fmt::Display for DateTime {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&self.0)
    }
}

impl Serialize for DateTime {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use std::time::{Duration, UNIX_EPOCH};

    use super::{Date, DateTime};

    #[test]
    fn only_what_the_calendar_has_is_a_date() {
        for text in ["2024-02-29", "2000-02-29", "0000-01-01", "9999-12-31"] {
            assert_eq!(text.parse::<Date>().map(|date| date.to_string()).as_deref(), Ok(text));
        }
        for text in [
            "2026-02-29",
            "1900-02-29",
            "2026-13-01",
            "2026-00-01",
            "2026-01-00",
            "2026-1-1",
            "2026-01-01 ",
            "+026-01-01",
            "２026-01-01",
        ] {
            assert!(text.parse::<Date>().is_err(), "{text}");
        }
    }

    #[test]
    fn a_time_is_one_of_rfc_3339() {
        for text in [
            "2026-03-01T12:30:00Z",
            "2026-03-01t12:30:60.123456789z",
            "2026-03-01T00:00:00-23:59",
        ] {
            assert_eq!(
                text.parse::<DateTime>().map(|time| time.to_string()).as_deref(),
                Ok(text)
            );
        }
        for text in [
            "2026-03-01",
            "2026-03-01T12:30:00",
            "2026-03-01 12:30:00Z",
            "2026-03-01T24:00:00Z",
            "2026-03-01T12:30:00.Z",
            "2026-02-30T12:30:00Z",
            "2026-03-01T12:30:00+1:00",
        ] {
            assert!(text.parse::<DateTime>().is_err(), "{text}");
        }
    }

    #[test]
    fn a_time_of_the_system_is_in_utc() {
        for (seconds, text) in [
            (0, "1970-01-01T00:00:00.000Z"),
            (951_782_400, "2000-02-29T00:00:00.000Z"),
            (1_772_323_199, "2026-02-28T23:59:59.000Z"),
            (4_102_444_800, "2100-01-01T00:00:00.000Z"),
            (u64::from(u32::MAX) * 1000, "9999-12-31T23:59:59.000Z"),
        ] {
            let time = UNIX_EPOCH + Duration::from_secs(seconds);
            assert_eq!(DateTime::from(time).as_str(), text);
            assert!(text.parse::<DateTime>().is_ok());
        }
        assert_eq!(
            DateTime::from(UNIX_EPOCH - Duration::from_secs(1)).as_str(),
            "1970-01-01T00:00:00.000Z"
        );
    }
}
