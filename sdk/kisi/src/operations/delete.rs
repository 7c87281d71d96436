// The document prefers the second version of the API for some of these; the wrapper has both.
#![allow(deprecated)]

use rhombus_kisi_runtime::Error;

use crate::{Acknowledgement, Client};

impl Client {
    /// Deletes the organisation's Kisi integration (first version of the API), settings and all. There is no undo: keep a
    /// [snapshot](Self::kisi_integration) if you may want it back.
    ///
    /// It is retried only after a failure that shows that it was not carried out. The vendor's later documents mark this
    /// version as deprecated; [`delete_kisi_integration_v2`](Self::delete_kisi_integration_v2) is its successor.
    ///
    /// # Errors
    /// Those of the call. [`Error::may_have_been_carried_out`] returns whether the integration may be deleted regardless.
    pub async fn delete_kisi_integration(&self) -> Result<Acknowledgement, Error> {
        let response = self.api().delete_kisi_integration(&Default::default()).await?;
        Ok(Acknowledgement::of(&response))
    }

    /// Deletes the organisation's Kisi integration (second version of the API), settings and all. There is no undo: keep a
    /// [snapshot](Self::kisi_integration_v2) if you may want it back.
    ///
    /// It is retried only after a failure that shows that it was not carried out.
    ///
    /// # Errors
    /// Those of the call. [`Error::may_have_been_carried_out`] returns whether the integration may be deleted regardless.
    pub async fn delete_kisi_integration_v2(&self) -> Result<Acknowledgement, Error> {
        let response = self.api().delete_kisi_integration_v2(&Default::default()).await?;
        Ok(Acknowledgement::of(&response))
    }
}
