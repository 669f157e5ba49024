// The open tabs of the requests screen. Every change is kept in the workspace within a moment, so that a crash costs
// nothing that was typed.
import { session } from "$app/session.svelte";
import { asApiError, call } from "$ipc/call";
import type { ApiError } from "$ipc/bindings/ApiError";
import type { Draft } from "$ipc/bindings/Draft";
import type { RequestDefinition } from "$ipc/bindings/RequestDefinition";
import { emptyDefinition, nameFromUrl } from "./definition";
import { DraftTab } from "./draft.svelte";

/** How long after a change a tab is kept, ms: one write for a burst of keys. */
export const KEEP_AFTER = 150;
/** How long after a failure a tab is kept again, ms. */
export const KEEP_AGAIN_AFTER = 5_000;

/** The open tabs. */
export class Drafts {
  tabs = $state.raw<DraftTab[]>([]);
  activeKey = $state<string | null>(null);
  loaded = $state(false);
  /** Why the last change could not be kept. */
  problem = $state.raw<ApiError | null>(null);

  readonly active = $derived(this.tabs.find((tab) => tab.key === this.activeKey) ?? null);

  /** The opening of a workspace that the tabs belong to. */
  private revision = -1;
  private readonly waiting = new Map<string, ReturnType<typeof setTimeout>>();
  private saving: Promise<void> = Promise.resolve();
  /** The keys of the tabs that could not be kept. */
  private readonly failed = new Set<string>();
  private readonly watchers = new Map<string, () => void>();

  /** Reads the tabs that were open in a workspace, once for each time one is opened. */
  async load(workspaceRevision: number): Promise<void> {
    if (this.revision === workspaceRevision) return;
    this.clear();
    this.revision = workspaceRevision;
    const tabs = await this.read(workspaceRevision);
    if (this.revision !== workspaceRevision) return;
    this.tabs = tabs;
    this.activeKey = tabs[0]?.key ?? null;
    for (const tab of tabs) this.watch(tab);
    this.loaded = true;
  }

  /** Lets go of the tabs: they belong to a workspace that is not open any more. */
  clear(): void {
    for (const timer of this.waiting.values()) clearTimeout(timer);
    for (const stop of this.watchers.values()) stop();
    this.waiting.clear();
    this.watchers.clear();
    this.failed.clear();
    this.tabs = [];
    this.activeKey = null;
    this.loaded = false;
    this.problem = null;
    this.revision = -1;
  }

  private async read(workspaceRevision: number): Promise<DraftTab[]> {
    try {
      const { drafts, answers } = await call("drafts", {});
      const own = (draft: Draft) => answers.filter((answer) => draft.answers.includes(answer.id));
      return await Promise.all(drafts.map(async (draft) => new DraftTab(draft, await savedOf(draft), own(draft))));
    } catch (thrown) {
      if (this.revision === workspaceRevision) this.revision = -1;
      throw thrown;
    }
  }

  /** Opens a new tab with this in it. */
  create(definition: RequestDefinition = emptyDefinition(), name?: string): DraftTab {
    const draft = {
      key: crypto.randomUUID(),
      requestId: null,
      position: this.nextPosition(),
      unsaved: false,
      shown: null,
      answers: [],
    };
    const tab = new DraftTab({ ...draft, definition, name: name ?? nameFromUrl(definition.url) }, null);
    tab.named = name !== undefined;
    return this.add(tab);
  }

  /** Opens a saved request, or shows the tab that has it. */
  async openSaved(id: number): Promise<DraftTab> {
    const shown = this.showSaved(id);
    if (shown) return shown;
    const saved = await call("saved_request", { id });
    const newest = await call("list", { filter: `request:${id}`, upto: null, from: 0, count: 1, near: null });
    // Asked for twice, it is opened once.
    const meanwhile = this.showSaved(id);
    if (meanwhile) return meanwhile;
    const draft: Draft = {
      key: crypto.randomUUID(),
      requestId: id,
      position: this.nextPosition(),
      name: saved.name,
      definition: saved.definition,
      unsaved: false,
      shown: newest.rows[0]?.id ?? null,
      answers: [],
    };
    return this.add(new DraftTab(draft, structuredClone(saved.definition)));
  }

  private showSaved(id: number): DraftTab | undefined {
    const there = this.tabs.find((tab) => tab.requestId === id);
    if (there) this.activeKey = there.key;
    return there;
  }

  /** Keeps the request of a tab; `parent` says where a new one goes. */
  async save(tab: DraftTab, name: string, parent: number | null): Promise<void> {
    const definition = $state.snapshot(tab.definition) as RequestDefinition;
    // What was sent before the first save is not lost to it.
    const { answers, requestId } = tab.toDraft();
    const saved = await call("save_request", { id: requestId, parent, name, definition, answers });
    tab.requestId = saved.id;
    tab.name = saved.name;
    tab.named = true;
    tab.saved = definition;
    void this.keep(tab);
    // What came while it was saved.
    const late = tab.answers.map((answer) => answer.id).filter((id) => !answers.includes(id));
    if (requestId === null) await tab.list(late);
  }

  /** Closes a tab and answers what reopens it. */
  async close(tab: DraftTab): Promise<() => void> {
    const at = this.tabs.indexOf(tab);
    const draft = tab.toDraft();
    this.forget(tab);
    this.tabs = this.tabs.filter((other) => other !== tab);
    if (this.activeKey === tab.key) this.activeKey = (this.tabs[at] ?? this.tabs[at - 1])?.key ?? null;
    await call("close_draft", { key: tab.key });
    return () => {
      this.add(new DraftTab(draft, tab.saved, tab.answers), at);
    };
  }

  /** Shows the tab before or after the active one, round the ends. */
  step(by: 1 | -1): void {
    const at = this.tabs.findIndex((tab) => tab.key === this.activeKey);
    this.activeKey = this.tabs.at((at + by) % this.tabs.length)?.key ?? null;
  }

  /** Shows the tab at a place, from 1; 9 is the last. */
  activate(place: number): void {
    const tab = place === 9 ? this.tabs.at(-1) : this.tabs[place - 1];
    if (tab) this.activeKey = tab.key;
  }

  /** The saved requests of tabs are gone: the tabs stay as new ones. The answer makes them what they were. */
  detach(ids: ReadonlySet<number>): () => void {
    const before = this.tabs.flatMap((tab) => {
      const { requestId, saved } = tab;
      if (requestId === null || !ids.has(requestId)) return [];
      tab.requestId = null;
      tab.saved = null;
      return [{ tab, requestId, saved }];
    });
    return () => {
      // A tab that was saved anew meanwhile is another request's.
      for (const { tab, ...was } of before) if (tab.requestId === null) Object.assign(tab, was);
    };
  }

  /** Keeps at once what still waits: the window is about to go. */
  async flush(): Promise<void> {
    await Promise.all(this.tabs.filter((tab) => this.waiting.has(tab.key)).map((tab) => this.keep(tab)));
    // And what is on its way.
    await this.saving;
  }

  private add(tab: DraftTab, at = this.tabs.length): DraftTab {
    this.tabs = this.tabs.toSpliced(at, 0, tab);
    this.activeKey = tab.key;
    this.watch(tab);
    this.schedule(tab);
    return tab;
  }

  private nextPosition(): number {
    return this.tabs.reduce((highest, tab) => Math.max(highest, tab.position), -1) + 1;
  }

  /** Keeps a tab a moment after each change of what is kept of it. */
  private watch(tab: DraftTab): void {
    let first = true;
    const stop = $effect.root(() => {
      $effect(() => {
        touch(tab.definition);
        if (!tab.named && tab.requestId === null) tab.name = nameFromUrl(tab.definition.url);
        void [tab.name, tab.requestId, tab.shown, tab.answers];
        if (!first) this.schedule(tab);
        first = false;
      });
    });
    this.watchers.set(tab.key, stop);
  }

  private schedule(tab: DraftTab, after = KEEP_AFTER): void {
    clearTimeout(this.waiting.get(tab.key));
    this.waiting.set(
      tab.key,
      // While another workspace is being opened, it could land in either file.
      setTimeout(() => void (session.opening ? this.schedule(tab) : this.keep(tab)), after),
    );
  }

  private keep(tab: DraftTab): Promise<void> {
    clearTimeout(this.waiting.get(tab.key));
    this.waiting.delete(tab.key);
    // One after another, so that what was typed last is what stays.
    this.saving = this.saving.then(() => this.write(tab));
    return this.saving;
  }

  private async write(tab: DraftTab): Promise<void> {
    if (!this.tabs.includes(tab)) return;
    try {
      await call("save_draft", tab.toDraft());
      this.failed.delete(tab.key);
      if (this.failed.size === 0) this.problem = null;
    } catch (thrown) {
      if (!this.tabs.includes(tab)) return;
      this.failed.add(tab.key);
      const problem = asApiError(thrown);
      // The same is not said anew each time.
      if (problem.message !== this.problem?.message) this.problem = problem;
      if (!this.waiting.has(tab.key)) this.schedule(tab, KEEP_AGAIN_AFTER);
    }
  }

  private forget(tab: DraftTab): void {
    clearTimeout(this.waiting.get(tab.key));
    this.waiting.delete(tab.key);
    this.failed.delete(tab.key);
    this.watchers.get(tab.key)?.();
    this.watchers.delete(tab.key);
  }
}

/** What is saved under a draft; null if it never was or is gone. */
async function savedOf(draft: Draft): Promise<RequestDefinition | null> {
  if (draft.requestId === null) return null;
  try {
    return (await call("saved_request", { id: draft.requestId })).definition;
  } catch (thrown) {
    if (asApiError(thrown).code !== "notFound") throw thrown;
    draft.requestId = null;
    return null;
  }
}

/** Reads every value, so that an effect runs again when one changes; strings are not copied. */
function touch(value: unknown): void {
  if (typeof value === "object" && value !== null) for (const inner of Object.values(value)) touch(inner);
}

/** The one set of tabs of the window. */
export const drafts = new Drafts();
session.hold({ flush: () => drafts.flush(), clear: () => drafts.clear() });
