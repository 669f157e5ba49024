// The rules of one source as they are typed: kept on every change, in force as soon as nothing is wrong with them.
import { session } from "$app/session.svelte";
import { sayError } from "$app/toasts.svelte";
import { asApiError, call } from "$ipc/call";
import type { ApiError } from "$ipc/bindings/ApiError";
import type { Fault } from "$ipc/bindings/Fault";
import type { Reply } from "$ipc/bindings/Reply";
import type { Rule } from "$ipc/bindings/Rule";
import type { RuleProblem } from "$ipc/bindings/RuleProblem";
import type { SaveRules } from "$ipc/bindings/SaveRules";
import type { RuleSet } from "$ipc/bindings/RuleSet";
import type { SourceRules } from "$ipc/bindings/SourceRules";

/** How long typing may pause before what was typed is kept. */
const PAUSE = 250;

export function newReply(status = 200): Reply {
  return { status, headers: [], body: "", delayMs: 0, fault: null };
}

export function newRule(): Rule {
  return {
    id: crypto.randomUUID(),
    name: "",
    enabled: true,
    when: { methods: [], path: "", event: "" },
    steps: [newReply()],
    then: "stay",
  };
}

/** Words as they are typed in one field, parted by commas or spaces. */
export const words = (text: string): string[] => text.split(/[\s,]+/).filter(Boolean);

export const FAULTS: { value: Fault["type"] | "none"; title: string; hint: string }[] = [
  { value: "none", title: "None", hint: "" },
  { value: "hang", title: "Never answer", hint: "The connection stays open until the sender gives up, 120 s at most." },
  { value: "reset", title: "Reset", hint: "The connection is cut without an answer." },
  { value: "halfClose", title: "Half-close", hint: "Our side is closed without an answer; the sender's stays open." },
  { value: "closeAfterHeaders", title: "Close after headers", hint: "The head, then the end of the connection." },
  { value: "drip", title: "Drip", hint: "The whole answer, so many bytes a second." },
  { value: "wrongLength", title: "Wrong Content-Length", hint: "It says so many bytes more than there are, or fewer." },
];

export function faultOf(type: Fault["type"] | "none"): Fault | null {
  if (type === "none") return null;
  if (type === "drip") return { type, bytesPerSecond: 20 };
  if (type === "wrongLength") return { type, by: 10 };
  return { type };
}

/** Puts something back into a set of rules, unless it may be there `again` and is; the answer is the rule's id. */
type PutBack = (set: RuleSet, again: boolean) => string;

/** The form that is on the screen, if one is. */
const onScreen = new Set<RulesForm>();

export class RulesForm {
  source = $state("");
  set = $state<RuleSet | null>(null);
  problems = $state.raw<RuleProblem[]>([]);
  counts = $state.raw<Record<string, number>>({});
  /** False while something typed keeps the rules from being in force. */
  inForce = $state(true);
  failure = $state.raw<ApiError | null>(null);
  /** The rule that is open. */
  open = $state<string | null>(null);
  /** The rules here as they were last kept. */
  #kept = "";
  /** The rules as the engine last told them. */
  #told = "";
  /** How often something was kept: what was read before that is old. */
  #saves = 0;
  #saving: Promise<void> = Promise.resolve();
  #recounting: ReturnType<typeof setTimeout> | undefined;
  #waiting: ReturnType<typeof setTimeout> | undefined;

  /** It is on the screen, until the answer is called; then what was typed is kept. */
  appear(): () => void {
    onScreen.add(this);
    return () => {
      onScreen.delete(this);
      void this.#leave();
    };
  }

  async #leave() {
    await this.flush();
    this.#sayLost();
  }

  /** Says what could not be kept: it goes from the screen, where it would be kept with the next word. */
  #sayLost() {
    if (this.set !== null && this.failure) sayError(this.failure);
  }

  async load(source: string) {
    await this.#leave();
    // Of the same one it stands until it is read, or can't be again.
    if (source !== this.source) this.failure = null;
    this.source = source;
    this.set = null;
    this.open = null;
    try {
      const read = await call("source_rules", { source });
      if (this.source !== source) return;
      this.#show(read);
      this.open = read.rules.rules[0]?.id ?? null;
    } catch (thrown) {
      if (this.source === source) this.failure = asApiError(thrown);
    }
  }

  /** What is wrong with one field: `rules.0.steps.1.status`. */
  problem(field: string): RuleProblem | undefined {
    return this.problems.find((problem) => problem.field === field);
  }

  /** What is wrong with a field or one below it. */
  problemBelow(field: string): RuleProblem | undefined {
    return this.problems.find((problem) => problem.field === field || problem.field.startsWith(`${field}.`));
  }

  /** To be called whenever something was typed. */
  typed() {
    clearTimeout(this.#waiting);
    // While another workspace is being opened, it could land in either file.
    this.#waiting = setTimeout(() => void (session.opening ? this.typed() : this.flush()), PAUSE);
  }

  /** Keeps what was typed and has not been kept. */
  async flush() {
    clearTimeout(this.#waiting);
    if (this.set === null) return;
    const text = JSON.stringify(this.set);
    if (text === this.#kept) return this.#saving;
    this.#kept = text;
    this.#saves += 1;
    const save = { source: this.source, rules: $state.snapshot(this.set) as RuleSet };
    // One after another, so that what was typed last is what stays.
    this.#saving = this.#saving.then(() => this.#save(save, text));
    await this.#saving;
  }

  async #save(save: SaveRules, text: string) {
    try {
      const saved = await call("save_rules", save);
      if (this.source === save.source) this.#take(saved);
    } catch (thrown) {
      if (this.source !== save.source) return sayError(thrown);
      this.failure = asApiError(thrown);
      if (this.#kept === text) this.#kept = ""; // tried again with the next word, or on leaving
    }
  }

  /** Another workspace was opened: what is here is of a source in the one before. */
  clear() {
    clearTimeout(this.#waiting);
    this.#sayLost();
    this.set = null;
    this.source = "";
  }

  async reset() {
    await this.flush();
    const { source } = this;
    const read = await call("reset_rules", { source });
    if (this.source === source) this.#take(read);
  }

  /** Reads the counts soon: many pushes in a row are one reading. */
  recountSoon() {
    this.#recounting ??= setTimeout(() => {
      this.#recounting = undefined;
      void this.recount().catch(() => undefined); // what can't be read now is read with the next push
    }, PAUSE);
  }

  async recount() {
    if (this.set === null) {
      if (this.failure) await this.load(this.source);
      return;
    }
    const [source, saves] = [this.source, this.#saves];
    const read = await call("source_rules", { source });
    if (this.source !== source) return;
    this.counts = countsOf(read);
    // They were changed elsewhere, while nothing typed here waits to be kept.
    const isNew = saves === this.#saves && JSON.stringify(read.rules) !== this.#told;
    if (isNew && JSON.stringify(this.set) === this.#kept) this.#show(read);
  }

  #show(read: SourceRules) {
    this.set = read.rules;
    this.#kept = JSON.stringify(read.rules);
    this.#take(read);
  }

  add(rule = newRule(), at = this.set?.rules.length ?? 0) {
    this.set?.rules.splice(at, 0, rule);
    this.open = rule.id;
    this.typed();
  }

  duplicate(at: number) {
    const rule = this.set?.rules[at];
    if (!rule) return;
    const copy = $state.snapshot(rule) as Rule;
    this.add({ ...copy, id: crypto.randomUUID(), name: copy.name ? `${copy.name} copy` : "" }, at + 1);
  }

  /** Moves a rule among the others; the answer is its new place. */
  move(from: number, to: number): number {
    const rules = this.set?.rules;
    if (!rules || to < 0 || to >= rules.length || from === to) return from;
    const [rule] = rules.splice(from, 1);
    if (rule) rules.splice(to, 0, rule);
    this.typed();
    return to;
  }

  /** Takes a rule out; the answer puts it back, and tells whether it is on the screen then. */
  remove(at: number): () => Promise<boolean> {
    const rule = $state.snapshot(this.set?.rules.splice(at, 1)[0]) as Rule | undefined;
    if (!rule) return () => Promise.resolve(false);
    return this.#taken(({ rules }) => {
      if (!rules.some(({ id }) => id === rule.id)) rules.splice(at, 0, rule);
      return rule.id;
    });
  }

  /** Takes an answer out of a rule, as `remove` takes a rule. */
  removeStep(place: number, at: number): () => Promise<boolean> {
    const { id, steps } = this.set?.rules[place] ?? newRule();
    const step = $state.snapshot(steps.splice(at, 1)[0]) as Reply;
    return this.#taken(({ rules }, again) => {
      const steps = rules.find((rule) => rule.id === id)?.steps;
      if (!steps) throw new Error("The rule of this answer is gone.");
      // An answer has no name of its own to be known by.
      if (!again || JSON.stringify(steps[at]) !== JSON.stringify(step)) steps.splice(at, 0, step);
      return id;
    });
  }

  /** Something was taken out: the answer has it put back, wherever the rules are by then. */
  #taken(put: PutBack): () => Promise<boolean> {
    this.typed();
    const { source } = this;
    const here = (again: boolean) => [...onScreen].some((form) => form.#putBack(source, put, again));
    return async () => {
      if (here(false)) return true;
      await this.#saving; // or the deletion would be kept after it
      const { rules } = await call("source_rules", { source });
      put(rules, false);
      await call("save_rules", { source, rules });
      // Its source may have been chosen meanwhile.
      return here(true);
    };
  }

  /** Puts something back into the rules of a source; false if they are not here. */
  #putBack(source: string, put: PutBack, again: boolean): boolean {
    if (this.source !== source || this.set === null) return false;
    this.open = put(this.set, again);
    this.typed();
    return true;
  }

  #take(read: SourceRules) {
    this.#told = JSON.stringify(read.rules);
    this.problems = read.problems;
    this.inForce = read.inForce;
    this.counts = countsOf(read);
    this.failure = null;
  }
}

const countsOf = (read: SourceRules) => Object.fromEntries((read.counts ?? []).map(({ rule, count }) => [rule, count]));

/** What a rule fits, in few words. */
export function fitsWords(rule: Rule): string {
  const { methods, path, event } = rule.when;
  return [methods.join(" "), path, event].filter(Boolean).join(" · ") || "Every request";
}

/** What a rule answers, in few words: `500, 500, 200`. */
export function answerWords(rule: Rule): string {
  const step = (reply: Reply) =>
    reply.fault && ["hang", "reset", "halfClose"].includes(reply.fault.type)
      ? (FAULTS.find((fault) => fault.value === reply.fault?.type)?.title.toLowerCase() ?? "")
      : String(reply.status);
  return rule.steps.map(step).join(", ") + (rule.then === "repeat" && rule.steps.length > 1 ? ", again" : "");
}
