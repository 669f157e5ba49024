// The stand-in's exports and replays.
import type { ExportQuery } from "../bindings/ExportQuery";
import type { Answers } from "./index";
import type { FakeState } from "./state";

const LINES: Record<ExportQuery["format"], string> = {
  ndjson:
    '{"id":1204118,"direction":"push","method":"POST","url":"/in/stripe","headers":[["Authorization","[masked]"]]}\n',
  har: '{"log":{"version":"1.2","creator":{"name":"Pushpull","version":"0.1.0"},"entries":[…]}}\n',
  curl: "curl -X POST 'http://127.0.0.1:4400/in/stripe' -H 'Authorization: [masked]' --data-binary '{…}'\n",
  csv: "id,time,direction,method,url,status,ms\n1204118,2026-11-22T12:04:17.902Z,push,POST,/in/stripe,200,12\n",
  raw: '{"id":"evt_1QT8rLKz4","type":"invoice.paid"}',
  http: "POST /in/stripe HTTP/1.1\r\nHost: 127.0.0.1:4400\r\nAuthorization: [masked]\r\n\r\n{…}",
};

export function transferAnswers(state: FakeState): Answers {
  const countOf = ({ scope }: ExportQuery) => (scope.type === "selection" ? scope.ids.length : state.newest);
  const text = ({ format, redact }: ExportQuery) =>
    LINES[format].replaceAll("[masked]", redact ? "[masked]" : "Bearer sk_test_4c1e");
  return {
    preview_export: (query) => ({
      text: text(query).repeat(query.format === "raw" ? 1 : 6),
      count: countOf(query),
      partial: 0,
      masked: query.redact && query.format !== "csv" ? ["Authorization", "Stripe-Signature"] : [],
      locked: query.redact && state.vault.status.state !== "unlocked" ? state.vault.status.secrets : 0,
    }),
    export: async ({ query, path }) => {
      await new Promise((done) => setTimeout(done, 400));
      return { count: countOf(query), gone: 0, damaged: 0, partial: 0, bytes: 12_345, path };
    },
    export_text: (query) => ({ text: text(query) }),
    replay: async ({ ids }) => {
      await new Promise((done) => setTimeout(done, 600));
      const failed = (place: number) => place % 4 === 3;
      let failure = state.newest;
      while (failure > 1 && state.summary(failure).failure === null) failure -= 1;
      return {
        exchanges: ids.map((parent, place) => ({
          ...state.summary(state.newest),
          id: failed(place) ? failure : state.newest - place,
          direction: "pull" as const,
          origin: "replay" as const,
          parent,
          eventType: state.summary(parent).eventType,
          status: failed(place) ? null : place % 3 === 2 ? 500 : 200,
          failure: failed(place) ? ("refused" as const) : null,
        })),
        notSent: [],
      };
    },
  };
}
