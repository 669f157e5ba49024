// JSONPaths as comparisons write them: their steps, the array they end in, and the JSON Pointer of those that have one.

/** The steps of a path, as they are written: `$`, `.lines`, `["a b"]`, `[id=il_1]`, `[0]`. */
export function steps(path: string): string[] {
  return path.match(/^\$|\.\.?(?:[^.[\]"]+|\*)|\[(?:"(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*'|[^\]])*\]/gs) ?? [];
}

/** The array that `path` goes through last, with its element steps as `[*]`; null if it goes through none. */
export function arrayOf(path: string): string | null {
  const all = steps(path);
  const last = all.findLastIndex(isElement);
  return last < 0 ? null : all.slice(0, last).map(anyElement).join("");
}

/** The path of a rule that ignores this value in every element of the arrays above it. */
export function rulePath(path: string): string {
  return steps(path).map(anyElement).map(dotted).join("");
}

/** `['name']` as `.name` where that says the same: a path is one rule however it was written. */
const dotted = (step: string): string => step.replace(/^\[(['"])([\w$-]+)\1\]$/, ".$2");

/** RFC 6901 of a path whose steps are names and indexes; null if an element is named by its identity. */
export function pointerOf(path: string): string | null {
  let pointer = "";
  for (const step of steps(path).slice(1)) {
    const name = nameOf(step);
    if (name === null) return null;
    pointer += `/${name.replaceAll("~", "~0").replaceAll("/", "~1")}`;
  }
  return pointer;
}

/** A JSON Pointer as a path for the eye: `$.data.object`. */
export function pathOf(pointer: string): string {
  const names = pointer
    .split("/")
    .slice(1)
    .map((name) => name.replaceAll("~1", "/").replaceAll("~0", "~"));
  return (
    "$" +
    names
      .map((name) =>
        /^\d+$/.test(name) ? `[${name}]` : /^[\p{L}_$][\p{L}\p{N}_$-]*$/u.test(name) ? `.${name}` : `[${quote(name)}]`,
      )
      .join("")
  );
}

/** What the user typed as the root of a side, a path or a pointer, as a pointer; null if it is neither. */
export function typedPointer(text: string): string | null {
  const typed = text.trim();
  if (typed === "" || typed === "$") return "";
  if (typed.startsWith("/")) return typed;
  const path = typed.startsWith("$") ? typed : typed.startsWith("[") ? `$${typed}` : `$.${typed}`;
  return steps(path).join("") === path ? pointerOf(path) : null;
}

function isElement(step: string): boolean {
  return /^\[(?!["'])/.test(step);
}

function anyElement(step: string): string {
  return isElement(step) ? "[*]" : step;
}

function nameOf(step: string): string | null {
  if (step.startsWith("..") || step === ".*") return null;
  if (step.startsWith(".")) return step.slice(1);
  const inner = step.slice(1, -1);
  if (/^\d+$/.test(inner)) return inner;
  const quoted = /^(["'])(.*)\1$/s.exec(inner);
  return quoted ? (quoted[2] as string).replace(/\\(.)/gs, unescaped) : null;
}

function unescaped(whole: string, char: string): string {
  return { n: "\n", r: "\r", t: "\t", b: "\b", f: "\f" }[char] ?? (char === "u" ? whole : char);
}

function quote(name: string): string {
  return `"${name.replace(/["\\]/g, "\\$&")}"`;
}
