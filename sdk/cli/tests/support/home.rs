use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use tempfile::TempDir;

/// A user's folder, and the environment of what runs there.
#[derive(Debug)]
pub(crate) struct Home {
    folder: TempDir,
    variables: BTreeMap<String, String>,
}

impl Home {
    /// One without credentials.
    pub(crate) fn empty() -> Self {
        let folder = TempDir::new().unwrap();
        let home = folder.path().to_str().unwrap().to_owned();
        let variables = [
            ("HOME", home.as_str()),
            ("TERM", "xterm-256color"),
            ("USERPROFILE", home.as_str()),
        ];
        Self {
            variables: variables
                .map(|(name, value)| (name.to_owned(), value.to_owned()))
                .into(),
            folder,
        }
    }

    /// One with a partner's key.
    pub(crate) fn of_partner(key: &str) -> Self {
        let home = Self::empty();
        let folder = home.folder().join(".rhombus");
        fs::create_dir(&folder).unwrap();
        let credentials = folder.join("credentials");
        fs::write(&credentials, format!("[default]\napi_key = {key}\nis_partner = true\n")).unwrap();
        home
    }

    pub(crate) fn with(mut self, name: &str, value: &str) -> Self {
        self.variables.insert(name.to_owned(), value.to_owned());
        self
    }

    pub(crate) fn folder(&self) -> &Path {
        self.folder.path()
    }

    pub(crate) fn variables(&self) -> &BTreeMap<String, String> {
        &self.variables
    }

    pub(crate) fn path(&self, name: &str) -> String {
        self.folder().join(name).to_str().unwrap().to_owned()
    }

    /// Writes a file and returns its path.
    pub(crate) fn file(&self, name: &str, text: &str) -> String {
        let path = self.path(name);
        fs::write(&path, text).unwrap();
        path
    }
}
