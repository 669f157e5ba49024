import { screen, waitFor, within } from "@testing-library/svelte";
import userEvent from "@testing-library/user-event";
import { describe, expect, it } from "vitest";
import { bodyAnswers } from "$ipc/fake/bodies";
import { FakeState } from "$ipc/fake/state";
import { openBody } from "../../test/openBody";

describe("a body that can't be read", () => {
  it.each([
    ["body_info", "json", "Tree"],
    ["hex_rows", "json", "Hex"],
    ["parts", "multipart", "Parts"],
    ["preview", "html", "Preview"],
    ["body_bytes", "image", "Preview"],
  ] as const)("is read again when that is asked for, and keeps the focus near: %s", async (command, kind, view) => {
    let broken = false;
    const answer = bodyAnswers(new FakeState({ rows: 12 }))[command] as (query: unknown) => never;
    const { calls } = await openBody(kind, {
      [command]: (query: unknown) => {
        if (broken) throw { code: "failed", message: "The disk can't be read.", hint: null };
        return answer(query);
      },
    });
    const asked = () => calls.filter((call) => call.command === command).length;
    const detail = within(screen.getByRole("region", { name: "Exchange detail" }));
    await userEvent.click(detail.getByRole("radio", { name: view }));
    broken = true;
    await userEvent.keyboard("j");
    const button = await detail.findByRole("button", { name: "Try again" });
    button.focus();
    const tries = asked();
    await userEvent.keyboard("{Enter}");
    await waitFor(() => expect(asked()).toBeGreaterThan(tries));
    await new Promise((answered) => setTimeout(answered, 50));
    expect(document.activeElement).toBe(button);
    broken = false;
    await userEvent.keyboard("{Enter}");
    await waitFor(() => expect(detail.queryByText("The disk can't be read.")).toBeNull());
    await waitFor(() => expect(document.activeElement?.closest("[data-pane=detail]")).not.toBeNull());
  });
});
