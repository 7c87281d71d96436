//! The nearest character's boundary to a position: as `str::floor_char_boundary`, which is younger than the oldest Rust that builds this.

/// The last boundary at `at` or before it.
pub(crate) fn floor(text: &str, at: usize) -> usize {
    let within = at.min(text.len());
    (0..=within)
        .rev()
        .find(|at| text.is_char_boundary(*at))
        .unwrap_or_default()
}

/// The first boundary at `at` or after it.
pub(crate) fn ceil(text: &str, at: usize) -> usize {
    let all = at.min(text.len())..=text.len();
    all.into_iter()
        .find(|at| text.is_char_boundary(*at))
        .unwrap_or(text.len())
}

#[cfg(test)]
mod tests {
    use super::{ceil, floor};

    #[test]
    fn a_character_is_not_cut() {
        let text = "aé€😀";
        let found: Vec<_> = (0..=12).map(|at| (floor(text, at), ceil(text, at))).collect();
        let (e, euro, smile, end) = (1, 3, 6, 10);
        let inside = [
            (e, euro),
            (euro, smile),
            (euro, smile),
            (smile, end),
            (smile, end),
            (smile, end),
        ];
        let [second, third, fourth, fifth, sixth, seventh] = inside;
        assert_eq!(
            found,
            [
                (0, 0),
                (e, e),
                second,
                (euro, euro),
                third,
                fourth,
                (smile, smile),
                fifth,
                sixth,
                seventh,
                (end, end),
                (end, end),
                (end, end),
            ]
        );
        assert_eq!((floor("", 3), ceil("", 3)), (0, 0));
    }
}
