use rhombus_kisi_runtime::{CallInfo, Operation};

/// A call while it is made.
// PERF: smaller than the `CallInfo` of an error, which every attempt's future would have room for.
#[derive(Clone, Copy)]
pub(crate) struct Call {
    pub(crate) operation: &'static Operation,
    pub(crate) attempts: u32,
    pub(crate) earlier_attempt_unsure: bool,
}

impl Call {
    /// A call that was not sent yet.
    pub(crate) fn new(operation: &'static Operation) -> Self {
        Self {
            operation,
            attempts: 0,
            earlier_attempt_unsure: false,
        }
    }

    /// What an error says of it.
    #[cold]
    pub(crate) fn info(self) -> CallInfo {
        let mut info = CallInfo::of(self.operation, self.attempts);
        info.earlier_attempt_unsure = self.earlier_attempt_unsure;
        info
    }
}
