use rhombus_kisi::{Client, Settings, Snapshot};
use serde_json::{Value, json};

use super::result::{entry, failures, summary};
use crate::failure::Failure;
use crate::output::{Output, shown as shown_text};
use crate::session::Session;
use crate::status::Status;
use crate::stop::Stop;
use crate::table::{counted, table};

/// The settings of an organisation, ready to be shown: secrets are masked.
struct Shown {
    /// `None` if there is no integration.
    settings: Option<Value>,
    doors: Vec<[String; 5]>,
}

/// Shows the settings that there are.
pub(super) async fn run(session: &Session, v2: bool, output: &mut Output) -> Result<Status, Failure> {
    let targets = session.targets();
    let work = session.work(Stop::default());
    let all = work.run("reading", |client, _| read(client, v2)).await;
    for (target, shown) in targets.iter().zip(&all) {
        if let Ok(shown) = shown {
            show(&target.name, shown, output);
        }
    }
    failures(targets, all.iter(), output);
    let entries = targets.iter().zip(&all);
    let entries: Vec<Value> = entries
        .map(|(target, shown)| {
            entry(
                target,
                shown.as_ref().map(|shown| json!({ "settings": shown.settings })),
            )
        })
        .collect();
    output.json("organizations", entries.into());
    let status = match all.iter().any(Result::is_err) {
        true => Status::Failed,
        false => Status::Done,
    };
    let count = |is: fn(&Shown) -> bool| all.iter().flatten().filter(|shown| is(shown)).count();
    let parts = [
        (count(|shown| shown.settings.is_some()), "with an integration"),
        (count(|shown| shown.settings.is_none()), "without an integration"),
        (all.iter().filter(|shown| shown.is_err()).count(), "failed"),
    ];
    output.summary(status, &summary(all.len(), &parts));
    Ok(status)
}

async fn read(client: Client, v2: bool) -> Result<Shown, Failure> {
    if v2 {
        let current = client.kisi_integration_v2().await?;
        let preview = client
            .update_kisi_integration_v2()
            .settings(current.settings().clone())
            .preview();
        return Ok(shown(&current, preview));
    }
    let current = client.kisi_integration().await?;
    let preview = client
        .update_kisi_integration()
        .settings(current.settings().clone())
        .preview();
    Ok(shown(&current, preview))
}

fn shown<S: Settings>(current: &Snapshot<S>, mut preview: Value) -> Shown {
    let settings = preview.get_mut("kisiSettings").map(Value::take);
    let doors = current.doors().map(|(place, id, door)| {
        let number = id.parse::<i32>().ok();
        let cameras = number.map(|id| current.cameras(id).count());
        [
            shown_text(place.unwrap_or("-")),
            shown_text(id),
            shown_text(door.door_name.as_deref().unwrap_or("-")),
            cameras.map(|count| count.to_string()).unwrap_or_default(),
            door.clip_duration
                .get()
                .map(|seconds| format!("{seconds} s"))
                .unwrap_or_default(),
        ]
    });
    Shown {
        settings: settings.filter(|_| current.exists()),
        doors: doors.collect(),
    }
}

fn show(name: &str, shown: &Shown, output: &Output) {
    let Some(settings) = &shown.settings else {
        return output.line(format!("{name}: no Kisi integration"));
    };
    output.line(format!("{name}: {}", counted(shown.doors.len(), "door")));
    // The maps are shown as a table.
    for (property, value) in settings.as_object().into_iter().flatten() {
        if !value.is_object() && !value.is_array() {
            output.line(format!(
                "  {}: {}",
                shown_text(property),
                shown_text(&value.to_string())
            ));
        }
    }
    if !shown.doors.is_empty() {
        output.line(table(
            ["place", "door", "name", "cameras", "clip"],
            shown.doors.iter().cloned(),
        ));
    }
}
