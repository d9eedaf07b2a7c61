import assert from "node:assert/strict";
import { test } from "node:test";

import { ceiling, linear, place, ticks, unitOffset } from "../lib/scale.js";

/** What CodeMirror's Text offers, of it what `place` uses. */
function doc(text) {
  const lines = text.split("\n");
  const starts = lines.map((_, i) => lines.slice(0, i).reduce((sum, line) => sum + line.length + 1, 0));
  const line = (n) => ({ from: starts[n - 1], to: starts[n - 1] + lines[n - 1].length, text: lines[n - 1] });
  return { lines: lines.length, length: text.length, line };
}

const at = (line, column, end_line, end_column) => ({ line, column, end_line, end_column });

test("columns count characters, offsets count UTF-16 units", () => {
  assert.equal(unitOffset("abc", 3), 2);
  assert.equal(unitOffset("🎈bc", 2), 2);
  assert.equal(unitOffset("🎈🎈c", 3), 4);
  assert.equal(unitOffset("ab", 99), 2);
});

test("a problem is marked where Python found it, balloons before it or not", () => {
  assert.deepEqual(place(doc("a: 1\nb: x"), at(2, 4, 2, 5)), { from: 8, to: 9 });
  assert.deepEqual(place(doc("🎈: x"), at(1, 4, 1, 5)), { from: 4, to: 5 });
});

test("a place outside the text, or of no width, still gives something to underline", () => {
  const text = "abc\n\nx";
  for (const item of [at(1, 1, 1, 1), at(1, 4, 1, 4), at(9, 9, 9, 9), at(1, 2, 1, 1), at(3, 1, 99, 1)]) {
    const { from, to } = place(doc(text), item);
    assert.ok(0 <= from && from < to && to <= text.length, JSON.stringify({ item, from, to }));
  }
});

test("on an empty line there is nothing to underline, but the place is right", () => {
  assert.deepEqual(place(doc("abc\n\nx"), at(2, 5, 2, 9)), { from: 4, to: 4 });
  assert.deepEqual(place(doc(""), at(1, 1, 1, 1)), { from: 0, to: 0 });
});

test("axes end at round numbers", () => {
  assert.deepEqual([0.9, 1, 3, 41, 50.0001, 0].map(ceiling), [1, 1, 5, 50, 100, 1]);
  assert.deepEqual(ticks(0, 10, 4), [0, 2.5, 5, 7.5, 10]);
  assert.deepEqual(ticks(-0.3, 0.3, 3), [-0.2, 0, 0.2]);
  assert.deepEqual(ticks(5, 5), [5]);
});

test("a scale without width maps to the middle", () => {
  assert.equal(linear(3, 3, 0, 10)(3), 5);
  assert.equal(linear(0, 10, 100, 0)(2.5), 75);
});
