// The stand-in's requests, comparisons and exports.
import type { Answers } from "./index";
import type { FakeState } from "./state";

export function outboundAnswers(_state: FakeState): Answers {
  return {
    collections: () => ({ nodes: [] }),
    drafts: () => ({ drafts: [] }),
    save_draft: () => ({}),
    close_draft: () => ({}),
    export_text: ({ format }) => ({ text: `# ${format}` }),
  };
}
