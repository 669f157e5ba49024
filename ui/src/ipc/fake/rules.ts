// Rules of sources in the stand-in: kept, checked for their statuses, and tried.
import type { Reply } from "../bindings/Reply";
import type { RuleSet } from "../bindings/RuleSet";
import type { SourceRules } from "../bindings/SourceRules";
import type { Answers } from "./index";
import type { FakeState } from "./state";

const EMPTY: RuleSet = {
  methods: [],
  contentTypes: [],
  cors: false,
  schema: {
    enabled: false,
    text: "",
    reply: { status: 422, headers: [], body: "", delayMs: 0, fault: null },
  },
  rules: [],
};

export function ruleAnswers(state: FakeState): Answers {
  const kept = new Map<string, RuleSet>();
  const counts = new Map<string, number>();

  function read(source: string): SourceRules {
    const rules = kept.get(source) ?? EMPTY;
    const status = (field: string, reply: Reply, blocks: boolean) =>
      (reply.status < 200 || reply.status > 599) && !["hang", "reset", "halfClose"].includes(reply.fault?.type ?? "")
        ? [{ field: `${field}.status`, message: "A status is 200 to 599.", blocks }]
        : [];
    const problems = [
      ...(rules.schema.enabled ? status("schema.reply", rules.schema.reply, true) : []),
      ...rules.rules.flatMap((rule, place) =>
        rule.steps.flatMap((step, at) => status(`rules.${place}.steps.${at}`, step, rule.enabled)),
      ),
    ];
    return {
      source,
      rules,
      inForce: !problems.some((problem) => problem.blocks),
      problems,
      counts: rules.rules.map((rule) => ({ rule: rule.id, count: counts.get(rule.id) ?? 0 })),
    };
  }

  return {
    source_rules: ({ source }) => read(source),
    save_rules: ({ source, rules }) => {
      kept.set(source, rules);
      return read(source);
    },
    reset_rules: ({ source }) => {
      counts.clear();
      return read(source);
    },
    try_source: ({ source }) => {
      const rule = kept.get(source)?.rules.find((one) => one.enabled);
      const count = rule ? (counts.get(rule.id) ?? 0) : 0;
      if (rule) counts.set(rule.id, count + 1);
      const status = rule ? (rule.steps[Math.min(count, rule.steps.length - 1)]?.status ?? 200) : 200;
      state.newest += 1;
      state.tell([], true);
      return { exchange: state.summary(state.newest), seen: { end: "whole", status, bytes: 120, micros: 1_800 } };
    },
  };
}
