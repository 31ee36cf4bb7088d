//! Servers and localnets of a test, on ports of their own.

use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};
use std::sync::atomic::{AtomicU16, Ordering};
use std::time::{Duration, Instant};

use jettison_embedded::ElfFiles;
use jettison_rpc::Cluster;
use serde_json::Value;
use solana_commitment_config::CommitmentConfig;

/// Where tests look for ports: the first of a range, unless the environment gives another.
const FIRST_PORT: u16 = 18_150;

static NEXT: AtomicU16 = AtomicU16::new(0);

fn port() -> u16 {
    let first = std::env::var("JETTISON_TEST_PORT").ok().and_then(|text| text.parse().ok());
    first.unwrap_or(FIRST_PORT) + NEXT.fetch_add(2, Ordering::Relaxed)
}

/// The server's binary and the compiled programs, or a word that the test is left out.
pub fn needs() -> Option<(PathBuf, ElfFiles)> {
    let Some(binary) = std::env::var_os("JETTISON_LOCALNET") else {
        // Not `eprintln!`, which the test runner keeps to itself when a test passes.
        let _ = writeln!(
            std::io::stderr(),
            "a test over RPC is LEFT OUT: JETTISON_LOCALNET doesn't name the server (app/localnet)"
        );
        return None;
    };
    Some((PathBuf::from(binary), ElfFiles::for_test()?))
}

/// A bare server.
pub struct Server {
    child: Child,
    pub cluster: Cluster,
}

impl Server {
    pub fn start(binary: &Path) -> Self {
        let port = port();
        let mut child = Command::new(binary)
            .args(["--rpc-port", &port.to_string(), "--slot-ms", "100", "--until-eof"])
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let mut line = String::new();
        let stdout = child.stdout.as_mut().unwrap();
        std::io::BufRead::read_line(&mut std::io::BufReader::new(stdout), &mut line).unwrap();
        assert!(line.contains("ready"), "{line}");
        let url = format!("http://127.0.0.1:{port}");
        Self { child, cluster: Cluster::new(&url, None, CommitmentConfig::confirmed()).unwrap() }
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// `jettison localnet`, and the commands that work with it.
pub struct Localnet {
    child: Child,
    port: u16,
    pub folder: tempfile::TempDir,
    pub cluster: Cluster,
}

pub fn jettison() -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_jettison"));
    command.current_dir(Path::new(env!("CARGO_MANIFEST_DIR")).join("../.."));
    command
}

impl Localnet {
    pub fn start(arguments: &[&str]) -> Self {
        Self::start_at(tempfile::tempdir().unwrap(), port(), arguments)
    }

    /// Kills it, and starts it again with its keys, at its port.
    pub fn restart(mut self, arguments: &[&str]) -> Self {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
        // Its server sees that it is gone, and goes too.
        let start = Instant::now();
        while std::net::TcpListener::bind(("127.0.0.1", self.port)).is_err() {
            assert!(start.elapsed() < Duration::from_secs(30), "the server has outlived its parent");
            std::thread::sleep(Duration::from_millis(50));
        }
        let folder = std::mem::replace(&mut self.folder, tempfile::tempdir().unwrap());
        Self::start_at(folder, self.port, arguments)
    }

    fn start_at(folder: tempfile::TempDir, port: u16, arguments: &[&str]) -> Self {
        let log = std::fs::File::create(folder.path().join("log")).unwrap();
        let child = jettison()
            .args(["localnet", "--slot-ms", "100", "--rpc-port", &port.to_string(), "--dir"])
            .arg(folder.path())
            .args(arguments)
            .stdout(log.try_clone().unwrap())
            .stderr(log)
            .spawn()
            .unwrap();
        let url = format!("http://127.0.0.1:{port}");
        let cluster = Cluster::new(&url, None, CommitmentConfig::confirmed()).unwrap();
        let mut localnet = Self { child, port, folder, cluster };
        let start = Instant::now();
        while !localnet.log().contains("Running;") {
            let ended = localnet.child.try_wait().unwrap();
            assert!(ended.is_none() && start.elapsed() < Duration::from_secs(90), "{}", localnet.log());
            std::thread::sleep(Duration::from_millis(100));
        }
        localnet
    }

    pub fn log(&self) -> String {
        std::fs::read_to_string(self.folder.path().join("log")).unwrap_or_default()
    }

    pub fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// A command with the localnet's configuration.
    pub fn run(&self, arguments: &[&str]) -> Output {
        jettison().arg("--config").arg(self.path("jettison.toml")).args(arguments).output().unwrap()
    }

    /// Its result, which must be a success.
    pub fn json(&self, arguments: &[&str]) -> Value {
        let output = self.run(&[arguments, &["--json"]].concat());
        let stderr = String::from_utf8_lossy(&output.stderr);
        assert!(output.status.success(), "{arguments:?}: {stderr}");
        serde_json::from_slice(&output.stdout).unwrap()
    }

    /// Its error, which must be of the environment: exit status 2.
    pub fn error(&self, arguments: &[&str]) -> String {
        let output = self.run(arguments);
        assert_eq!(
            output.status.code(),
            Some(2),
            "{arguments:?}: {}",
            String::from_utf8_lossy(&output.stdout)
        );
        String::from_utf8_lossy(&output.stderr).into_owned()
    }

    /// Stops it as a terminal or a supervisor does; returns whether it ended well.
    pub fn stop(&mut self, signal: &str) -> bool {
        let sent = Command::new("kill").args([signal, &self.child.id().to_string()]).status().unwrap();
        assert!(sent.success());
        self.child.wait().unwrap().success()
    }

    /// Moves the chain's clock forward.
    pub async fn travel(&self, seconds: i64) {
        use solana_rpc_client_api::request::RpcRequest;
        let to = (self.cluster.now().await.unwrap() + seconds) * 1_000;
        let request = RpcRequest::Custom { method: "surfnet_timeTravel" };
        let params = serde_json::json!([{ "absoluteTimestamp": to }]);
        let _: Value = self.cluster.rpc().send(request, params).await.unwrap();
    }
}

impl Drop for Localnet {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
