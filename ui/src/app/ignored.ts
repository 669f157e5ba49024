// Paths that comparisons of one kind of exchange ignore, added from where a body is read.
import { call } from "$ipc/call";
import { rulePath } from "$shared/paths";
import { say, sayError, UNDO } from "./toasts.svelte";

/** Lets every comparison of this exchange's kind that is opened from now on ignore what stands here. */
export async function ignoreInComparisons(id: number, path: string) {
  const { scope, title, rules } = await call("ignore_rules", { ids: [id] });
  const rule = { path: rulePath(path), on: true };
  const before = rules.find((one) => one.path === rule.path);
  await call("change_ignore_rules", { scope, set: [rule], remove: [] });
  const undo = () => {
    const change = before ? { set: [before], remove: [] } : { set: [], remove: [rule.path] };
    call("change_ignore_rules", { scope, ...change }).catch(sayError);
  };
  say(`New comparisons of ${title} ignore ${rule.path}`, { title: UNDO, run: undo });
}
