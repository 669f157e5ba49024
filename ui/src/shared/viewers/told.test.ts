import { cleanup, render, screen } from "@testing-library/svelte";
import userEvent from "@testing-library/user-event";
import { afterEach, describe, expect, it, vi } from "vitest";
import type { BodyInfo } from "$ipc/bindings/BodyInfo";
import type { ChipKind } from "$ipc/bindings/ChipKind";
import BodyNotes from "./BodyNotes.svelte";
import Chip from "./Chip.svelte";
import LinkDialog from "./LinkDialog.svelte";

afterEach(cleanup);

const body = (over: Partial<BodyInfo>): BodyInfo => ({
  kind: "json",
  size: 35,
  decodedSize: 35,
  contentType: "application/json",
  codings: [],
  charset: "UTF-8",
  bom: false,
  notice: null,
  problem: null,
  unsearched: null,
  tree: true,
  pretty: true,
  tables: [],
  preview: null,
  ...over,
});
const notes = (over: Partial<BodyInfo>, onjump = vi.fn()) => {
  const { container } = render(BodyNotes, { info: body(over), view: "tree", onjump });
  return container.textContent?.replace(/\s+/g, " ").trim();
};

describe("what is told of a body", () => {
  it("is nothing of one that is shown as it came", () => {
    expect(notes({})).toBe("");
  });

  it("is what was taken off, how its text was read, and a byte order mark", () => {
    expect(notes({ codings: ["gzip", "br"], decodedSize: 512 })).toBe(
      "gzip, br taken off: 35 B on the wire, 512 B shown",
    );
    expect(notes({ charset: "Shift_JIS" })).toBe("read as Shift_JIS");
    expect(notes({ bom: true })).toBe("a byte order mark stands first");
    expect(notes({ kind: "protobuf", charset: "Shift_JIS", bom: true })).toBe("");
  });

  it("is what could not be done", () => {
    expect(notes({ notice: "Only the first 64 KiB are kept." })).toBe("Only the first 64 KiB are kept.");
  });

  it("is where its syntax breaks, which a button shows", async () => {
    const onjump = vi.fn();
    const problem = { message: "a comma was expected", offset: 1_234, line: 40, column: 9 };
    expect(notes({ problem }, onjump)).toBe(
      "a comma was expected Line 40, column 9, byte 1,234. The tree shows what stands before. Show it in the text",
    );
    await userEvent.click(screen.getByRole("button", { name: "Show it in the text" }));
    expect(onjump).toHaveBeenCalledWith(1_234);
    cleanup();
    expect(notes({ kind: "protobuf", problem })).toBe(
      "a comma was expected Byte 1,234. The tree shows what stands before.",
    );
  });

  it("says that the tree ends there of formats alone whose tree does", () => {
    const problem = { message: "a comma was expected", offset: 1_234, line: 40, column: 9 };
    for (const kind of ["msgpack", "cbor", "ndjson", "csv"] as const) {
      expect(notes({ kind, problem })).not.toContain("The tree shows");
      cleanup();
    }
  });

  it("counts no bytes of a text that was read in another charset", () => {
    const problem = { message: "a comma was expected", offset: 1_234, line: 40, column: 9 };
    expect(notes({ charset: "windows-1252", problem })).toContain("Line 40, column 9. The tree");
  });
});

describe("a chip", () => {
  const chip = (kind: ChipKind, text: string, at: number | null = null) => {
    const onopen = vi.fn();
    const { container } = render(Chip, { chip: { kind, text, at }, onopen });
    const words = container.textContent?.trim() ?? "";
    const button = container.querySelector("button");
    button?.click();
    cleanup();
    return { words, opens: onopen.mock.calls.length === 1 };
  };
  const now = () => Date.now() * 1000;

  it("can be opened if something is in the value", () => {
    const kinds = [
      "exact",
      "time",
      "duplicate",
      "id",
      "url",
      "email",
      "base64",
      "jwt",
      "json",
      "text",
      "wire",
    ] as const;
    expect(kinds.filter((kind) => chip(kind, "x").opens)).toEqual(["url", "base64", "jwt", "json"]);
  });

  it("says a time as of here, and how long ago it was", () => {
    const { words } = chip("time", "12:04:08, 22 Nov 2026 UTC", now() - 3 * 3_600_000_000);
    expect(words).toContain("3 h ago");
    expect(words).not.toContain("UTC");
  });

  it("says whether a token has expired, and when an id was made", () => {
    expect(chip("jwt", "JWT", now() - 3_600_000_000).words).toMatch(/^JWT, expired .*ago$/);
    expect(chip("jwt", "JWT", now() + 7_200_000_000).words).toMatch(/^JWT, expires in /);
    expect(chip("jwt", "JWT").words).toBe("JWT");
    expect(chip("id", "UUID v7", now() - 120_000_000).words).toMatch(/^UUID v7, made .*ago$/);
  });
});

describe("the question before a link is opened", () => {
  it("shows the host by itself, and the whole address", () => {
    render(LinkDialog, { url: "https://pay.example.com:8443@evil.test/a?b=1", onclose: () => undefined });
    expect(screen.getByText("evil.test")).toBeTruthy();
    expect(screen.getByText("https://pay.example.com:8443@evil.test/a?b=1")).toBeTruthy();
  });
});
