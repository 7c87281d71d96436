//! The guide: one page for each thing that you may want to do, with examples that compile.
//!
//! | to | read |
//! | --- | --- |
//! | change a first setting | [`getting_started`] |
//! | know which of the maps of doors to use | [`which_door_map`] |
//! | change settings that others change, too | [`updates_and_conflicts`] |
//! | use names instead of ids | [`names`] |
//! | do the same in many organisations | [`many_organizations`] |
//! | handle what goes wrong | [`errors_and_retries`] |
//! | supply a key, and rotate it | [`credentials`] |
//! | test your code | [`testing`] |
//! | see what the client does | [`observability`] |
//! | know what happens when Rhombus changes its API | [`when_the_api_changes`] |
//! | move to the second version of the settings | [`v2_migration`] |
// The pages link to items of optional features.
#![cfg_attr(
    not(all(
        feature = "blocking",
        feature = "diagnose",
        feature = "directory",
        feature = "file",
        feature = "migrate"
    )),
    allow(rustdoc::broken_intra_doc_links)
)]
// A page is read as a file, too. Where its links lead in these pages is said before it, as the first definition of a link holds.

#[doc = "[`Client::kisi_doors`]: crate::Client::kisi_doors"]
#[doc = "[`Client::kisi_places`]: crate::Client::kisi_places"]
#[doc = "[names]: crate::guide::names"]
#[doc = "[testing]: crate::guide::testing"]
#[doc = "[updates_and_conflicts]: crate::guide::updates_and_conflicts"]
#[doc = ""]
#[doc = include_str!("getting_started.md")]
pub mod getting_started {}

#[doc = "[`Client::diagnose`]: crate::Client::diagnose"]
#[doc = "[v2_migration]: crate::guide::v2_migration"]
#[doc = ""]
#[doc = include_str!("which_door_map.md")]
pub mod which_door_map {}

#[doc = "[`ApplyError::phase`]: crate::ApplyError::phase"]
#[doc = "[`Snapshot::merge`]: crate::Snapshot::merge"]
#[doc = "[`apply`]: crate::Client::apply"]
#[doc = "[`dry_run`]: crate::UpdateSettings::dry_run"]
#[doc = "[`file`]: crate::file"]
#[doc = "[`overwrite`]: crate::Apply::overwrite"]
#[doc = "[`plan`]: crate::plan"]
#[doc = "[`single_writer`]: crate::UpdateSettings::single_writer"]
#[doc = "[`strict`]: crate::Apply::strict"]
#[doc = "[`update_kisi_integration`]: crate::Client::update_kisi_integration"]
#[doc = "[`update_kisi_settings`]: crate::Client::update_kisi_settings"]
#[doc = ""]
#[doc = include_str!("updates_and_conflicts.md")]
pub mod updates_and_conflicts {}

#[doc = "[`door_at`]: crate::directory::Directory::door_at"]
#[doc = "[`file::NamedFile`]: crate::file::NamedFile"]
#[doc = "[`without_kisi`]: crate::directory::Directory::without_kisi"]
#[doc = ""]
#[doc = include_str!("names.md")]
pub mod names {}

#[doc = "[`Client::for_each_organization`]: crate::Client::for_each_organization"]
#[doc = "[`Client::for_organization`]: crate::Client::for_organization"]
#[doc = "[`duplicates`]: crate::OrganizationResults::duplicates"]
#[doc = "[`file::SettingsFile`]: crate::file::SettingsFile"]
#[doc = "[`not_begun`]: crate::OrganizationResults::not_begun"]
#[doc = "[`stop_when`]: crate::ForEachOrganization::stop_when"]
#[doc = ""]
#[doc = include_str!("many_organizations.md")]
pub mod many_organizations {}

#[doc = "[`ApplyError`]: crate::ApplyError"]
#[doc = "[`Client::diagnose`]: crate::Client::diagnose"]
#[doc = "[`Error::call`]: crate::Error::call"]
#[doc = "[`Error::status`]: crate::Error::status"]
#[doc = "[`Error`]: crate::Error"]
#[doc = "[`RetryPolicy`]: crate::RetryPolicy"]
#[doc = "[`UpdateOutcome`]: crate::UpdateOutcome"]
#[doc = ""]
#[doc = include_str!("errors_and_retries.md")]
pub mod errors_and_retries {}

#[doc = "[`Client::from_env`]: crate::Client::from_env"]
#[doc = "[`ClientBuilder::from_env`]: crate::ClientBuilder::from_env"]
#[doc = "[`Secret`]: crate::Secret"]
#[doc = ""]
#[doc = include_str!("credentials.md")]
pub mod credentials {}

#[doc = "[`Client::api`]: crate::Client::api"]
#[doc = "[`Client`]: crate::Client"]
#[doc = "[`Transport`]: crate::Transport"]
#[doc = "[`ClientBuilder::transport`]: crate::ClientBuilder::transport"]
#[doc = "[`blocking::Client`]: crate::blocking::Client"]
#[doc = ""]
#[doc = include_str!("testing.md")]
pub mod testing {}

#[doc = "[`Client::warnings`]: crate::Client::warnings"]
#[doc = "[`Plan::warnings`]: crate::Plan::warnings"]
#[doc = "[`UpdateOutcome`]: crate::UpdateOutcome"]
#[doc = "[when_the_api_changes]: crate::guide::when_the_api_changes"]
#[doc = ""]
#[doc = include_str!("observability.md")]
pub mod observability {}

#[doc = "[`Error::UnexpectedIntegration`]: crate::Error::UnexpectedIntegration"]
#[doc = "[`Extra`]: crate::Extra"]
#[doc = "[`Field`]: crate::Field"]
#[doc = "[observability]: crate::guide::observability"]
#[doc = ""]
#[doc = include_str!("when_the_api_changes.md")]
pub mod when_the_api_changes {}

#[doc = "[`Client::migrate_kisi_to_v2`]: crate::Client::migrate_kisi_to_v2"]
#[doc = "[`losses`]: crate::migrate::Migration::losses"]
#[doc = "[which_door_map]: crate::guide::which_door_map"]
#[doc = ""]
#[doc = include_str!("v2_migration.md")]
pub mod v2_migration {}
