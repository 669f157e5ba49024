//! Where the key of a vault comes from on the command line: what was named, and nothing else by itself.

use crate::arguments::Arguments;
use pushpull_engine::vault::Keys;
use std::io::IsTerminal as _;

/// Holds the passphrase of a vault.
const PASSPHRASE: &str = "PUSHPULL_PASSPHRASE";

/// The keys that this run may use.
pub(crate) fn named(arguments: &Arguments) -> Keys {
    let passphrase = std::env::var(PASSPHRASE).ok().filter(|text| !text.is_empty()).map(Into::into);
    Keys { file: arguments.key_file.clone(), passphrase, ..Keys::default() }
}

/// Asks for a passphrase where there is somebody to ask.
pub(crate) fn ask(question: &str) -> anyhow::Result<Option<String>> {
    if !std::io::stdin().is_terminal() {
        return Ok(None);
    }
    Ok(Some(rpassword::prompt_password(format!("{question}: "))?).filter(|text| !text.is_empty()))
}

/// True if the passphrase is in the environment.
pub(crate) fn is_given() -> bool {
    std::env::var_os(PASSPHRASE).is_some_and(|text| !text.is_empty())
}
