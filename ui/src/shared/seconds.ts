// Seconds as they are typed.

/** What is wrong with whole seconds in a field that may stay empty. */
export const wholeSecondsProblem = (text: string): string | undefined =>
  /^\s*\d{0,9}\s*$/.test(text) ? undefined : "Write whole seconds, such as 300, or nothing.";
