// Opens the whole window over the stand-in engine.
import axe from "axe-core";
import { vi } from "vitest";
import type { Answers } from "$ipc/fake";
import type { FakeOptions } from "$ipc/fake/state";

let closeLast = () => {};

/**
 * A window of its own: nothing is left of the one before. `own` are answers of the test in place of the stand-in's; `told`
 * changes whatever is answered.
 */
export async function openApp(
  options: FakeOptions,
  own: Answers = {},
  told: (answer: unknown, command: string) => unknown = (answer) => answer,
) {
  closeLast();
  vi.resetModules();
  localStorage.clear();
  // Svelte is new after the reset as well, so what renders must be of the same making.
  const [{ cleanup, render }, { useBackend }, { fakeBackend }, { default: App }, { parts }] = await Promise.all([
    import("@testing-library/svelte"),
    import("$ipc/backend"),
    import("$ipc/fake"),
    import("$app/App.svelte"),
    import("$app/parts"),
  ]);
  // Here every module is made anew for each test, which takes longer than the tests wait for what they look for.
  await Promise.all(Object.values(parts).map((read) => read()));
  const calls: { command: string; args: unknown }[] = [];
  const fake = fakeBackend(options);
  useBackend({
    ...fake,
    invoke: async (command, payload) => {
      calls.push({ command, args: payload?.args ?? payload });
      const answer = (own as Record<string, ((args: unknown) => unknown) | undefined>)[command];
      return told(answer ? await answer(payload?.args) : await fake.invoke(command, payload), command);
    },
  });
  closeLast = cleanup;
  return { ...render(App), calls };
}

/** What axe finds wrong on the page. Contrast is proven by the tokens: jsdom draws nothing. */
export async function violations(): Promise<string[]> {
  const found = await axe.run(document.body, {
    resultTypes: ["violations"],
    // jsdom runs nothing in a frame.
    iframes: false,
    rules: {
      "color-contrast": { enabled: false },
      region: { enabled: false },
      "page-has-heading-one": { enabled: false },
    },
  });
  return found.violations.map(
    (violation) => `${violation.id}: ${violation.nodes.map((node) => node.html.slice(0, 120)).join(" | ")}`,
  );
}
