// A stand-in for the engine while the page is developed in a browser or tested. Not part of the built app.
// In the address: `?rows=0` starts empty, `?rows=1204118` full; `?tunnel=up` shows one; `?live=500` adds a row every 500 ms.
import type { Commands } from "../bindings/commands";
import type { Backend } from "../backend";
import { bodyAnswers } from "./bodies";
import { FakeState, type FakeOptions } from "./state";
import { listAnswers } from "./exchanges";
import { organiseAnswers } from "./organise";
import { outboundAnswers } from "./outbound";
import { vaultAnswers } from "./vault";
import { storageAnswers } from "./storage";
import { ruleAnswers } from "./rules";

export type Answers = {
  [K in keyof Commands]?: (args: Commands[K]["args"]) => Commands[K]["result"] | Promise<Commands[K]["result"]>;
};

type AnyAnswer = (args: unknown) => unknown;

export function fakeBackend(options: FakeOptions = fromAddress()): Backend {
  const state = new FakeState(options);
  const answers = {
    ...listAnswers(state),
    ...organiseAnswers(state),
    ...bodyAnswers(state),
    ...outboundAnswers(state),
    ...vaultAnswers(state),
    ...storageAnswers(state),
    ...ruleAnswers(state),
  } as Record<string, AnyAnswer>;
  const desktop: Record<string, AnyAnswer> = {
    choose_file: () => "/home/ada/file.json",
    choose_save: (payload) => `/home/ada/${(payload as { suggested: string }).suggested}`,
    open_url: () => null,
    copy_text: (payload) => {
      state.clipboard = (payload as { text: string }).text;
      return navigator.clipboard?.writeText(state.clipboard).catch(() => undefined);
    },
  };
  return {
    invoke: async (command, payload) => {
      const answer = answers[command];
      if (answer) return structuredClone(await answer(payload?.args));
      if (desktop[command]) return desktop[command](payload);
      throw { code: "failed", message: `The stand-in has no answer to ${command}.`, hint: null };
    },
    listen: (event, receive) => {
      if (event === "feed") state.receivers.add(receive);
      return Promise.resolve(() => void state.receivers.delete(receive));
    },
  };
}

function fromAddress(): FakeOptions {
  const query = new URLSearchParams(location.search);
  return {
    rows: Number(query.get("rows") ?? 1_204_118),
    tunnel: (query.get("tunnel") ?? "off") as FakeOptions["tunnel"],
    listener: (query.get("listener") ?? "listening") as FakeOptions["listener"],
    live: Number(query.get("live") ?? 0),
    long: query.has("long"),
  };
}
