import { fireEvent, screen, waitFor, within } from "@testing-library/svelte";
import userEvent from "@testing-library/user-event";
import { describe, expect, it } from "vitest";
import { openApp } from "../../../test/openApp";

const chips = () =>
  [...screen.getByRole("group", { name: "Filter" }).querySelectorAll(".fchip")].map((chip) =>
    [...chip.querySelectorAll("b, .cut")].map((part) => part.textContent).join(""),
  );
const list = () => screen.getByRole("grid", { name: /^Exchanges/ });

async function opened() {
  const unread = { code: "invalid" as const, message: "50x is no status.", hint: null };
  const { calls } = await openApp({ rows: 30 }, {}, (answer, command) => {
    const { filter, text } = (calls.at(-1)?.args ?? {}) as { filter?: string; text?: string };
    if (command === "count" && filter?.includes("50x")) throw unread;
    return command === "read_filter" && text?.includes("50x") ? { ...(answer as object), problem: unread } : answer;
  });
  await screen.findAllByRole("row", { selected: false });
  const field = screen.getByRole<HTMLInputElement>("combobox", { name: "Filter the list" });
  return { calls, field };
}

describe("what is typed in the filter field", () => {
  it("is a term once the field is left, and what is wrong with it is said", async () => {
    const { field } = await opened();
    await userEvent.type(field, "status:50x");
    await userEvent.click(list());
    expect(chips()).toEqual(["status:50x"]);
    expect(field.value).toBe("");
    await waitFor(() => expect(screen.getByRole("group", { name: "Filter" }).title).toBe("50x is no status."));
  });

  it("is gone on with after the field was left where it is no whole term yet", async () => {
    const { field } = await opened();
    await userEvent.type(field, "source:");
    await userEvent.click(list());
    await userEvent.click(within(screen.getByRole("radiogroup", { name: "Direction" })).getByText("Pull"));
    expect([chips(), field.value]).toEqual([["direction:pull"], "source:"]);
    await userEvent.type(field, "stripe{Enter}");
    expect(chips()).toEqual(["direction:pull", "source:stripe"]);
  });

  it("is replaced by what is chosen beside the field", async () => {
    const { field } = await opened();
    await userEvent.type(field, "direction:push");
    await userEvent.click(within(screen.getByRole("radiogroup", { name: "Direction" })).getByText("Pull"));
    expect([chips(), field.value]).toEqual([["direction:pull"], ""]);
  });

  it("leaves the focus beside a term that is dropped, and in the field after the last one", async () => {
    const { field } = await opened();
    await userEvent.type(field, "source:stripe{Enter}status:200{Enter}type:push{Enter}");
    const press = async (name: string) => {
      screen.getByRole("button", { name }).focus();
      await userEvent.keyboard("{Enter}");
    };
    const focused = () => document.activeElement?.getAttribute("aria-label");
    await press("Drop status:200");
    await waitFor(() => expect(focused()).toBe("Drop type:push"));
    await press("Drop type:push");
    await waitFor(() => expect(focused()).toBe("Drop source:stripe"));
    await press("Drop source:stripe");
    await waitFor(() => expect(document.activeElement).toBe(field));
    await userEvent.type(field, "status:200{Enter}");
    await press("Clear the filter");
    await waitFor(() => expect(document.activeElement).toBe(field));
    expect(chips()).toEqual([]);
  });

  it("is no term after it was abandoned by Escape", async () => {
    const { field } = await opened();
    await userEvent.type(field, "status:50x{Escape}{Escape}{Escape}");
    expect(document.activeElement).toBe(list());
    expect(chips()).toEqual([]);
  });

  it("stays as it is while another window has the focus", async () => {
    const { field } = await opened();
    await userEvent.type(field, "body.id:");
    await fireEvent.blur(field);
    expect([chips(), field.value]).toEqual([[], "body.id:"]);
  });

  it("is completed by a click on what is offered", async () => {
    const { field } = await opened();
    await userEvent.type(field, "text sou");
    await userEvent.click(await screen.findByRole("option", { name: "source:" }));
    expect([chips(), field.value, document.activeElement]).toEqual([[], "text source:", field]);
    await userEvent.type(field, "st");
    await userEvent.click(await screen.findByRole("option", { name: "source:stripe" }));
    expect([chips(), field.value]).toEqual([["text", "source:stripe"], ""]);
  });
});
