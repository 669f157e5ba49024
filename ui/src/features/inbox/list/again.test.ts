import { screen, waitFor } from "@testing-library/svelte";
import userEvent from "@testing-library/user-event";
import { describe, expect, it } from "vitest";
import { listAnswers } from "$ipc/fake/exchanges";
import { FakeState } from "$ipc/fake/state";
import { openApp } from "../../../test/openApp";
import { row } from "../../../test/openInbox";

describe("a list that can't be read", () => {
  it.each(["list", "count"] as const)("is read again when that is asked for: %s", async (command) => {
    let broken = true;
    const answer = listAnswers(new FakeState({ rows: 60 }))[command] as (query: unknown) => never;
    await openApp(
      { rows: 60 },
      {
        [command]: (query: { filter: string }) => {
          if (broken && query.filter === "") throw { code: "failed", message: "The disk can't be read.", hint: null };
          return answer(query);
        },
      },
    );
    await screen.findByText("The disk can't be read.");
    broken = false;
    await userEvent.click(screen.getByRole("button", { name: "Try again" }));
    await waitFor(() => expect(row(0)?.textContent).toBeTruthy());
    expect(screen.queryByText("The disk can't be read.")).toBeNull();
    expect(document.activeElement).toBe(screen.getByRole("grid"));
  });
});
