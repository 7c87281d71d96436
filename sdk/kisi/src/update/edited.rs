use rhombus_kisi_runtime::Error;

use crate::{Edit, Settings};

/// What the closure of an update returns: the [`Edit`], or a `Result` of it with the SDK's [`Error`] for one that can fail.
///
/// The trait is sealed.
pub trait Edited<S: Settings>: sealed::Sealed<S> {}

impl<S: Settings> Edited<S> for Edit<S> {}

impl<S: Settings> Edited<S> for Result<Edit<S>, Error> {}

mod sealed {
    use super::{Edit, Error, Settings};

    pub trait Sealed<S: Settings> {
        fn into_result(self) -> Result<Edit<S>, Error>;
    }

    impl<S: Settings> Sealed<S> for Edit<S> {
        fn into_result(self) -> Result<Edit<S>, Error> {
            Ok(self)
        }
    }

    impl<S: Settings> Sealed<S> for Result<Edit<S>, Error> {
        fn into_result(self) -> Result<Edit<S>, Error> {
            self
        }
    }
}
