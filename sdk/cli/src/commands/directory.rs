use rhombus_kisi::directory::Directory;
use serde_json::{Value, json};

use super::result::{entry, failures, summary};
use crate::failure::Failure;
use crate::output::{Output, shown};
use crate::session::{Session, kisi_api_key};
use crate::status::Status;
use crate::stop::Stop;
use crate::table::table;

/// Shows the names and ids of what each organisation has.
pub(super) async fn run(session: &Session, output: &mut Output) -> Result<Status, Failure> {
    let targets = session.targets();
    let work = session.work(Stop::default());
    let all = work
        .run("reading", |client, _| async move {
            let directory = client.directory();
            let directory = match kisi_api_key() {
                Some(key) => directory.kisi_api_key(key),
                None => directory,
            };
            Ok(directory.await?)
        })
        .await;
    for (target, directory) in targets.iter().zip(&all) {
        if let Ok(directory) = directory {
            output.line(format!("{}:", target.name));
            output.line(table(["", "id", "name", "at"], rows(directory)));
            if let Some(reason) = directory.without_kisi() {
                output.line(format!("  no places and doors: {reason}"));
            }
        }
    }
    failures(targets, all.iter(), output);
    let entries = targets.iter().zip(&all);
    let entries: Vec<Value> = entries
        .map(|(target, directory)| entry(target, directory.as_ref().map(machine)))
        .collect();
    output.json("organizations", entries.into());
    let status = Status::worst(all.iter().map(|directory| match directory {
        Err(_) => Status::Failed,
        Ok(directory) if directory.without_kisi().is_some() => Status::Warnings,
        Ok(_) => Status::Done,
    }));
    let parts = [
        (all.iter().filter(|directory| directory.is_ok()).count(), "read"),
        (all.iter().filter(|directory| directory.is_err()).count(), "failed"),
    ];
    output.summary(status, &summary(all.len(), &parts));
    Ok(status)
}

/// Shows the client organisations of a partner.
pub(super) async fn clients(session: &Session, output: &mut Output) -> Result<Status, Failure> {
    let all = session.client().organizations().await?;
    let rows = all.all().iter().map(|one| {
        let access = match one.has_access {
            Some(true) => "yes",
            Some(false) => "no",
            None => "not said",
        };
        [shown(one.id.as_str()), shown(&one.name), access.to_owned()]
    });
    output.line(table(["id", "name", "access"], rows));
    let clients = all.all().iter();
    let clients = clients.map(|one| json!({ "id": one.id, "name": one.name, "hasAccess": one.has_access }));
    output.json("clients", clients.collect());
    output.summary(Status::Done, &summary(all.all().len(), &[(all.all().len(), "listed")]));
    Ok(Status::Done)
}

fn rows(directory: &Directory) -> Vec<[String; 4]> {
    let row = |what: &str, id: String, name: &str, at: &str| [what.to_owned(), id, shown(name), shown(at)];
    let cameras = directory.cameras().iter().map(|camera| {
        let location = camera
            .location
            .as_ref()
            .and_then(|id| directory.location(id.as_str()).ok());
        let at = location.map(|location| location.name.as_str()).unwrap_or_default();
        row("camera", shown(camera.id.as_str()), &camera.name, at)
    });
    let locations = directory.locations().iter();
    let locations = locations.map(|location| row("location", shown(location.id.as_str()), &location.name, ""));
    let places = directory.places().iter();
    let places = places.map(|place| row("place", place.id.to_string(), &place.name, ""));
    let doors = directory.doors().iter().map(|door| {
        let mut places = directory.places().iter();
        let place = places.find(|place| place.id == door.place);
        let at = place.map(|place| place.name.as_str()).unwrap_or_default();
        row("door", door.id.to_string(), &door.name, at)
    });
    cameras.chain(locations).chain(places).chain(doors).collect()
}

fn machine(directory: &Directory) -> Value {
    let cameras = directory.cameras().iter().map(|camera| {
        let status = camera.status.as_ref().map(|status| status.as_str());
        json!({ "id": camera.id, "name": camera.name, "location": camera.location, "status": status })
    });
    let locations = directory.locations().iter();
    let locations = locations.map(|location| json!({ "id": location.id, "name": location.name }));
    let places = directory
        .places()
        .iter()
        .map(|place| json!({ "id": place.id, "name": place.name }));
    let doors = directory.doors().iter();
    let doors = doors.map(|door| json!({ "id": door.id, "name": door.name, "place": door.place }));
    json!({
        "cameras": cameras.collect::<Vec<_>>(),
        "locations": locations.collect::<Vec<_>>(),
        "places": places.collect::<Vec<_>>(),
        "doors": doors.collect::<Vec<_>>(),
        "withoutKisi": directory.without_kisi(),
    })
}
