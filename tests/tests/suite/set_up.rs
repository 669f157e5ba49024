//! `cargo xtask run` in a fresh clone: what it installs, what it says, where it stops. The real xtask, and stand-ins for
//! every program that it calls.

use anyhow::{Context, Result};
use pushpull_tests::{Home, Program};
use std::os::unix::fs::symlink;
use std::path::{Path, PathBuf};
use std::process::Command;

/// What a Debian has that set-up calls, and what the user was asked to bring.
const DEBIAN: &[&str] = &["apt-get", "dpkg-query", "id", "env", "node", "npm", "cargo"];
/// What stand-ins need themselves, and set-up never calls.
const TOOLS: &[&str] = &["cat", "mkdir"];
/// What dpkg lists on a machine where everything that the window needs is installed.
const ALL: &str = "build-essential installed\npkg-config installed\nlibwebkit2gtk-4.1-dev installed\n";
/// What dpkg lists where one is missing and one was removed again.
const SOME: &str = "build-essential installed\npkg-config config-files\n";

const ASK_NODE: &str = "node --version";
const ASK_DPKG: &str =
    "dpkg-query -W -f=${Package} ${db:Status-Status}\n build-essential pkg-config libwebkit2gtk-4.1-dev";
const UPDATE: &str = "apt-get update -q";
const INSTALL: &str = "apt-get install -q -y --no-install-recommends pkg-config libwebkit2gtk-4.1-dev";
const ENV_INSTALL: &str =
    "env DEBIAN_FRONTEND=noninteractive apt-get install -q -y --no-install-recommends pkg-config libwebkit2gtk-4.1-dev";
const NPM_CI: &str = "npm ci --no-fund --no-audit --loglevel=error";
const NPM_BUILD: &str = "npm run --silent build";
const OPEN: &str = "cargo run --release --package pushpull-desktop --";

/// A clone that nothing was done in yet, on a machine of stand-ins.
struct Clone {
    home: Home,
    variables: Vec<(&'static str, &'static str)>,
}

/// How a run of xtask ended.
struct Ended {
    done: bool,
    said: String,
    calls: Vec<String>,
}

impl Clone {
    /// On a machine with these programs and what `installed` lists, as dpkg would.
    fn on(programs: &[&str], installed: &str) -> Result<Self> {
        let home = Home::new()?;
        for folder in ["bin", "clone/src-tauri/xtask", "clone/ui/src"] {
            std::fs::create_dir_all(home.file(folder))?;
        }
        // A link and no copy: a program that is still open for writing somewhere can't be started.
        let stand_in = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/suite/set_up/stand_in.sh");
        for program in programs {
            symlink(&stand_in, home.file("bin").join(program))?;
        }
        for tool in TOOLS {
            symlink(Path::new("/bin").join(tool), home.file("bin").join(tool))?;
        }
        let clone = Self { home, variables: vec![("DISPLAY", ":7")] };
        clone.write("ui/package-lock.json", "{}")?;
        clone.write("ui/src/main.ts", "first")?;
        std::fs::write(clone.home.file("installed"), installed)?;
        Ok(clone)
    }

    /// The same with this variable in place of what it was.
    fn with(mut self, name: &'static str, value: &'static str) -> Self {
        self.variables.retain(|(known, _)| *known != name);
        self.variables.push((name, value));
        self
    }

    fn write(&self, file: &str, text: &str) -> Result<()> {
        let file = self.home.file("clone").join(file);
        std::fs::write(&file, text).with_context(|| format!("Writing {}", file.display()))
    }

    fn run(&self) -> Result<Ended> {
        self.xtask(&["run"])
    }

    /// Runs xtask as Cargo does: told where its package is, from anywhere in the clone.
    fn xtask(&self, arguments: &[&str]) -> Result<Ended> {
        let calls: PathBuf = self.home.file("calls");
        std::fs::write(&calls, "")?;
        let mut command = Command::new(Program::Xtask.path()?);
        command.args(arguments).current_dir(self.home.file("clone/ui")).env_clear();
        command.env("CARGO_MANIFEST_DIR", self.home.file("clone/src-tauri/xtask"));
        command.env("PATH", self.home.file("bin")).env("CALLS", &calls).env("INSTALLED", self.home.file("installed"));
        let output = command.envs(self.variables.iter().copied()).output()?;
        let said = String::from_utf8(output.stdout)? + &String::from_utf8(output.stderr)?;
        // dpkg's format ends a line in the middle of its call.
        let calls = std::fs::read_to_string(calls)?.replace("\n build-essential", "\u{0} build-essential");
        let calls = calls.lines().map(|call| call.replace('\u{0}', "\n").trim_end().to_owned()).collect();
        Ok(Ended { done: output.status.success(), said, calls })
    }
}

impl Ended {
    /// Holds that it came to its end after these calls.
    #[track_caller]
    fn did(&self, calls: &[&str]) {
        assert_eq!(self.calls, calls, "{}", self.said);
        assert!(self.done, "{}", self.said);
    }

    /// Holds that it failed after these calls.
    #[track_caller]
    fn stopped_after(&self, calls: &[&str]) {
        assert_eq!(self.calls, calls, "{}", self.said);
        assert!(!self.done, "{}", self.said);
    }

    /// Holds that it said this.
    #[track_caller]
    fn said(&self, words: &str) {
        assert!(self.said.contains(words), "{words:?} is not in {}", self.said);
    }
}

fn debian_and<'a>(more: &[&'a str]) -> Vec<&'a str> {
    [DEBIAN, more].concat()
}

fn debian_without(missing: &str) -> Vec<&'static str> {
    DEBIAN.iter().copied().filter(|program| *program != missing).collect()
}

#[test]
fn root_gets_what_is_missing_with_its_reason_then_the_web_part_and_the_window() -> Result<()> {
    let ended = Clone::on(DEBIAN, SOME)?.run()?;
    ended.did(&[ASK_NODE, ASK_DPKG, "id -u", UPDATE, ENV_INSTALL, INSTALL, ASK_NODE, NPM_CI, NPM_BUILD, OPEN]);
    ended.said("pkg-config               finds the libraries of the window\n");
    ended.said("libwebkit2gtk-4.1-dev    the web view that the window is made of\n");
    assert!(!ended.said.contains("build-essential"), "{}", ended.said);
    Ok(())
}

#[test]
fn a_user_gets_it_through_sudo_and_is_told_that_it_may_ask() -> Result<()> {
    let ended = Clone::on(&debian_and(&["sudo"]), SOME)?.with("USER_ID", "1000").run()?;
    let (update, install) = (format!("sudo {UPDATE}"), format!("sudo {ENV_INSTALL}"));
    ended.did(&[
        ASK_NODE,
        ASK_DPKG,
        "id -u",
        &update,
        UPDATE,
        &install,
        ENV_INSTALL,
        INSTALL,
        ASK_NODE,
        NPM_CI,
        NPM_BUILD,
        OPEN,
    ]);
    ended.said("sudo may ask for your password.");
    Ok(())
}

#[test]
fn a_user_without_sudo_is_told_what_root_is_to_run() -> Result<()> {
    let ended = Clone::on(DEBIAN, SOME)?.with("USER_ID", "1000").run()?;
    ended.stopped_after(&[ASK_NODE, ASK_DPKG, "id -u"]);
    ended.said("there is no sudo: run `apt-get install pkg-config libwebkit2gtk-4.1-dev` as root, then try again.");
    Ok(())
}

#[test]
fn without_apt_the_packages_are_named_with_their_reasons_and_nothing_is_started() -> Result<()> {
    for machine in [&["node", "npm", "cargo"][..], &["node", "npm", "cargo", "sudo", "dpkg-query"]] {
        let ended = Clone::on(machine, "")?.run()?;
        ended.stopped_after(&[ASK_NODE]);
        ended.said("There is no apt here");
        ended.said("build-essential          compiles SQLite and links\n");
        ended.said("pkg-config               finds the libraries of the window\n");
        ended.said("libwebkit2gtk-4.1-dev    the web view that the window is made of\n");
        assert!(!ended.said.contains("xvfb"), "The tests' packages are not asked for: {}", ended.said);
    }
    Ok(())
}

#[test]
fn without_apt_it_goes_on_where_the_web_view_is_there() -> Result<()> {
    let ended = Clone::on(&["node", "npm", "cargo", "pkg-config"], "")?.run()?;
    ended.did(&[ASK_NODE, "pkg-config --modversion webkit2gtk-4.1", ASK_NODE, NPM_CI, NPM_BUILD, OPEN]);
    Ok(())
}

#[test]
fn what_apt_refuses_stops_it_with_what_to_do() -> Result<()> {
    for (failing, calls) in [
        (UPDATE, &[ASK_NODE, ASK_DPKG, "id -u", UPDATE][..]),
        (INSTALL, &[ASK_NODE, ASK_DPKG, "id -u", UPDATE, ENV_INSTALL, INSTALL]),
    ] {
        let ended = Clone::on(DEBIAN, SOME)?.with("FAILING", failing).run()?;
        ended.stopped_after(calls);
        ended.said("apt could not install pkg-config libwebkit2gtk-4.1-dev: see what it says above");
    }
    Ok(())
}

#[test]
fn a_second_start_does_again_only_what_changed() -> Result<()> {
    let clone = Clone::on(DEBIAN, ALL)?;
    let start = [ASK_NODE, ASK_DPKG, ASK_NODE];
    clone.run()?.did(&[&start[..], &[NPM_CI, NPM_BUILD, OPEN]].concat());
    let second = clone.run()?;
    second.did(&[&start[..], &[OPEN]].concat());
    assert_eq!(second.said, "");

    clone.write("ui/src/main.ts", "changed")?;
    clone.run()?.did(&[&start[..], &[NPM_BUILD, OPEN]].concat());
    clone.write("ui/src/new.ts", "")?;
    clone.run()?.did(&[&start[..], &[NPM_BUILD, OPEN]].concat());
    clone.write("ui/package-lock.json", "{ }")?;
    clone.run()?.did(&[&start[..], &[NPM_CI, NPM_BUILD, OPEN]].concat());
    std::fs::remove_dir_all(clone.home.file("clone/ui/node_modules"))?;
    clone.run()?.did(&[&start[..], &[NPM_CI, OPEN]].concat());
    std::fs::remove_dir_all(clone.home.file("clone/ui/dist"))?;
    clone.run()?.did(&[&start[..], &[NPM_BUILD, OPEN]].concat());
    clone.run()?.did(&[&start[..], &[OPEN]].concat());
    Ok(())
}

#[test]
fn what_broke_off_is_done_again_even_if_its_files_are_back_as_they_were() -> Result<()> {
    let clone = Clone::on(DEBIAN, ALL)?;
    clone.run()?;
    clone.write("ui/package-lock.json", "{ }")?;
    let clone = clone.with("FAILING", "npm ci");
    clone.run()?.stopped_after(&[ASK_NODE, ASK_DPKG, ASK_NODE, NPM_CI]);
    clone.write("ui/package-lock.json", "{}")?;
    let clone = clone.with("FAILING", "npm run");
    clone.run()?.did(&[ASK_NODE, ASK_DPKG, ASK_NODE, NPM_CI, OPEN]);
    Ok(())
}

#[test]
fn without_a_display_it_names_pushpull_listen_and_starts_nothing() -> Result<()> {
    let ended = Clone::on(DEBIAN, SOME)?.with("DISPLAY", "").run()?;
    ended.stopped_after(&[]);
    ended.said("There is no display");
    ended.said("`pushpull listen`");
    let wayland = Clone::on(DEBIAN, ALL)?.with("DISPLAY", "").with("WAYLAND_DISPLAY", "wayland-0").run()?;
    assert!(wayland.done, "{}", wayland.said);
    Ok(())
}

#[test]
fn a_node_that_is_missing_or_too_old_is_told_before_anything_is_installed() -> Result<()> {
    let wanted = "Pushpull's web part is built with Node 20.19, 22.12 or newer";
    let missing = Clone::on(&debian_without("node"), SOME)?.run()?;
    missing.stopped_after(&[]);
    missing.said("There is no Node here.");
    missing.said(wanted);
    for version in ["v18.19.0", "v20.18.3", "v21.7.3", "v22.11.0", "nonsense"] {
        let ended = Clone::on(DEBIAN, SOME)?.with("NODE_VERSION", version).run()?;
        ended.stopped_after(&[ASK_NODE]);
        ended.said(&format!("Node here is {version}."));
        ended.said(wanted);
    }
    for version in ["v20.19.0", "v22.12.0", "v24.0.0"] {
        let ended = Clone::on(DEBIAN, ALL)?.with("NODE_VERSION", version).run()?;
        assert!(ended.done, "{version}: {}", ended.said);
    }
    Ok(())
}

#[test]
fn a_node_without_npm_is_told() -> Result<()> {
    // Debian's own package of Node is one.
    let ended = Clone::on(&debian_without("npm"), SOME)?.run()?;
    ended.stopped_after(&[]);
    ended.said("There is no npm here, which comes with Node.");
    Ok(())
}

#[test]
fn words_behind_run_go_to_the_window_and_its_end_is_told() -> Result<()> {
    let clone = Clone::on(DEBIAN, ALL)?;
    let open = format!("{OPEN} --workspace other.pushpull");
    let ended = clone.xtask(&["run", "--workspace", "other.pushpull"])?;
    assert_eq!(ended.calls.last(), Some(&open), "{}", ended.said);
    let ended = clone.with("FAILING", "cargo run").run()?;
    assert!(!ended.done);
    ended.said("`cargo run --release --package pushpull-desktop --` ended with exit status: 100.");
    Ok(())
}

#[test]
fn setup_installs_what_is_missing_and_builds_nothing() -> Result<()> {
    let ended = Clone::on(DEBIAN, SOME)?.with("DISPLAY", "").xtask(&["setup"])?;
    ended.did(&[ASK_NODE, ASK_DPKG, "id -u", UPDATE, ENV_INSTALL, INSTALL]);
    let ended = Clone::on(DEBIAN, ALL)?.xtask(&["setup", "test"])?;
    let install = ended.calls.last().context("nothing was called")?;
    assert!(install.starts_with("apt-get install") && install.contains(" webkit2gtk-driver xvfb "), "{install}");
    assert!(!install.contains("build-essential"), "{install}");
    Ok(())
}
