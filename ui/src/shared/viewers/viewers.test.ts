import { screen, waitFor, within } from "@testing-library/svelte";
import userEvent from "@testing-library/user-event";
import { afterEach, describe, expect, it } from "vitest";
import { violations } from "../../test/openApp";
import { openBody } from "../../test/openBody";

const view = () => within(screen.getByRole("radiogroup", { name: "View" }));

afterEach(() => (document.documentElement.dataset.theme = "light"));

describe("the views of a body", () => {
  it.each([
    ["json", "light"],
    ["json", "dark"],
    ["xml", "light"],
    ["csv", "dark"],
    ["multipart", "light"],
    ["html", "dark"],
    ["image", "light"],
    ["protobuf", "dark"],
  ] as const)("are accessible, each of them: %s, %s", async (kind, theme) => {
    await openBody(kind);
    document.documentElement.dataset.theme = theme;
    for (const radio of view().getAllByRole("radio")) {
      await userEvent.click(radio);
      expect(await violations(), radio.textContent ?? "").toEqual([]);
    }
  });

  it("are reached by their numbers", async () => {
    await openBody("json");
    await screen.findByRole("tree");
    await userEvent.keyboard("3");
    await screen.findByRole("table", { name: "Rows" });
    await userEvent.keyboard("1");
    await screen.findByRole("tree");
  });

  it("run a filter once typing rests and show what it finds", async () => {
    const { calls } = await openBody("json");
    await userEvent.keyboard("{Control>}{Shift>}F{/Shift}{/Control}");
    const field = await screen.findByRole("textbox", { name: "Filter the body" });
    await userEvent.type(field, "$.object.lines[[*]");
    await screen.findByText("120 values in 12 ms");
    await waitFor(() =>
      expect(calls.some((call) => call.command === "body_info" && JSON.stringify(call.args).includes('"filter"'))).toBe(
        true,
      ),
    );
    expect(await violations()).toEqual([]);
    await userEvent.clear(field);
    await userEvent.type(field, "$!");
    expect(await screen.findByText(/unexpected !/)).toBeTruthy();
    await userEvent.keyboard("{Escape}");
    expect(screen.queryByRole("textbox", { name: "Filter the body" })).toBeNull();
  });

  it("leave the keyboard to the list while it is walked with a filter shown", async () => {
    const { calls } = await openBody("json");
    await userEvent.keyboard("{Control>}{Shift>}F{/Shift}{/Control}");
    const field = await screen.findByRole("textbox", { name: "Filter the body" });
    await waitFor(() => expect(document.activeElement).toBe(field));
    const list = document.querySelector<HTMLElement>("[data-pane=list] [role=grid]");
    list?.focus();
    for (const id of [11, 10]) {
      await userEvent.keyboard("j");
      const shown = ({ command, args }: (typeof calls)[number]) =>
        command === "body_info" && (args as { id: number }).id === id;
      await waitFor(() => expect(calls.some(shown)).toBe(true));
      await screen.findByRole("textbox", { name: "Filter the body" });
      await screen.findByRole("tree");
      expect(document.activeElement).toBe(list);
    }
  });

  it("are filtered as they were after another tab was looked at, and not in another workspace", async () => {
    await openBody("json");
    const [{ detail }, { session }] = await Promise.all([
      import("../../features/inbox/detail/detail.svelte"),
      import("$app/session.svelte"),
    ]);
    await userEvent.keyboard("{Control>}{Shift>}F{/Shift}{/Control}");
    await userEvent.click(await screen.findByRole("radio", { name: "jq" }));
    await userEvent.type(await screen.findByRole("textbox", { name: "Filter the body" }), ".object");
    await screen.findByText(/value.* in 12 ms/);
    const tab = (name: RegExp) => userEvent.click(screen.getByRole("tab", { name }));
    await tab(/Headers/);
    await waitFor(() => expect(screen.queryByRole("textbox", { name: "Filter the body" })).toBeNull());
    await tab(/Body/);
    const field = await screen.findByRole<HTMLInputElement>("textbox", { name: "Filter the body" });
    expect(field.value).toBe(".object");
    expect(screen.getByRole("radio", { name: "jq" }).ariaChecked).toBe("true");
    await screen.findByText(/value.* in 12 ms/);
    // What leads to a place in the body shows the body.
    detail.showPlace("/object");
    await waitFor(() => expect(screen.queryByRole("textbox", { name: "Filter the body" })).toBeNull());
    expect(detail.looks.filter.program).toBe(".object");
    await session.takeAnswer(Promise.resolve({ ...session.status!, workspace: "/home/ada/other.pushpull" }));
    const { program, shown, language } = detail.looks.filter;
    expect([program, shown, language]).toEqual(["", false, "jsonpath"]);
  });

  it("show the part that was opened after another tab was looked at, and the whole body of another", async () => {
    await openBody("multipart");
    await userEvent.click(await screen.findByRole("button", { name: "Open photo" }));
    await screen.findByRole("navigation", { name: "Documents in the body" });
    await userEvent.click(screen.getByRole("tab", { name: /Headers/ }));
    await waitFor(() => expect(screen.queryByRole("navigation", { name: "Documents in the body" })).toBeNull());
    await userEvent.click(screen.getByRole("tab", { name: /Body/ }));
    await screen.findByRole("navigation", { name: "Documents in the body" });
    await userEvent.keyboard("j");
    await waitFor(() => expect(screen.queryByRole("navigation", { name: "Documents in the body" })).toBeNull());
  });

  it("open a part of a multipart body and lead back", async () => {
    await openBody("multipart");
    await userEvent.click(await screen.findByRole("button", { name: "Open photo" }));
    const way = within(await screen.findByRole("navigation", { name: "Documents in the body" }));
    expect(way.getByText("cat.png")).toBeTruthy();
    await userEvent.click(way.getByRole("button", { name: "Body" }));
    await screen.findByRole("button", { name: "Save photo" });
  });

  it("find a text in the parts of a body", async () => {
    const { calls } = await openBody("multipart");
    await screen.findByRole("button", { name: "Open photo" });
    await userEvent.keyboard("{Control>}f{/Control}");
    await userEvent.type(await screen.findByRole("textbox", { name: "Find in body" }), "photo");
    await screen.findByText("1 of 1");
    expect(calls.find((call) => call.command === "find")?.args).toMatchObject({ needle: "photo", view: "parts" });
    await waitFor(() => expect(document.querySelector(".part.on mark")?.textContent).toBe("photo"));
  });

  it("say why nothing is found in a body without text, and find in the tree where there is no other text", async () => {
    await openBody("image");
    await userEvent.keyboard("{Control>}f{/Control}");
    await screen.findByText("There is no text in this body to find anything in.");
    await openBody("protobuf");
    await userEvent.click(view().getByRole("radio", { name: "Hex" }));
    await userEvent.keyboard("{Control>}f{/Control}");
    await waitFor(() => expect(document.activeElement?.getAttribute("aria-label")).toBe("Find in body"));
  });

  it("ask before a link is opened and show its host", async () => {
    const { calls } = await openBody("json");
    await userEvent.click(await screen.findByRole("button", { name: /pay\.example\.com/ }));
    const dialog = within(await screen.findByRole("dialog", { name: /Open a link/ }));
    expect(dialog.getAllByText(/pay\.example\.com/).length).toBeGreaterThan(0);
    expect(calls.some((call) => call.command === "open_url")).toBe(false);
    await userEvent.click(dialog.getByRole("button", { name: "Open in the browser" }));
    await waitFor(() =>
      expect(calls.find((call) => call.command === "open_url")?.args).toEqual({
        url: "https://pay.example.com/invoice/acct_1/pdf",
      }),
    );
  });

  it("offer a menu at a node that copies its paths and filters the list", async () => {
    const { calls } = await openBody("json");
    const tree = await screen.findByRole("tree");
    tree.focus();
    await userEvent.keyboard("{ArrowDown}");
    await userEvent.keyboard("{Shift>}{F10}{/Shift}");
    const menu = within(await screen.findByRole("menu"));
    expect(menu.getByRole("menuitem", { name: /Copy JSONPath/ })).toBeTruthy();
    expect(menu.getByRole("menuitem", { name: /Copy JSON Pointer/ })).toBeTruthy();
    expect(menu.getByRole("menuitem", { name: /Ignore this path/ })).toBeTruthy();
    await userEvent.click(menu.getByRole("menuitem", { name: /Filter the list by this value/ }));
    await waitFor(() =>
      expect(calls.some((call) => JSON.stringify(call.args ?? "").includes("body.id:evt_1QT8rLKz4"))).toBe(true),
    );
  });

  it.each(["ndjson", "protobuf", "xml"] as const)("say why the list can't be asked for a value: %s", async (kind) => {
    const { calls } = await openBody(kind);
    await userEvent.click(view().getByRole("radio", { name: "Tree" }));
    const tree = await screen.findByRole("tree");
    tree.focus();
    await userEvent.keyboard("{ArrowDown}{Shift>}{F10}{/Shift}");
    const menu = within(await screen.findByRole("menu"));
    expect(await violations()).toEqual([]);
    for (const name of [/Filter the list by this value/, /Add as column/]) {
      const item = menu.getByRole("menuitem", { name });
      expect(item.getAttribute("aria-disabled")).toBe("true");
      within(item).getByText("The list reads values of JSON bodies only.");
      await userEvent.click(item);
      expect(screen.getByRole("menu")).toBeTruthy();
    }
    // The keys reach it, so that it is read out.
    await userEvent.keyboard("{Home}{ArrowDown}{ArrowDown}{ArrowDown}");
    expect(document.activeElement?.textContent).toContain("The list reads values of JSON bodies only.");
    await userEvent.keyboard("{Enter}{Escape}{Shift>}FL{/Shift}");
    await waitFor(() => expect(screen.getByRole("status").textContent).toContain("JSON bodies only"));
    expect(
      calls.some((call) => call.command === "save_columns" || JSON.stringify(call.args ?? "").includes("body.")),
    ).toBe(false);
  });

  it("say why a value can't be asked for that no path or term names", async () => {
    await openBody("json");
    const tree = await screen.findByRole("tree");
    tree.focus();
    await userEvent.keyboard("{Shift>}{F10}{/Shift}");
    const menu = within(await screen.findByRole("menu"));
    within(menu.getByRole("menuitem", { name: /Filter the list/ })).getByText(/single values only/);
    within(menu.getByRole("menuitem", { name: /Add as column/ })).getByText(/whole body/);
  });

  it.each([
    [/Copy value/, '"evt_1QT8rLKz4"', "Value copied"],
    [/Copy JSONPath/, "$['id']", "Path copied"],
    [/Copy JSON Pointer/, "/id", "JSON Pointer copied"],
  ])("copy what the menu of a node says: %s", async (item, text, said) => {
    const { calls } = await openBody("json");
    const tree = await screen.findByRole("tree");
    tree.focus();
    await userEvent.keyboard("{ArrowDown}{Shift>}{F10}{/Shift}");
    await userEvent.click(within(await screen.findByRole("menu")).getByRole("menuitem", { name: item }));
    await screen.findByText(said);
    expect(calls.find((call) => call.command === "copy_text")?.args).toEqual({ text });
  });

  it("make a column of what stands at a node, once, and take it back", async () => {
    const { calls } = await openBody("json");
    const tree = await screen.findByRole("tree");
    const kept = () =>
      (calls.findLast((call) => call.command === "save_columns")?.args as { columns: { id: string }[] }).columns.map(
        ({ id }) => id,
      );
    tree.focus();
    await userEvent.keyboard("{ArrowDown}{Shift>}L{/Shift}");
    await screen.findByText(/^Column id added/);
    await screen.findByRole("columnheader", { name: /^id/ });
    expect(kept()).toContain("body.id");
    await userEvent.keyboard("{Shift>}L{/Shift}");
    await screen.findByText("The list has this column");
    await userEvent.click(screen.getByRole("button", { name: "Undo" }));
    await waitFor(() => expect(kept()).not.toContain("body.id"));
  });

  it("hold an event against the one before it in one key", async () => {
    const { calls } = await openBody("json");
    await userEvent.keyboard("{Shift>}C{/Shift}");
    await waitFor(() =>
      expect(calls.find((call) => call.command === "compare")?.args).toMatchObject({ sides: [{ id: 11 }, { id: 12 }] }),
    );
  });

  it("draw a preview only in a frame without rights, and only when asked", async () => {
    await openBody("html");
    expect(document.querySelector("iframe")).toBeNull();
    await userEvent.click(view().getByRole("radio", { name: "Preview" }));
    const frame = await screen.findByTitle("Preview of the body");
    expect(frame.getAttribute("sandbox")).toBe("");
  });
});
