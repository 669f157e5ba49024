//! jq by jaq: no modules, no inputs, no environment (the worker has none).

use super::{Emit, FilterProblem, unreadable};
use crate::inspect::json::read;
use bytes::Bytes;
use jaq_core::load::{Arena, Error as LoadError, File, Loader, lex, parse};
use jaq_core::{Compiler, Ctx, Vars, data, unwrap_valr};
use jaq_json::Val;
use jaq_json::write::Pp;

/// Characters of an error that are shown: jq puts whole values into them.
const ERROR_TEXT: usize = 300;

pub(super) fn run(program: &str, input: &Bytes, emit: Emit<'_>) -> Result<(), FilterProblem> {
    let defs = jaq_core::defs().chain(jaq_std::defs()).chain(jaq_json::defs());
    let funs = jaq_core::funs().chain(jaq_std::funs()).chain(jaq_json::funs());
    let arena = Arena::default();
    let file = File { code: program, path: () };
    let modules = Loader::new(defs).load(&arena, file).map_err(|errors| not_loaded(program, errors))?;
    let filter = Compiler::default().with_funs(funs).compile(modules).map_err(|errors| {
        let first = errors.into_iter().flat_map(|(_, errors)| errors).next();
        first.map_or_else(broken, |(name, what)| {
            let message = format!("There is no {} {name}.", what.as_str());
            FilterProblem::at(program, offset(program, name), message)
        })
    })?;
    let value = jaq_json::read::parse_single(input).map_err(unreadable)?;
    let context = Ctx::<data::JustLut<Val>>::new(&filter.lut, Vars::new([]));
    for result in filter.id.run((context, value)).map(unwrap_valr) {
        let value = result.map_err(|error| FilterProblem::running(sentence(&error.to_string())))?;
        if emit(&line(&value)).is_break() {
            break;
        }
    }
    Ok(())
}

/// The value as JSON on one line. jaq knows values that JSON does not (NaN, bytes): they become strings.
fn line(value: &Val) -> Vec<u8> {
    let mut text = Vec::new();
    // Writing to a Vec cannot fail.
    let _ = jaq_json::write::write(&mut text, &Pp::default(), 0, value);
    if read(&Bytes::copy_from_slice(&text), 0).is_ok() {
        return text;
    }
    serde_json::to_vec(&String::from_utf8_lossy(&text)).unwrap_or_default()
}

fn not_loaded(program: &str, errors: Vec<(File<&str, ()>, LoadError<&str>)>) -> FilterProblem {
    let Some((_, error)) = errors.into_iter().next() else { return broken() };
    match error {
        LoadError::Io(errors) => {
            let at = errors.first().map_or(0, |(path, _)| offset(program, path));
            FilterProblem::at(program, at, "Modules can't be loaded here.")
        }
        LoadError::Lex(errors) => errors.into_iter().next().map_or_else(broken, |(wanted, found)| {
            let wanted: lex::Expect<&str> = wanted;
            FilterProblem::at(program, offset(program, found), expected(wanted.as_str(), found))
        }),
        LoadError::Parse(errors) => errors.into_iter().next().map_or_else(broken, |(wanted, found)| {
            let wanted: parse::Expect<&str> = wanted;
            FilterProblem::at(program, offset(program, found), expected(wanted.as_str(), found))
        }),
    }
}

fn expected(wanted: &str, found: &str) -> String {
    let found: String = found.chars().take(20).collect();
    match found.is_empty() {
        true => format!("The program ends where {wanted} was expected."),
        false => format!("Expected {wanted}, but {found} stands here."),
    }
}

fn broken() -> FilterProblem {
    FilterProblem::running("The program can't be read.")
}

/// Where a piece of the program stands in it; the end for what is not one.
fn offset(program: &str, piece: &str) -> usize {
    let at = (piece.as_ptr() as usize).wrapping_sub(program.as_ptr() as usize);
    at.min(program.len())
}

fn sentence(error: &str) -> String {
    let cut: String = error.chars().take(ERROR_TEXT).collect();
    let more = if cut.len() < error.len() { "…" } else { "" };
    format!("jq stopped: {cut}{more}.")
}
