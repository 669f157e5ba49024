import { describe, expect, it } from "vitest";
import type { CollectionNode } from "$ipc/bindings/CollectionNode";
import { dropPlace, places, requestCounts, visibleLines } from "./tree";

const node = (id: number, parent: number | null, kind: CollectionNode["kind"], name: string): CollectionNode => ({
  id,
  parent,
  kind,
  name,
  method: kind === "request" ? "GET" : null,
});

const NODES = [
  node(1, null, "collection", "HubSpot"),
  node(2, 1, "folder", "Contacts"),
  node(3, 2, "request", "Get contact"),
  node(4, 2, "request", "Search"),
  node(5, 1, "request", "Ping"),
  node(6, null, "collection", "Stripe"),
];
const ids = (closed: number[], filter = "") => visibleLines(NODES, new Set(closed), filter).map((line) => line.node.id);
const at = (id: number) => NODES.find((one) => one.id === id) as CollectionNode;

describe("the collections", () => {
  it("show what is in open folders, with level and place for screen readers", () => {
    expect(ids([])).toEqual([1, 2, 3, 4, 5, 6]);
    expect(ids([2])).toEqual([1, 2, 5, 6]);
    const line = visibleLines(NODES, new Set(), "")[3];
    expect(line).toMatchObject({ depth: 2, position: 2, siblings: 2 });
  });

  it("are filtered by name, opened, with the folders above", () => {
    expect(ids([1, 2], "search")).toEqual([1, 2, 4]);
    expect(ids([1, 2], "contacts")).toEqual([1, 2, 3, 4]);
    expect(ids([], "nothing")).toEqual([]);
  });

  it("count the requests below each folder", () => {
    const counts = requestCounts(NODES);
    expect([1, 2, 6].map((id) => counts.get(id))).toEqual([3, 2, 0]);
  });

  it("offer a folder every place but itself and what is in it, a request no top level", () => {
    expect(places(NODES, at(1)).map(({ id }) => id)).toEqual([null, 6]);
    expect(places(NODES, at(3)).map(({ title }) => title)).toEqual(["HubSpot", "HubSpot / Contacts", "Stripe"]);
  });

  it("take a dragged node into a folder, or before a request, never into itself", () => {
    expect(dropPlace(NODES, at(5), at(6))).toEqual({ parent: 6, before: null });
    expect(dropPlace(NODES, at(5), at(3))).toEqual({ parent: 2, before: 3 });
    expect(dropPlace(NODES, at(1), at(2))).toBeNull();
    expect(dropPlace(NODES, at(1), at(1))).toBeNull();
  });
});
