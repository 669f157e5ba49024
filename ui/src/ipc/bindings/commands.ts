// Written by `cargo xtask bindings` from the engine's command list. Do not edit.
import type { BackedUp } from "./BackedUp";
import type { BackupCommand } from "./BackupCommand";
import type { BodyInfo } from "./BodyInfo";
import type { ById } from "./ById";
import type { BytesQuery } from "./BytesQuery";
import type { CellRows } from "./CellRows";
import type { CellsQuery } from "./CellsQuery";
import type { ChangesQuery } from "./ChangesQuery";
import type { CollectionNode } from "./CollectionNode";
import type { Collections } from "./Collections";
import type { Compacted } from "./Compacted";
import type { CompareQuery } from "./CompareQuery";
import type { CompareRows } from "./CompareRows";
import type { CompareRowsQuery } from "./CompareRowsQuery";
import type { CompareTextQuery } from "./CompareTextQuery";
import type { Comparison } from "./Comparison";
import type { Count } from "./Count";
import type { CountQuery } from "./CountQuery";
import type { CurlText } from "./CurlText";
import type { DeleteCommand } from "./DeleteCommand";
import type { Deletion } from "./Deletion";
import type { Delivery } from "./Delivery";
import type { Draft } from "./Draft";
import type { DraftKey } from "./DraftKey";
import type { Drafts } from "./Drafts";
import type { Exchange } from "./Exchange";
import type { ExchangeSummary } from "./ExchangeSummary";
import type { Exchanges } from "./Exchanges";
import type { ExportCommand } from "./ExportCommand";
import type { ExportPreview } from "./ExportPreview";
import type { ExportQuery } from "./ExportQuery";
import type { Exported } from "./Exported";
import type { ExportedText } from "./ExportedText";
import type { FilterCommand } from "./FilterCommand";
import type { FilterQuery } from "./FilterQuery";
import type { FilterReading } from "./FilterReading";
import type { Filtered } from "./Filtered";
import type { FindQuery } from "./FindQuery";
import type { FindResult } from "./FindResult";
import type { HeadPreview } from "./HeadPreview";
import type { HeaderRows } from "./HeaderRows";
import type { HexPage } from "./HexPage";
import type { HexQuery } from "./HexQuery";
import type { Histogram } from "./Histogram";
import type { HistogramQuery } from "./HistogramQuery";
import type { IgnoreChange } from "./IgnoreChange";
import type { IgnoreQuery } from "./IgnoreQuery";
import type { IgnoreRules } from "./IgnoreRules";
import type { ImportedRequest } from "./ImportedRequest";
import type { ListColumns } from "./ListColumns";
import type { ListPage } from "./ListPage";
import type { ListQuery } from "./ListQuery";
import type { ListenOptions } from "./ListenOptions";
import type { MakeVault } from "./MakeVault";
import type { MoveNode } from "./MoveNode";
import type { MoveView } from "./MoveView";
import type { NewFolder } from "./NewFolder";
import type { NewSecret } from "./NewSecret";
import type { NewSource } from "./NewSource";
import type { NodeDeletion } from "./NodeDeletion";
import type { NodePlace } from "./NodePlace";
import type { NodeQuery } from "./NodeQuery";
import type { Note } from "./Note";
import type { Nothing } from "./Nothing";
import type { OfSource } from "./OfSource";
import type { OpenWorkspace } from "./OpenWorkspace";
import type { Parts } from "./Parts";
import type { PinCommand } from "./PinCommand";
import type { Previous } from "./Previous";
import type { Provider } from "./Provider";
import type { ProviderKey } from "./ProviderKey";
import type { Providers } from "./Providers";
import type { RawQuery } from "./RawQuery";
import type { ReadCommand } from "./ReadCommand";
import type { Reading } from "./Reading";
import type { RenameNode } from "./RenameNode";
import type { RenameSource } from "./RenameSource";
import type { ReplayCommand } from "./ReplayCommand";
import type { Replayed } from "./Replayed";
import type { RequestDefinition } from "./RequestDefinition";
import type { RowPlace } from "./RowPlace";
import type { RowQuery } from "./RowQuery";
import type { SampleQuery } from "./SampleQuery";
import type { SaveBody } from "./SaveBody";
import type { SaveProvider } from "./SaveProvider";
import type { SaveRequest } from "./SaveRequest";
import type { SaveRules } from "./SaveRules";
import type { SaveSource } from "./SaveSource";
import type { SaveView } from "./SaveView";
import type { Saved } from "./Saved";
import type { SavedRequest } from "./SavedRequest";
import type { SecretRef } from "./SecretRef";
import type { SendCommand } from "./SendCommand";
import type { Settings } from "./Settings";
import type { SignedQuery } from "./SignedQuery";
import type { Source } from "./Source";
import type { SourceName } from "./SourceName";
import type { SourceRules } from "./SourceRules";
import type { SourceSettings } from "./SourceSettings";
import type { SourceTried } from "./SourceTried";
import type { Sources } from "./Sources";
import type { Status } from "./Status";
import type { TablePage } from "./TablePage";
import type { TableQuery } from "./TableQuery";
import type { TagCommand } from "./TagCommand";
import type { Tags } from "./Tags";
import type { Tallies } from "./Tallies";
import type { TextChanges } from "./TextChanges";
import type { TextPage } from "./TextPage";
import type { TextQuery } from "./TextQuery";
import type { Ticket } from "./Ticket";
import type { TreePage } from "./TreePage";
import type { TreeQuery } from "./TreeQuery";
import type { Tried } from "./Tried";
import type { TryProvider } from "./TryProvider";
import type { TryQuery } from "./TryQuery";
import type { TunnelConfig } from "./TunnelConfig";
import type { TunnelProbe } from "./TunnelProbe";
import type { UnlockVault } from "./UnlockVault";
import type { VaultStatus } from "./VaultStatus";
import type { Verdict } from "./Verdict";
import type { VerifyQuery } from "./VerifyQuery";
import type { View } from "./View";
import type { Views } from "./Views";
import type { WorkspaceSize } from "./WorkspaceSize";

/** Every command: what it takes and what it answers. */
export interface Commands {
  /** What runs, and on what. */
  status: { args: Nothing; result: Status };
  /** The settings of the workspace. */
  settings: { args: Nothing; result: Settings };
  /** Keeps the settings; the listener takes a new port or address at its next start. */
  save_settings: { args: Settings; result: Settings };
  /** Opens another workspace in place of this one; what ran on the old one stops. */
  open_workspace: { args: OpenWorkspace; result: Status };
  /** Starts the listener. */
  start_listening: { args: ListenOptions; result: Status };
  /** Stops the listener. */
  stop_listening: { args: Nothing; result: Status };
  /** A page of the list, newest first. */
  list: { args: ListQuery; result: ListPage };
  /** How many rows a filter finds. */
  count: { args: CountQuery; result: Count };
  /** The whole of an exchange but its bodies. */
  exchange: { args: ById; result: Exchange };
  /** The delivery that a push belongs to: all pushes of the same event. */
  delivery: { args: ById; result: Delivery };
  /** What a body is. */
  body_info: { args: Reading; result: BodyInfo };
  /** Rows of the text view. */
  text_rows: { args: TextQuery; result: TextPage };
  /** Rows of the tree view. */
  tree_rows: { args: TreeQuery; result: TreePage };
  /** Where a node of the tree stands, and its value. */
  tree_node: { args: NodeQuery; result: NodePlace };
  /** Rows of the hex view. */
  hex_rows: { args: HexQuery; result: HexPage };
  /** Rows of the wire bytes of a message, head and framing included. */
  raw_rows: { args: RawQuery; result: TextPage };
  /** Where a text stands in a body. */
  find: { args: FindQuery; result: FindResult };
  /** The fields of a form or the parts of a multipart body. */
  parts: { args: Reading; result: Parts };
  /** These exchanges, with all pushes of the deliveries that they are the first of, oldest first. */
  whole_deliveries: { args: Exchanges; result: Exchanges };
  /** Pins or unpins exchanges: what is pinned is never taken away by retention. */
  pin: { args: PinCommand; result: Nothing };
  /** Marks exchanges as read or unread. */
  mark_read: { args: ReadCommand; result: Nothing };
  /** All tags, by name. */
  tags: { args: Nothing; result: Tags };
  /** Adds tags to exchanges and takes tags away. */
  tag: { args: TagCommand; result: Nothing };
  /** Keeps what is written about an exchange. */
  save_note: { args: Note; result: Nothing };
  /** What is wrong with a filter that is typed, and what may be meant. */
  read_filter: { args: FilterQuery; result: FilterReading };
  /** How many exchanges of a filter went which way, failed, are unread. */
  tallies: { args: CountQuery; result: Tallies };
  /** When the exchanges of a filter came. */
  histogram: { args: HistogramQuery; result: Histogram };
  /** All saved filters, in their order. */
  views: { args: Nothing; result: Views };
  /** Saves a filter. */
  save_view: { args: SaveView; result: View };
  /** Gives a view another place. */
  move_view: { args: MoveView; result: Nothing };
  /** Deletes a view; what it shows stays. */
  delete_view: { args: ById; result: Nothing };
  /** The columns of the list; none if the user has never changed them. */
  columns: { args: Nothing; result: ListColumns };
  /** Keeps the columns of the list. */
  save_columns: { args: ListColumns; result: Nothing };
  /** Values of columns that are read out of each exchange. */
  cells: { args: CellsQuery; result: CellRows };
  /** Hides exchanges at once and deletes them for good ten seconds later. */
  delete: { args: DeleteCommand; result: Deletion };
  /** Shows again what a deletion hides. */
  undo_deletion: { args: ById; result: Deletion };
  /** Rows of an array as a table. */
  table_rows: { args: TableQuery; result: TablePage };
  /** The row of the text view that holds a byte. */
  row_at: { args: RowQuery; result: RowPlace };
  /** The newest earlier exchange of the same source and event type, or of the same saved request, or of the same method and path. */
  previous: { args: ById; result: Previous };
  /** Filters a body by JSONPath or jq. */
  filter: { args: FilterCommand; result: Filtered };
  /** Writes a body or a part of it into a file. */
  save_body: { args: SaveBody; result: Saved };
  /** All sources, by name. */
  sources: { args: Nothing; result: Sources };
  /** Makes a source before its first request. */
  create_source: { args: NewSource; result: Source };
  /** Gives a source another name, and with it another address; what is set for it and its exchanges go along. */
  rename_source: { args: RenameSource; result: SourceSettings };
  /** Takes a source away with its settings, rules and secrets; its exchanges stay. */
  delete_source: { args: SourceName; result: Nothing };
  /** What is set for a source, and its secrets without their values. */
  source_settings: { args: SourceName; result: SourceSettings };
  /** Keeps what is set for a source. */
  save_source: { args: SaveSource; result: SourceSettings };
  /** Puts a secret of a source into the vault; the first one makes the vault. */
  add_secret: { args: NewSecret; result: SourceSettings };
  /** Takes a secret of a source out of the vault. */
  remove_secret: { args: SecretRef; result: SourceSettings };
  /** Checks the signature of a push anew, and says why it does not fit. */
  verify_exchange: { args: VerifyQuery; result: Verdict };
  /** Checks all pushes of a source again. */
  verify_source: { args: SourceName; result: Nothing };
  /** The vault: whether secrets can be read now, and where their key is. */
  vault: { args: Nothing; result: VaultStatus };
  /** Makes the vault, its key kept where the user chose. */
  make_vault: { args: MakeVault; result: VaultStatus };
  /** Opens the vault. */
  unlock_vault: { args: UnlockVault; result: VaultStatus };
  /** Closes the vault until it is unlocked again. */
  lock_vault: { args: Nothing; result: VaultStatus };
  /** Gives the vault up with every secret in it. */
  forget_vault: { args: Nothing; result: VaultStatus };
  /** The providers that are known, and the user's own. */
  providers: { args: Nothing; result: Providers };
  /** Keeps a provider of the user's, in place of the one of its key unless it is to be new. */
  save_provider: { args: SaveProvider; result: Provider };
  /** Deletes a provider of the user's. */
  delete_provider: { args: ProviderKey; result: Nothing };
  /** Tries a provider on an example, without keeping it. */
  try_provider: { args: TryProvider; result: Tried };
  /** How a source answers. */
  source_rules: { args: OfSource; result: SourceRules };
  /** Keeps how a source answers; in force at once, unless a problem blocks. */
  save_rules: { args: SaveRules; result: SourceRules };
  /** Starts the sequences of a source again. */
  reset_rules: { args: OfSource; result: SourceRules };
  /** Sends a request to our own listener, to see how a source answers it. */
  try_source: { args: TryQuery; result: SourceTried };
  /** Sends a sample event to our own listener over HTTP. */
  send_sample: { args: SampleQuery; result: ExchangeSummary };
  /** Holds two to eight things against each other. */
  compare: { args: CompareQuery; result: Comparison };
  /** Rows of a comparison. */
  compare_rows: { args: CompareRowsQuery; result: CompareRows };
  /** The paths that a comparison of these exchanges ignores from the start. */
  ignore_rules: { args: IgnoreQuery; result: IgnoreRules };
  /** Changes the paths that are ignored for one kind of exchange. */
  change_ignore_rules: { args: IgnoreChange; result: Nothing };
  /** The headers of the sides, by name. */
  compare_headers: { args: CompareQuery; result: HeaderRows };
  /** Where two texts differ. */
  compare_changes: { args: ChangesQuery; result: TextChanges };
  /** All collections, folders and saved requests. */
  collections: { args: Nothing; result: Collections };
  /** Makes a collection or a folder. */
  create_folder: { args: NewFolder; result: CollectionNode };
  /** Gives a node another name. */
  rename_node: { args: RenameNode; result: Nothing };
  /** Gives a node another place. */
  move_node: { args: MoveNode; result: Nothing };
  /** Deletes a node and all below it; for a while it can be taken back. */
  delete_node: { args: ById; result: NodeDeletion };
  /** Puts back what a deletion of a node took. */
  undo_node_deletion: { args: ById; result: Nothing };
  /** A saved request. */
  saved_request: { args: ById; result: SavedRequest };
  /** Keeps a request. */
  save_request: { args: SaveRequest; result: SavedRequest };
  /** The open tabs. */
  drafts: { args: Nothing; result: Drafts };
  /** Keeps a tab as it is typed. */
  save_draft: { args: Draft; result: Nothing };
  /** Closes a tab. */
  close_draft: { args: DraftKey; result: Nothing };
  /** The head that would be sent. */
  preview_head: { args: RequestDefinition; result: HeadPreview };
  /** Reads a curl command. */
  read_curl: { args: CurlText; result: ImportedRequest };
  /** The request of an exchange as a definition that can be edited and sent. */
  definition_of: { args: ById; result: ImportedRequest };
  /** Sends a request and keeps what came back, or why nothing did. */
  send: { args: SendCommand; result: ExchangeSummary };
  /** Cancels a send, a replay or an export. */
  cancel: { args: Ticket; result: Nothing };
  /** Sends captured pushes again, the bytes as they came. */
  replay: { args: ReplayCommand; result: Replayed };
  /** What an export would look like. */
  preview_export: { args: ExportQuery; result: ExportPreview };
  /** Exports into a file. */
  export: { args: ExportCommand; result: Exported };
  /** Exports as text for the clipboard. */
  export_text: { args: ExportQuery; result: ExportedText };
  /** What the workspace takes on the disk, and what for; reads the whole file. */
  size: { args: Nothing; result: WorkspaceSize };
  /** Makes the file as small as it can be, while captures go on. */
  compact: { args: Ticket; result: Compacted };
  /** Copies the workspace to another file and checks the copy. */
  back_up: { args: BackupCommand; result: BackedUp };
  /** Starts a tunnel in place of the one there is. */
  start_tunnel: { args: TunnelConfig; result: Status };
  /** Stops the tunnel. */
  stop_tunnel: { args: Nothing; result: Status };
  /** Sends a request through the public URL and says how long it took to be seen. */
  test_tunnel: { args: Nothing; result: TunnelProbe };
  /** Bytes of a body. */
  body_bytes: { args: BytesQuery; result: ArrayBuffer };
  /** The bytes that a push's signature covers; a secret among them is masked. */
  signed_bytes: { args: SignedQuery; result: ArrayBuffer };
  /** HTML or SVG made harmless, for a frame without rights. */
  preview: { args: Reading; result: ArrayBuffer };
  /** One text of the side-by-side view, UTF-8. */
  compare_text: { args: CompareTextQuery; result: ArrayBuffer };
}
