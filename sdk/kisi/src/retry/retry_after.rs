use std::time::{Duration, SystemTime};

use http::HeaderMap;
use http::header::{DATE, RETRY_AFTER};

/// How long the server asks to wait: `Retry-After` in seconds or as an HTTP date.
///
/// A date is taken relative to the server's own `Date`, where it gives one: clocks differ.
pub(crate) fn retry_after(headers: &HeaderMap, now: SystemTime) -> Option<Duration> {
    let text = headers.get(RETRY_AFTER)?.to_str().ok()?.trim();
    if !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit()) {
        return Some(Duration::from_secs(text.parse().unwrap_or(u64::MAX)));
    }
    let until = httpdate::parse_http_date(text).ok()?;
    let now = headers
        .get(DATE)
        .and_then(|date| httpdate::parse_http_date(date.to_str().ok()?).ok())
        .unwrap_or(now);
    Some(until.duration_since(now).unwrap_or_default())
}

#[cfg(test)]
mod tests {
    use std::time::{Duration, SystemTime};

    use http::{HeaderMap, HeaderValue};
    use proptest::prelude::*;

    use super::retry_after;

    fn read(text: &[u8], date: Option<&'static str>) -> Option<u64> {
        let mut headers = HeaderMap::new();
        headers.insert("retry-after", HeaderValue::from_bytes(text).ok()?);
        if let Some(date) = date {
            headers.insert("date", HeaderValue::from_static(date));
        }
        // Sun, 06 Nov 1994 08:49:37 GMT
        let now = SystemTime::UNIX_EPOCH + Duration::from_secs(784_111_777);
        retry_after(&headers, now).map(|wait| wait.as_secs())
    }

    #[test]
    fn seconds_and_dates() {
        assert_eq!(read(b"7", None), Some(7));
        assert_eq!(read(b" 0 ", None), Some(0));
        assert_eq!(read(b"99999999999999999999999", None), Some(u64::MAX));
        assert_eq!(read(b"Sun, 06 Nov 1994 08:49:47 GMT", None), Some(10));
        assert_eq!(read(b"Sunday, 06-Nov-94 08:49:47 GMT", None), Some(10));
        assert_eq!(read(b"Sun Nov  6 08:49:47 1994", None), Some(10));
        assert_eq!(read(b"Sun, 06 Nov 1994 08:49:07 GMT", None), Some(0));
        let server = Some("Sun, 06 Nov 1994 08:49:40 GMT");
        assert_eq!(read(b"Sun, 06 Nov 1994 08:49:47 GMT", server), Some(7));
        assert_eq!(read(b"Sun, 06 Nov 1994 08:49:47 GMT", Some("yesterday")), Some(10));
        for text in ["", "-1", "1.5", "+1", "soon", "1 s"] {
            assert_eq!(read(text.as_bytes(), None), None, "{text}");
        }
        assert_eq!(retry_after(&HeaderMap::new(), SystemTime::now()), None);
    }

    proptest! {
        #[test]
        fn any_text_is_read_without_panic(text: Vec<u8>) {
            read(&text, None);
        }
    }
}
