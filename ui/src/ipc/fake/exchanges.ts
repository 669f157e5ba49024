// The stand-in's list, details, sources, listener and tunnel.
import type { Delivery } from "../bindings/Delivery";
import type { Exchange } from "../bindings/Exchange";
import type { ExchangeSummary } from "../bindings/ExchangeSummary";
import type { Answers } from "./index";
import type { FakeState } from "./state";

const HEADERS = [
  ["Host", "127.0.0.1:4400"],
  ["User-Agent", "Stripe/1.0 (+https://stripe.com/docs/webhooks)"],
  ["Content-Type", "application/json; charset=utf-8"],
  ["X-Trace", "a\u202eb\u200bc"],
  ["x-trace", "second of the same name"],
].map(([name = "", value = ""]) => ({ name, value }));

export function listAnswers(state: FakeState): Answers {
  const matching = (filter: string, upto: number | null, limit: number): ExchangeSummary[] => {
    const passes = state.passes(filter);
    const rows: ExchangeSummary[] = [];
    for (let id = upto ?? state.newest; id > 0 && rows.length < limit; id--) {
      const row = state.summary(id);
      if (passes(row)) rows.push(row);
    }
    return rows;
  };
  return {
    status: () => state.status(),
    settings: () => state.settings,
    save_settings: (settings) => {
      if (settings.replayTarget && !/^https?:/.test(settings.replayTarget))
        throw { code: "invalid", message: "The replay target needs http:// or https:// in front.", hint: null };
      state.settings = settings;
      return settings;
    },
    open_workspace: () => state.status(),
    start_listening: ({ port, bind }) => {
      const used = port || 4401;
      const url = `http://127.0.0.1:${used}`;
      state.listener = { type: "listening", url, address: bind, port: used, wanted: null };
      state.tell();
      return state.status();
    },
    stop_listening: () => {
      state.listener = { type: "off" };
      state.tell();
      return state.status();
    },
    list: ({ filter, upto, from, count }) => {
      if (filter.trim() === "" && state.hidden.size === 0) {
        const first = (upto ?? state.newest) - from;
        const rows = Array.from({ length: Math.max(0, Math.min(count, first)) }, (_, place) =>
          state.summary(first - place),
        );
        return { rows, complete: true, last: rows.length < count };
      }
      const rows = matching(filter, upto, from + count).slice(from);
      return { rows, complete: true, last: rows.length < count };
    },
    count: ({ filter, upto }) => {
      const all = upto ?? state.newest;
      if (filter.trim() === "" && state.hidden.size === 0) return { rows: all, complete: true };
      return { rows: matching(filter, upto, 5_000).length, complete: true };
    },
    exchange: ({ id }) => exchange(state, id),
    delivery: ({ id }) => delivery(state, id),
    sources: () => ({
      sources:
        state.newest === 0
          ? []
          : state.sources.map((name, place) => ({
              id: place + 1,
              name: name + (state.options.long ? "-production-eu" : ""),
              provider: name === "default" ? null : name,
              newest: state.summary(state.newest - place).startedAt,
              pushes: 1 + ((place * 7919 * 31) % 400_000),
            })),
    }),
    create_source: ({ name }) => {
      if (!/^[\w.-]{1,64}$/.test(name))
        throw { code: "invalid", message: "A name has 1 to 64 of A-Z a-z 0-9 . _ -", hint: null };
      if (!state.sources.includes(name)) state.sources = [...state.sources, name];
      return { id: 9, name, provider: null, newest: null, pushes: 0 };
    },
    rename_source: ({ name, to }) => {
      if (state.sources.includes(to))
        throw { code: "invalid", message: `There is another source ${JSON.stringify(to)}.`, hint: null };
      state.sources = state.sources.map((one) => (one === name ? to : one));
      const settings = { ...state.vault.source(name), name: to };
      state.vault.sources.set(to, settings);
      state.tell([], true);
      return settings;
    },
    delete_source: ({ name }) => {
      state.sources = state.sources.filter((one) => one !== name);
      state.vault.sources.delete(name);
      state.tell([], true);
      return {};
    },
    send_sample: ({ provider }) => {
      state.samples.set(state.newest + 1 + ((state.newest + 1) % 4 === 2 ? 1 : 0), provider);
      if ((state.newest + 1) % 4 === 2) state.newest += 1;
      const row = state.arrive();
      state.tell([], true);
      return row;
    },
    start_tunnel: (config) => {
      if (config.provider === "cloudflared" && !config.program)
        throw {
          code: "programMissing",
          message: "cloudflared was not found in PATH.",
          hint: "Choose the program, or install it.",
        };
      state.settings = { ...state.settings, tunnel: config };
      state.tunnel = { type: "up", url: "http://bore.pub:32417", since: Date.now() * 1000 };
      state.tell();
      return state.status();
    },
    stop_tunnel: () => {
      state.tunnel = { type: "off" };
      state.tell();
      return state.status();
    },
    test_tunnel: () => ({ seen: 180_000, answered: 260_000 }),
  };
}

function delivery(state: FakeState, id: number): Delivery {
  const first = state.deliveryOf(id)?.first ?? id;
  const pushes = state.deliveryOf(id) ? [first, first + 4, first + 8] : [id];
  const { events } = state.summary(id);
  return {
    first,
    provider: "slack",
    number: "Ev0123",
    toldByBody: false,
    attempts: pushes.map((push, place) => ({
      push: state.summary(push),
      number: place + 1,
      missing: 0,
      gap: place === 0 ? null : 61_000_000,
      due: place === 0 ? null : 60_000_000,
      accepted: place === pushes.length - 1,
      passedOn: [],
    })),
    schedule: "At once, after 1 minute and after 5 minutes.",
    nextAt: null,
    events:
      events === 1
        ? []
        : Array.from({ length: events }, (_, index) => ({
            index,
            eventType: index === 1 ? "deal.creation" : "contact.creation",
            eventId: String(9_007_199_254_740_993n + BigInt(index)),
            attempt: null,
            pointer: `/data/object/lines/data/${index}`,
          })),
    moreEvents: false,
  };
}

function exchange(state: FakeState, id: number): Exchange {
  if (id < 1 || id > state.newest) throw { code: "notFound", message: `There is no exchange ${id}.`, hint: null };
  const summary = state.summary(id);
  const message = (firstLine: string, bodySize: number) => ({
    firstLine,
    headers: HEADERS,
    trailers: [],
    bodySize,
    headSize: 312,
    chunked: false,
  });
  return {
    summary,
    note: state.notes.get(id) ?? "",
    request: message(`${summary.method} ${summary.path} HTTP/1.1`, summary.requestSize),
    response: summary.status === null ? null : message(`HTTP/1.1 ${summary.status} OK`, summary.responseSize),
    query: [
      { name: "expand", value: "lines" },
      { name: "expand", value: "customer" },
    ],
    timing:
      summary.direction === "pull"
        ? {
            dns: 4_000,
            connect: 21_000,
            tls: 38_000,
            send: 200,
            wait: 139_000,
            receive: 12_000,
            protocol: "HTTP/1.1, TLSv1.3",
          }
        : null,
    failure: summary.failure
      ? {
          kind: summary.failure,
          message: "localhost:3000 refused the connection.",
          hint: "Start what listens there, then send again.",
        }
      : null,
    answered: null,
    peer: "127.0.0.1:51234",
    children: summary.forwardStatus ? [state.summary(id + 1 + ((6 - ((id + 1) % 4)) % 4))] : [],
  };
}
