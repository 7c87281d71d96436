//! Messages for those who write settings files.

/// Says that a key is not known, and which one is nearest of those that are.
///
/// Only a key that is near to a known one is quoted: any other may be a secret in the wrong line.
pub(super) fn unknown(known: &[&str], key: &str) -> String {
    if key == "<<" {
        return "YAML's merge keys (`<<`) are not read: write the settings here".to_owned();
    }
    let nearest = known
        .iter()
        .map(|name| (strsim::osa_distance(&fold(name), &fold(key)), name))
        .min()
        // Further away it would be a guess.
        .filter(|(distance, name)| *distance <= 1 + name.len() / 3);
    match nearest {
        Some((_, name)) => format!("unknown key `{}`; did you mean `{name}`?", key.escape_debug()),
        None => {
            let known: Vec<_> = known.iter().copied().filter(|name| !name.starts_with('$')).collect();
            format!("unknown key; known here are {}", known.join(", "))
        }
    }
}

/// A key as it is compared: `door_name` is as near to `doorName` as `doorname` is.
fn fold(key: &str) -> String {
    key.chars()
        .filter(|character| !matches!(character, '_' | '-'))
        .map(|character| character.to_ascii_lowercase())
        .collect()
}
