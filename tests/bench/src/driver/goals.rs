//! What the SDK may cost.

/// A limit on a measured value.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Goal {
    /// Instructions and allocated bytes of a call.
    Call,
    /// An update with a warning against one without.
    Warning,
    /// Instructions for a further door, in large against small settings.
    Linear,
    /// Time or peak memory for a door, in the largest against middle settings.
    Flat,
    /// Losing nothing against losing unknown fields.
    Lossless,
    /// Crates in a dependant's tree.
    Crates,
    /// A dependant's cold build.
    BuildCpu,
    /// A dependant's stripped binary.
    Size,
    /// What comes in by features that are off.
    FeaturesOff,
    /// Generation of the SDK's own crates.
    Fragment,
    /// Generation of the whole API's.
    WholeApi,
}

/// How a value is held against its goal.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Against {
    /// The SDK's value divided by the floor's.
    Ratio,
    /// The SDK's value less the floor's.
    Difference,
    /// The SDK's value.
    Value,
}

/// The goals, in one table.
pub const GOALS: [(Goal, Against, f64); 11] = [
    (Goal::Call, Against::Ratio, 1.02),
    // The price of a warning is its text.
    (Goal::Warning, Against::Value, 1.05),
    // Sorted maps, which the floor has too, cost a logarithm: a read's growth by hand is 1.12.
    (Goal::Linear, Against::Value, 1.20),
    // Larger settings leave the caches, so that a door's time cannot be quite the same.
    (Goal::Flat, Against::Value, 1.25),
    (Goal::Lossless, Against::Ratio, 1.30),
    (Goal::Crates, Against::Difference, 12.0),
    (Goal::BuildCpu, Against::Ratio, 1.10),
    (Goal::Size, Against::Ratio, 1.05),
    (Goal::FeaturesOff, Against::Value, 0.0),
    (Goal::Fragment, Against::Value, 50.0),
    (Goal::WholeApi, Against::Value, 5_000.0),
];

impl Goal {
    /// How it is looked at, and the limit.
    pub fn limit(self) -> (Against, f64) {
        let found = GOALS.iter().find(|(goal, ..)| *goal == self);
        found.map_or((Against::Value, f64::INFINITY), |(_, against, limit)| {
            (*against, *limit)
        })
    }
}
