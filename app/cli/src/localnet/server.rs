//! The server process: found or built, started, waited for, stopped.

use std::path::{Path, PathBuf};
use std::process::{ExitStatus, Stdio};
use std::time::Duration;

use anyhow::{anyhow, bail, ensure, Context, Result};
use jettison_rpc::Cluster;
use tokio::io::{AsyncBufReadExt, AsyncReadExt, BufReader};
use tokio::process::{Child, ChildStdin, Command};

use crate::output::Out;

/// Names the server's binary, wherever it is.
const BINARY_VARIABLE: &str = "JETTISON_LOCALNET";

const BINARY: &str = "jettison-localnet";

/// How long the server may take to begin.
const START: Duration = Duration::from_secs(30);

/// Where a source tree has it once it is built.
const BUILT: &str = "target/localnet/debug/jettison-localnet";

/// Debian packages that building it needs.
const PACKAGES: [&str; 8] = [
    "libclang-dev",
    "clang",
    "pkg-config",
    "libssl-dev",
    "libudev-dev",
    "protobuf-compiler",
    "cmake",
    "zlib1g-dev",
];

/// A server that runs as long as this value lives.
pub struct Server {
    child: Child,
    /// Not left in the child, where waiting for it would close it.
    lifeline: Option<ChildStdin>,
}

/// Where the server listens and how fast it is.
#[derive(Clone, Copy, Debug)]
pub struct Ports {
    /// JSON-RPC.
    pub rpc: u16,
    /// Websocket.
    pub ws: u16,
    /// Milliseconds of a slot.
    pub slot_ms: u64,
}

impl Server {
    /// Starts it and waits until it answers.
    pub async fn start(binary: &Path, ports: Ports) -> Result<Self> {
        let mut command = Command::new(binary);
        command
            .args(["--rpc-port", &ports.rpc.to_string(), "--ws-port", &ports.ws.to_string()])
            .args(["--slot-ms", &ports.slot_ms.to_string(), "--until-eof"])
            // Held open by this process: the server ends when this one does, however it does.
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .kill_on_drop(true);
        // Ctrl-C in a terminal goes to the whole group: the server would be gone before this process has told it.
        #[cfg(unix)]
        command.process_group(0);
        let mut child = command.spawn().with_context(|| format!("starting {}", binary.display()))?;
        let stdout = child.stdout.take().context("the server has no output")?;
        let mut lines = BufReader::new(stdout).lines();
        let ready = tokio::time::timeout(START, lines.next_line()).await;
        match ready {
            Ok(Ok(Some(_))) => {}
            Ok(_) => bail!("the server did not start: {}", last_words(&mut child).await),
            Err(_) => bail!("the server was not ready within {} seconds", START.as_secs()),
        }
        // What it prints later is nobody's business, but a full pipe would stop it.
        tokio::spawn(async move { while let Ok(Some(_)) = lines.next_line().await {} });
        if let Some(mut stderr) = child.stderr.take() {
            tokio::spawn(async move { tokio::io::copy(&mut stderr, &mut tokio::io::sink()).await });
        }
        let lifeline = child.stdin.take();
        Ok(Self { child, lifeline })
    }

    /// Waits until it has ended by itself.
    pub async fn ended(&mut self) -> Result<ExitStatus> {
        self.child.wait().await.context("waiting for the server")
    }

    /// Stops it.
    pub async fn stop(mut self) {
        drop(self.lifeline.take());
        if tokio::time::timeout(Duration::from_secs(5), self.child.wait()).await.is_err() {
            let _ = self.child.kill().await;
        }
    }
}

async fn last_words(child: &mut Child) -> String {
    let mut words = String::new();
    if let Some(stderr) = &mut child.stderr {
        let _ = stderr.read_to_string(&mut words).await;
    }
    words.trim().trim_start_matches("error: ").to_owned()
}

/// The server's binary: named, beside this command, on the path, in the source tree; built there if it isn't.
pub async fn binary(out: Out) -> Result<PathBuf> {
    if let Some(named) = std::env::var_os(BINARY_VARIABLE) {
        let named = PathBuf::from(named);
        ensure!(named.is_file(), "{BINARY_VARIABLE} names {}, which is not there", named.display());
        return Ok(named);
    }
    let beside = std::env::current_exe().ok().map(|own| own.with_file_name(BINARY));
    let path = std::env::var_os("PATH").unwrap_or_default();
    let on_path = std::env::split_paths(&path).map(|folder| folder.join(BINARY));
    let tree = source_tree();
    let built = tree.as_ref().map(|tree| tree.join(BUILT));
    if let Some(found) = beside.into_iter().chain(on_path).chain(built).find(|path| path.is_file()) {
        return Ok(found);
    }
    let Some(tree) = tree else {
        bail!(
            "{BINARY} is nowhere to be found: it is built in the source tree, by {}; then set {BINARY_VARIABLE} to it",
            build_words()
        );
    };
    build(&tree, out).await?;
    Ok(tree.join(BUILT))
}

/// The folder with app/localnet: the present one or one above it, or that which this command was built in.
fn source_tree() -> Option<PathBuf> {
    let present = std::env::current_dir().ok()?;
    let built_in = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    let mut folders = present.ancestors().map(Path::to_owned).chain([built_in]);
    folders.find(|folder| folder.join("app/localnet/Cargo.toml").is_file())
}

fn build_words() -> String {
    "OPENSSL_NO_VENDOR=1 cargo build --locked --manifest-path app/localnet/Cargo.toml --target-dir target/localnet".to_owned()
}

async fn build(tree: &Path, out: Out) -> Result<()> {
    out.note(&format!(
        "building the localnet's server, once: about 14 minutes of one processor core and 2 GB of disk\n  {}",
        build_words()
    ));
    install_packages(out).await?;
    let built = Command::new("cargo")
        .args([
            "build",
            "--locked",
            "--manifest-path",
            "app/localnet/Cargo.toml",
            "--target-dir",
            "target/localnet",
        ])
        .env("OPENSSL_NO_VENDOR", "1")
        .current_dir(tree)
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .status()
        .await
        .context("cargo isn't there to build the server")?;
    ensure!(
        built.success(),
        "the server did not build; it needs these packages (Debian's names): {}",
        PACKAGES.join(" ")
    );
    Ok(())
}

/// On Debian as root, what the build needs; elsewhere it may be there under other names, so the build is tried.
async fn install_packages(out: Out) -> Result<()> {
    let mut installed = Command::new("dpkg");
    installed.arg("-s").args(PACKAGES).stdout(Stdio::null()).stderr(Stdio::null());
    match installed.status().await {
        Ok(status) if status.success() => return Ok(()),
        // No Debian.
        Err(_) => return Ok(()),
        Ok(_) => {}
    }
    let words = format!("apt-get install -y --no-install-recommends {}", PACKAGES.join(" "));
    if !is_root().await {
        out.note(&format!("packages seem to be missing; if the build fails, run as root: {words}"));
        return Ok(());
    }
    out.note(&format!("installing what it needs: {words}"));
    let apt = |arguments: &[&str]| {
        let mut command = Command::new("apt-get");
        command.args(["-qq", "-o", "DPkg::Lock::Timeout=300"]).args(arguments);
        command.env("DEBIAN_FRONTEND", "noninteractive").stdin(Stdio::null()).stdout(Stdio::null());
        command
    };
    // A machine that is new has no lists; where they can't be fetched, those that are there may do.
    apt(&["update"]).status().await?;
    let install = [&["install", "-y", "--no-install-recommends"], &PACKAGES[..]].concat();
    let status = apt(&install).status().await?;
    ensure!(status.success(), "the packages could not be installed; run: apt-get update && {words}");
    Ok(())
}

async fn is_root() -> bool {
    let output = Command::new("id").arg("-u").output().await;
    output.is_ok_and(|output| output.stdout.trim_ascii() == b"0")
}

/// Puts a program in place by the server's own method. A real cluster takes it by a deployment that the key of its address
/// signs; nobody has those of the ids in the sources.
pub async fn place_program(
    cluster: &Cluster,
    program: &anchor_lang::prelude::Pubkey,
    elf: &[u8],
    authority: &anchor_lang::prelude::Pubkey,
) -> Result<()> {
    use solana_rpc_client_api::request::RpcRequest;
    let hex: String = elf.iter().map(|byte| format!("{byte:02x}")).collect();
    let params = serde_json::json!([program.to_string(), hex, 0, authority.to_string()]);
    let request = RpcRequest::Custom { method: "surfnet_writeProgram" };
    let answer: Result<serde_json::Value, _> = cluster.rpc().send(request, params).await;
    answer.map(drop).map_err(|error| anyhow!("placing the program {program}: {}", cluster.error(error)))
}
