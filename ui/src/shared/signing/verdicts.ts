// What verdicts are called and how they look: the shape says it, the colour only what needs a look.
import type { VerdictKind } from "$ipc/bindings/VerdictKind";
import type { IconName } from "../ui/icons";

interface Look {
  /** In a word or two. */
  word: string;
  /** What stands in a tooltip. */
  title: string;
  icon: IconName;
  /** Of a note. */
  note: "" | "warn" | "plain";
  /** Of a line of text. */
  tone: "" | "warn" | "err";
}

export const VERDICTS: Record<VerdictKind, Look> = {
  valid: { word: "Valid", title: "Signature valid", icon: "sigok", note: "plain", tone: "" },
  invalid: { word: "Not valid", title: "Signature invalid", icon: "sigbad", note: "", tone: "err" },
  unsigned: { word: "Not signed", title: "Not signed", icon: "signone", note: "warn", tone: "warn" },
  no_secret: {
    word: "Not checked",
    title: "Signature not checked: the source has no secret",
    icon: "shield",
    note: "plain",
    tone: "",
  },
  unsupported: {
    word: "Can't be checked",
    title: "Signature not checked: the service does not sign, or not so that all of it can be checked",
    icon: "shield",
    note: "plain",
    tone: "",
  },
};
