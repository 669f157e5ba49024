// The delivery that a push belongs to, as a tab of the detail shows it.
import type { ApiError } from "$ipc/bindings/ApiError";
import type { Delivery } from "$ipc/bindings/Delivery";
import { asApiError, call } from "$ipc/call";

/** In a component's start: the delivery of the push that `id` names, read again whenever what `id` reads changes. */
export function deliveryOf(id: () => number) {
  let delivery = $state.raw<Delivery | null>(null);
  let problem = $state.raw<ApiError | null>(null);
  let asked = 0;
  $effect(() => {
    const revision = ++asked;
    call("delivery", { id: id() }).then(
      (found) => {
        if (revision === asked) [delivery, problem] = [found, null];
      },
      (thrown) => {
        if (revision === asked) problem = asApiError(thrown);
      },
    );
  });
  return {
    get delivery() {
      return delivery;
    },
    get problem() {
      return problem;
    },
  };
}
