// Calls a command of the engine: names, arguments and answers are typed by the generated command list.
import type { ApiError } from "./bindings/ApiError";
import type { Commands } from "./bindings/commands";
import { backend } from "./backend";

/** Runs a command. Rejects with an `ApiError`. */
export async function call<K extends keyof Commands>(
  name: K,
  args: Commands[K]["args"],
): Promise<Commands[K]["result"]> {
  return invoked(name, { args }) as Promise<Commands[K]["result"]>;
}

/** Runs something of the desktop shell that is not the engine's. */
export async function invoked(command: string, payload: Record<string, unknown>): Promise<unknown> {
  const to = await backend();
  try {
    return await to.invoke(command, payload);
  } catch (thrown) {
    throw asApiError(thrown);
  }
}

/** Whatever was thrown, as an error that can be shown. */
export function asApiError(thrown: unknown): ApiError {
  if (isApiError(thrown)) return thrown;
  return { code: "failed", message: thrown instanceof Error ? thrown.message : String(thrown), hint: null };
}

function isApiError(thrown: unknown): thrown is ApiError {
  return typeof thrown === "object" && thrown !== null && "code" in thrown && "message" in thrown;
}
