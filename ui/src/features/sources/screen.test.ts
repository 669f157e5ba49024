import { fireEvent, render, screen, waitFor, within } from "@testing-library/svelte";
import userEvent from "@testing-library/user-event";
import { tick } from "svelte";
import { beforeEach, describe, expect, it } from "vitest";
import { runAction } from "$app/commands.svelte";
import { navigation } from "$app/navigation.svelte";
import { session } from "$app/session.svelte";
import { toasts } from "$app/toasts.svelte";
import { useBackend } from "$ipc/backend";
import { call } from "$ipc/call";
import { fakeBackend } from "$ipc/fake";
import { violations } from "../../test/openApp";
import SourcesScreen from "./SourcesScreen.svelte";
import { trial } from "./trial.svelte";

beforeEach(async () => {
  navigation.screen = "sources";
  navigation.source = "stripe";
  useBackend(fakeBackend({ rows: 400 }));
  await session.refresh();
  trial.clear();
});

const kept = async () => (await call("source_rules", { source: "stripe" })).rules;

async function shown() {
  render(SourcesScreen);
  await screen.findByText("Add a rule");
}

describe("the sources screen", { timeout: 120_000 }, () => {
  it("has nothing that axe finds, with a rule open", async () => {
    await shown();
    await userEvent.click(screen.getByText("Add a rule"));
    await screen.findByLabelText("Status");
    expect(await violations()).toEqual([]);
  });

  it("keeps a sequence as it is typed, and tries it", async () => {
    await shown();
    await userEvent.click(screen.getByText("Add a rule"));
    const status = await screen.findByLabelText("Status");
    await userEvent.clear(status);
    await userEvent.type(status, "500");
    await userEvent.click(screen.getByText("Then answer"));
    const second = screen.getAllByLabelText("Status")[1] as HTMLInputElement;
    await userEvent.clear(second);
    await userEvent.type(second, "200");
    await waitFor(async () => expect((await kept()).rules[0]?.steps.map((step) => step.status)).toEqual([500, 200]));
    await userEvent.click(screen.getByText("Try it", { selector: "button" }));
    await waitFor(() => expect(document.querySelector(".got .status")?.textContent).toBe("500"));
  });

  it("keeps what the source takes at all, and a schema with its answer", async () => {
    await shown();
    await userEvent.type(screen.getByLabelText("Methods"), "post, put");
    await userEvent.type(screen.getByLabelText("Content types"), "application/json image/*");
    await userEvent.click(screen.getByLabelText(/JSON Schema/, { selector: "input" }));
    await screen.findByRole("group", { name: "Answer to what does not fit" });
    await waitFor(async () =>
      expect(await kept()).toMatchObject({
        methods: ["POST", "PUT"],
        contentTypes: ["application/json", "image/*"],
        schema: { enabled: true },
      }),
    );
    await userEvent.click(screen.getByLabelText(/\(CORS\)/));
    await waitFor(async () => expect((await kept()).cors).toBe(true));
  });

  it("keeps which requests a rule fits, what goes wrong on purpose, and what comes after the last answer", async () => {
    await shown();
    await userEvent.click(screen.getByText("Add a rule"));
    const path = await screen.findByLabelText("Path behind the name", { selector: ".rule input" });
    const rule = within(path.closest<HTMLElement>(".rule") ?? document.body);
    await userEvent.type(rule.getByLabelText("Methods"), "post");
    await userEvent.type(rule.getByLabelText("Path behind the name"), "/orders/*");
    await userEvent.type(rule.getByLabelText("Event type"), "invoice.*");
    await userEvent.selectOptions(rule.getByLabelText("Fault"), "drip");
    await userEvent.click(rule.getByText("Then answer"));
    await userEvent.click(rule.getByRole("radio", { name: "Begin again" }));
    await waitFor(async () =>
      expect((await kept()).rules[0]).toMatchObject({
        when: { methods: ["POST"], path: "/orders/*", event: "invoice.*" },
        steps: [{ fault: { type: "drip" } }, { fault: { type: "drip" } }],
        then: "repeat",
      }),
    );
  });

  it("says what keeps a rule from being in force, at its field", async () => {
    await shown();
    await userEvent.click(screen.getByText("Add a rule"));
    const status = await screen.findByLabelText("Status");
    await userEvent.clear(status);
    await userEvent.type(status, "9");
    expect((await screen.findByText("A status is 200 to 599.")).getAttribute("role")).toBe("alert");
    expect(screen.getByText("Not in force yet")).toBeTruthy();
  });

  it("moves a rule by Alt and the arrows, duplicates it, and takes a deletion back", async () => {
    await shown();
    runAction("source.addRule");
    runAction("source.addRule");
    await waitFor(() => expect(document.querySelectorAll(".rules > li")).toHaveLength(2));
    const first = document.querySelector<HTMLElement>(".rules > li .open");
    const id = first?.id;
    first?.focus();
    await userEvent.keyboard("{Alt>}{ArrowDown}{/Alt}");
    expect(document.querySelectorAll(".rules > li .open")[1]?.id).toBe(id);
    document.getElementById(id ?? "")?.focus();
    await userEvent.keyboard("{Delete}");
    await waitFor(() => expect(document.querySelectorAll(".rules > li")).toHaveLength(1));
    await waitFor(async () => expect((await kept()).rules).toHaveLength(1));
  });

  it("takes the provider that is chosen, and says how sure it is and how it tries again", async () => {
    await shown();
    const chooser = await screen.findByLabelText("Provider");
    await screen.findByText("Stripe, as recognised");
    await screen.findByText("Takes 2xx as success, and waits 10 s for it. (unconfirmed)");
    expect(screen.getByText("Stripe asks before it sends.")).toBeTruthy();
    expect(screen.getByText("confirmed")).toBeTruthy();
    await userEvent.selectOptions(chooser, "mollie");
    await screen.findByText("unconfirmed");
    expect(screen.getByText("Takes 2xx as success, and waits 10 s for it.")).toBeTruthy();
    expect(screen.getByText(/Tries again: At once, after 1 minute/)).toBeTruthy();
    await waitFor(async () => expect((await call("source_settings", { name: "stripe" })).provider).toBe("mollie"));
    expect(await violations()).toEqual([]);
  });

  it("says that a challenge is signed only for a provider that is chosen", async () => {
    navigation.source = "zoom";
    await call("create_source", { name: "zoom" });
    await session.refresh();
    await shown();
    const chooser = await screen.findByLabelText("Provider");
    await screen.findByText(/^Choose it for its challenges to be answered/);
    await userEvent.selectOptions(chooser, "zoom");
    await waitFor(() => expect(screen.queryByText(/^Choose it for its challenges/)).toBeNull());
  });

  it("renames a source, and says what keeps it from a name", async () => {
    await shown();
    await userEvent.click(screen.getByText("Rename"));
    const field = await screen.findByLabelText("New name of stripe");
    await userEvent.clear(field);
    await userEvent.type(field, "github{Enter}");
    await screen.findByText('There is another source "github".');
    await userEvent.clear(field);
    await userEvent.type(field, "billing{Enter}");
    await screen.findByRole("heading", { name: "billing", level: 1 });
    expect(navigation.source).toBe("billing");
  });

  it("deletes a source after a second word", async () => {
    await shown();
    await userEvent.click(screen.getByText("Delete"));
    await userEvent.click(await screen.findByText(/Really delete/));
    await waitFor(() => expect(screen.queryByRole("heading", { name: "stripe" })).toBeNull());
    expect(session.sources.map(({ name }) => name)).not.toContain("stripe");
  });

  it("sends what is typed with all the headers that are typed", async () => {
    const sent: unknown[] = [];
    const fake = fakeBackend({ rows: 400 });
    useBackend({
      ...fake,
      invoke: async (command, payload) => {
        if (command === "try_source") sent.push(payload?.["args"]);
        return fake.invoke(command, payload);
      },
    });
    await shown();
    const headers = within(await screen.findByRole("group", { name: "Headers to send" }));
    expect(headers.getByLabelText("Name of header 1")).toHaveProperty("value", "Content-Type");
    expect(headers.getByLabelText("Value of header 1")).toHaveProperty("value", "application/json");
    await userEvent.click(headers.getByRole("button", { name: "Header" }));
    await userEvent.type(headers.getByLabelText("Name of header 2"), "X-GitHub-Event");
    await userEvent.type(headers.getByLabelText("Value of header 2"), "push");
    await userEvent.click(headers.getByRole("button", { name: "Header" }));
    const tryIt = screen.getByText("Try it", { selector: "button" });
    await userEvent.click(tryIt);
    await waitFor(() => expect(sent).toHaveLength(1));
    expect(sent[0]).toMatchObject({
      request: {
        type: "typed",
        headers: [
          { name: "Content-Type", value: "application/json" },
          { name: "X-GitHub-Event", value: "push" },
        ],
      },
    });
    expect(await violations()).toEqual([]);
    await userEvent.click(headers.getByLabelText("Delete header 3"));
    await waitFor(() => expect(document.activeElement).toBe(headers.getByLabelText("Delete header 2")));
    await userEvent.click(headers.getByLabelText("Delete header 1"));
    expect(document.activeElement).toBe(headers.getByLabelText("Delete header 1"));
    await userEvent.click(tryIt);
    await waitFor(() => expect(sent).toHaveLength(2));
    expect(sent[1]).toMatchObject({ request: { headers: [{ name: "X-GitHub-Event", value: "push" }] } });
    await userEvent.click(headers.getByLabelText("Delete header 1"));
    await waitFor(() => expect(document.activeElement).toBe(headers.getByRole("button", { name: "Header" })));
  });

  it("sends a stored exchange that was chosen from the list", async () => {
    await shown();
    await userEvent.selectOptions(screen.getByLabelText("Send"), "exchange");
    await userEvent.click(screen.getByText("Choose an exchange…"));
    const dialog = await screen.findByRole("dialog", { name: "What is sent again" });
    await userEvent.click((await within(dialog).findAllByRole("option"))[0] as HTMLElement);
    await userEvent.click(screen.getByText("Try it", { selector: "button" }));
    await waitFor(() => expect(document.querySelector(".got .status")?.textContent).toBe("200"));
  });

  it("keeps what is to be tried while another screen is shown", async () => {
    const { unmount } = render(SourcesScreen);
    await fireEvent.input(await screen.findByLabelText("Body to send"), { target: { value: "a=1" } });
    const type = () =>
      within(screen.getByRole("group", { name: "Headers to send" })).getByLabelText("Value of header 1");
    await fireEvent.input(type(), { target: { value: "text/plain" } });
    unmount();
    await shown();
    expect(screen.getByLabelText("Body to send")).toHaveProperty("value", "a=1");
    expect(type()).toHaveProperty("value", "text/plain");
  });

  it("leaves what is being typed alone when something else of the sources changes", async () => {
    await shown();
    const secret: HTMLInputElement = await screen.findByLabelText("New secret");
    await userEvent.type(secret, "whsec_half");
    await userEvent.click(screen.getByLabelText(/Answer them/));
    await waitFor(async () => expect((await call("source_settings", { name: "stripe" })).handshakes).toBe(false));
    await tick();
    expect(secret.value).toBe("whsec_half");
    await userEvent.click(screen.getByText("Rename"));
    await screen.findByLabelText("New name of stripe");
    await session.refreshLists();
    await tick();
    expect(screen.getByLabelText("New name of stripe")).toBeTruthy();
  });

  it("keeps no tolerance that is not in whole seconds, and says what is expected", async () => {
    await shown();
    const field = await screen.findByLabelText("Clock tolerance, s");
    const kept = async () => (await call("source_settings", { name: "stripe" })).tolerance;
    await userEvent.type(field, "300");
    await userEvent.tab();
    await waitFor(async () => expect(await kept()).toBe(300));
    for (const wrong of ["5m", "1.5", "-1", "1e3", "12345678901"]) {
      await userEvent.clear(field);
      await userEvent.type(field, wrong);
      await userEvent.tab();
      await screen.findByText("Write whole seconds, such as 300, or nothing.");
      expect(field.getAttribute("aria-invalid")).toBe("true");
      // What else is set is kept all the same.
      const box = screen.getByLabelText<HTMLInputElement>(/Answer them/);
      await userEvent.click(box);
      const handshakes = box.checked;
      await waitFor(async () =>
        expect((await call("source_settings", { name: "stripe" })).handshakes).toBe(handshakes),
      );
      expect(await kept()).toBe(300);
      expect((field as HTMLInputElement).value).toBe(wrong);
    }
    expect(await violations()).toEqual([]);
    await userEvent.clear(field);
    await userEvent.type(field, " 60 ");
    await userEvent.tab();
    await waitFor(async () => expect(await kept()).toBe(60));
    expect(screen.queryByText(/Write whole seconds/)).toBeNull();
    await userEvent.clear(field);
    await userEvent.tab();
    await waitFor(async () => expect(await kept()).toBeNull());
  });

  it("names what a provider asks for beside a secret until it is there", async () => {
    await call("save_source", { name: "stripe", provider: "paypal", url: null, tolerance: null, handshakes: true });
    await shown();
    await userEvent.click(await screen.findByText("webhook_id"));
    expect((screen.getByLabelText("Label of the new secret") as HTMLInputElement).value).toBe("webhook_id");
    expect(document.activeElement).toBe(screen.getByLabelText("New secret"));
    await userEvent.keyboard("8PT597110X687430LKGECATA");
    await userEvent.click(screen.getByText("Add secret"));
    await screen.findByLabelText(/^Remove webhook_id/);
    expect(screen.queryByText(/also ask for/)).toBeNull();
  });

  it("checks the pushes of a source again, and says so", async () => {
    const fake = fakeBackend({ rows: 400 });
    const checked: unknown[] = [];
    useBackend({
      ...fake,
      invoke: (command, payload) => {
        if (command === "verify_source") checked.push(payload?.["args"]);
        return fake.invoke(command, payload);
      },
    });
    await call("add_secret", { source: "stripe", label: "live", value: "whsec_0123456789abcdef" });
    await shown();
    await userEvent.click(await screen.findByText("Check its pushes again"));
    await waitFor(() => expect(toasts.shown.at(-1)?.text).toBe("The pushes of stripe are checked again"));
    expect(checked).toEqual([{ name: "stripe" }]);
    expect(await violations()).toEqual([]);
  });

  it("adds a secret whose value is not shown again, and removes it", async () => {
    await shown();
    await userEvent.type(await screen.findByLabelText("New secret"), "whsec_0123456789abcdef");
    await userEvent.type(screen.getByLabelText("Label of the new secret"), "live");
    await userEvent.click(screen.getByText("Add secret"));
    await screen.findByText("live");
    expect(document.body.textContent).not.toContain("0123456789ab");
    await userEvent.click(screen.getByLabelText(/^Remove live/));
    screen.getByText("live"); // there is no way back, so it asks
    await userEvent.tab();
    await userEvent.click(screen.getByLabelText(/^Remove live/));
    await userEvent.click(screen.getByText("Really remove it"));
    await waitFor(() => expect(screen.queryByText("live")).toBeNull());
  });
});
