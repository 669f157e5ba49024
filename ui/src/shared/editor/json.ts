// Reads JSON text token by token: where it stops being JSON, and the same tokens laid out anew.
// Never JSON.parse and stringify: that would change digits beyond 53 bits, escapes and duplicate keys.

/** What keeps a text from being JSON, and where (UTF-16 offsets). */
export interface JsonProblem {
  from: number;
  to: number;
  message: string;
}

type Expect = "value" | "valueOrEnd" | "key" | "keyOrEnd" | "colon" | "commaOrEnd" | "nothing";

type Token =
  { kind: "open" | "close"; text: string; empty: boolean } | { kind: "comma" | "colon" | "scalar"; text: string };

const NUMBER = /-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?/y;
const WORD = /[^\s,:[\]{}"]+/y;
// RFC 8259, section 7: control characters must be escaped in a string.
const STRING = /"(?:[^"\\\u0000-\u001f]|\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4}))*"/y;

/** Where `text` stops being one JSON document (RFC 8259); null if it is one. Blank text is no problem to point at. */
export function jsonProblem(text: string): JsonProblem | null {
  return text.trim() === "" ? null : walk(text, () => {});
}

/**
 * `text` laid out anew, one member a line. Digits, escapes, order and duplicate keys stay as they are.
 * If it is not JSON, what is wrong is answered in its place.
 */
export function formatJson(text: string, indent = "  "): { text: string } | { problem: JsonProblem } {
  const layout = new Layout(indent);
  const problem = walk(text, (token) => layout.add(token));
  return problem ? { problem } : { text: layout.text() };
}

/** Levels that are indented; below, the indent stays, or a deep document would become megabytes of space. */
const DEEPEST = 100;

/** Puts tokens on lines. */
class Layout {
  private readonly out: string[] = [];
  private depth = 0;

  constructor(private readonly indent: string) {}

  add(token: Token): void {
    switch (token.kind) {
      case "open":
        this.out.push(token.text);
        this.depth += 1;
        if (!token.empty) this.line();
        break;
      case "close":
        this.depth -= 1;
        if (!token.empty) this.line();
        this.out.push(token.text);
        break;
      case "comma":
        this.out.push(",");
        this.line();
        break;
      case "colon":
        this.out.push(": ");
        break;
      case "scalar":
        this.out.push(token.text);
    }
  }

  text(): string {
    return this.out.join("");
  }

  private line(): void {
    this.out.push("\n" + this.indent.repeat(Math.min(this.depth, DEEPEST)));
  }
}

/** Reads the tokens of a document in order. Keeps its own stack, so depth costs no call frames. */
function walk(text: string, visit: (token: Token) => void): JsonProblem | null {
  const stack: ("{" | "[")[] = [];
  let expect: Expect = "value";
  let at = 0;

  const after = (): Expect => (stack.length === 0 ? "nothing" : "commaOrEnd");
  const wrong = (from: number, to: number): JsonProblem => ({ from, to, message: expected(expect, stack.at(-1)) });

  for (;;) {
    at = skipSpace(text, at);
    if (at >= text.length) {
      return expect === "nothing"
        ? null
        : { ...wrong(at, at), message: `The text ends too early. ${expected(expect, stack.at(-1))}` };
    }
    const char = text[at] as string;
    if (char === "{" || char === "[") {
      if (expect !== "value" && expect !== "valueOrEnd") return wrong(at, at + 1);
      const next = text[skipSpace(text, at + 1)];
      visit({ kind: "open", text: char, empty: next === (char === "{" ? "}" : "]") });
      stack.push(char);
      expect = char === "{" ? "keyOrEnd" : "valueOrEnd";
      at += 1;
    } else if (char === "}" || char === "]") {
      const empty = expect === "keyOrEnd" || expect === "valueOrEnd";
      const open = char === "}" ? "{" : "[";
      if ((!empty && expect !== "commaOrEnd") || stack.at(-1) !== open) return wrong(at, at + 1);
      stack.pop();
      visit({ kind: "close", text: char, empty });
      expect = after();
      at += 1;
    } else if (char === ",") {
      if (expect !== "commaOrEnd") return wrong(at, at + 1);
      visit({ kind: "comma", text: char });
      expect = stack.at(-1) === "{" ? "key" : "value";
      at += 1;
    } else if (char === ":") {
      if (expect !== "colon") return wrong(at, at + 1);
      visit({ kind: "colon", text: char });
      expect = "value";
      at += 1;
    } else {
      const end: number = scalarEnd(text, at);
      const isKey: boolean = expect === "key" || expect === "keyOrEnd";
      if (end < 0) return { from: at, to: at - end, message: badScalar(char, isKey) };
      if (isKey && char !== '"') return wrong(at, end);
      if (!isKey && expect !== "value" && expect !== "valueOrEnd") return wrong(at, end);
      visit({ kind: "scalar", text: text.slice(at, end) });
      expect = isKey ? "colon" : after();
      at = end;
    }
  }
}

function skipSpace(text: string, from: number): number {
  let at = from;
  while (at < text.length && " \t\n\r".includes(text[at] as string)) at += 1;
  return at;
}

/** Where the string, number or literal at `at` ends; minus the length of what is wrong if it is none of them. */
function scalarEnd(text: string, at: number): number {
  if (text[at] === '"') return matchEnd(STRING, text, at) ?? -Math.max(1, lineLength(text, at));
  const word = matchEnd(WORD, text, at) ?? at + 1;
  const written = text.slice(at, word);
  if (written === "true" || written === "false" || written === "null") return word;
  return matchEnd(NUMBER, text, at) === word ? word : at - word;
}

function matchEnd(pattern: RegExp, text: string, at: number): number | null {
  pattern.lastIndex = at;
  return pattern.test(text) ? pattern.lastIndex : null;
}

function lineLength(text: string, at: number): number {
  const end = text.indexOf("\n", at);
  return (end < 0 ? text.length : end) - at;
}

function badScalar(char: string, isKey: boolean): string {
  if (char === '"') return "This string has no end, or a character or escape that JSON does not allow.";
  if (char === "'") return "JSON takes double quotes only.";
  return isKey ? "A key must be a string in double quotes." : "This is no JSON value. Text must be in double quotes.";
}

function expected(expect: Expect, inside: "{" | "[" | undefined): string {
  switch (expect) {
    case "value":
      return "A value is expected here.";
    case "valueOrEnd":
      return "A value or ] is expected here.";
    case "key":
      return "A key in double quotes is expected here. JSON has no comma before }.";
    case "keyOrEnd":
      return "A key in double quotes or } is expected here.";
    case "colon":
      return "A colon is expected after the key.";
    case "commaOrEnd":
      return inside === "{" ? "A comma or } is expected here." : "A comma or ] is expected here.";
    case "nothing":
      return "The document ended before this.";
  }
}
