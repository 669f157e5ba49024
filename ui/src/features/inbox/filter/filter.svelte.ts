// The filter of the inbox: terms that are set, and what is being typed.
import { isUnfinished, parseTerms, queryOf, quoted, type Term } from "./terms";

export class Filter {
  terms = $state.raw<Term[]>([]);
  typed = $state("");
  /** What goes to the engine. */
  readonly query = $derived(queryOf([...this.terms, ...parseTerms(this.typed)]));
  readonly isEmpty = $derived(this.terms.length === 0 && this.typed.trim() === "");

  /** True if exactly this term is set. */
  has(raw: string): boolean {
    return this.terms.some((term) => term.raw === raw);
  }

  set(text: string) {
    this.terms = parseTerms(text);
    this.typed = "";
  }

  /** Makes terms of what is typed. */
  commit() {
    const typed = parseTerms(this.typed);
    this.typed = "";
    this.terms = [...this.terms.filter((term) => !typed.some((other) => other.raw === term.raw)), ...typed];
  }

  /** The same, if all of it can be a term by now: `source:` is to be gone on with. */
  settle() {
    if (!parseTerms(this.typed).some(isUnfinished)) this.commit();
  }

  remove(term: Term) {
    this.terms = this.terms.filter((other) => other !== term);
  }

  /** Takes the last term back into the field. */
  reopenLast() {
    const last = this.terms[this.terms.length - 1];
    if (!last) return;
    this.terms = this.terms.slice(0, -1);
    this.typed = last.raw;
  }

  /** The one value of a key that can have only one; null if there is none. */
  valueOf(key: string): string | null {
    return this.terms.find((term) => term.key === key && !term.negated)?.value ?? null;
  }

  /** Sets the one value of a key; null takes it away. */
  setValue(key: string, value: string | null) {
    this.setValues({ [key]: value });
  }

  /** Sets the one value of each key, also in place of one that is typed; null takes it away. */
  setValues(values: Record<string, string | null>) {
    this.settle();
    const others = this.terms.filter((term) => term.key === null || !(term.key in values) || term.negated);
    const set = Object.entries(values).flatMap(([key, value]) => (value === null ? [] : [`${key}:${quoted(value)}`]));
    this.terms = [...others, ...parseTerms(set.join(" "))];
  }

  /** Replaces the one positive term of `key` that has one of `among`, also one that is typed; null takes it away. */
  choose(key: string, among: readonly string[], value: string | null) {
    this.settle();
    const others = this.terms.filter((term) => term.key !== key || term.negated || !among.includes(term.value));
    this.terms = value === null ? others : [...others, ...parseTerms(`${key}:${value}`)];
  }

  /** What goes to the engine, but for the positive terms of these keys; of `is`, those with one of these states. */
  without(keys: readonly string[], states: readonly string[] = []): string {
    const passes = ({ key, value, negated }: Term) =>
      key === null || negated || !(keys.includes(key) || (key === "is" && states.includes(value)));
    return queryOf([...this.terms, ...parseTerms(this.typed)].filter(passes));
  }
}
