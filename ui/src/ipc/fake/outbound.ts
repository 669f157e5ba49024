// The stand-in's requests, comparisons and exports.
import { compareAnswers } from "./compare";
import type { Answers } from "./index";
import { providerAnswers } from "./providers";
import { requestAnswers } from "./requests";
import type { FakeState } from "./state";
import { transferAnswers } from "./transfer";

export function outboundAnswers(state: FakeState): Answers {
  return { ...requestAnswers(state), ...compareAnswers(state), ...transferAnswers(state), ...providerAnswers(state) };
}
