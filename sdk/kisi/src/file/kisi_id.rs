//! Kisi's ids of doors and places, as keys: one id has one spelling.

/// Checks a key, and says how the same id is written where it is another spelling.
///
/// The key is quoted only as a number: any other text may be a secret in the wrong line.
pub(super) fn check(key: &str) -> Result<(), String> {
    if key.parse::<i32>().is_ok_and(|id| id.to_string() == key) {
        return Ok(());
    }
    Err(match meant(key) {
        Some(id) => format!("an id has one spelling: write `{id}`"),
        None => "expected the id of a door or a place: a whole number from -2147483648 to 2147483647".to_owned(),
    })
}

/// The id that another spelling may mean.
fn meant(key: &str) -> Option<i32> {
    let key = key.trim().replace('_', "");
    let unsigned = key.strip_prefix(['+', '-']).unwrap_or(&key);
    match unsigned.get(..2) {
        // Octal, hexadecimal and binary: which number that is depends on who reads it.
        Some("0x" | "0o" | "0b" | "0X" | "0O" | "0B") => None,
        _ => key
            .split_once('.')
            .map_or(Some(&*key), |(id, zeros)| {
                zeros.bytes().all(|zero| zero == b'0').then_some(id)
            })?
            .parse()
            .ok(),
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::check;

    #[test]
    fn an_id_has_one_spelling() {
        for id in ["0", "42", "-1", "2147483647", "-2147483648"] {
            assert_eq!(check(id), Ok(()), "{id}");
        }
        for (key, id) in [
            ("042", "42"),
            ("+42", "42"),
            ("-0", "0"),
            (" 42", "42"),
            ("4_2", "42"),
            ("42.0", "42"),
            ("00", "0"),
            ("-07", "-7"),
        ] {
            assert_eq!(
                check(key),
                Err(format!("an id has one spelling: write `{id}`")),
                "{key}"
            );
        }
        for key in [
            "0x2a",
            "0b1",
            "0o7",
            "",
            "lobby",
            "2147483648",
            "-2147483649",
            "42.5",
            "4 2",
            "٤٢",
            "1e1",
            "--1",
            "+-1",
        ] {
            assert!(check(key).unwrap_err().starts_with("expected the id"), "{key}");
        }
    }

    proptest! {
        #[test]
        fn what_is_taken_is_what_is_written(key in "[-+ ]?[0-9_.]{0,12}") {
            if check(&key).is_ok() {
                prop_assert_eq!(key.parse::<i32>().unwrap().to_string(), key);
            }
        }
    }
}
