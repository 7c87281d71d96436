//! What a setter is given, as the API takes it.

use std::fmt::Display;
use std::time::Duration;

use rhombus_kisi_runtime::{RhombusUuid, Secret};

use super::secret;

/// The id, unless it is text that cannot be one.
pub(super) fn id(id: impl TryInto<RhombusUuid, Error: Display>) -> Result<RhombusUuid, String> {
    id.try_into().map_err(|error| error.to_string())
}

/// The secret, unless it is text that cannot be one.
pub(super) fn secret(secret: impl Into<Secret>) -> Result<Secret, String> {
    let secret = secret.into();
    secret::check(secret.expose())?;
    Ok(secret)
}

/// The duration in s.
pub(super) fn seconds<N: TryFrom<u64>>(duration: Duration) -> Result<N, String> {
    match duration.subsec_nanos() {
        0 => number(duration.as_secs().into(), "seconds"),
        _ => Err("the API takes whole seconds".to_owned()),
    }
}

/// The duration in ms.
pub(super) fn milliseconds<N: TryFrom<u64>>(duration: Duration) -> Result<N, String> {
    match duration.subsec_nanos() % 1_000_000 {
        0 => number(duration.as_millis(), "milliseconds"),
        _ => Err("the API takes whole milliseconds".to_owned()),
    }
}

fn number<N: TryFrom<u64>>(count: u128, unit: &str) -> Result<N, String> {
    let number = u64::try_from(count).ok().and_then(|count| N::try_from(count).ok());
    number.ok_or_else(|| format!("the API does not take as many as {count} {unit}"))
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::{milliseconds, seconds};

    #[test]
    fn only_durations_that_the_api_can_take_are_taken() {
        assert_eq!(seconds::<i32>(Duration::from_secs(20)), Ok(20));
        assert_eq!(seconds::<i32>(Duration::ZERO), Ok(0));
        assert!(seconds::<i32>(Duration::from_millis(1500)).is_err());
        assert!(seconds::<i32>(Duration::from_secs(1 << 31)).is_err());
        assert_eq!(seconds::<i64>(Duration::from_secs(1 << 31)), Ok(1 << 31));
        assert!(seconds::<i64>(Duration::MAX).is_err());
        assert_eq!(milliseconds::<i32>(Duration::from_millis(1500)), Ok(1500));
        assert!(milliseconds::<i64>(Duration::from_micros(1)).is_err());
        assert!(milliseconds::<i64>(Duration::from_secs(u64::MAX)).is_err());
    }
}
