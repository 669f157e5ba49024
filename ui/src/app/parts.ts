// The parts of the window that are not needed to open it: read when first wanted, or once it has come to rest.
export const parts = {
  requestsScreen: () => import("../features/requests/RequestsScreen.svelte"),
  compareScreen: () => import("../features/compare/CompareScreen.svelte"),
  sourcesScreen: () => import("../features/sources/SourcesScreen.svelte"),
  settingsScreen: () => import("../features/settings/SettingsScreen.svelte"),
  collectionsPanel: () => import("../features/requests/CollectionsPanel.svelte"),
  exchangeDetail: () => import("../features/inbox/detail/Detail.svelte"),
  tunnelPopover: () => import("../features/tunnel/TunnelPopover.svelte"),
  transferDialogs: () => import("../features/transfer/TransferDialogs.svelte"),
  markDialogs: () => import("../features/inbox/marks/MarkDialogs.svelte"),
  providerDialogs: () => import("../features/providers/ProviderDialogs.svelte"),
  vaultDialog: () => import("../features/vault/VaultDialog.svelte"),
  palette: () => import("./Palette.svelte"),
  shortcutSheet: () => import("./ShortcutSheet.svelte"),
};

/** How long the window rests before what a key or a click may want next is read. */
const REST = 1_500;

/** Reads ahead what opens over the inbox; screens with editors wait until they are wanted. The answer stops it. */
export function readAhead(): () => void {
  const { exchangeDetail, palette, tunnelPopover } = parts;
  const resting = setTimeout(() => void Promise.all([exchangeDetail(), palette(), tunnelPopover()]), REST);
  return () => clearTimeout(resting);
}
