import { screen, waitFor } from "@testing-library/svelte";
import userEvent from "@testing-library/user-event";
import { expect, it } from "vitest";
import { kept, rule } from "../../test/openSources";

it("keeps the caret where it is while methods and content types are typed, and what is typed between them", async () => {
  await rule(200);
  const [all, own] = screen.getAllByLabelText("Methods") as [HTMLInputElement, HTMLInputElement];
  const types = screen.getByLabelText<HTMLInputElement>("Content types");
  for (const field of [all, own]) {
    await userEvent.type(field, "GET, put");
    expect(field.value).toBe("GET, PUT");
    await userEvent.type(field, "post, ", { initialSelectionStart: 5, initialSelectionEnd: 5 });
    expect([field.value, field.selectionStart]).toEqual(["GET, POST, PUT", 11]);
  }
  await userEvent.type(types, "a/b, c/d");
  await userEvent.type(types, "x", { initialSelectionStart: 3, initialSelectionEnd: 3 });
  expect([types.value, types.selectionStart]).toEqual(["a/bx, c/d", 4]);
  await waitFor(async () =>
    expect(await kept()).toMatchObject({
      methods: ["GET", "POST", "PUT"],
      contentTypes: ["a/bx", "c/d"],
      rules: [{ when: { methods: ["GET", "POST", "PUT"] } }],
    }),
  );
});
