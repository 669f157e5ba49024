//! A display of our own whose picture can be read: what stands on it, and since when.

use anyhow::{Context, Result, ensure};
use std::ffi::OsString;
use std::fs::File;
use std::io::{BufRead as _, BufReader};
use std::os::unix::fs::FileExt as _;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};
use tempfile::TempDir;

/// Pixels of the display, four bytes each.
const WIDTH: usize = 1400;
const HEIGHT: usize = 900;
/// How often the picture is looked at.
const LOOK: Duration = Duration::from_millis(4);
/// Time without a change after which a picture is taken to be the last.
const REST: Duration = Duration::from_secs(2);
/// Time after which nothing more is expected.
const PATIENCE: Duration = Duration::from_secs(30);

/// A running Xvfb, ended when dropped.
#[derive(Debug)]
pub(crate) struct Screen {
    server: Child,
    /// The name that programs find it by.
    pub(crate) display: OsString,
    picture: File,
    /// Where the pixels begin in it.
    start: u64,
    _folder: TempDir,
}

impl Drop for Screen {
    fn drop(&mut self) {
        // It may have ended by itself.
        let _ = self.server.kill();
        let _ = self.server.wait();
    }
}

impl Screen {
    /// Starts it.
    ///
    /// # Errors
    /// If Xvfb is not installed or does not start.
    pub(crate) fn start() -> Result<Self> {
        let folder = TempDir::new()?;
        let mut command = Command::new("Xvfb");
        command.args(["-displayfd", "1", "-nolisten", "tcp", "-screen", "0", &format!("{WIDTH}x{HEIGHT}x24")]);
        command.arg("-fbdir").arg(folder.path()).stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::null());
        let mut server = command.spawn().context("Starting Xvfb")?;
        let mut number = String::new();
        let told = server.stdout.take().context("Xvfb has no output")?;
        BufReader::new(told).read_line(&mut number)?;
        ensure!(!number.trim().is_empty(), "Xvfb did not start.");
        // An X window dump (XWDFile.h): a head that tells its own length, colours of 12 bytes each, the pixels.
        let picture = File::open(folder.path().join("Xvfb_screen0")).context("Opening the display's picture")?;
        let field = |at: u64| {
            let mut bytes = [0; 4];
            picture.read_exact_at(&mut bytes, at).map(|()| u64::from(u32::from_be_bytes(bytes)))
        };
        let start = field(0)? + field(76)? * 12;
        Ok(Self { server, display: format!(":{}", number.trim()).into(), picture, start, _folder: folder })
    }

    /// Waits until the picture has changed so many times and then rests; answers when its last change was seen.
    ///
    /// # Errors
    /// If it does not change so often, or does not come to rest.
    pub(crate) fn at_rest(&self, changes: usize) -> Result<Instant> {
        let began = Instant::now();
        let (mut last, mut seen) = (self.look()?, 0);
        let mut changed = began;
        while seen < changes || changed.elapsed() < REST {
            ensure!(began.elapsed() < PATIENCE, "The window's picture changed {seen} times and does not rest.");
            std::thread::sleep(LOOK);
            let now = self.look()?;
            if now != last {
                (last, changed, seen) = (now, Instant::now(), seen + 1);
            }
        }
        Ok(changed)
    }

    fn look(&self) -> Result<Vec<u8>> {
        let mut pixels = vec![0; WIDTH * HEIGHT * 4];
        self.picture.read_exact_at(&mut pixels, self.start).context("Reading the display's picture")?;
        Ok(pixels)
    }
}
