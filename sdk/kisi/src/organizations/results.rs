use rhombus_kisi_runtime::{Error, RhombusUuid};

/// The result of the work for one organisation.
#[derive(Clone, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub struct OrganizationResult<T, E = Error> {
    /// The organisation.
    pub id: RhombusUuid,
    /// What the work returned.
    pub result: Result<T, E>,
}

/// The results of the work for many organisations, in the order of their ids.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct OrganizationResults<T, E = Error> {
    pub(super) results: Vec<OrganizationResult<T, E>>,
    pub(super) not_begun: Vec<RhombusUuid>,
    pub(super) duplicates: Vec<RhombusUuid>,
}

impl<T, E> OrganizationResults<T, E> {
    /// Returns an iterator over the results of the organisations whose work was done.
    pub fn iter(&self) -> std::slice::Iter<'_, OrganizationResult<T, E>> {
        self.results.iter()
    }

    /// Returns how many organisations' work was done, successfully or not.
    pub fn len(&self) -> usize {
        self.results.len()
    }

    /// Returns whether no organisation's work was done.
    pub fn is_empty(&self) -> bool {
        self.results.is_empty()
    }

    /// Returns the organisations whose work was not begun, because it was [stopped](super::ForEachOrganization::stop_when).
    pub fn not_begun(&self) -> &[RhombusUuid] {
        &self.not_begun
    }

    /// Returns the ids that had come before, each as often as it came again. Nothing was done for them a second time.
    pub fn duplicates(&self) -> &[RhombusUuid] {
        &self.duplicates
    }
}

impl<T, E> IntoIterator for OrganizationResults<T, E> {
    type Item = OrganizationResult<T, E>;
    type IntoIter = std::vec::IntoIter<Self::Item>;

    fn into_iter(self) -> Self::IntoIter {
        self.results.into_iter()
    }
}

impl<'a, T, E> IntoIterator for &'a OrganizationResults<T, E> {
    type Item = &'a OrganizationResult<T, E>;
    type IntoIter = std::slice::Iter<'a, OrganizationResult<T, E>>;

    fn into_iter(self) -> Self::IntoIter {
        self.results.iter()
    }
}
