//! The setters that every editor has in common, written once.

/// One setter a line: how the value comes in, the setter, the one that clears, the field, and what it is for.
///
/// The type has to have a method `editing()` that gives its `Editing`.
macro_rules! setters {
    ($($kind:ident $name:ident, $clear:ident => $field:ident = $wire:literal: $doc:literal;)*) => {
        $(
            setters!(@set $kind $name $field $wire $doc);

            #[doc = concat!("Clears `", $wire, "`: `null` is sent.")]
            pub fn $clear(mut self) -> Self {
                self.editing().value.$field = ::rhombus_kisi_runtime::Field::Null;
                self
            }
        )*
    };
    (@set flag $name:ident $field:ident $wire:literal $doc:literal) => {
        setters!(@plain $name $field $wire $doc [bool]);
    };
    (@set number $name:ident $field:ident $wire:literal $doc:literal) => {
        setters!(@plain $name $field $wire $doc [i32]);
    };
    (@set long $name:ident $field:ident $wire:literal $doc:literal) => {
        setters!(@plain $name $field $wire $doc [i64]);
    };
    (@set text $name:ident $field:ident $wire:literal $doc:literal) => {
        setters!(@plain $name $field $wire $doc [impl Into<String>]);
    };
    (@set secret $name:ident $field:ident $wire:literal $doc:literal) => {
        #[doc = concat!($doc, " (`", $wire, "`).")]
        ///
        /// Text that cannot be one is refused before anything is sent: empty, in quotes, a mask such as `****abcd`, or with
        /// characters other than visible ASCII.
        pub fn $name(mut self, value: impl Into<::rhombus_kisi_runtime::Secret>) -> Self {
            let editing = self.editing();
            if let Some(secret) = editing.secret(stringify!($name), value.into()) {
                editing.value.$field = secret.into();
            }
            self
        }
    };
    (@plain $name:ident $field:ident $wire:literal $doc:literal [$type:ty]) => {
        #[doc = concat!($doc, " (`", $wire, "`).")]
        pub fn $name(mut self, value: $type) -> Self {
            self.editing().value.$field = ::rhombus_kisi_runtime::Field::Value(value.into());
            self
        }
    };
    (@set id $name:ident $field:ident $wire:literal $doc:literal) => {
        #[doc = concat!($doc, " (`", $wire, "`). Text that is no Rhombus id is refused before anything is sent.")]
        pub fn $name<I>(mut self, id: I) -> Self
        where
            I: TryInto<::rhombus_kisi_runtime::RhombusUuid, Error: ::std::fmt::Display>,
        {
            let editing = self.editing();
            if let Some(id) = editing.id(stringify!($name), id) {
                editing.value.$field = id.into();
            }
            self
        }
    };
    (@set seconds $name:ident $field:ident $wire:literal $doc:literal) => {
        #[doc = concat!($doc, " (`", $wire, "`, in seconds). Anything but whole seconds is refused before anything is sent.")]
        pub fn $name(mut self, duration: ::std::time::Duration) -> Self {
            let editing = self.editing();
            if let Some(seconds) = editing.seconds(stringify!($name), duration) {
                editing.value.$field = seconds.into();
            }
            self
        }
    };
}

/// `with`: everything else, by hand.
macro_rules! with_setter {
    ($type:ty) => {
        /// Changes the value itself: for whatever has no setter, such as a property that this release does not know.
        pub fn with(mut self, change: impl FnOnce(&mut $type)) -> Self {
            change(&mut self.editing().value);
            self
        }
    };
}

/// The setters of `doorInfoMap`, which stands both at the root and in a place.
macro_rules! door_setters {
    () => {
        /// Edits a door by its Kisi id, an entry of `doorInfoMap`: its name, its cameras, its clips, whether it may be
        /// unlocked. A door that is not there yet is added, if the edit gives it something: removing and clearing do not
        /// add it. Of one that is there, what `edit` does not touch stays.
        pub fn door(mut self, id: i32, edit: impl FnOnce($crate::DoorEditor) -> $crate::DoorEditor) -> Self {
            let editing = self.editing();
            let problem = $crate::editor::editing::edit_door(&mut editing.value.door_info_map, editing.scope, id, edit);
            editing.note(problem);
            self
        }

        /// Leaves a door out of `doorInfoMap`.
        pub fn remove_door(mut self, id: i32) -> Self {
            $crate::editor::editing::remove_entry(&mut self.editing().value.door_info_map, id);
            self
        }

        /// Sends `null` for a door in `doorInfoMap`.
        pub fn clear_door(mut self, id: i32) -> Self {
            $crate::editor::editing::clear_entry(&mut self.editing().value.door_info_map, id);
            self
        }

        /// Sends `null` for the whole `doorInfoMap`.
        pub fn clear_doors(mut self) -> Self {
            self.editing().value.door_info_map = ::rhombus_kisi_runtime::Field::Null;
            self
        }
    };
}

/// The setters that both versions of the settings have beside their fields.
macro_rules! common_setters {
    () => {
        /// Edits what a place that has no settings of its own gets (`defaultOptions`).
        pub fn default_options(
            mut self,
            edit: impl FnOnce($crate::DefaultOptionsEditor) -> $crate::DefaultOptionsEditor,
        ) -> Self {
            let editing = self.editing();
            let problem =
                $crate::editor::editing::edit_default_options(&mut editing.value.default_options, editing.scope, edit);
            editing.note(problem);
            self
        }

        /// Sends `null` for `defaultOptions`.
        pub fn clear_default_options(mut self) -> Self {
            self.editing().value.default_options = ::rhombus_kisi_runtime::Field::Null;
            self
        }

        /// Edits a place by its Kisi id, an entry of `placeToSettingsMap`: its name, its own options, and its doors. A
        /// place that is not there yet is added, if the edit gives it something: removing and clearing do not add it. Of one
        /// that is there, what `edit` does not touch stays.
        pub fn place(mut self, id: i32, edit: impl FnOnce($crate::PlaceEditor) -> $crate::PlaceEditor) -> Self {
            let editing = self.editing();
            let problem =
                $crate::editor::editing::edit_place(&mut editing.value.place_to_settings_map, editing.scope, id, edit);
            editing.note(problem);
            self
        }

        /// Leaves a place, with all of its doors, out of `placeToSettingsMap`.
        pub fn remove_place(mut self, id: i32) -> Self {
            $crate::editor::editing::remove_entry(&mut self.editing().value.place_to_settings_map, id);
            self
        }

        /// Sends `null` for a place in `placeToSettingsMap`.
        pub fn clear_place(mut self, id: i32) -> Self {
            $crate::editor::editing::clear_entry(&mut self.editing().value.place_to_settings_map, id);
            self
        }

        /// Sends `null` for the whole `placeToSettingsMap`.
        pub fn clear_places(mut self) -> Self {
            self.editing().value.place_to_settings_map = ::rhombus_kisi_runtime::Field::Null;
            self
        }
    };
}

/// Every setter of the first version's settings, for the editor and for the update.
macro_rules! settings_setters {
    () => {
        setters! {
            flag enabled, clear_enabled => enabled = "enabled":
                "Whether the integration is on";
            secret kisi_api_key, clear_kisi_api_key => api_secret_key = "apiSecretKey":
                "Kisi's own API key, with which Rhombus reads badge events: a secret";
            flag identify_faces_from_badge, clear_identify_faces_from_badge
                => identify_faces_from_badge = "identifyFacesFromBadge":
                "Whether a face that is seen with a badge event gets that badge's name";
            flag save_clips, clear_save_clips => save_clips = "saveClips":
                "Whether a clip is kept for a badge event";
            flag create_seek_points, clear_create_seek_points => create_seek_points = "createSeekPoints":
                "Whether a badge event leaves a mark on the camera's timeline";
            flag alert_unauthorized_faces, clear_alert_unauthorized_faces
                => alert_unauthorized_faces = "alertUnauthorizedFaces":
                "Whether a face that does not belong to the badge raises an alert";
            flag doors_validated, clear_doors_validated => doors_validated = "doorsValidated":
                "Whether the doors have been checked against Kisi";
            flag migrated, clear_migrated => migrated = "migrated":
                "Whether the settings have been moved to the second version of the integration";
            text enabling_user, clear_enabling_user => enabling_user = "enablingUser":
                "Who turned the integration on";
            id enabling_user_uuid, clear_enabling_user_uuid => enabling_user_uuid = "enablingUserUuid":
                "The Rhombus id of who turned the integration on";
            long enabled_timestamp_ms, clear_enabled_timestamp_ms => enabled_timestamp_ms = "enabledTimestampMs":
                "When the integration was turned on, in milliseconds since the epoch";
            number place_id, clear_place_id => place_id = "placeId":
                "The Kisi place of an organisation that has just one";
            number webhook_id, clear_webhook_id => webhook_id = "webhookId":
                "The Kisi webhook that brings badge events";
            secret rhombus_token, clear_rhombus_token => rhombus_token = "rhombusToken":
                "The token with which Kisi's webhook shows who it is: a secret";
        }

        common_setters!();

        door_setters!();

        /// Sets a door's cameras in `doorToCameraMap`, in place of those it has there.
        ///
        /// This is the older and plainer of the two maps of doors: a door's id and its cameras, no more. What
        /// [`door`](Self::door) edits is `doorInfoMap`, where a door has a list of cameras too.
        pub fn door_cameras<I>(mut self, id: i32, cameras: impl IntoIterator<Item = I>) -> Self
        where
            I: TryInto<::rhombus_kisi_runtime::RhombusUuid, Error: ::std::fmt::Display>,
        {
            let editing = self.editing();
            if let Some(cameras) = editing.ids(&format!("door {id}: cameras"), cameras) {
                let doors = editing.value.door_to_camera_map.get_or_default();
                doors.insert(id.to_string(), cameras);
            }
            self
        }

        /// Leaves a door out of `doorToCameraMap`.
        pub fn remove_door_cameras(mut self, id: i32) -> Self {
            $crate::editor::editing::remove_entry(&mut self.editing().value.door_to_camera_map, id);
            self
        }

        /// Sends `null` for a door in `doorToCameraMap`.
        pub fn clear_door_cameras(mut self, id: i32) -> Self {
            $crate::editor::editing::clear_entry(&mut self.editing().value.door_to_camera_map, id);
            self
        }

        /// Sends `null` for the whole `doorToCameraMap`.
        pub fn clear_all_door_cameras(mut self) -> Self {
            self.editing().value.door_to_camera_map = ::rhombus_kisi_runtime::Field::Null;
            self
        }

        with_setter!($crate::types::KisiSettings);
    };
}

/// Every setter of the second version's settings, for the editor and for the update.
macro_rules! settings_v2_setters {
    () => {
        setters! {
            flag enabled, clear_enabled => enabled = "enabled":
                "Whether the integration is on";
            secret kisi_api_key, clear_kisi_api_key => api_secret_key = "apiSecretKey":
                "Kisi's own API key, with which Rhombus reads badge events: a secret";
            flag doors_validated, clear_doors_validated => doors_validated = "doorsValidated":
                "Whether the doors have been checked against Kisi";
            id org_uuid, clear_org_uuid => org_uuid = "orgUuid":
                "The Rhombus organisation that the integration belongs to";
            id user_uuid, clear_user_uuid => user_uuid = "userUuid":
                "The Rhombus user who set the integration up";
        }

        common_setters!();

        /// Clears `integrationAuditMap`, the record of who changed what: `null` is sent. The server keeps that record; to
        /// change it is rarely right, and [`with`](Self::with) reaches it.
        pub fn clear_integration_audit_map(mut self) -> Self {
            self.editing().value.integration_audit_map = ::rhombus_kisi_runtime::Field::Null;
            self
        }

        with_setter!($crate::types::KisiIntegrationInput);
    };
}
