// What a view asks the engine for as a whole.
import type { ApiError } from "$ipc/bindings/ApiError";
import { asApiError } from "$ipc/call";

/** In a component's start: what `ask` answers, asked again whenever what it reads changes. The last answer stays meanwhile. */
export function asked<T>(ask: () => Promise<T>) {
  let answer = $state.raw<T | null>(null);
  let problem = $state.raw<ApiError | null>(null);
  let revision = 0;
  async function read() {
    const own = ++revision;
    try {
      const found = await ask();
      if (own === revision) [answer, problem] = [found, null];
    } catch (thrown) {
      if (own === revision) problem = asApiError(thrown);
    }
  }
  $effect(() => void read());
  return {
    get answer() {
      return answer;
    },
    get problem() {
      return problem;
    },
    again: read,
  };
}
