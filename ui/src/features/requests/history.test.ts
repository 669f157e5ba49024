import { render, screen } from "@testing-library/svelte";
import { expect, it } from "vitest";
import { useBackend } from "$ipc/backend";
import { fakeBackend } from "$ipc/fake";
import { emptyDefinition } from "./definition";
import { DraftTab } from "./draft.svelte";
import { History } from "./history.svelte";
import ResponsesDock from "./ResponsesDock.svelte";

it("says that the answers of a request could not be read, not that there are none", async () => {
  const fake = fakeBackend({ rows: 10 });
  useBackend({
    ...fake,
    invoke: (command, payload) => {
      if (command === "list") throw { code: "failed", message: "Busy.", hint: null };
      return fake.invoke(command, payload);
    },
  });
  const draft = { key: "a", requestId: 1, position: 0, name: "a", unsaved: false, shown: null, answers: [] };
  const history = new History(1, () => []);
  const tab = new DraftTab({ ...draft, definition: emptyDefinition() }, emptyDefinition());
  render(ResponsesDock, { tab, history });
  history.refresh();
  await screen.findByText("Busy.");
  expect(screen.queryByText("0 kept")).toBeNull();
});
