// Copies the body that is shown, as text.
import { call } from "$ipc/call";
import { copyText } from "$ipc/desktop";
import { say } from "$app/toasts.svelte";
import { size } from "$shared/format";
import { inbox } from "../inbox.svelte";
import { detail } from "./detail.svelte";

const AT_MOST = 4 * 1024 * 1024;

export async function copyBody() {
  const id = inbox.selection.cursorId;
  if (id === null) return;
  const body = { id, side: detail.side };
  const info = await call("body_info", body);
  if (info.kind === "empty") return say("There is no body to copy.");
  const bytes = await call("body_bytes", { body, from: 0, count: AT_MOST, decoded: true });
  await copyText(decode(bytes, info.charset));
  say(info.decodedSize > AT_MOST ? `First ${size(AT_MOST)} of the body copied` : "Body copied");
}

function decode(bytes: ArrayBuffer, charset: string): string {
  try {
    return new TextDecoder(charset).decode(bytes);
  } catch {
    return new TextDecoder().decode(bytes);
  }
}
