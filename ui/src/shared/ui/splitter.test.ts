import { cleanup, render, screen } from "@testing-library/svelte";
import userEvent from "@testing-library/user-event";
import { afterEach, describe, expect, it, vi } from "vitest";
import Splitter from "./Splitter.svelte";

afterEach(cleanup);

Element.prototype.setPointerCapture ??= () => {};

function shown(over = {}) {
  const [onchange, onreset] = [vi.fn(), vi.fn()];
  render(Splitter, { label: "Size", upright: true, value: 400, min: 340, max: 700, onchange, onreset, ...over });
  const line = screen.getByRole("separator", { name: "Size" });
  line.focus();
  return { line, onchange, onreset };
}

const at = (type: string, clientX: number) => new MouseEvent(type, { bubbles: true, clientX });

describe("the line between two panes", () => {
  it("makes the pane before it larger to the right and smaller to the left, within bounds", async () => {
    const { onchange } = shown();
    await userEvent.keyboard("{ArrowRight}{ArrowLeft}{ArrowDown}");
    expect(onchange.mock.calls).toEqual([[416], [384]]);
    const { onchange: narrow } = (cleanup(), shown({ value: 345 }));
    await userEvent.keyboard("{ArrowLeft}");
    expect(narrow).toHaveBeenCalledWith(340);
  });

  it("makes the pane behind it larger to the left", async () => {
    const { onchange } = shown({ after: true });
    await userEvent.keyboard("{ArrowLeft}");
    expect(onchange).toHaveBeenCalledWith(416);
  });

  it("is dragged, and let go", () => {
    const { line, onchange } = shown();
    line.dispatchEvent(at("pointerdown", 100));
    line.dispatchEvent(at("pointermove", 150));
    line.dispatchEvent(at("pointerup", 150));
    line.dispatchEvent(at("pointermove", 300));
    expect(onchange.mock.calls).toEqual([[450]]);
  });

  it("is put back by a double click", async () => {
    const { line, onreset } = shown();
    await userEvent.dblClick(line);
    expect(onreset).toHaveBeenCalledOnce();
  });
});
