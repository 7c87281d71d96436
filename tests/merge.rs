//! Several editors, any edits, anything going wrong: nothing that was reported as applied is lost.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)] // In tests, that is what failing means.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use rhombus_kisi::{ApplyPhase, Client, Effect, RhombusUuid, Settings, SettingsEditor, SettingsEditorV2};
use rhombus_kisi_fake::{Fake, Moment, Request};
use rhombus_kisi_tests::{Fate, Version, cases, editor as client_of, fake, is_write};
use serde_json::{Value, json};

/// One edit of one location.
#[derive(Clone, Debug)]
enum Edit {
    Enabled(bool),
    SaveClips(bool),
    ClearOptions,
    PlaceName(i32, u8),
    PlaceClips(i32, Option<bool>),
    RemovePlace(i32),
    ClearPlace(i32),
    Door(Option<i32>, i32, DoorEdit),
}

#[derive(Clone, Debug)]
enum DoorEdit {
    Name(Option<u8>),
    AddCamera(u8),
    RemoveCamera(u8),
    ClearCameras,
    Remove,
    Clear,
    Cameras(u8),
    RemoveCameras,
}

impl Edit {
    fn any(random: &mut fastrand::Rng, version: Version) -> Self {
        let id = random.i32(1..4);
        match random.u8(..12) {
            0 => Self::Enabled(random.bool()),
            1 => Self::SaveClips(random.bool()),
            2 => Self::ClearOptions,
            3 => Self::PlaceName(id, random.u8(..)),
            4 => Self::PlaceClips(id, [None, Some(true), Some(false)][random.usize(..3)]),
            5 => Self::RemovePlace(id),
            6 => Self::ClearPlace(id),
            _ => {
                let place = (version == Version::V2 || random.bool()).then(|| random.i32(1..3));
                Self::Door(place, id, DoorEdit::any(random, place.is_none()))
            }
        }
    }

    fn v1(&self, settings: SettingsEditor) -> SettingsEditor {
        match *self {
            Self::Enabled(enabled) => settings.enabled(enabled),
            Self::SaveClips(save) => settings.default_options(|options| options.save_clips(save)),
            Self::ClearOptions => settings.clear_default_options(),
            Self::PlaceName(id, name) => settings.place(id, |place| place.name(format!("place {name}"))),
            Self::PlaceClips(id, Some(save)) => settings.place(id, |place| place.save_clips(save)),
            Self::PlaceClips(id, None) => settings.place(id, |place| place.clear_save_clips()),
            Self::RemovePlace(id) => settings.remove_place(id),
            Self::ClearPlace(id) => settings.clear_place(id),
            Self::Door(None, id, DoorEdit::Remove) => settings.remove_door(id),
            Self::Door(None, id, DoorEdit::Clear) => settings.clear_door(id),
            Self::Door(None, id, DoorEdit::Cameras(one)) => settings.door_cameras(id, [camera(one), camera(one + 1)]),
            Self::Door(None, id, DoorEdit::RemoveCameras) => settings.remove_door_cameras(id),
            Self::Door(None, id, ref edit) => settings.door(id, |door| edit.make(door)),
            Self::Door(Some(place), id, ref edit) => settings.place(place, |place| edit.make_in(id, place)),
        }
    }

    fn v2(&self, settings: SettingsEditorV2) -> SettingsEditorV2 {
        match *self {
            Self::Enabled(enabled) => settings.enabled(enabled),
            Self::SaveClips(save) => settings.default_options(|options| options.save_clips(save)),
            Self::ClearOptions => settings.clear_default_options(),
            Self::PlaceName(id, name) => settings.place(id, |place| place.name(format!("place {name}"))),
            Self::PlaceClips(id, Some(save)) => settings.place(id, |place| place.save_clips(save)),
            Self::PlaceClips(id, None) => settings.place(id, |place| place.clear_save_clips()),
            Self::RemovePlace(id) => settings.remove_place(id),
            Self::ClearPlace(id) => settings.clear_place(id),
            Self::Door(Some(place), id, ref edit) => settings.place(place, |place| edit.make_in(id, place)),
            Self::Door(None, ..) => settings,
        }
    }

    /// The location, with the camera at its end where it is about one of a set.
    fn location(&self) -> Vec<String> {
        let path = match self {
            Self::Enabled(_) => "enabled".to_owned(),
            Self::SaveClips(_) => "defaultOptions/saveClips".to_owned(),
            Self::ClearOptions => "defaultOptions".to_owned(),
            Self::PlaceName(id, _) => format!("placeToSettingsMap/{id}/placeName"),
            Self::PlaceClips(id, _) => format!("placeToSettingsMap/{id}/saveClips"),
            Self::RemovePlace(id) | Self::ClearPlace(id) => format!("placeToSettingsMap/{id}"),
            Self::Door(None, id, DoorEdit::Cameras(_) | DoorEdit::RemoveCameras) => format!("doorToCameraMap/{id}"),
            Self::Door(None, id, edit) => format!("doorInfoMap/{id}{}", edit.location()),
            Self::Door(Some(place), id, edit) => {
                format!("placeToSettingsMap/{place}/doorInfoMap/{id}{}", edit.location())
            }
        };
        path.split('/').map(str::to_owned).collect()
    }

    /// Whether settings hold what the edit has made of them.
    fn is_in(&self, settings: &Value) -> bool {
        let location = self.location();
        let path: Vec<&str> = location
            .iter()
            .map(String::as_str)
            .filter(|name| !name.starts_with('#'))
            .collect();
        let found = path
            .iter()
            .try_fold(settings, |at, name| at.get(name))
            .unwrap_or(&Value::Null);
        let has = |camera: &str| found.as_array().is_some_and(|list| list.contains(&json!(camera)));
        match self {
            Self::Enabled(flag) | Self::SaveClips(flag) | Self::PlaceClips(_, Some(flag)) => *found == json!(flag),
            Self::PlaceName(_, name) => *found == json!(format!("place {name}")),
            Self::Door(_, _, DoorEdit::Name(Some(name))) => *found == json!(format!("door {name}")),
            Self::Door(_, _, DoorEdit::AddCamera(one)) => has(camera(*one).as_str()),
            Self::Door(_, _, DoorEdit::RemoveCamera(one)) => !has(camera(*one).as_str()),
            Self::Door(None, _, DoorEdit::Cameras(one)) => [*one, one + 1].iter().all(|one| has(camera(*one).as_str())),
            _ => found.is_null(),
        }
    }
}

impl DoorEdit {
    fn any(random: &mut fastrand::Rng, at_root: bool) -> Self {
        match random.u8(..if at_root { 12 } else { 10 }) {
            0 => Self::Name(None),
            1 | 2 => Self::Name(Some(random.u8(..))),
            3..=5 => Self::AddCamera(random.u8(..8)),
            6 => Self::RemoveCamera(random.u8(..8)),
            7 => Self::ClearCameras,
            8 => Self::Remove,
            9 => Self::Clear,
            10 => Self::Cameras(random.u8(..8)),
            _ => Self::RemoveCameras,
        }
    }

    fn make(&self, door: rhombus_kisi::DoorEditor) -> rhombus_kisi::DoorEditor {
        match self {
            Self::Name(Some(name)) => door.name(format!("door {name}")),
            Self::Name(None) => door.clear_name(),
            Self::AddCamera(one) => door.camera(camera(*one)),
            Self::RemoveCamera(one) => door.remove_camera(camera(*one)),
            Self::ClearCameras => door.clear_cameras(),
            _ => unreachable!("edits of the door as a whole"),
        }
    }

    fn make_in(&self, id: i32, place: rhombus_kisi::PlaceEditor) -> rhombus_kisi::PlaceEditor {
        match self {
            Self::Remove => place.remove_door(id),
            Self::Clear => place.clear_door(id),
            edit => place.door(id, |door| edit.make(door)),
        }
    }

    fn location(&self) -> String {
        match self {
            Self::Name(_) => "/doorName".to_owned(),
            Self::AddCamera(one) | Self::RemoveCamera(one) => format!("/assignedCameraList/#{one}"),
            Self::ClearCameras => "/assignedCameraList".to_owned(),
            Self::Remove | Self::Clear | Self::Cameras(_) | Self::RemoveCameras => String::new(),
        }
    }
}

fn camera(number: u8) -> RhombusUuid {
    RhombusUuid::from_bytes([number; 16])
}

fn overlap(a: &[String], b: &[String]) -> bool {
    a.iter().zip(b).all(|(a, b)| a == b)
}

/// One edit that an editor made, and what was reported of it.
#[derive(Debug)]
struct Made {
    edit: Edit,
    /// The editor's name, which no other edit has.
    by: String,
    /// How many writes had been carried out when it read the settings.
    began: usize,
    phase: ApplyPhase,
    /// Whether that is the end of it: `Ok`, or an error after the write.
    applied: bool,
    effect: Option<Effect>,
}

/// A server that keeps camera lists as sorted sets, leaves out `null`s at times, adds properties and changes stamps.
fn contrary(server: &Fake, seed: u64) -> Arc<AtomicUsize> {
    let grown = Arc::new(AtomicUsize::new(0));
    let mut random = fastrand::Rng::with_seed(seed);
    let counter = Arc::clone(&grown);
    server.second_writer_always(Moment::BeforeRead, move |settings| {
        let stamp = random.u32(..);
        settings["lastSyncMs"] = json!(stamp);
        each_object(settings, &mut |object| {
            if let Some(stamped) = object.get_mut("seenMs") {
                *stamped = json!(random.u32(..));
            }
            for list in ["assignedCameraList", "futureIds"] {
                if let Some(Value::Array(list)) = object.get_mut(list) {
                    list.sort_by_key(ToString::to_string);
                    list.dedup();
                }
            }
            if random.u8(..4) == 0 {
                object.retain(|_, value| !value.is_null());
            }
        });
        if random.bool() {
            let number = counter.fetch_add(1, Ordering::SeqCst);
            settings[format!("grown{number}")] = json!({"big": 123_456_789_012_345_u64, "list": [null, 1.5]});
        }
    });
    grown
}

fn each_object(value: &mut Value, change: &mut impl FnMut(&mut serde_json::Map<String, Value>)) {
    match value {
        Value::Object(object) => {
            change(object);
            object.values_mut().for_each(|value| each_object(value, change));
        }
        Value::Array(list) => list.iter_mut().for_each(|value| each_object(value, change)),
        _ => {}
    }
}

/// By whom each write was that was carried out, in order.
type Writes = Arc<Mutex<Vec<String>>>;

fn faults(server: &Fake, seed: u64) -> Writes {
    let mut random = fastrand::Rng::with_seed(seed);
    let writes = Writes::default();
    let list = Arc::clone(&writes);
    server.decide(move |request| {
        let carried_out = is_write(request) && random.bool();
        let fate = match random.u8(..40) {
            0..=2 => Fate::Status(429, false),
            3..=5 => Fate::Status([502, 503, 504][random.usize(..3)], carried_out),
            6..=8 => Fate::Reset(carried_out),
            9 => Fate::Hold(carried_out),
            10 => Fate::Status(500, carried_out),
            11 if is_write(request) => Fate::Status(403, false),
            _ => Fate::Done,
        };
        if is_write(request) && fate.is_carried_out() {
            list.lock().unwrap().push(author(request));
        }
        Some(fate.fault())
    });
    writes
}

/// A name of its own for each edit of each editor, so that the server's list tells whose write was carried out.
fn name(editor: u8, edit: u8) -> String {
    RhombusUuid::from_bytes([editor * 16 + edit; 16]).to_string()
}

fn author(request: &Request) -> String {
    let names = (1..4).flat_map(|editor| (0..EDITS).map(move |edit| name(editor, edit)));
    names.into_iter().find(|name| request.is_from(name)).unwrap()
}

/// How many edits an editor makes.
const EDITS: u8 = 4;

fn begin(version: Version) -> Value {
    let door = |camera_number: u8| {
        json!({"doorName": "first", "seenMs": 1, "assignedCameraList": [camera(camera_number), camera(1)],
               "futureIds": [camera(3), camera(2)]})
    };
    let place = json!({"placeName": "first", "saveClips": true, "rhombusToken": "token",
                       "doorInfoMap": {"1": door(4), "2": {"seenMs": 2}}});
    let mut settings = json!({"enabled": true, "apiSecretKey": "kisi", "defaultOptions": {"createSeekPoints": true},
                              "placeToSettingsMap": {"1": place, "2": place.clone()}});
    match version {
        Version::V1 => {
            settings["doorInfoMap"] = json!({"1": door(5), "2": door(6)});
            settings["doorToCameraMap"] = json!({"1": [camera(7)]});
        }
        Version::V2 => settings["integration"] = json!("KISI"),
    }
    settings
}

async fn editor(
    (server, writes): (Arc<Fake>, Writes),
    version: Version,
    editor: u8,
    seed: u64,
    made: Arc<Mutex<Vec<Made>>>,
) {
    let mut random = fastrand::Rng::with_seed(seed);
    for number in 0..EDITS {
        let by = name(editor, number);
        // Short, for what is held is held until then. Where the machine is slow enough to make others late too, they are made again.
        let client = client_of(&server, &by).with(|call| call.attempt_timeout(Duration::from_millis(300)));
        let edit = Edit::any(&mut random, version);
        let began = writes.lock().unwrap().len();
        let made_now = match version {
            Version::V1 => {
                one(
                    &client,
                    client.kisi_integration().await,
                    |s| edit.v1(s),
                    &mut random,
                    &server,
                    &by,
                )
                .await
            }
            Version::V2 => {
                one(
                    &client,
                    client.kisi_integration_v2().await,
                    |s| edit.v2(s),
                    &mut random,
                    &server,
                    &by,
                )
                .await
            }
        };
        server.end_turn(&by);
        if let Some((phase, applied, effect)) = made_now {
            made.lock().unwrap().push(Made {
                edit,
                by,
                began,
                phase,
                applied,
                effect,
            });
        }
    }
}

type End = Option<(ApplyPhase, bool, Option<Effect>)>;

async fn one<S: Settings>(
    client: &Client,
    read: Result<rhombus_kisi::Snapshot<S>, rhombus_kisi::Error>,
    edit: impl FnOnce(rhombus_kisi::Edit<S>) -> rhombus_kisi::Edit<S>,
    random: &mut fastrand::Rng,
    server: &Fake,
    by: &str,
) -> End {
    // What was read here is not what the write rests on.
    server.end_turn(by);
    let current = read.ok()?;
    let plan = current.plan(&current.edit(edit));
    for _ in 0..random.u8(..4) {
        tokio::task::yield_now().await;
    }
    let mut apply = client.apply(plan);
    if random.u8(..4) == 0 {
        apply = apply.overwrite();
    }
    if random.u8(..4) == 0 {
        apply = apply.verify();
    }
    Some(match apply.await {
        Ok(applied) => (ApplyPhase::Written, true, Some(applied.effect)),
        Err(error) => (error.phase(), error.phase() == ApplyPhase::Written, None),
    })
}

fn judge(settings: &Value, made: &[Made], writes: &[String]) -> Result<(), String> {
    for one in made {
        let own: Vec<usize> = (0..writes.len()).filter(|at| writes[*at] == one.by).collect();
        if one.phase == ApplyPhase::NothingWritten && !own.is_empty() {
            return Err(format!("reported as not written, and written: {one:?}"));
        }
        if !one.applied {
            continue;
        }
        // What was found written may be the same change by somebody else.
        let is_right = match one.effect {
            Some(Effect::Written) => !own.is_empty(),
            Some(Effect::Nothing) => own.is_empty(),
            _ => true,
        };
        if !is_right {
            return Err(format!("the effect is wrong: {one:?}, {own:?}"));
        }
        let since = own.first().map_or(one.began, |first| first + 1);
        let location = one.edit.location();
        let may_be_gone = writes.iter().skip(since).any(|by| {
            let other = made.iter().find(|other| other.by == *by);
            // An edit whose report was lost with its read has not written.
            other.is_some_and(|other| other.by != one.by && overlap(&other.edit.location(), &location))
        });
        if !may_be_gone && !one.edit.is_in(settings) {
            return Err(format!("reported as applied, and missing: {one:?}"));
        }
    }
    Ok(())
}

async fn run(version: Version, seed: u64) -> (usize, usize, usize) {
    let server = Arc::new(fake(begin(version)).await);
    server.take_turns();
    let grown = contrary(&server, seed);
    let writes = faults(&server, seed ^ 1);
    let made = Arc::new(Mutex::new(Vec::new()));
    let mut editors = tokio::task::JoinSet::new();
    for number in 0..2 + seed % 2 {
        let (ends, made) = ((Arc::clone(&server), Arc::clone(&writes)), Arc::clone(&made));
        let name = u8::try_from(number + 1).unwrap();
        editors.spawn(editor(ends, version, name, seed * 10 + number, made));
    }
    editors.join_all().await;
    let (settings, writes, made) = (server.settings_json(), writes.lock().unwrap(), made.lock().unwrap());
    if let Err(wrong) = judge(&settings, &made, &writes) {
        let made: Vec<String> = made.iter().map(|one| format!("{one:?}")).collect();
        panic!(
            "{version:?}, seed {seed}: {wrong}\n{settings:#}\n{writes:?}\n{}",
            made.join("\n")
        );
    }
    for number in 0..grown.load(Ordering::SeqCst) {
        let name = format!("grown{number}");
        assert!(
            settings.get(&name).is_some(),
            "{version:?}, seed {seed}: {name} was lost"
        );
    }
    let count = |is: fn(&&Made) -> bool| made.iter().filter(is).count();
    (
        count(|one| one.applied && one.effect == Some(Effect::Written)),
        count(|one| one.effect == Some(Effect::FoundWritten)),
        count(|one| !one.applied),
    )
}

/// `RHOMBUS_SEED` begins elsewhere.
fn seeds() -> std::ops::Range<u64> {
    let first = std::env::var("RHOMBUS_SEED")
        .ok()
        .and_then(|seed| seed.parse().ok())
        .unwrap_or(0);
    first..first + u64::from(cases(24))
}

async fn all(version: Version) {
    let mut ends = (0, 0, 0);
    for seed in seeds() {
        let (written, found, failed) = run(version, seed).await;
        ends = (ends.0 + written, ends.1 + found, ends.2 + failed);
    }
    // The faults are of the server's own making, so that all of this comes about on any machine.
    assert!(
        ends.0 > 0 && ends.1 > 0 && ends.2 > 0,
        "written, found written, failed: {ends:?}"
    );
}

#[tokio::test]
async fn no_applied_edit_is_lost_and_none_that_was_not_applied_is_there() {
    all(Version::V1).await;
}

#[tokio::test]
async fn the_second_version_keeps_its_word_too() {
    all(Version::V2).await;
}

#[test]
fn the_judge_sees_what_is_wrong() {
    let made = |phase, applied, effect| {
        [Made {
            edit: Edit::Enabled(false),
            by: "a".to_owned(),
            began: 0,
            phase,
            applied,
            effect,
        }]
    };
    let written = made(ApplyPhase::Written, true, Some(Effect::Written));
    let writes = ["a".to_owned()];
    assert!(judge(&json!({"enabled": false}), &written, &writes).is_ok());
    assert!(judge(&json!({"enabled": true}), &written, &writes).is_err());
    assert!(judge(&json!({"enabled": false}), &written, &[]).is_err());
    assert!(
        judge(
            &json!({"enabled": true}),
            &made(ApplyPhase::NothingWritten, false, None),
            &writes
        )
        .is_err()
    );
    assert!(
        judge(
            &json!({"enabled": true}),
            &made(ApplyPhase::PerhapsWritten, false, None),
            &writes
        )
        .is_ok()
    );
}
