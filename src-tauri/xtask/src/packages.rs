//! The system packages that building and testing need: which are missing, and installing them.

use crate::command::{command, is_installed, output, run};
use anyhow::{Context, Result, bail};

/// A Debian package and why it is needed.
struct Package {
    name: &'static str,
    reason: &'static str,
}

/// What building and running the window needs.
const TO_RUN: &[Package] = &[
    Package { name: "build-essential", reason: "compiles SQLite and links" },
    Package { name: "pkg-config", reason: "finds the libraries of the window" },
    Package { name: "libwebkit2gtk-4.1-dev", reason: "the web view that the window is made of" },
];

/// What the tests need besides.
const TO_TEST: &[Package] = &[
    Package { name: "webkit2gtk-driver", reason: "drives the real window" },
    Package { name: "xvfb", reason: "a display without a screen" },
    Package { name: "xauth", reason: "lets the tests onto that display" },
    Package { name: "dbus-x11", reason: "a session bus of the tests' own" },
    Package { name: "gnome-keyring", reason: "a real key store for the vault of a test" },
    Package { name: "curl", reason: "runs the commands that are exported for it" },
    Package { name: "strace", reason: "shows that the log is synced before a push is answered" },
    Package { name: "iproute2", reason: "gives a test a network of its own" },
    Package { name: "python3-venv", reason: "installs the check of licences" },
];

/// What the packages are needed for.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Needed {
    /// Building and opening the window.
    ToRun,
    /// Testing it, too.
    ToTest,
}

impl Needed {
    /// What is needed with or without the tests.
    pub(crate) fn of(tests: bool) -> Self {
        if tests { Self::ToTest } else { Self::ToRun }
    }

    fn packages(self) -> impl Iterator<Item = &'static Package> {
        TO_RUN.iter().chain(if self == Self::ToTest { TO_TEST } else { &[] })
    }
}

/// Installs what is missing, or names it and fails where that can't be done here.
pub(crate) fn install(needed: Needed) -> Result<()> {
    if !cfg!(target_os = "linux") {
        return Ok(());
    }
    if !is_installed("apt-get") || !is_installed("dpkg-query") {
        return check_without_apt(needed);
    }
    let missing = missing(needed)?;
    if missing.is_empty() {
        return Ok(());
    }
    println!("These system packages are missing and are installed now:");
    for package in &missing {
        println!("  {:<24} {}", package.name, package.reason);
    }
    let names: Vec<_> = missing.iter().map(|package| package.name).collect();
    apt(&names)
}

/// The packages that dpkg does not know as installed.
fn missing(needed: Needed) -> Result<Vec<&'static Package>> {
    let format = "-f=${Package} ${db:Status-Status}\n";
    let mut query = command(&["dpkg-query", "-W", format]);
    // It fails if one of them is unknown, and still lists the others.
    let known = query.args(needed.packages().map(|package| package.name)).output()?;
    let known = String::from_utf8_lossy(&known.stdout).into_owned();
    Ok(needed.packages().filter(|package| !is_listed(&known, package.name)).collect())
}

/// True if dpkg's list has the package as installed.
fn is_listed(list: &str, name: &str) -> bool {
    list.lines().any(|line| line.split_once(' ') == Some((name, "installed")))
}

fn apt(names: &[&str]) -> Result<()> {
    let list = names.join(" ");
    let prefix: &[&str] = if output(&mut command(&["id", "-u"]))?.trim() == "0" {
        &[]
    } else if is_installed("sudo") {
        println!("sudo may ask for your password.");
        &["sudo"]
    } else {
        bail!(
            "Installing them needs root, and there is no sudo: run `apt-get install {list}` as root, then try again."
        );
    };
    let update = ["apt-get", "update", "-q"];
    let install =
        ["env", "DEBIAN_FRONTEND=noninteractive", "apt-get", "install", "-q", "-y", "--no-install-recommends"];
    run(&mut command(&[prefix, &update].concat()))
        .and_then(|()| run(&mut command(&[prefix, &install, names].concat())))
        .with_context(|| format!("apt could not install {list}: see what it says above, mend that, then try again"))
}

/// Elsewhere than on Debian and its kin: says what to install if the window's library is not there.
fn check_without_apt(needed: Needed) -> Result<()> {
    let found = output(&mut command(&["pkg-config", "--modversion", "webkit2gtk-4.1"])).is_ok();
    let driver = needed == Needed::ToRun || (is_installed("WebKitWebDriver") && is_installed("xvfb-run"));
    if found && driver {
        return Ok(());
    }
    let names: Vec<_> = needed.packages().map(|package| format!("  {:<24} {}", package.name, package.reason)).collect();
    bail!(
        "There is no apt here to install packages with. Install what your system calls these Debian packages, then try \
         again:\n{}",
        names.join("\n")
    )
}

#[cfg(test)]
mod tests {
    use super::is_listed;

    #[test]
    fn a_package_that_was_removed_counts_as_missing() {
        let list = "xvfb installed\nxauth config-files\n";
        assert!(is_listed(list, "xvfb"));
        assert!(!is_listed(list, "xauth"));
        assert!(!is_listed(list, "curl"));
    }
}
