//! A folder with a price file and a configuration, and the command in it.

use std::fs;
use std::path::PathBuf;
use std::process::{Child, Command, Output, Stdio};

use tempfile::TempDir;

/// Everything of a study, but few of each.
pub const CONFIG: &str = "\
seed = 7
histories = 3
signal_histories = 2
steps = 24
removals = 2

[paths]
model = \"bootstrap\"
step_seconds = 5
mean_block = 6.0

[scenario.population]
traders = 60
momentum = 6
panic = 12
hedgers = 3
makers = 2

[scenario.keepers]
latency = 10
outage = 0

[sizing]
histories = 2
margin_percent = [100, 200]
clamp_percent = [100]
keeper_seconds = [10, 60]
recommend_for = 60
";

/// Ten minutes, every five seconds, of two pairs that wobble and in the middle fall by a third within a minute.
pub fn prices() -> String {
    let mut text = "time_utc,AAA-USD,BBB-USD\n".to_owned();
    let mut state = 1_u64;
    let mut wobble = || {
        // The constants of Knuth's MMIX.
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (state >> 40) as f64 / (1_u64 << 24) as f64 - 0.5
    };
    for row in 0..=120_u32 {
        let fallen = 1.0 - (f64::from(row) - 54.0).clamp(0.0, 12.0) / 36.0;
        let (one, other) =
            (25.0 * fallen * (1.0 + 0.004 * wobble()), 0.2 * fallen * (1.0 + 0.006 * wobble()));
        let (minute, second) = (row * 5 / 60, row * 5 % 60);
        text += &format!("2025-01-01T00:{minute:02}:{second:02}Z,{one:.3},{other:.5}\n");
    }
    text
}

pub struct Place(TempDir);

impl Place {
    /// With `prices.csv` and `study.toml`.
    pub fn new() -> Self {
        let place = Self(tempfile::tempdir().expect("a temporary folder"));
        place.write("prices.csv", &prices());
        place.write("study.toml", CONFIG);
        place
    }

    pub fn path(&self, name: &str) -> PathBuf {
        self.0.path().join(name)
    }

    pub fn write(&self, name: &str, text: &str) {
        fs::write(self.path(name), text).expect("a file");
    }

    pub fn read(&self, name: &str) -> Vec<u8> {
        fs::read(self.path(name)).unwrap_or_else(|why| panic!("{name}: {why}"))
    }

    pub fn text(&self, name: &str) -> String {
        String::from_utf8(self.read(name)).expect("text")
    }

    /// What is in a folder, sorted.
    pub fn names(&self, folder: &str) -> Vec<String> {
        let entries = fs::read_dir(self.path(folder)).expect("a folder");
        let name = |entry: std::io::Result<fs::DirEntry>| {
            entry.expect("an entry").file_name().into_string().expect("a name")
        };
        let mut names: Vec<String> = entries.map(name).collect();
        names.sort();
        names
    }

    fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_jettison"));
        command.current_dir(self.0.path()).env("HOME", self.0.path()).env("XDG_CONFIG_HOME", self.0.path());
        for variable in ["CONFIG", "JSON", "URL"] {
            command.env_remove(format!("JETTISON_{variable}"));
        }
        command.args(arguments);
        command
    }

    pub fn run(&self, arguments: &[&str]) -> Output {
        self.command(arguments).output().expect("the command starts")
    }

    /// Starts a command that goes on meanwhile.
    pub fn start(&self, arguments: &[&str]) -> Child {
        self.command(arguments).stdout(Stdio::null()).stderr(Stdio::null()).spawn().expect("it starts")
    }

    /// What a command that must go well prints.
    pub fn good(&self, arguments: &[&str]) -> String {
        let output = self.run(arguments);
        let error = String::from_utf8_lossy(&output.stderr);
        assert!(output.status.success(), "{arguments:?}: {error}");
        String::from_utf8(output.stdout).expect("text")
    }

    /// What a command says that must end with this status, without having printed anything.
    pub fn bad(&self, status: i32, arguments: &[&str]) -> String {
        let output = self.run(arguments);
        let error = String::from_utf8(output.stderr).expect("text");
        assert_eq!(output.status.code(), Some(status), "{arguments:?}: {error}");
        assert!(output.stdout.is_empty(), "{arguments:?}: {}", String::from_utf8_lossy(&output.stdout));
        error
    }

    /// Runs the small study into a folder, with more arguments.
    pub fn study(&self, folder: &str, more: &[&str]) -> String {
        let usual = ["study", "--config", "study.toml", "--prices", "prices.csv", "--out", folder];
        self.good(&[&usual[..], more].concat())
    }
}
