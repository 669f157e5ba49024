// The stand-in's collections, tabs and sends.
import type { CollectionNode } from "../bindings/CollectionNode";
import type { Draft } from "../bindings/Draft";
import type { ExchangeSummary } from "../bindings/ExchangeSummary";
import type { Field } from "../bindings/Field";
import type { HeadPreview } from "../bindings/HeadPreview";
import type { RequestDefinition } from "../bindings/RequestDefinition";
import type { Answers } from "./index";
import type { FakeState } from "./state";

const on = (name: string, value: string, note = ""): Field => ({ on: true, name, value, note });

function definition(method: string, url: string): RequestDefinition {
  const write = method !== "GET" && method !== "DELETE";
  return {
    method,
    url,
    query: write
      ? []
      : [
          on("properties", "email,lifecyclestage,hs_object_id"),
          on("propertiesWithHistory", "email", "last 20"),
          on("associations", "companies,deals"),
          on("archived", "false"),
          { ...on("idProperty", "email", "by e-mail"), on: false },
        ],
    headers: [on("Accept", "application/json"), on("X-Request-Id", "0198c2d1-6f3e-7a10-9c4b-5b1f0e7a2d66")],
    body: write
      ? { type: "json", text: '{\n  "amount": 4200,\n  "id": 9007199254740993,\n  "currency": "eur"\n}' }
      : { type: "none" },
    options: { timeoutMs: 30_000, followRedirects: true },
  };
}

const TREE: [string, ...[string, string][]][] = [
  [
    "HubSpot",
    ["GET", "Get contact"],
    ["POST", "Search contacts"],
    ["PATCH", "Update contact"],
    ["GET", "List associations"],
    ["GET", "Property history"],
  ],
  ["Stripe", ["GET", "Get invoice"], ["GET", "List events"], ["POST", "Create refund"], ["DELETE", "Delete coupon"]],
  ["GitHub", ["GET", "Get repository"], ["PUT", "Replace topics"]],
];

/** The collections, the open tabs and what was sent, as long as the page lives. */
export class FakeRequests {
  nodes: CollectionNode[] = [];
  definitions = new Map<number, RequestDefinition>();
  drafts = new Map<string, Draft>();
  private nextId = 1;

  constructor() {
    for (const [name, ...requests] of TREE) {
      const parent = this.add(null, "collection", name, null).id;
      for (const [method, title] of requests) {
        const slug = title.toLowerCase().replaceAll(" ", "/");
        const node = this.add(parent, "request", title, method);
        this.definitions.set(node.id, definition(method, `https://api.${name.toLowerCase()}.example/v3/${slug}`));
      }
    }
    const open = this.nodes.filter((node) => node.kind === "request").slice(0, 3);
    open.forEach((node, position) => {
      const kept = this.definitions.get(node.id) as RequestDefinition;
      const changed = position === 0 ? { ...kept, url: kept.url + "/9007199254741993" } : kept;
      this.drafts.set(`tab-${position}`, {
        key: `tab-${position}`,
        requestId: node.id,
        position,
        name: node.name,
        definition: changed,
        unsaved: position === 0,
        shown: position === 0 ? -1 : null,
        answers: [],
      });
    });
  }

  add(parent: number | null, kind: CollectionNode["kind"], name: string, method: string | null): CollectionNode {
    const node: CollectionNode = { id: this.nextId++, parent, kind, name, method };
    this.nodes.push(node);
    return node;
  }

  /** Parents before children, as the engine answers them. */
  ordered(): CollectionNode[] {
    const below = (parent: number | null): CollectionNode[] =>
      this.nodes.filter((node) => node.parent === parent).flatMap((node) => [node, ...below(node.id)]);
    return below(null);
  }

  #before: CollectionNode[][] = [];

  remove(id: number) {
    const gone = new Set([id]);
    for (const node of this.ordered()) if (node.parent !== null && gone.has(node.parent)) gone.add(node.id);
    this.#before.push(this.nodes);
    this.nodes = this.nodes.filter((node) => !gone.has(node.id));
    return { id: this.#before.length, requests: gone.size };
  }

  putBack(deletion: number) {
    this.nodes = this.#before[deletion - 1] ?? this.nodes;
    return {};
  }
}

export function requestAnswers(state: FakeState): Answers {
  const kept = new FakeRequests();
  const running = new Map<string, () => void>();
  const node = (id: number) => kept.nodes.find((one) => one.id === id);
  const notFound = (id: number) => ({ code: "notFound", message: `There is no saved request ${id}.`, hint: null });
  return {
    collections: () => ({ nodes: kept.ordered() }),
    create_folder: ({ parent, name }) => kept.add(parent, parent === null ? "collection" : "folder", name, null),
    rename_node: ({ id, name }) => {
      const found = node(id);
      if (found) found.name = name;
      return {};
    },
    move_node: ({ id, parent, before }) => {
      const found = node(id);
      if (!found) throw notFound(id);
      kept.nodes = kept.nodes.filter((one) => one !== found);
      found.parent = parent;
      const at = before === null ? kept.nodes.length : kept.nodes.findIndex((one) => one.id === before);
      kept.nodes.splice(at, 0, found);
      return {};
    },
    delete_node: ({ id }) => kept.remove(id),
    undo_node_deletion: ({ id }) => kept.putBack(id),
    saved_request: ({ id }) => {
      const found = node(id);
      const saved = kept.definitions.get(id);
      if (!found || !saved) throw notFound(id);
      return { id, parent: found.parent ?? 0, name: found.name, definition: saved };
    },
    save_request: ({ id, parent, name, definition: written }) => {
      const home =
        parent ??
        kept.nodes.find((one) => one.kind === "collection")?.id ??
        kept.add(null, "collection", "Requests", null).id;
      const found = (id === null ? undefined : node(id)) ?? kept.add(home, "request", name, written.method);
      Object.assign(found, { name, method: written.method });
      kept.definitions.set(found.id, written);
      return { id: found.id, parent: found.parent ?? 0, name, definition: written };
    },
    drafts: () => ({
      drafts: [...kept.drafts.values()]
        .sort((a, b) => a.position - b.position)
        .map((draft) => ({ ...draft, shown: draft.shown === -1 ? (answersOf(state)[0]?.id ?? null) : draft.shown })),
      answers: [],
    }),
    save_draft: (draft) => {
      kept.drafts.set(draft.key, draft);
      return {};
    },
    close_draft: ({ key }) => {
      kept.drafts.delete(key);
      return {};
    },
    preview_head: preview,
    read_curl: ({ text }) => ({
      definition: {
        ...definition("POST", /https?:\S+/.exec(text)?.[0].replace(/['"]/g, "") ?? "https://example.com"),
        query: [],
      },
      notes: ["--compressed is left out: bodies are kept as they come."],
    }),
    definition_of: () => ({ definition: definition("POST", "http://localhost:3000/hooks"), notes: [] }),
    send: ({ ticket }) =>
      new Promise((done) => {
        const finish = () => {
          running.delete(ticket);
          done(sent(state));
        };
        const timer = setTimeout(finish, 1_200);
        running.set(ticket, () => (clearTimeout(timer), finish()));
      }),
    cancel: ({ ticket }) => {
      running.get(ticket)?.();
      return {};
    },
  };
}

function sent(state: FakeState): ExchangeSummary {
  for (;;) {
    const row = state.arrive();
    if (row.origin === "sent") return row;
  }
}

/** Some pulls of the list stand for the answers of the saved requests. */
export function answersOf(state: FakeState): ExchangeSummary[] {
  const rows: ExchangeSummary[] = [];
  for (let id = state.newest; id > 0 && rows.length < 38; id--) {
    const row = state.summary(id);
    if (row.direction === "pull" && row.origin === "sent") rows.push(row);
  }
  return rows;
}

function preview({ method, url, query, headers, body }: RequestDefinition): HeadPreview {
  const bad = headers.findIndex((header) => header.on && /\s/.test(header.name.trim()));
  const found = /^https?:\/\/([^/?#]+)([^#]*)/.exec(url);
  const problem = !found
    ? { field: "url", message: "The URL needs http:// or https:// and a host." }
    : bad >= 0
      ? { field: `headers.${bad}`, message: "A header name has no space in it." }
      : null;
  const pairs = query.filter((field) => field.on).map((field) => `${field.name}=${encodeURIComponent(field.value)}`);
  const added = [
    ["Host", found?.[1] ?? ""],
    ["User-Agent", "pushpull/0.1.0"],
    ["Accept-Encoding", "gzip, br, zstd"],
    ...(body.type === "json"
      ? [
          ["Content-Type", "application/json"],
          ["Content-Length", String(body.text.length)],
        ]
      : []),
  ].map(([name = "", value = ""]) => ({ field: { name, value }, added: true }));
  return {
    line: found ? `${method} ${found[2] || "/"}${pairs.length > 0 ? `?${pairs.join("&")}` : ""} HTTP/1.1` : "",
    headers: [
      ...added.slice(0, 1),
      ...headers.filter((header) => header.on).map(({ name, value }) => ({ field: { name, value }, added: false })),
      ...added.slice(1),
    ],
    problem,
  };
}
