import { render, screen } from "@testing-library/svelte";
import userEvent from "@testing-library/user-event";
import { it } from "vitest";
import { openNewProvider } from "$app/navigation.svelte";
import { useBackend } from "$ipc/backend";
import { fakeBackend } from "$ipc/fake";
import ProviderDialogs from "./ProviderDialogs.svelte";

it("says that a provider can't be added while the others can't be read, and tries again", async () => {
  const fake = fakeBackend({ rows: 10 });
  let broken = true;
  useBackend({
    ...fake,
    invoke: (command, payload) =>
      command === "providers" && broken
        ? Promise.reject({ code: "failed", message: "The disk can't be read.", hint: null })
        : fake.invoke(command, payload),
  });
  render(ProviderDialogs);
  openNewProvider("stripe");
  await screen.findByText("The disk can't be read.");
  await userEvent.click(screen.getByRole("button", { name: "Try again" }));
  await screen.findByText("The disk can't be read.");
  broken = false;
  await userEvent.click(screen.getByRole("button", { name: "Try again" }));
  await screen.findByLabelText("Name");
});
