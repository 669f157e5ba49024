// The exchange that the detail pane shows, and which of its messages and tabs.
import type { ApiError } from "$ipc/bindings/ApiError";
import type { Exchange } from "$ipc/bindings/Exchange";
import type { Side } from "$ipc/bindings/Side";
import { session } from "$app/session.svelte";
import { asApiError, call } from "$ipc/call";
import { inbox } from "../inbox.svelte";
import { Looks } from "$shared/viewers/reading.svelte";

export type Tab = "body" | "headers" | "query" | "raw" | "timing" | "events" | "deliveries" | "signature" | "notes";

/** What the view of a body does when asked. */
export interface BodyDoings {
  findObstacle: () => string | null;
  focusFind: () => void;
  toggleFilter: () => unknown;
  showView: (place: number) => void;
  save: () => unknown;
}

class Detail {
  exchange = $state.raw<Exchange | null>(null);
  problem = $state.raw<ApiError | null>(null);
  tab = $state<Tab>("body");
  /** Which message is shown; what the other end said unless the user chose. */
  side = $state<Side>("request");
  /** What can be done with the body, while one is shown. */
  body = $state.raw<BodyDoings | null>(null);
  /** The filter of the body and what was opened in it: they stay while other tabs are looked at. */
  readonly looks = new Looks();
  /** The place in the body's tree that is to be shown, a JSON Pointer; taken by the tree. */
  place = $state.raw<string | null>(null);
  /** What is read once one rests on it: it was unread when it was opened. What is marked as unread later stays so. */
  toBeRead = $state<number | null>(null);
  #id: number | null = null;
  /** True until the opened exchange is here. */
  #awaited = false;
  #revision = 0;

  /** Shows an exchange, or reads the shown one again. */
  async open(id: number | null): Promise<void> {
    if (id !== this.#id) {
      this.#awaited = true;
      this.toBeRead = null;
      this.place = null;
      this.problem = null;
    }
    this.#id = id;
    await this.again();
  }

  /** Reads the shown one again; what was told of it stays until then. */
  async again(): Promise<void> {
    const revision = ++this.#revision;
    if (this.#id === null) {
      this.exchange = null;
      return;
    }
    try {
      const exchange = await call("exchange", { id: this.#id });
      if (revision === this.#revision) this.#take(exchange);
    } catch (thrown) {
      if (revision !== this.#revision) return;
      this.exchange = null;
      this.problem = asApiError(thrown);
    }
  }

  #take(exchange: Exchange) {
    this.exchange = exchange;
    this.problem = null;
    if (!this.#awaited) return;
    this.#awaited = false;
    this.toBeRead = inbox.isUnread(exchange.summary) ? exchange.summary.id : null;
    this.side = exchange.summary.direction === "push" || exchange.response === null ? "request" : "response";
    if (!this.tabs(exchange).includes(this.tab)) this.tab = "body";
  }

  /** The tabs that this exchange has. */
  tabs(exchange: Exchange): Tab[] {
    const tabs: Tab[] = ["body", "headers"];
    if (this.side === "request") tabs.push("query");
    tabs.push("raw");
    if (exchange.summary.events > 1) tabs.push("events");
    if (exchange.timing) tabs.push("timing");
    if (exchange.summary.direction === "push" || exchange.children.length > 0) tabs.push("deliveries");
    if (exchange.summary.direction === "push") tabs.push("signature");
    tabs.push("notes");
    return tabs;
  }

  /** Shows a place of the request's body in its tree. */
  showPlace(pointer: string) {
    this.side = "request";
    this.tab = "body";
    this.looks.toBody();
    this.place = pointer;
  }

  setSide(side: Side) {
    this.side = side;
    if (this.exchange && !this.tabs(this.exchange).includes(this.tab)) this.tab = "body";
  }
}

export const detail = new Detail();
session.hold({ clear: () => detail.looks.clear() });
