// What every editor can do: history, search, brackets, and JSON or XML where the text is that.
import { closeBrackets, closeBracketsKeymap } from "@codemirror/autocomplete";
import { defaultKeymap, history, historyKeymap } from "@codemirror/commands";
import { json } from "@codemirror/lang-json";
import { xml } from "@codemirror/lang-xml";
import { bracketMatching, indentUnit } from "@codemirror/language";
import { linter, lintGutter, type Diagnostic } from "@codemirror/lint";
import { search, searchKeymap } from "@codemirror/search";
import { EditorState, type Extension } from "@codemirror/state";
import {
  drawSelection,
  EditorView,
  highlightActiveLine,
  highlightActiveLineGutter,
  highlightSpecialChars,
  keymap,
  lineNumbers,
} from "@codemirror/view";
import { HIDDEN, markOf } from "$shared/text/marks";
import { jsonProblem } from "./json";
import { look } from "./look";

/** What the text of an editor is. */
export type Language = "json" | "xml" | "plain";

/** Texts up to this many characters are checked while they are typed. */
const CHECKED = 2_000_000;

/** Keys that belong to the window's own actions: the editor leaves them alone. */
const WINDOW_KEYS = new Set(["Mod-Enter", "Mod-/", "Mod-Alt-\\", "Mod-k", "Mod-b"]);

/**
 * An editor that text is typed into. Lines are never wrapped: one line of 10 MB would stop the window. Tab goes on to the next
 * control, as everywhere; Ctrl+] indents.
 */
export function editing(language: Language, label: string): Extension {
  return [
    lineNumbers(),
    highlightActiveLine(),
    highlightActiveLineGutter(),
    history(),
    drawSelection(),
    bracketMatching(),
    closeBrackets(),
    indentUnit.of("  "),
    search({ top: false }),
    keymap.of(
      [...closeBracketsKeymap, ...defaultKeymap, ...historyKeymap, ...searchKeymap].filter(
        (binding) => !WINDOW_KEYS.has(binding.key ?? ""),
      ),
    ),
    language === "json" ? [linter(jsonDiagnostics, { delay: 250 }), lintGutter()] : [],
    common(language, label),
  ];
}

/** An editor that only shows a text. */
export function reading(language: Language, label: string): Extension {
  return [
    lineNumbers(),
    drawSelection(),
    search({ top: false }),
    keymap.of([...defaultKeymap, ...searchKeymap].filter((binding) => !WINDOW_KEYS.has(binding.key ?? ""))),
    EditorState.readOnly.of(true),
    common(language, label),
  ];
}

function common(language: Language, label: string): Extension {
  return [
    // Only \n ends a line: a \r stays a character that is seen and kept, and offsets stay those of the text.
    EditorState.lineSeparator.of("\n"),
    highlightSpecialChars({ addSpecialChars: HIDDEN, render: mark }),
    EditorView.contentAttributes.of({
      "aria-label": label,
      spellcheck: "false",
      autocorrect: "off",
      autocapitalize: "off",
    }),
    language === "json" ? json() : language === "xml" ? xml() : [],
    look,
  ];
}

/** The same mark as in every other view, in place of a character that can't be seen. */
function mark(point: number): HTMLElement {
  const { text, mark } = markOf(point);
  const element = document.createElement("span");
  element.className = "cm-specialChar";
  element.textContent = text;
  element.title = mark;
  element.setAttribute("aria-label", mark);
  return element;
}

function jsonDiagnostics(view: EditorView): Diagnostic[] {
  if (view.state.doc.length > CHECKED) return [];
  const problem = jsonProblem(view.state.doc.toString());
  if (!problem) return [];
  const end = view.state.doc.length;
  const from = Math.min(problem.from, Math.max(0, end - 1));
  return [{ from, to: Math.max(from, Math.min(problem.to, end)), severity: "error", message: problem.message }];
}
