// What the stand-in knows: synthetic exchanges made from their numbers, and what runs.
import type { ExchangeSummary } from "../bindings/ExchangeSummary";
import type { FeedEvent } from "../bindings/FeedEvent";
import type { ListColumn } from "../bindings/ListColumn";
import type { ListenerStatus } from "../bindings/ListenerStatus";
import type { Settings } from "../bindings/Settings";
import type { Status } from "../bindings/Status";
import type { TunnelState } from "../bindings/TunnelState";
import type { VerdictKind } from "../bindings/VerdictKind";
import { FakeVault } from "./vault";
import type { View } from "../bindings/View";

export interface FakeOptions {
  rows?: number;
  tunnel?: "off" | "starting" | "up" | "failed" | "lost";
  listener?: "listening" | "failed" | "moved" | "off";
  live?: number;
  /** Long names everywhere. */
  long?: boolean;
  /** The key store takes no key, or the key of the vault is gone. */
  vault?: "noStore" | "keyMissing";
}

const EVENTS: [string, string][] = [
  ["stripe", "invoice.paid"],
  ["github", "push"],
  ["hubspot", "contact.propertyChange"],
  ["stripe", "charge.succeeded"],
  ["shopify", "orders/updated"],
  ["github", "pull_request.synchronize"],
  ["stripe", "customer.subscription.updated"],
  ["hubspot", "deal.propertyChange"],
];
const VERDICTS: (VerdictKind | null)[] = ["valid", "valid", null, "invalid", "valid", "unsigned", "no_secret"];
const START = Date.UTC(2026, 10, 22, 12, 4, 17, 902) * 1000;

export class FakeState {
  receivers = new Set<(payload: unknown) => void>();
  clipboard = "";
  newest: number;
  listener: ListenerStatus = {
    type: "listening",
    url: "http://127.0.0.1:4400",
    address: "127.0.0.1",
    port: 4400,
    wanted: null,
  };
  tunnel: TunnelState = { type: "off" };
  settings: Settings = {
    port: 4400,
    bind: "127.0.0.1",
    autoSource: "local",
    bodyCap: 26_214_400,
    replayTarget: "",
    tunnel: { provider: "bore", server: "bore.pub", secret: null, port: 0, kept: false },
    retention: { days: null, exchanges: null, bytes: null },
  };
  samples = new Map<number, string>();
  /** Grows with every change of a mark. */
  revision = 0;
  pinned = new Set<number>();
  opened = new Set<number>();
  readUpto: number;
  notes = new Map<number, string>();
  tags = new Map<number, string[]>();
  sources = ["default", "github", "hubspot", "shopify", "stripe"];
  vault = new FakeVault();
  verdicts = new Map<number, VerdictKind>();
  hidden = new Set<number>();
  views: View[] = [
    { id: 1, name: "Failing today", filter: "is:failed since:today" },
    { id: 2, name: "Pinned", filter: "is:pinned" },
  ];
  columns: ListColumn[] = [];

  constructor(readonly options: FakeOptions) {
    this.newest = options.rows ?? 0;
    this.vault.start(options.vault);
    this.readUpto = this.newest - 6;
    if (this.newest > 20) {
      this.pinned.add(this.newest - 5).add(this.newest - 21);
      this.tags.set(this.newest - 7, ["late", "to check"]);
      this.notes.set(this.newest - 8, "Asked Stripe about this one.");
    }
    if (options.tunnel === "up") this.tunnel = { type: "up", url: "http://bore.pub:32417", since: START };
    if (options.tunnel === "starting") this.tunnel = { type: "starting" };
    if (options.tunnel === "lost")
      this.tunnel = { type: "retrying", attempt: 3, message: "bore.pub closed the connection." };
    if (options.tunnel === "failed")
      this.tunnel = {
        type: "failed",
        message: "bore.pub:7835 refused the connection.",
        hint: "Check the server's name, or choose another server.",
      };
    if (options.listener === "failed")
      this.listener = {
        type: "failed",
        message: "Port 4400 is in use by another program.",
        hint: "Port 4401 is free.",
      };
    if (options.listener === "moved")
      this.listener = {
        type: "listening",
        url: "http://127.0.0.1:4401",
        address: "127.0.0.1",
        port: 4401,
        wanted: 4400,
      };
    if (options.listener === "off") this.listener = { type: "off" };
    if (options.live) setInterval(() => this.arrive(), options.live);
  }

  arrive(): ExchangeSummary {
    this.newest += 1;
    this.tell();
    return this.summary(this.newest);
  }

  tell(changed: number[] = [], lists = false) {
    const event: FeedEvent = { status: this.status(), changed, lists, missed: false, jobs: [] };
    this.receivers.forEach((receive) => receive(event));
  }

  status(): Status {
    return {
      workspace: this.options.long
        ? "/home/ada/a-rather-long-workspace-name-of-the-integration-team.pushpull"
        : "/home/ada/acme-sync.pushpull",
      listener: this.listener,
      tunnel: {
        state: this.tunnel,
        log: ["connected to server", "listening at bore.pub:32417"].map((text, place) => ({
          at: START + place * 1e6,
          text,
        })),
      },
      stored: {
        exchanges: this.newest - this.hidden.size,
        newest: this.newest,
        bytes: 90_000 + this.newest * 270,
        requests: this.newest > 0 ? 38 : 0,
        revision: this.revision,
      },
      autoSource: this.tunnel.type === "off",
      unknownPaths: this.newest > 0 ? 3 : 0,
      notice: null,
      version: "0.1.0",
    };
  }

  summary(id: number): ExchangeSummary {
    const age = (this.options.rows ?? 0) - id;
    const [source, type] = EVENTS[id % EVENTS.length] ?? ["default", "event"];
    const pull = id % 4 === 2;
    const sample = this.samples.get(id);
    const failed = pull && id % 24 === 10;
    const long = this.options.long ? "/with/a/path/that/goes/on/and/on/and/never/really/ends/at/all" : "";
    return {
      id,
      direction: pull ? "pull" : "push",
      origin: sample ? "sample" : pull ? (id % 8 === 2 ? "replay" : "sent") : "captured",
      startedAt: START - age * 1_731_000,
      method: pull ? (["GET", "POST", "PATCH", "DELETE"][id % 3] ?? "GET") : "POST",
      url: pull ? `https://api.${source}.com/v1/objects/${id}${long}` : `/in/${sample ?? source}${long}`,
      path: pull ? `/v1/objects/${id}${long}` : `/in/${sample ?? source}${long}`,
      source: pull && id % 8 !== 2 ? null : (sample ?? source) + (this.options.long ? "-production-eu" : ""),
      eventType: pull ? null : this.options.long && id % 3 === 0 ? `${type}.with_a_very_long_suffix_that_is_cut` : type,
      status: failed ? null : pull ? ([200, 201, 429, 200, 404][id % 5] ?? 200) : 200,
      duration: failed ? 1_000_000 : 2_000 + ((id * 7919) % 330_000) * (id % 17 === 0 ? 20 : 1),
      requestSize: 400 + (id % 9000),
      responseSize: 2,
      failure: failed ? (id % 48 === 10 ? "refused" : "timeout") : null,
      parent: pull && id % 8 === 2 ? id - 1 : null,
      requestId: null,
      forwardStatus: !pull && id % 3 === 0 ? (id % 9 === 0 ? 500 : 200) : null,
      forwardFailure: !pull && id % 13 === 1 ? "refused" : null,
      marks: id % 31 === 0 ? ["truncated"] : id % 43 === 0 ? ["ambiguousFraming"] : id % 5 === 0 ? ["viaTunnel"] : [],
      pinned: this.pinned.has(id),
      unread: !pull && this.isUnread(id),
      hasNote: this.notes.has(id),
      tags: this.tags.get(id) ?? [],
      verdict: this.verdicts.get(id) ?? VERDICTS[id % VERDICTS.length] ?? null,
      delivery: this.deliveryOf(id),
      events: !pull && id % 12 === 5 ? 3 : 1,
    };
  }

  isUnread(id: number): boolean {
    return id > this.readUpto && !this.opened.has(id);
  }

  /** Every tenth push or so is followed by a retry, which is followed by a duplicate. */
  deliveryOf(id: number): ExchangeSummary["delivery"] {
    const place = [0, 4, 8].indexOf(id % 40);
    if (place < 0 || id < 40 || id - 4 * place + 8 > this.newest) return null;
    const repeat = ([null, "retry", "duplicate"] as const)[place] ?? null;
    const first = id - 4 * place;
    const unread = [first + 4, first + 8].filter((other) => this.isUnread(other)).length;
    return { first, pushes: 3, repeat, attempt: place + 1, overtakenBy: null, unread };
  }

  /** Says that marks changed. */
  mark() {
    this.revision += 1;
    this.tell();
    return {};
  }

  /** Knows direction, source and is:failed: enough to look at. */
  passes(filter: string): (row: ExchangeSummary) => boolean {
    const direction = /(?:^|\s)direction:(\w+)/.exec(filter)?.[1];
    const source = /(?:^|\s)source:([\w-]+)/.exec(filter)?.[1];
    const failed = filter.includes("is:failed");
    const tag = /(?:^|\s)tag:([\w-]+)/.exec(filter)?.[1];
    const request = filter.includes("request:");
    const delivery = /(?:^|\s)delivery:(\d+)/.exec(filter)?.[1];
    return (row) =>
      !this.hidden.has(row.id) &&
      (!direction || row.direction === direction) &&
      (!source || row.source === source) &&
      (!request || row.origin === "sent") &&
      (!delivery || row.delivery?.first === Number(delivery)) &&
      (!filter.includes("is:first") || !row.delivery?.repeat) &&
      (!filter.includes("is:retry") || row.delivery?.repeat === "retry") &&
      (!filter.includes("is:unread") || row.unread) &&
      (!filter.includes("is:pinned") || row.pinned) &&
      (!filter.includes("has:tag") || row.tags.length > 0) &&
      (!tag || row.tags.includes(tag)) &&
      (!failed || row.failure !== null || (row.status ?? 0) >= 400 || (row.forwardStatus ?? 0) >= 400);
  }
}
