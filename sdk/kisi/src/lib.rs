#![doc = include_str!("../README.md")]
//!
//! The [`guide`] has a page for each thing that you may want to do.
#![cfg_attr(docsrs, feature(doc_cfg))]

#[cfg(feature = "blocking")]
pub mod blocking;
mod builder;
mod client;
mod compare;
mod credentials;
#[cfg(feature = "diagnose")]
pub mod diagnose;
#[cfg(feature = "directory")]
pub mod directory;
pub mod drift;
mod edit;
mod endpoint;
mod environment;
#[cfg(any(feature = "metrics", feature = "tracing"))]
mod error_type;
pub mod events;
#[cfg(feature = "file")]
pub mod file;
// For readers alone: a dependant's build has nothing of it.
#[cfg(any(doc, doctest))]
pub mod guide;
mod measure;
#[cfg(feature = "migrate")]
pub mod migrate;
mod operations;
mod options;
mod organizations;
mod outcome;
pub mod plan;
pub mod providers;
mod proxy;
mod retry;
mod settings;
#[cfg(any(feature = "rustls", feature = "native-tls"))]
mod tls;
#[cfg(feature = "tower")]
pub mod tower;
mod trace;
mod transport;
mod unreadable;
mod update;
pub mod upload;
mod warning;

pub use builder::ClientBuilder;
pub use client::Client;
pub use credentials::{Credentials, CredentialsError, CredentialsFuture, Expiring, ProvideCredentials};
pub use edit::{DefaultOptionsEditor, DoorEditor, Edit, PlaceEditor, SettingsEditor, SettingsEditorV2};
pub use endpoint::Region;
#[cfg(all(fuzzing, feature = "profile"))]
#[doc(hidden)]
pub use environment::fuzzing;
pub use operations::{KisiDoors, UpdateKisiIntegration, UpdateKisiIntegrationV2};
pub use options::CallOptions;
pub use organizations::{ForEachOrganization, OrganizationResult, OrganizationResults, Progress};
pub use outcome::{Acknowledgement, UpdateOutcome};
pub use plan::Plan;
pub use plan::{Applied, Apply, ApplyError, Desired, Effect, Snapshot};
pub use reqwest;
pub use retry::RetryPolicy;
pub use rhombus_kisi_client::types;
pub use rhombus_kisi_runtime::{
    ApplyPhase, ByteStream, CallInfo, CallPhase, DecodeError, Error, ErrorKind, Extra, Field, List, Map, Operation,
    OptionExt, ParseUuidError, Repeat, Request, RequestBody, Response, RhombusUuid, Secret, SharedTransport,
    StreamFuture, TimeoutPhase, Transport, TransportFuture, Upload,
};
pub use settings::Settings;
pub use update::{Edited, UpdateSettings, UpdatedSettings};
pub use warning::EnvWarning;
