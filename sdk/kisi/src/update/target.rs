//! Whether a change that was written is still there: functions from data to data.

use std::sync::Arc;

use crate::compare::{JsonPath, Sameness, differences, merge};
use crate::plan::Plan;
use crate::settings::Settings;

/// A change: what the settings were before it, and after.
#[derive(Clone, Debug)]
pub(super) struct Target<S> {
    pub(super) before: Arc<S>,
    pub(super) after: Arc<S>,
}

impl<S: Settings> Target<S> {
    pub(super) fn of(plan: &Plan<S>) -> Self {
        let [before, after] = plan.sides();
        Self { before, after }
    }

    /// Where the change was undone: the settings there are as if it had never been made. A location that has a third value was
    /// changed by somebody who may have seen ours, and is not among them.
    pub(super) fn lost(&self, found: &S) -> Vec<JsonPath> {
        let merged = merge([&*self.before, &*self.after, found], false);
        let Some(value) = merged.value else { return Vec::new() };
        let missing = differences(found, &value, Sameness::Meaning).into_iter();
        let paths = missing.map(|difference| difference.path);
        paths
            .filter(|path| !merged.conflicts.iter().any(|conflict| overlap(path, conflict)))
            .collect()
    }

    /// Takes in a change that was made on purpose after this one, so that it is not taken for a loss.
    pub(super) fn follow(&mut self, later: &Self) {
        let merged = merge([&*later.before, &*later.after, &*self.after], true);
        if let Some(value) = merged.value {
            self.after = Arc::new(value);
        }
    }
}

/// Whether one of two paths leads into the other.
fn overlap(a: &JsonPath, b: &JsonPath) -> bool {
    a.names().zip(b.names()).all(|(a, b)| a == b)
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::Target;
    use crate::types::KisiSettings;

    const A: &str = "AAAAAAAAAAAAAAAAAAAAAQ";
    const B: &str = "AAAAAAAAAAAAAAAAAAAAAg";

    fn settings(text: &str) -> KisiSettings {
        serde_json::from_str(&text.replace("A!", A).replace("B!", B)).unwrap()
    }

    fn target(before: &str, after: &str) -> Target<KisiSettings> {
        let [before, after] = [before, after].map(|text| Arc::new(settings(text)));
        Target { before, after }
    }

    fn lost(target: &Target<KisiSettings>, found: &str) -> Vec<String> {
        let lost = target.lost(&settings(found));
        lost.iter().map(ToString::to_string).collect()
    }

    const NONE: [&str; 0] = [];

    #[test]
    fn a_value_that_is_back_is_lost_and_a_third_one_is_not() {
        let change = target(r#"{"enablingUser":"Ann"}"#, r#"{"enablingUser":"Bob","enabled":true}"#);
        assert_eq!(lost(&change, r#"{"enablingUser":"Bob","enabled":true,"new":1}"#), NONE);
        assert_eq!(
            lost(&change, r#"{"enablingUser":"Ann"}"#),
            ["$.enabled", "$.enablingUser"]
        );
        assert_eq!(lost(&change, r#"{"enablingUser":"Eve"}"#), ["$.enabled"]);
        assert_eq!(lost(&change, r#"{"enablingUser":"Eve","enabled":false}"#), NONE);
    }

    #[test]
    fn null_and_absent_are_one() {
        let change = target(r#"{"enablingUser":"Ann"}"#, r#"{"enablingUser":null}"#);
        for found in ["{}", r#"{"enablingUser":null}"#] {
            assert_eq!(lost(&change, found), NONE);
        }
        assert_eq!(lost(&change, r#"{"enablingUser":"Ann"}"#), ["$.enablingUser"]);
    }

    #[test]
    fn of_a_set_each_element_counts() {
        let list = |ids: &str| format!(r#"{{"doorInfoMap":{{"42":{{"assignedCameraList":[{ids}]}}}}}}"#);
        let change = target(&list(""), &list(r#""A!""#));
        assert_eq!(lost(&change, &list(r#""B!","A!""#)), NONE);
        assert_eq!(lost(&change, &list(r#""B!""#)).len(), 1);
        let removal = target(&list(r#""A!","B!""#), &list(r#""B!""#));
        assert_eq!(lost(&removal, &list("")), NONE);
        assert_eq!(lost(&removal, &list(r#""A!""#)).len(), 1);
    }

    #[test]
    fn a_door_that_is_gone_is_lost_and_one_that_was_edited_is_not() {
        let change = target("{}", r#"{"doorInfoMap":{"42":{"doorName":"Lobby","clipDuration":20}}}"#);
        assert_eq!(lost(&change, "{}").len(), 1);
        let edited = r#"{"doorInfoMap":{"42":{"doorName":"Lobby","clipDuration":30}}}"#;
        assert_eq!(lost(&change, edited), NONE);
    }

    #[test]
    fn what_is_undone_on_purpose_is_not_lost() {
        let list = |ids: &str| format!(r#"{{"enabled":true,"doorInfoMap":{{"42":{{"assignedCameraList":[{ids}]}}}}}}"#);
        let mut change = target(&list(""), &list(r#""A!""#));
        assert_eq!(lost(&change, &list(r#""B!""#)).len(), 1);
        change.follow(&target(&list(r#""A!""#), &list(r#""B!""#)));
        assert_eq!(lost(&change, &list(r#""B!""#)), NONE);
        assert_eq!(lost(&change, &list("")).len(), 1);
    }
}
