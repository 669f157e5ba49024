// The feed: what tells the window that something changed.
import type { FeedEvent } from "./bindings/FeedEvent";
import { backend } from "./backend";

/** Calls `receive` on every event of the feed; the answer stops it. */
export async function listenToFeed(receive: (event: FeedEvent) => void): Promise<() => void> {
  return (await backend()).listen("feed", (payload) => receive(payload as FeedEvent));
}
