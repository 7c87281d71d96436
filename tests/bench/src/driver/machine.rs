//! Where and with what it was measured.

use std::fmt::Write as _;
use std::process::Command;

use rhombus_kisi_bench::Failure;

use super::Tools;

/// The machine and the versions.
pub struct Machine {
    processor: String,
    cores: usize,
    load: String,
    date: String,
    versions: Vec<String>,
}

/// The crates whose versions matter.
const CRATES: [&str; 7] = [
    "reqwest",
    "hyper",
    "serde",
    "serde_json",
    "tokio",
    "rustls",
    "rhombus-kisi",
];

impl Machine {
    pub fn look(tools: &Tools) -> Result<Self, Failure> {
        let processors = std::fs::read_to_string("/proc/cpuinfo").unwrap_or_default();
        let processor = processors
            .lines()
            .find_map(|line| line.strip_prefix("model name")?.split_once(": "))
            .map_or("unknown processor", |(_, name)| name);
        let mut versions = vec![
            tools.text(Command::new("rustc").arg("--version"))?,
            Command::new("valgrind")
                .arg("--version")
                .output()
                .map(|output| String::from_utf8_lossy(&output.stdout).into_owned())
                .unwrap_or_default(),
        ];
        let lock = std::fs::read_to_string(tools.bench().join("Cargo.lock"))?;
        for name in CRATES {
            let entry = format!("name = \"{name}\"\nversion = \"");
            let version = lock.split(&entry).nth(1).and_then(|rest| rest.split('"').next());
            versions.extend(version.map(|version| format!("{name} {version}")));
        }
        Ok(Self {
            processor: processor.to_owned(),
            cores: std::thread::available_parallelism()?.get(),
            load: load(),
            date: jiff::Timestamp::now().strftime("%Y-%m-%d %H:%M UTC").to_string(),
            versions,
        })
    }

    pub fn describe(&self) -> String {
        let mut text = String::new();
        let versions: Vec<_> = self.versions.iter().map(|version| version.trim()).collect();
        let _ = writeln!(text, "* {}", self.date);
        let _ = writeln!(text, "* {}, {} cores", self.processor, self.cores);
        let _ = writeln!(
            text,
            "* load average (1, 5, 15 min) {} at the start, {} at the end; what else runs disturbs times, not counts",
            self.load,
            load()
        );
        let _ = writeln!(text, "* {}", versions.join(", "));
        text
    }
}

fn load() -> String {
    let said = std::fs::read_to_string("/proc/loadavg").unwrap_or_default();
    said.split(' ').take(3).collect::<Vec<_>>().join(" ")
}
