/// Ids less alike than this are no help.
const ALIKE: f64 = 0.7;

/// How many near ids are named.
const NEAR: usize = 3;

/// The ids most like this one, quoted, best first.
pub fn suggest<'a>(id: &str, all: impl IntoIterator<Item = &'a str>) -> Vec<String> {
    let lower = id.to_lowercase();
    let likeness = |found: &str| strsim::jaro_winkler(&lower, &found.to_lowercase());
    let mut near: Vec<(f64, &str)> = all.into_iter().map(|found| (likeness(found), found)).collect();
    near.retain(|(likeness, _)| *likeness >= ALIKE);
    near.sort_by(|(a, first), (b, second)| b.total_cmp(a).then_with(|| first.cmp(second)));
    near.dedup();
    near.into_iter()
        .take(NEAR)
        .map(|(_, found)| format!("{found:?}"))
        .collect()
}
