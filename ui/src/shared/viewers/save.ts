// Saves what a body view shows as a file.
import type { BodyInfo } from "$ipc/bindings/BodyInfo";
import type { BodyKind } from "$ipc/bindings/BodyKind";
import type { Reading } from "$ipc/bindings/Reading";
import { call } from "$ipc/call";
import { chooseSave } from "$ipc/desktop";
import { size } from "$shared/format";
import { say } from "$shared/toasts.svelte";

const ENDINGS: Partial<Record<BodyKind, string>> = {
  json: "json",
  xml: "xml",
  html: "html",
  ndjson: "ndjson",
  csv: "csv",
  text: "txt",
};

/** Asks where to, and writes there. A name that a sender chose gives up its folders. */
export async function saveBody(body: Reading, name: string, info: BodyInfo | null) {
  const bare =
    name
      .replace(/[^\p{L}\p{N} ._-]/gu, "_")
      .replace(/^\.+/, "")
      .slice(0, 100) || "body";
  const ending =
    info?.preview?.type === "image" ? info.preview.media.split("/")[1] : info && (ENDINGS[info.kind] ?? "bin");
  const path = await chooseSave(ending && !/\.[a-z0-9]{1,5}$/i.test(bare) ? `${bare}.${ending}` : bare);
  if (path === null) return;
  const { bytes, whole } = await call("save_body", { body, path });
  say(whole ? `${size(bytes)} saved` : `${size(bytes)} saved, as far as the body is read. ${info?.notice ?? ""}`);
}
