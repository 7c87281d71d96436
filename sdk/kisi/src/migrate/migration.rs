use std::fmt;

use serde::Serialize;

use super::step::{Fate, Step};
use crate::Plan;
use crate::types::KisiIntegrationInput;

/// The way from the settings of the first version of the API to those of the second.
///
/// It is a value, like a [`Plan`]: `Display` shows what moves and what is lost, and the plan; serde has all of it for machines.
#[derive(Clone, Debug, Serialize)]
#[must_use = "a migration does nothing until its plan is applied"]
pub struct Migration {
    steps: Vec<Step>,
    plan: Plan<KisiIntegrationInput>,
}

impl Migration {
    pub(super) fn new(steps: Vec<Step>, plan: Plan<KisiIntegrationInput>) -> Self {
        Self { steps, plan }
    }

    /// Returns what becomes of each setting of the first version that has a value. A path means all that is below it.
    pub fn steps(&self) -> &[Step] {
        &self.steps
    }

    /// Returns the settings that are lost.
    pub fn losses(&self) -> impl Iterator<Item = &Step> {
        self.steps.iter().filter(|step| step.loss().is_some())
    }

    /// Returns what would be written.
    pub fn plan(&self) -> &Plan<KisiIntegrationInput> {
        &self.plan
    }

    /// Returns what would be written, for [`Client::apply`](crate::Client::apply).
    pub fn into_plan(self) -> Plan<KisiIntegrationInput> {
        self.plan
    }
}

/// How many steps are shown.
const SHOWN: usize = 200;

/// A summary, a line for each setting that moves or is lost, and the plan; at most 200 steps.
impl fmt::Display for Migration {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let count = |is: fn(&Fate) -> bool| self.steps.iter().filter(|step| is(&step.fate)).count();
        let carried = count(|fate| matches!(fate, Fate::Carried));
        let moved = count(|fate| matches!(fate, Fate::Moved { .. }));
        let lost = count(|fate| matches!(fate, Fate::Lost(_)));
        write!(f, "{carried} carried over, {moved} moved, {lost} lost")?;
        // What is lost matters most, so it is shown if not all can be.
        let order = self
            .losses()
            .chain(self.steps.iter().filter(|step| matches!(step.fate, Fate::Moved { .. })));
        for step in order.take(SHOWN) {
            write!(f, "\n  {step}")?;
        }
        if let Some(more) = (moved + lost).checked_sub(SHOWN).filter(|more| *more > 0) {
            write!(f, "\n  and {more} more")?;
        }
        write!(f, "\n{}", self.plan)
    }
}
