// A later document may mark it as deprecated; the wrapper has it as long as the API does.
#![allow(deprecated)]

use std::fmt::Display;

use rhombus_kisi_runtime::{Error, RhombusUuid};

use crate::types::UnlockKisiDoorRequest;
use crate::{Acknowledgement, Client};

impl Client {
    /// Unlocks a door. **This moves a real door, now, and has no undo.**
    ///
    /// `place` and `door` are Kisi's ids.
    ///
    /// The door opens now or not at all. The request is tried once, whatever the retry policy says, even if no connection
    /// opens. Only where a [provider](crate::ClientBuilder::credentials_provider) has other credentials than those that the server
    /// rejected, it is sent once more: what is rejected is not carried out. While a 429 asks the organisation's calls to wait, it fails at once with [`Error::RateLimited`] and is not
    /// sent. All of it takes at most 10 s: see [`CallOptions::unlock_timeout`](crate::CallOptions::unlock_timeout).
    ///
    /// After an error for which [`Error::may_have_been_carried_out`] is `true` the door may be open: check before calling again.
    ///
    /// ```no_run
    /// # async fn example(client: rhombus_kisi::Client) -> Result<(), rhombus_kisi::Error> {
    /// client.unlock_door(7, 43).await?;
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// Errors with [`Error::Refused`] if the door must not be unlocked remotely. Those of the call.
    pub async fn unlock_door(&self, place: i32, door: i32) -> Result<Acknowledgement, Error> {
        self.unlock(place, door, None).await
    }

    /// Unlocks a door as [`unlock_door`](Self::unlock_door) does, and names the camera through which it was seen.
    ///
    /// ```no_run
    /// # async fn example(client: rhombus_kisi::Client) -> Result<(), rhombus_kisi::Error> {
    /// client.unlock_door_seen_by(7, 43, "AAAAAAAAAAAAAAAAAAAAAQ").await?;
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// Errors with [`Error::Invalid`] if the text is not a camera's id; nothing is sent then. Those of `unlock_door`.
    pub async fn unlock_door_seen_by<I>(&self, place: i32, door: i32, camera: I) -> Result<Acknowledgement, Error>
    where
        I: TryInto<RhombusUuid, Error: Display>,
    {
        let camera = camera
            .try_into()
            .map_err(|error| Error::invalid("camera", error.to_string()))?;
        self.unlock(place, door, Some(camera)).await
    }

    async fn unlock(&self, place: i32, door: i32, camera: Option<RhombusUuid>) -> Result<Acknowledgement, Error> {
        let mut request = UnlockKisiDoorRequest::default();
        request.place_id = place.into();
        request.door_id = door.into();
        if let Some(camera) = camera {
            request.camera_uuid = camera.into();
        }
        let response = self.api().unlock_kisi_door(&request).await?;
        Ok(Acknowledgement::of(&response))
    }
}
