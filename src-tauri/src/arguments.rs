//! What the window takes on its command line.

use std::ffi::OsString;
use std::path::PathBuf;

/// The words of `--help`.
const HELP: &str = "\
Usage: pushpull-desktop [--workspace FILE]

Opens the Pushpull window.

  --workspace FILE  the workspace to open; also PUSHPULL_WORKSPACE. Without it: the one opened last.
  --help            shows this
  --version         shows the version";

/// What was asked for.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Arguments {
    /// The workspace to open; None for the one opened last.
    pub(crate) workspace: Option<PathBuf>,
}

/// Why no window opens.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Usage {
    /// Help or the version was asked for.
    Asked(String),
    /// An argument is not known or not complete.
    Wrong(String),
}

impl Arguments {
    /// Reads the arguments behind the program's name. `from_environment` is the workspace that the environment names;
    /// an argument goes before it.
    pub(crate) fn parse(
        arguments: impl IntoIterator<Item = OsString>,
        from_environment: Option<OsString>,
    ) -> Result<Self, Usage> {
        let mut workspace = from_environment.filter(|path| !path.is_empty()).map(PathBuf::from);
        let mut arguments = arguments.into_iter();
        while let Some(argument) = arguments.next() {
            match argument.to_str() {
                Some("--help" | "-h") => return Err(Usage::Asked(HELP.into())),
                Some("--version" | "-V") => {
                    return Err(Usage::Asked(concat!("pushpull-desktop ", env!("CARGO_PKG_VERSION")).into()));
                }
                Some("--workspace") => workspace = Some(file_of(arguments.next())?),
                Some(text) if text.starts_with("--workspace=") => {
                    workspace = Some(file_of(text.strip_prefix("--workspace=").map(OsString::from))?);
                }
                _ => return Err(Usage::Wrong(format!("{} is not known.\n\n{HELP}", argument.to_string_lossy()))),
            }
        }
        Ok(Self { workspace })
    }
}

/// The file that follows `--workspace`.
fn file_of(value: Option<OsString>) -> Result<PathBuf, Usage> {
    value
        .filter(|file| !file.is_empty())
        .map(PathBuf::from)
        .ok_or_else(|| Usage::Wrong(format!("--workspace needs a file.\n\n{HELP}")))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(arguments: &[&str], environment: Option<&str>) -> Result<Option<PathBuf>, Usage> {
        Arguments::parse(arguments.iter().map(OsString::from), environment.map(OsString::from)).map(|a| a.workspace)
    }

    #[test]
    fn an_argument_goes_before_the_environment() {
        assert_eq!(parse(&["--workspace", "a"], Some("b")), Ok(Some("a".into())));
        assert_eq!(parse(&["--workspace=a"], Some("b")), Ok(Some("a".into())));
        assert_eq!(parse(&[], Some("b")), Ok(Some("b".into())));
        assert_eq!(parse(&[], Some("")), Ok(None));
    }

    #[test]
    fn an_unknown_or_unfinished_argument_is_refused() {
        for arguments in [&["--workspace"][..], &["--workspace="], &["--port"], &["file"]] {
            assert!(matches!(parse(arguments, None), Err(Usage::Wrong(_))), "{arguments:?}");
        }
    }
}
