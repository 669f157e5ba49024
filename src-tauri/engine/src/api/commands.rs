//! THE list of commands: a name, what it takes, what it answers. Add a command here and nowhere else.

use super::{Api, ApiError, types::*};
use crate::compare::*;
use crate::exchange::{Exchange, ExchangeSummary};
use crate::inspect::provider::Provider;
use crate::inspect::signature::Verdict;
use crate::inspect::*;
use crate::send::RequestDefinition;
use crate::store::{FilterQuery, FilterReading};
use crate::transfer::export::{ExportPreview, ExportQuery};
use crate::tunnel::{TunnelConfig, TunnelProbe};
use crate::vault::{MakeVault, UnlockVault, VaultStatus};
use serde_json::Value;
use ts_rs::{Config, TS};

/// What a command answers on the wire.
#[derive(Debug)]
pub enum Answer {
    /// A typed value.
    Json(Value),
    /// Bytes, which never travel as JSON.
    Bytes(Vec<u8>),
}

/// Declares the commands once: dispatch and TypeScript come from the same lines.
macro_rules! commands {
    (json { $($(#[doc = $doc:literal])+ $name:ident($args:ty) -> $result:ty;)+ }
     bytes { $($(#[doc = $raw_doc:literal])+ $raw:ident($raw_args:ty);)+ }) => {
        /// The names of all commands, as the window calls them.
        pub const COMMANDS: &[&str] = &[$(stringify!($name),)+ $(stringify!($raw),)+];

        /// Runs the command of this name.
        ///
        /// # Errors
        /// `Invalid` if there is no such command or the arguments are not its own; else what the command says.
        pub async fn dispatch(api: &Api, name: &str, args: Value) -> Result<Answer, ApiError> {
            match name {
                $(stringify!($name) => {
                    let args: $args = parse(name, args)?;
                    let result: $result = api.$name(args).await?;
                    serialize(name, &result)
                })+
                $(stringify!($raw) => {
                    let args: $raw_args = parse(name, args)?;
                    Ok(Answer::Bytes(api.$raw(args).await?))
                })+
                _ => Err(ApiError::invalid(format!("There is no command {name:?}."))),
            }
        }

        /// Calls `visit` with every command: its name, its doc, and the TypeScript of its arguments and result.
        pub(super) fn each_command(config: &Config, visit: &mut dyn FnMut(&str, &str, String, String)) {
            $(visit(stringify!($name), concat!($($doc),+), <$args as TS>::name(config), <$result as TS>::name(config));)+
            $(visit(stringify!($raw), concat!($($raw_doc),+), <$raw_args as TS>::name(config), "ArrayBuffer".into());)+
        }

        /// Writes the TypeScript of every type that a command takes or answers.
        pub(super) fn export_types(config: &Config) -> Result<(), ts_rs::ExportError> {
            $(<$args as TS>::export_all(config)?; <$result as TS>::export_all(config)?;)+
            $(<$raw_args as TS>::export_all(config)?;)+
            Ok(())
        }
    };
}

commands! {
    json {
        /// What runs, and on what.
        status(Nothing) -> Status;
        /// The settings of the workspace.
        settings(Nothing) -> Settings;
        /// Keeps the settings; the listener takes a new port or address at its next start.
        save_settings(Settings) -> Settings;
        /// Opens another workspace in place of this one; what ran on the old one stops.
        open_workspace(OpenWorkspace) -> Status;
        /// Starts the listener.
        start_listening(ListenOptions) -> Status;
        /// Stops the listener.
        stop_listening(Nothing) -> Status;
        /// A page of the list, newest first.
        list(ListQuery) -> ListPage;
        /// How many rows a filter finds.
        count(CountQuery) -> Count;
        /// The whole of an exchange but its bodies.
        exchange(ById) -> Exchange;
        /// The delivery that a push belongs to: all pushes of the same event.
        delivery(ById) -> Delivery;
        /// What a body is.
        body_info(Reading) -> BodyInfo;
        /// Rows of the text view.
        text_rows(TextQuery) -> TextPage;
        /// Rows of the tree view.
        tree_rows(TreeQuery) -> TreePage;
        /// Where a node of the tree stands, and its value.
        tree_node(NodeQuery) -> NodePlace;
        /// Rows of the hex view.
        hex_rows(HexQuery) -> HexPage;
        /// Rows of the wire bytes of a message, head and framing included.
        raw_rows(RawQuery) -> TextPage;
        /// Where a text stands in a body.
        find(FindQuery) -> FindResult;
        /// The fields of a form or the parts of a multipart body.
        parts(Reading) -> Parts;
        /// These exchanges, with all pushes of the deliveries that they are the first of, oldest first.
        whole_deliveries(Exchanges) -> Exchanges;
        /// Pins or unpins exchanges: what is pinned is never taken away by retention.
        pin(PinCommand) -> Nothing;
        /// Marks exchanges as read or unread.
        mark_read(ReadCommand) -> Nothing;
        /// All tags, by name.
        tags(Nothing) -> Tags;
        /// Adds tags to exchanges and takes tags away.
        tag(TagCommand) -> Nothing;
        /// Keeps what is written about an exchange.
        save_note(Note) -> Nothing;
        /// What is wrong with a filter that is typed, and what may be meant.
        read_filter(FilterQuery) -> FilterReading;
        /// How many exchanges of a filter went which way, failed, are unread.
        tallies(CountQuery) -> Tallies;
        /// When the exchanges of a filter came.
        histogram(HistogramQuery) -> Histogram;
        /// All saved filters, in their order.
        views(Nothing) -> Views;
        /// Saves a filter.
        save_view(SaveView) -> View;
        /// Gives a view another place.
        move_view(MoveView) -> Nothing;
        /// Deletes a view; what it shows stays.
        delete_view(ById) -> Nothing;
        /// The columns of the list; none if the user has never changed them.
        columns(Nothing) -> ListColumns;
        /// Keeps the columns of the list.
        save_columns(ListColumns) -> Nothing;
        /// Values of columns that are read out of each exchange.
        cells(CellsQuery) -> CellRows;
        /// Hides exchanges at once and deletes them for good ten seconds later.
        delete(DeleteCommand) -> Deletion;
        /// Shows again what a deletion hides.
        undo_deletion(ById) -> Deletion;
        /// Rows of an array as a table.
        table_rows(TableQuery) -> TablePage;
        /// The row of the text view that holds a byte.
        row_at(RowQuery) -> RowPlace;
        /// The newest earlier exchange of the same source and event type, or of the same saved request, or of the same
        /// method and path.
        previous(ById) -> Previous;
        /// Filters a body by JSONPath or jq.
        filter(FilterCommand) -> Filtered;
        /// Writes a body or a part of it into a file.
        save_body(SaveBody) -> Saved;
        /// All sources, by name.
        sources(Nothing) -> Sources;
        /// Makes a source before its first request.
        create_source(NewSource) -> Source;
        /// Gives a source another name, and with it another address; what is set for it and its exchanges go along.
        rename_source(RenameSource) -> SourceSettings;
        /// Takes a source away with its settings, rules and secrets; its exchanges stay.
        delete_source(SourceName) -> Nothing;
        /// What is set for a source, and its secrets without their values.
        source_settings(SourceName) -> SourceSettings;
        /// Keeps what is set for a source.
        save_source(SaveSource) -> SourceSettings;
        /// Puts a secret of a source into the vault; the first one makes the vault.
        add_secret(NewSecret) -> SourceSettings;
        /// Takes a secret of a source out of the vault.
        remove_secret(SecretRef) -> SourceSettings;
        /// Checks the signature of a push anew, and says why it does not fit.
        verify_exchange(VerifyQuery) -> Verdict;
        /// Checks all pushes of a source again.
        verify_source(SourceName) -> Nothing;
        /// The vault: whether secrets can be read now, and where their key is.
        vault(Nothing) -> VaultStatus;
        /// Makes the vault, its key kept where the user chose.
        make_vault(MakeVault) -> VaultStatus;
        /// Opens the vault.
        unlock_vault(UnlockVault) -> VaultStatus;
        /// Closes the vault until it is unlocked again.
        lock_vault(Nothing) -> VaultStatus;
        /// Gives the vault up with every secret in it.
        forget_vault(Nothing) -> VaultStatus;
        /// The providers that are known, and the user's own.
        providers(Nothing) -> Providers;
        /// Keeps a provider of the user's, in place of the one of its key unless it is to be new.
        save_provider(SaveProvider) -> Provider;
        /// Deletes a provider of the user's.
        delete_provider(ProviderKey) -> Nothing;
        /// Tries a provider on an example, without keeping it.
        try_provider(TryProvider) -> Tried;
        /// How a source answers.
        source_rules(OfSource) -> SourceRules;
        /// Keeps how a source answers; in force at once, unless a problem blocks.
        save_rules(SaveRules) -> SourceRules;
        /// Starts the sequences of a source again.
        reset_rules(OfSource) -> SourceRules;
        /// Sends a request to our own listener, to see how a source answers it.
        try_source(TryQuery) -> SourceTried;
        /// Sends a sample event to our own listener over HTTP.
        send_sample(SampleQuery) -> ExchangeSummary;
        /// Holds two to eight things against each other.
        compare(CompareQuery) -> Comparison;
        /// Rows of a comparison.
        compare_rows(CompareRowsQuery) -> CompareRows;
        /// The paths that a comparison of these exchanges ignores from the start.
        ignore_rules(IgnoreQuery) -> IgnoreRules;
        /// Changes the paths that are ignored for one kind of exchange.
        change_ignore_rules(IgnoreChange) -> Nothing;
        /// The headers of the sides, by name.
        compare_headers(CompareQuery) -> HeaderRows;
        /// Where two texts differ.
        compare_changes(ChangesQuery) -> TextChanges;
        /// All collections, folders and saved requests.
        collections(Nothing) -> Collections;
        /// Makes a collection or a folder.
        create_folder(NewFolder) -> CollectionNode;
        /// Gives a node another name.
        rename_node(RenameNode) -> Nothing;
        /// Gives a node another place.
        move_node(MoveNode) -> Nothing;
        /// Deletes a node and all below it; for a while it can be taken back.
        delete_node(ById) -> NodeDeletion;
        /// Puts back what a deletion of a node took.
        undo_node_deletion(ById) -> Nothing;
        /// A saved request.
        saved_request(ById) -> SavedRequest;
        /// Keeps a request.
        save_request(SaveRequest) -> SavedRequest;
        /// The open tabs.
        drafts(Nothing) -> Drafts;
        /// Keeps a tab as it is typed.
        save_draft(Draft) -> Nothing;
        /// Closes a tab.
        close_draft(DraftKey) -> Nothing;
        /// The head that would be sent.
        preview_head(RequestDefinition) -> HeadPreview;
        /// Reads a curl command.
        read_curl(CurlText) -> ImportedRequest;
        /// The request of an exchange as a definition that can be edited and sent.
        definition_of(ById) -> ImportedRequest;
        /// Sends a request and keeps what came back, or why nothing did.
        send(SendCommand) -> ExchangeSummary;
        /// Cancels a send, a replay or an export.
        cancel(Ticket) -> Nothing;
        /// Sends captured pushes again, the bytes as they came.
        replay(ReplayCommand) -> Replayed;
        /// What an export would look like.
        preview_export(ExportQuery) -> ExportPreview;
        /// Exports into a file.
        export(ExportCommand) -> Exported;
        /// Exports as text for the clipboard.
        export_text(ExportQuery) -> ExportedText;
        /// What the workspace takes on the disk, and what for; reads the whole file.
        size(Nothing) -> WorkspaceSize;
        /// Makes the file as small as it can be, while captures go on.
        compact(Ticket) -> Compacted;
        /// Copies the workspace to another file and checks the copy.
        back_up(BackupCommand) -> BackedUp;
        /// Starts a tunnel in place of the one there is.
        start_tunnel(TunnelConfig) -> Status;
        /// Stops the tunnel.
        stop_tunnel(Nothing) -> Status;
        /// Sends a request through the public URL and says how long it took to be seen.
        test_tunnel(Nothing) -> TunnelProbe;
    }
    bytes {
        /// Bytes of a body.
        body_bytes(BytesQuery);
        /// The bytes that a push's signature covers; a secret among them is masked.
        signed_bytes(SignedQuery);
        /// HTML or SVG made harmless, for a frame without rights.
        preview(Reading);
        /// One text of the side-by-side view, UTF-8.
        compare_text(CompareTextQuery);
    }
}

fn parse<T: serde::de::DeserializeOwned>(name: &str, args: Value) -> Result<T, ApiError> {
    serde_json::from_value(args)
        .map_err(|error| ApiError::invalid(format!("The arguments of {name} do not fit: {error}.")))
}

fn serialize<T: serde::Serialize>(name: &str, result: &T) -> Result<Answer, ApiError> {
    serde_json::to_value(result)
        .map(Answer::Json)
        .map_err(|error| ApiError::failed(format!("The answer of {name} could not be written as JSON: {error}.")))
}
