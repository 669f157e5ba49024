// What stands in a JSON string, which encoders write in more than one way: `&` is `\u0026` from Go, `/` is `\/` from PHP.

/** What a JSON string with its quotes holds. What is no escape of JSON is left without its backslash. */
export function unescaped(text: string): string {
  return text.slice(1, -1).replace(/\\(u[0-9a-fA-F]{4}|.)/g, (_, kind: string) => {
    if (/^u./.test(kind)) return String.fromCharCode(parseInt(kind.slice(1), 16));
    return { n: "\n", r: "\r", t: "\t", b: "\b", f: "\f" }[kind] ?? kind;
  });
}
