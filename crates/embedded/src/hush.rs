//! Keeps what natively run programs print away from this process's stdout.
//!
//! `msg!` off chain is a plain `println!`, Anchor's name of each instruction and its errors too, and there is
//! no hook. So the file descriptor itself goes elsewhere for as long as a transaction runs.

use std::fs::{File, OpenOptions};
use std::io::{self, Write};
use std::os::fd::{AsFd, AsRawFd, BorrowedFd, OwnedFd};

/// Both ends of the switch.
pub(crate) struct Hush {
    nowhere: File,
    stdout: OwnedFd,
}

impl Hush {
    /// Remembers where stdout goes now.
    pub(crate) fn new() -> io::Result<Hush> {
        let nowhere = OpenOptions::new().write(true).open("/dev/null")?;
        let stdout = io::stdout().as_fd().try_clone_to_owned()?;
        Ok(Hush { nowhere, stdout })
    }

    /// Runs `work` with stdout going nowhere, other threads' stdout too.
    pub(crate) fn during<T>(&self, work: impl FnOnce() -> T) -> T {
        point_stdout_at(self.nowhere.as_fd());
        let _back = Back(self.stdout.as_fd());
        work()
    }
}

/// Points stdout back, after a panic as well.
struct Back<'a>(BorrowedFd<'a>);

impl Drop for Back<'_> {
    fn drop(&mut self) {
        point_stdout_at(self.0);
    }
}

/// Failure isn't reported: the worst is a line too many or too few on the screen.
fn point_stdout_at(target: BorrowedFd<'_>) {
    // What is still in the buffer belongs where stdout points now.
    let _ = io::stdout().flush();
    // SAFETY: both descriptors are open, and `dup2` replaces the second at once.
    unsafe { libc::dup2(target.as_raw_fd(), libc::STDOUT_FILENO) };
}
