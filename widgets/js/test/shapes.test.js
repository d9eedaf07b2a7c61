import assert from "node:assert/strict";
import { test } from "node:test";

import { parts } from "../lib/shapes.js";

test("a rectangle has a place and a size", () => {
  assert.deepEqual(parts(["rect", "box", 1, 2, 30, 40]), {
    tag: "rect",
    attributes: { class: "swb-i-box", x: 1, y: 2, width: 30, height: 40, rx: 3 },
    text: "",
  });
});

test("a path has its way, and a text its words, whatever they are", () => {
  assert.deepEqual(parts(["path", "way", "M0 0h9"]), { tag: "path", attributes: { class: "swb-i-way", d: "M0 0h9" }, text: "" });
  const hostile = "<img src=x onerror=alert(1)>";
  assert.deepEqual(parts(["text", "name", 5, 6, "end", hostile]), {
    tag: "text",
    attributes: { class: "swb-i-name", x: 5, y: 6, "text-anchor": "end" },
    text: hostile,
  });
});
