/** Shapes as Python sends them (see its `drawing.py`), as attributes of SVG nodes. */

/** The tag, the attributes and the text of a shape. */
export function parts(shape) {
  const [form, kind, ...rest] = shape;
  const look = { class: `swb-i-${kind}` };
  if (form === "rect") {
    const [x, y, width, height] = rest;
    return { tag: "rect", attributes: { ...look, x, y, width, height, rx: 3 }, text: "" };
  }
  if (form === "path") return { tag: "path", attributes: { ...look, d: rest[0] }, text: "" };
  const [x, y, anchor, text] = rest;
  return { tag: "text", attributes: { ...look, x, y, "text-anchor": anchor }, text };
}
