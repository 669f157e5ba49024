// What runs and what is stored, as the feed tells it: the one copy that all screens read.
import type { ApiError } from "$ipc/bindings/ApiError";
import type { FeedEvent } from "$ipc/bindings/FeedEvent";
import type { JobProgress } from "$ipc/bindings/JobProgress";
import type { Settings } from "$ipc/bindings/Settings";
import type { Source } from "$ipc/bindings/Source";
import type { Status } from "$ipc/bindings/Status";
import { asApiError, call } from "$ipc/call";
import { listenToFeed } from "$ipc/feed";

/** While pushes keep coming, how many each source has is read this often at most, ms. */
const COUNT_RESTS = 500;

type Receiver = (event: FeedEvent) => void;

/** What holds something of the workspace that is open. */
export interface Holder {
  /** Keeps at once what was typed: another workspace is about to be opened. */
  flush?: () => Promise<unknown>;
  /** Lets go of everything: it belongs to a workspace that is not open any more. */
  clear: () => void;
}

class Session {
  status = $state.raw<Status | null>(null);
  settings = $state.raw<Settings | null>(null);
  sources = $state.raw<Source[]>([]);
  jobs = $state.raw<JobProgress[]>([]);
  /**
   * The address that the settings named when the listener was started, or null while it is down. The URL of the listener
   * does not tell 0.0.0.0 from 127.0.0.1.
   */
  listensOn = $state<string | null>(null);
  /** Why the engine does not answer. */
  problem = $state.raw<ApiError | null>(null);
  /** Grows when another workspace was opened: what was read from the old one is void. */
  workspaceRevision = $state(0);
  /** True while another workspace is being opened: what is typed now would be kept in either. */
  opening = $state(false);
  #receivers = new Set<Receiver>();
  #holders = new Set<Holder>();
  /** Events of the feed so far. */
  #heard = 0;
  #counting: ReturnType<typeof setTimeout> | undefined;
  #counted = 0;
  #running: Promise<() => void> | null = null;
  #answer = () => {};
  /** Settled once the engine has answered for the first time, if only with an error. */
  readonly answered = new Promise<void>((resolve) => (this.#answer = resolve));

  /** The address that pushes go to on this computer, or null while the listener is down. */
  readonly localUrl = $derived(this.status?.listener.type === "listening" ? this.status.listener.url : null);
  /** The public address, or null while no tunnel is up. */
  readonly publicUrl = $derived(this.status?.tunnel.state.type === "up" ? this.status.tunnel.state.url : null);

  /** What keeps pushes from being stored for now, though there is a workspace; else null. */
  readonly stopped = $derived(this.status?.listener.type === "failed" ? null : (this.status?.notice ?? null));

  /** Reads everything once and follows the feed from then on; the answer stops it. Started twice, it runs once. */
  start(): Promise<() => void> {
    this.#running ??= this.#start();
    return this.#running;
  }

  async #start(): Promise<() => void> {
    const [stop] = await Promise.all([listenToFeed((event) => this.#receive(event)), this.refresh()]);
    // What came between the answers and the feed.
    await this.refresh();
    return () => {
      this.#running = null;
      stop();
    };
  }

  async refresh() {
    try {
      // All or nothing: where there is no workspace the status still answers, and says why.
      const asked = Promise.all([call("status", {}), call("settings", {}), call("sources", {})]);
      await this.takeAnswer(asked.then(([status]) => status));
      const [, settings, { sources }] = await asked;
      this.settings = settings;
      this.sources = sources;
      this.#noteAddress();
      this.problem = null;
    } catch (thrown) {
      this.problem = asApiError(thrown);
    }
    this.#answer();
  }

  /** Opens a workspace in place of the one that is open. */
  async open(path: string) {
    this.opening = true;
    try {
      await Promise.all([...this.#holders].map((holder) => holder.flush?.()));
      await this.takeAnswer(call("open_workspace", { path }));
    } finally {
      // After a failure too: it may be open, though it could not be remembered for the next start.
      await this.refresh();
      this.opening = false;
    }
  }

  /** Opens the workspace once more that could not be opened: the engine does not try by itself. */
  async tryAgain() {
    try {
      const { workspace } = await call("status", {});
      await this.open(workspace);
    } catch (thrown) {
      this.problem = asApiError(thrown);
    }
  }

  /** Reads the status ahead of the feed. */
  async refreshStatus() {
    await this.takeAnswer(call("status", {}));
  }

  /**
   * Takes the status that a command answers, ahead of the feed. Not if the feed spoke meanwhile: the answer may be the
   * older of the two, and nothing would follow that corrects it. What it knew better the feed brings in a moment.
   */
  async takeAnswer(answer: Promise<Status>) {
    const heard = this.#heard;
    const status = await answer;
    if (heard === this.#heard) this.#take(status);
  }

  #take(status: Status) {
    const another = this.status !== null && this.status.workspace !== status.workspace;
    this.status = status;
    if (!another) return this.#noteAddress();
    this.workspaceRevision += 1;
    this.settings = null;
    this.listensOn = null;
    this.sources = [];
    for (const holder of this.#holders) holder.clear();
  }

  /** While it listens, other settings change nothing about the address. */
  #noteAddress() {
    if (this.status?.listener.type !== "listening") this.listensOn = null;
    else this.listensOn ??= this.settings?.bind ?? null;
  }

  /** Tells `holder` when another workspace is opened, before and after; the answer stops it. */
  hold(holder: Holder): () => void {
    this.#holders.add(holder);
    return () => this.#holders.delete(holder);
  }

  /** Calls `receive` on every event of the feed; the answer stops it. */
  onFeed(receive: Receiver): () => void {
    this.#receivers.add(receive);
    return () => this.#receivers.delete(receive);
  }

  #receive(event: FeedEvent) {
    this.#heard += 1;
    const before = this.status?.stored;
    const { stored } = event.status;
    this.#take(event.status);
    this.jobs = event.jobs;
    // What could not be read before is read now.
    if (event.lists || this.settings === null || this.problem !== null) void this.refreshLists();
    else if (stored.newest !== before?.newest || stored.exchanges !== before.exchanges) this.#recount();
    for (const receive of this.#receivers) receive(event);
  }

  /** Reads how many pushes the sources have, soon. */
  #recount() {
    this.#counting ??= setTimeout(
      async () => {
        this.#counting = undefined;
        this.#counted = Date.now();
        const revision = this.workspaceRevision;
        const answer = await call("sources", {}).catch(() => null); // said with the lists, if it stays so
        if (answer && revision === this.workspaceRevision) this.sources = answer.sources;
      },
      Math.max(0, this.#counted + COUNT_RESTS - Date.now()),
    );
  }

  async refreshLists() {
    const revision = this.workspaceRevision;
    try {
      const [settings, sources] = await Promise.all([call("settings", {}), call("sources", {})]);
      if (revision !== this.workspaceRevision) return;
      this.settings = settings;
      this.sources = sources.sources;
      this.#noteAddress();
      this.problem = null;
    } catch (thrown) {
      this.problem = asApiError(thrown);
    }
  }
}

export const session = new Session();
