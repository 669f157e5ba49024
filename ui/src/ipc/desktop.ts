// What the desktop shell does for the window: native file dialogs, the browser, the clipboard.
import { backend } from "./backend";
import { invoked } from "./call";

export interface FileFilter {
  name: string;
  extensions: string[];
}

/** Asks for an existing file. Null if the user changed their mind. */
export async function chooseFile(title: string, filters?: FileFilter[]): Promise<string | null> {
  return (await invoked("choose_file", { title, filters: filters ?? null })) as string | null;
}

/** Asks where to save. Null if the user changed their mind. */
export async function chooseSave(suggested: string): Promise<string | null> {
  return (await invoked("choose_save", { suggested })) as string | null;
}

/** Opens an http or https address in the user's browser. */
export async function openUrl(url: string): Promise<void> {
  await invoked("open_url", { url });
}

/** Puts text on the clipboard. */
export async function copyText(text: string): Promise<void> {
  await invoked("copy_text", { text });
}

/** Calls `receive` whenever the app is started again for another workspace, with its path; the answer stops it. */
export async function listenToStarts(receive: (path: string) => void): Promise<() => void> {
  return (await backend()).listen("workspace_asked_for", (payload) => receive(payload as string));
}
