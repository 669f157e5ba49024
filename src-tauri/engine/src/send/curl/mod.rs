//! A curl command read as a request.

mod options;
mod pieces;
mod reader;
#[cfg(test)]
mod tests;
mod words;

use crate::api::{ApiError, ImportedRequest};
use options::Argument;
pub(super) use pieces::{field, form_fields};
use reader::Reader;
use words::split;

/// The longest command that is read.
const LONGEST: usize = 16 * 1024 * 1024;

/// Reads a curl command as it is pasted from a shell (POSIX or Windows), a manual or a browser. Nothing is run: files
/// are named in the definition, variables of the shell stay as they are written. The notes say what was approximated
/// or dropped.
///
/// # Errors
/// `Invalid` if the text is no curl command.
pub fn read_curl(text: &str) -> Result<ImportedRequest, ApiError> {
    if text.len() > LONGEST {
        return Err(ApiError::invalid("The command is longer than 16 MiB. Put its body into a file."));
    }
    let mut split = split(text).map_err(ApiError::invalid)?;
    let is_curl = |word: &String| {
        let name = word.rsplit(['/', '\\']).next().unwrap_or_default().to_ascii_lowercase();
        name == "curl" || name == "curl.exe"
    };
    let Some(start) = split.words.iter().position(is_curl) else {
        return Err(ApiError::invalid("This is not a curl command. Paste one that begins with curl."));
    };
    let words = split.words.split_off(start + 1);
    let mut reader = Reader::new(split.notes, split.here_document);
    for argument in options::arguments(words) {
        if matches!(&argument, Argument::Flag { name } if name == "next") {
            reader.note("Only the first request is read; what follows --next was dropped.");
            break;
        }
        reader.take(argument);
    }
    reader.finish().map_err(ApiError::invalid)
}
