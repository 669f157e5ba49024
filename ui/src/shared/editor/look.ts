// How the editors look: the app's tokens, so that both themes and the high contrast come for free.
import { HighlightStyle, syntaxHighlighting } from "@codemirror/language";
import type { Extension } from "@codemirror/state";
import { EditorView } from "@codemirror/view";
import { tags } from "@lezer/highlight";

const theme = EditorView.theme({
  "&": { height: "100%", color: "var(--ink-1)", background: "var(--bg-pane)", fontSize: "var(--fs-sm)" },
  "&.cm-focused": { outline: "none" },
  ".cm-scroller": {
    fontFamily: "var(--font-data)",
    fontVariantLigatures: "none",
    fontFeatureSettings: '"zero"',
    letterSpacing: "-0.01em",
    lineHeight: "17px",
  },
  ".cm-content": { padding: "4px 0", caretColor: "var(--ink-1)" },
  ".cm-line": { padding: "0 12px 0 6px" },
  ".cm-cursor": { borderLeftColor: "var(--ink-1)" },
  ".cm-gutters": { background: "var(--bg-pane)", color: "var(--ink-3)", border: "0", fontSize: "var(--fs-xs)" },
  ".cm-lineNumbers .cm-gutterElement": { minWidth: "32px", padding: "0 4px 0 8px" },
  ".cm-activeLineGutter": { background: "var(--bg-hover)", color: "var(--ink-2)" },
  ".cm-activeLine": { background: "color-mix(in oklab, var(--bg-hover) 60%, transparent)" },
  "&.cm-focused > .cm-scroller > .cm-selectionLayer .cm-selectionBackground, .cm-selectionBackground": {
    background: "var(--accent-soft)",
  },
  ".cm-matchingBracket, &.cm-focused .cm-matchingBracket": {
    background: "none",
    boxShadow: "inset 0 -1px 0 var(--accent)",
  },
  ".cm-searchMatch": { background: "var(--find)" },
  ".cm-searchMatch-selected": { background: "var(--find)", boxShadow: "0 0 0 1px var(--ink-1)" },
  ".cm-specialChar": {
    display: "inline-block",
    padding: "0 3px",
    margin: "0 1px",
    borderRadius: "var(--r-1)",
    background: "var(--warn-soft)",
    color: "var(--warn)",
    font: "var(--fw-medium) var(--fs-2xs) / 13px var(--font-ui)",
    unicodeBidi: "isolate",
  },
  ".cm-placeholder": { color: "var(--ink-3)" },
  ".cm-panels": { background: "var(--bg-head)", color: "var(--ink-1)", fontFamily: "var(--font-ui)" },
  ".cm-panels.cm-panels-bottom, .cm-panels.cm-panels-top": { border: "0", borderTop: "1px solid var(--line)" },
  ".cm-panel.cm-search": { padding: "4px 8px", fontSize: "var(--fs-sm)" },
  ".cm-textfield": {
    background: "var(--bg-raised)",
    border: "1px solid var(--line-ctl)",
    borderRadius: "var(--r-2)",
    fontSize: "var(--fs-sm)",
  },
  ".cm-button": {
    background: "var(--btn-2)",
    border: "1px solid var(--line-2)",
    borderRadius: "var(--r-2)",
    fontSize: "var(--fs-sm)",
  },
  ".cm-tooltip": {
    background: "var(--bg-raised)",
    border: "0",
    borderRadius: "var(--r-3)",
    boxShadow: "var(--shadow-pop)",
    fontFamily: "var(--font-ui)",
  },
  ".cm-diagnostic": { padding: "6px 10px", borderLeft: "2px solid var(--err-mark)" },
  ".cm-lintRange-error": {
    background: "none",
    textDecoration: "underline wavy var(--err-mark) 1px",
    textUnderlineOffset: "3px",
  },
  ".cm-lint-marker-error": {
    content: '""',
    width: "7px",
    height: "7px",
    margin: "5px 3px",
    background: "var(--err-mark)",
    transform: "rotate(45deg)",
    borderRadius: "1px",
  },
  ".cm-gutter-lint": { width: "13px" },
});

const merge = EditorView.theme({
  ".cm-changedLine, .cm-inlineChangedLine": { background: "var(--add-bg) !important" },
  "&.cm-merge-a .cm-changedLine, .cm-deletedChunk": { background: "var(--del-bg) !important" },
  "&.cm-merge-b .cm-changedText, .cm-insertedLine .cm-changedText, .cm-changedText": {
    background: "var(--add-strong) !important",
    borderRadius: "2px",
  },
  "&.cm-merge-a .cm-changedText, .cm-deletedChunk .cm-deletedText, .cm-deletedText": {
    background: "var(--del-strong) !important",
    borderRadius: "2px",
  },
  ".cm-deletedChunk": { paddingLeft: "6px" },
  ".cm-changeGutter": { width: "14px", padding: "0" },
  ".cm-changedLineGutter, &.cm-merge-a .cm-changedLineGutter, .cm-deletedLineGutter": { background: "none !important" },
  ".cm-changeGutter .cm-gutterElement::before": { display: "block", textAlign: "center", fontWeight: "700" },
  ".cm-changedLineGutter::before, .cm-inlineChangedLineGutter::before": { content: '"+"', color: "var(--add)" },
  "&.cm-merge-a .cm-changedLineGutter::before, .cm-deletedLineGutter::before": { content: '"−"', color: "var(--del)" },
  ".cm-collapsedLines": {
    background: "var(--bg-inset)",
    color: "var(--ink-3)",
    font: "var(--fs-xs)/20px var(--font-ui)",
    padding: "0 12px",
    border: "solid var(--line)",
    borderWidth: "1px 0",
  },
  ".cm-collapsedLines::before, .cm-collapsedLines::after": { content: '""' },
});

const colours = HighlightStyle.define([
  { tag: tags.propertyName, color: "var(--j-key)" },
  { tag: [tags.string, tags.attributeValue], color: "var(--j-str)" },
  { tag: tags.number, color: "var(--j-num)" },
  { tag: [tags.bool, tags.null, tags.keyword], color: "var(--j-lit)" },
  {
    tag: [tags.punctuation, tags.separator, tags.brace, tags.squareBracket, tags.angleBracket],
    color: "var(--j-punct)",
  },
  { tag: [tags.tagName, tags.attributeName], color: "var(--j-key)" },
  { tag: tags.comment, color: "var(--ink-3)" },
]);

/** The look of every editor. */
export const look: Extension = [theme, syntaxHighlighting(colours)];

/** What the editors that show two texts have beside it. */
export const mergeLook: Extension = [look, merge];
