#!/usr/bin/env bash
# Makes the registry-only SBPF v3 toolchain. `cargo xtask build-sbf` runs this; by hand: setup.sh DEST ID
#
# ID goes into the stamp (xtask: a hash of the files in this folder). The stamp is written last and each piece is
# moved into place whole, so an interrupted run is taken up where it stopped.
set -euo pipefail

RUST=1.96.0 # std-solana.patch and the linker flags are for this one
LLVM=23     # 22 refuses stack arguments, 128-bit calls and large returns for BPF
LINKER=0.2.6

here=$(cd "$(dirname "$0")" && pwd)
dest=$(realpath -m "$1")
id=$2

say() { printf '[%3ds] %s\n' "$SECONDS" "$*"; }
fail() {
  printf 'SBF set-up: %s\n' "$*" >&2
  exit 1
}

[ "$(uname -sm)" = "Linux x86_64" ] ||
  fail "only x86-64 Linux is supported, this is $(uname -sm): install the official \`cargo build-sbf\`"
for tool in apt-get apt-cache dpkg dpkg-deb; do
  command -v "$tool" > /dev/null ||
    fail "needs Debian ($tool is missing): use a Debian 12 container, or install the official \`cargo build-sbf\`"
done
[ -r /usr/share/keyrings/debian-archive-keyring.gpg ] ||
  fail "needs Debian (no archive keyring): use a Debian 12 container, or install the official \`cargo build-sbf\`"
mkdir -p "$dest" || fail "cannot write $dest: set JETTISON_SBF_HOME or --toolchain-dir to a folder you own"

# What follows deletes: only in a folder of its own.
[ -e "$dest/id" ] || [ -z "$(ls -A "$dest")" ] || fail "$dest holds something else: name an empty folder"

exec 9> "$dest.lock"
flock --nonblock 9 || {
  say "another set-up is at work in $dest: waiting for it"
  flock 9
}

# Pieces of another version of this folder are of no use.
if [ "$(cat "$dest/id" 2> /dev/null)" != "$id" ]; then
  rm -rf "$dest"/{stamp,llvm,library,bin}
  printf '%s\n' "$id" > "$dest/id"
fi
rm -rf "$dest/part"
mkdir -p "$dest"/{bin,part}
trap 'kill "${linker:-}" 2> /dev/null || true; rm -rf "$dest/part"' EXIT

# What has to come from apt into the system.
packages=(rustc-web cargo-web rust-web-src patch)
missing=()
for package in "${packages[@]}"; do
  [ "$(dpkg-query -W -f '${db:Status-Status}' "$package" 2> /dev/null)" = installed ] || missing+=("$package")
done
if [ ${#missing[@]} -gt 0 ] && [ "$(id -u)" != 0 ]; then
  fail "not root: run \`sudo apt-get update && sudo apt-get install ${missing[*]}\`, then this again"
fi

# 1. The linker. It compiles while the packages come down.
if [ ! -x "$dest/bin/sbpf-linker" ]; then
  say "compiling sbpf-linker $LINKER (in the background)"
  env -u CARGO_TARGET_DIR -u CARGO_BUILD_TARGET -u RUSTFLAGS -u CARGO_ENCODED_RUSTFLAGS \
    cargo install sbpf-linker --version "$LINKER" --locked --root "$dest" 9>&- > "$dest/linker.log" 2>&1 &
  linker=$!
fi

# 2. rustc, cargo and the sources of that rustc's std, which -Zbuild-std needs and other toolchains lack here.
#    They go to /usr/bin; a rustup toolchain stays first in PATH.
if [ ${#missing[@]} -gt 0 ]; then
  say "installing ${missing[*]}"
  apt-get -qq -o DPkg::Lock::Timeout=300 update
  candidate=$(apt-cache policy rustc-web | sed -n 's/^ *Candidate: *//p')
  case $candidate in
    "$RUST"+*) ;;
    "" | "(none)") fail "apt knows no rustc-web: it is in Debian 12's security archive, see /etc/apt/sources.list*" ;;
    *) fail "apt offers rustc-web $candidate, and this set-up is made for $RUST" ;;
  esac
  # --no-remove: never take a Debian rustc away that something else may need.
  DEBIAN_FRONTEND=noninteractive apt-get -qq -o DPkg::Lock::Timeout=300 install \
    -y --no-install-recommends --no-remove "${missing[@]}" > "$dest/apt.log" 2>&1 || {
    tail -n 20 "$dest/apt.log" >&2
    fail "apt-get could not install ${missing[*]} (a conflict with Debian's own rustc? remove that first)"
  }
fi
found=$(/usr/bin/rustc --version)
[[ $found == "rustc $RUST "* ]] || fail "/usr/bin/rustc is $found, and this set-up is made for $RUST"

# 3. libLLVM from Debian sid with the libraries it wants, down to libc: unpacked aside and run under its own
#    loader. apt gets lists and a package status of its own, so the system never learns of sid.
if [ ! -d "$dest/llvm" ]; then
  say "fetching libLLVM $LLVM"
  apt=$dest/part/apt
  mkdir -p "$apt"/{lists,archives}/partial
  : > "$apt/status"
  . /etc/os-release
  mirror=$(apt-get indextargets --format '$(REPO_URI) $(RELEASE) $(COMPONENT)' 'IDENTIFIER: Packages' |
    awk -v code="${VERSION_CODENAME:-}" '$3 == "main" && ($2 == code || $2 == "stable") { print $1; exit }')
  [ -n "$mirror" ] || fail "found no Debian mirror among apt's sources"
  echo "deb [signed-by=/usr/share/keyrings/debian-archive-keyring.gpg] $mirror sid main" > "$apt/sources.list"
  cat > "$apt/apt.conf" << CONF
Dir::Etc::SourceList "$apt/sources.list";
Dir::Etc::SourceParts "/dev/null";
Dir::Etc::Preferences "/dev/null";
Dir::Etc::PreferencesParts "/dev/null";
Dir::State::Lists "$apt/lists";
Dir::State::Status "$apt/status";
Dir::Cache::Archives "$apt/archives";
Dir::Cache::PkgCache "";
Dir::Cache::SrcPkgCache "";
Acquire::Languages "none";
APT::Sandbox::User "root";
CONF
  APT_CONFIG=$apt/apt.conf apt-get -qq update
  APT_CONFIG=$apt/apt.conf apt-get -qq install -y --download-only --no-install-recommends "libllvm$LLVM" > /dev/null
  for deb in "$apt"/archives/*.deb; do dpkg -x "$deb" "$dest/part/root"; done
  mkdir "$dest/part/llvm"
  mv "$dest/part/root/usr/lib/x86_64-linux-gnu" "$dest/part/llvm/lib"
  mkdir "$dest/part/llvm/only"
  for so in "$dest/part/llvm/lib/libLLVM.so.$LLVM".*; do ln -s "../lib/${so##*/}" "$dest/part/llvm/only/"; done
  version=$(dpkg-deb -f "$apt"/archives/libllvm"$LLVM"_*.deb Version)
  version=${version#*:}
  printf '%s\n' "${version%-*}" > "$dest/part/llvm/version"
  mv "$dest/part/llvm" "$dest/llvm"
fi

# 4. std that knows the target.
if [ ! -d "$dest/library" ]; then
  say "patching std"
  cp -r "/usr/src/rustc-$RUST/library" "$dest/part/library"
  patch -s -p1 -d "$dest/part/library" < "$here/std-solana.patch"
  mv "$dest/part/library" "$dest/library"
fi

if [ -n "${linker:-}" ]; then
  say "waiting for sbpf-linker"
  wait "$linker" || {
    tail -n 30 "$dest/linker.log" >&2
    fail "sbpf-linker did not compile: the whole log is $dest/linker.log"
  }
  linker=
fi

# 5. The wrapper, and a first sign of life: this loads libLLVM.
install -m 755 "$here/sbf-link" "$dest/part/sbf-link"
mv "$dest/part/sbf-link" "$dest/bin/sbf-link"
CARGO_PRIMARY_PACKAGE=1 "$dest/bin/sbf-link" --version > /dev/null || fail "$dest/bin/sbf-link does not run"

printf '%s\n' "$id" "registry-only SBPF v3 toolchain (rustc $RUST, LLVM $(cat "$dest/llvm/version"), sbpf-linker $LINKER)" \
  > "$dest/part/stamp"
mv "$dest/part/stamp" "$dest/stamp"
say "done"
