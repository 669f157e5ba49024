// The settings as they are being typed, and what is wrong with them. What is typed stays while other screens are shown.
import { session } from "$app/session.svelte";
import type { ApiError } from "$ipc/bindings/ApiError";
import type { AutoSource } from "$ipc/bindings/AutoSource";
import type { Settings } from "$ipc/bindings/Settings";
import { asApiError, call } from "$ipc/call";

type FieldName = "port" | "bind" | "bodyCap" | "replayTarget" | "days" | "exchanges" | "megabytes";

type Shown = ReturnType<typeof shown>;

const MIB = 1024 * 1024;
const CAP_AT_MOST = 512;

export class SettingsForm {
  port = $state("");
  bind = $state("");
  bodyCap = $state("");
  replayTarget = $state("");
  /** The retention; empty for no limit. */
  days = $state("");
  exchanges = $state("");
  megabytes = $state("");
  autoSource = $state<AutoSource>("local");
  busy = $state(false);
  /** What the engine found wrong. */
  problem = $state.raw<ApiError | null>(null);
  #kept = $state.raw<Settings | null>(null);

  readonly problems = $derived(this.#check());
  readonly broken = $derived(Object.keys(this.problems).length > 0);
  readonly changed = $derived(
    this.broken || (this.#kept !== null && JSON.stringify(this.#asSettings(this.#kept)) !== JSON.stringify(this.#kept)),
  );

  /** Takes settings that came from elsewhere; what the user is changing stays. */
  take(settings: Settings) {
    const before = this.#kept && shown(this.#kept);
    const isTyped = (name: keyof Shown) => before !== null && this[name] !== before[name];
    const fields = Object.entries(shown(settings)).filter(([name]) => !isTyped(name as keyof Shown));
    Object.assign(this, Object.fromEntries(fields));
    this.#kept = settings;
  }

  /** Another workspace has settings of its own. */
  clear() {
    this.#kept = null;
    this.problem = null;
    this.port = this.bind = this.bodyCap = this.replayTarget = this.days = this.exchanges = this.megabytes = "";
    this.autoSource = "local";
  }

  revert() {
    if (this.#kept) this.#show(this.#kept);
  }

  /** True if they were saved. */
  async save(): Promise<boolean> {
    if (this.#kept === null || this.broken) return false;
    this.busy = true;
    this.problem = null;
    try {
      // Another window or the command line may have set something else meanwhile.
      const { workspaceRevision } = session;
      const now = await call("settings", {});
      if (workspaceRevision !== session.workspaceRevision) return false; // they are those of another workspace
      this.take(now);
      const saved = await call("save_settings", this.#asSettings(now));
      session.settings = saved;
      this.#show(saved);
      return true;
    } catch (thrown) {
      this.problem = asApiError(thrown);
      return false;
    } finally {
      this.busy = false;
    }
  }

  #show(settings: Settings) {
    this.#kept = null;
    this.take(settings);
    this.problem = null;
  }

  #asSettings(kept: Settings): Settings {
    return {
      ...kept,
      port: Number(this.port),
      bind: this.bind.trim(),
      bodyCap: Math.round(Number(this.bodyCap) * MIB),
      replayTarget: this.replayTarget.trim(),
      autoSource: this.autoSource,
      retention: { days: limit(this.days), exchanges: limit(this.exchanges), bytes: limit(this.megabytes, MIB) },
    };
  }

  #check(): Partial<Record<FieldName, string>> {
    if (this.#kept === null) return {};
    const problems: Partial<Record<FieldName, string>> = {};
    const port = Number(this.port);
    if (!Number.isInteger(port) || port < 0 || port > 65_535 || this.port.trim() === "")
      problems.port = "A port is a number from 0 to 65535; 0 takes any free one.";
    if (this.bind.trim() === "") problems.bind = "An address is needed, such as 127.0.0.1.";
    const cap = Number(this.bodyCap);
    if (!(cap > 0 && cap <= CAP_AT_MOST)) problems.bodyCap = `The cap is a number up to ${CAP_AT_MOST}.`;
    if (!isLimit(this.days, 1)) problems.days = "A whole number of days from 1, or nothing for no limit.";
    if (!isLimit(this.exchanges, 1)) problems.exchanges = "A whole number from 1, or nothing for no limit.";
    if (!isLimit(this.megabytes, 1)) problems.megabytes = "A whole number of MB from 1, or nothing for no limit.";
    const target = this.replayTarget.trim();
    if (target !== "" && !/^https?:\/\/[^/]+/i.test(target))
      problems.replayTarget = "A target begins with http:// or https:// and has a host.";
    return problems;
  }
}

/** The one form of the window. */
export const form = new SettingsForm();
session.hold(form);

/** Settings as the fields show them. */
function shown({ port, bind, bodyCap, replayTarget, autoSource, retention }: Settings) {
  const { days, exchanges, bytes } = retention;
  return {
    port: String(port),
    bind,
    bodyCap: String(bodyCap / MIB),
    replayTarget,
    autoSource,
    days: days === null ? "" : String(days),
    exchanges: exchanges === null ? "" : String(exchanges),
    megabytes: bytes === null ? "" : String(bytes / MIB),
  };
}

/** What is typed for a limit; null for none. */
function limit(text: string, unit = 1): number | null {
  return text.trim() === "" ? null : Number(text) * unit;
}

function isLimit(text: string, least: number): boolean {
  const number = Number(text);
  return text.trim() === "" || (Number.isSafeInteger(number * MIB) && Number.isInteger(number) && number >= least);
}
