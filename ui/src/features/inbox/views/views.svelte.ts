// Saved filters with their live counts.
import { SvelteMap } from "svelte/reactivity";
import type { FeedEvent } from "$ipc/bindings/FeedEvent";
import type { View } from "$ipc/bindings/View";
import { call } from "$ipc/call";
import { say, sayError, UNDO } from "$app/toasts.svelte";
import { ages } from "../filter/ages";

/** Counting rests this long after something changed, so that a busy inbox is not counted all the time. */
const RESTS = 1_000;
const ASK_AGAIN_AFTER = 300;

class Views {
  all = $state.raw<View[]>([]);
  /** Rows of each view; none while it was never counted. */
  counts = new SvelteMap<number, number>();
  /** True while the filter is being given a name. */
  naming = $state(false);
  #waiting: ReturnType<typeof setTimeout> | undefined;
  #counting = false;
  /** Something changed while they were being counted. */
  #stale = false;
  #seen = "";

  /** Reads the views of another workspace: numbers of the old one may be those of others here. */
  async restart() {
    this.counts.clear();
    await this.load();
  }

  async load() {
    this.all = (await call("views", {})).views;
    await this.count();
  }

  /** Counts all views, one after another. */
  async count() {
    this.#stale = true;
    await this.#countAnew([]);
  }

  /** Counts those again that find others as time goes on. */
  async age() {
    await this.#countAnew(this.all.filter((view) => ages(view.filter)));
  }

  /** Counts some, and all as long as something changed. */
  async #countAnew(some: View[]) {
    if (this.#counting) return;
    this.#counting = true;
    await this.#countEach(some);
    while (this.#stale) {
      this.#stale = false;
      await this.#countEach(this.all);
    }
    this.#counting = false;
  }

  async #countEach(some: View[]) {
    for (const view of some) {
      const counted = await rows(view.filter).catch(() => null); // counted again with the next change
      if (counted === null) this.counts.delete(view.id);
      else this.counts.set(view.id, counted);
    }
  }

  feed({ lists, status }: FeedEvent) {
    const { newest, revision } = status.stored;
    const seen = `${newest} ${revision}`;
    if (lists) this.load().catch(sayError);
    else if (seen !== this.#seen) this.#waiting ??= setTimeout(() => this.#counted(), RESTS);
    this.#seen = seen;
  }

  #counted() {
    this.#waiting = undefined;
    void this.count();
  }

  async save(name: string, filter: string) {
    await call("save_view", { id: null, name, filter });
    this.naming = false;
    await this.load();
    say(`Saved as “${name}”`);
  }

  async change(view: View, changes: Partial<View>) {
    await call("save_view", { ...view, ...changes });
    await this.load();
  }

  /** Keeps another filter under the name of a view; the one it had can be had back. */
  async refilter(view: View, filter: string) {
    await call("save_view", { ...view, filter });
    say(`“${view.name}” has the current filter now`, {
      title: UNDO,
      run: () => void this.#unfilter(view).catch(sayError),
    });
    await this.load();
  }

  /** Gives a view its filter back; it may have been renamed meanwhile. */
  async #unfilter({ id, filter }: View) {
    await this.load();
    const view = this.all.find((one) => one.id === id);
    if (view) await this.change(view, { filter });
    else say("The view is not there any more.");
  }

  /** Moves a view up (-1) or down (1). */
  async move(view: View, by: -1 | 1) {
    const at = this.all.findIndex((one) => one.id === view.id);
    const before = this.all[by < 0 ? at - 1 : at + 2];
    if (by < 0 && at === 0) return;
    await call("move_view", { id: view.id, before: before?.id ?? null });
    await this.load();
  }

  async remove(view: View) {
    const next = this.all[this.all.findIndex((one) => one.id === view.id) + 1];
    await call("delete_view", { id: view.id });
    await this.load();
    say(`View “${view.name}” deleted`, { title: UNDO, run: () => void this.#back(view, next).catch(sayError) });
  }

  async #back(view: View, before: View | undefined) {
    const { id } = await call("save_view", { ...view, id: null });
    if (before) await call("move_view", { id, before: before.id });
    await this.load();
  }
}

/** All rows of a filter, however long the search takes. */
async function rows(filter: string): Promise<number> {
  for (;;) {
    const { rows, complete } = await call("count", { filter, upto: null });
    if (complete) return rows;
    await new Promise((resolve) => setTimeout(resolve, ASK_AGAIN_AFTER));
  }
}

export const views = new Views();
