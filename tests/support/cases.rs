/// How many cases a property is tried with: so many times the default as the variable `RHOMBUS_CASES` says.
///
/// # Panics
/// If the variable is set and no whole number: a count that somebody asked for must not become another.
pub fn cases(default: u32) -> u32 {
    let Some(multiplier) = std::env::var_os("RHOMBUS_CASES") else {
        return default;
    };
    let multiplier = multiplier.to_str().and_then(|number| number.parse().ok());
    let multiplier: u32 =
        multiplier.expect("RHOMBUS_CASES is a whole number, by which the default counts are multiplied");
    default.saturating_mul(multiplier)
}
