// Opens the views of a body.
import { screen } from "@testing-library/svelte";
import userEvent from "@testing-library/user-event";
import type { BodyKind } from "$ipc/bindings/BodyKind";
import type { Answers } from "$ipc/fake";
import { openApp } from "./openApp";

/** Opens the newest exchange, every body being of this kind. `own` are answers of the test in place of the stand-in's. */
export async function openBody(kind: BodyKind, own: Answers = {}) {
  const app = await openApp({ rows: 12 }, own);
  const { bodyKind } = await import("$ipc/fake/bodies");
  bodyKind.kind = kind;
  await screen.findAllByRole("row", { selected: false });
  await userEvent.keyboard("j");
  await screen.findByRole("radiogroup", { name: "View" });
  return app;
}
