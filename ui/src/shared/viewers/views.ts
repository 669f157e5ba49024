// Which views a body has, and which one it opens with.
import type { BodyInfo } from "$ipc/bindings/BodyInfo";

export type View = "tree" | "text" | "parts" | "hex";

export function viewsOf(info: BodyInfo): { value: View; title: string }[] {
  const views: { value: View; title: string }[] = [];
  if (info.kind === "json" && !info.problem) views.push({ value: "tree", title: "Tree" });
  if (info.kind === "form") views.push({ value: "parts", title: "Fields" });
  if (info.kind === "multipart") views.push({ value: "parts", title: "Parts" });
  views.push({ value: "text", title: "Text" }, { value: "hex", title: "Hex" });
  return views;
}

export const firstView = (info: BodyInfo): View =>
  info.kind === "binary" ? "hex" : (viewsOf(info)[0]?.value ?? "text");
