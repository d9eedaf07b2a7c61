import assert from "node:assert/strict";
import { test } from "node:test";

import { FASTEST, brief, clock, positionOf, quantity, rateAt, rateText, share } from "../lib/format.js";

test("the slider is logarithmic: equal steps multiply the rate alike", () => {
  assert.equal(rateAt(0), 0.1);
  assert.equal(rateAt(20), 1);
  assert.equal(rateAt(60), 100);
  assert.equal(rateAt(FASTEST - 1), 100_000);
  for (let position = 1; position < FASTEST; position += 1) {
    const step = rateAt(position) / rateAt(position - 1);
    assert.ok(step > 1.05 && step < 1.2, `${position}: ${step}`);
  }
});

test("the last position means as fast as it can", () => {
  assert.equal(rateAt(FASTEST), null);
  assert.equal(positionOf(null), FASTEST);
  assert.equal(rateText(null), "as fast as it can");
});

test("a position and its rate find each other again", () => {
  for (let position = 0; position <= FASTEST; position += 1) assert.equal(positionOf(rateAt(position)), position);
});

test("rates beyond the scale go to its ends", () => {
  assert.equal(positionOf(1e-6), 0);
  assert.equal(positionOf(1e9), FASTEST - 1);
  assert.equal(rateAt(-5), 0.1);
});

test("numbers are as short as they can be", () => {
  assert.equal(quantity(0), "0");
  assert.equal(quantity(0.123456), "0.123");
  assert.equal(quantity(12345.6), "12,346");
  assert.equal(quantity(Number.NaN), "–");
  assert.equal(brief(35_000), "35k");
  assert.equal(brief(-1_500_000), "-1.5M");
});

test("a share is 0 or 100 percent only if it is", () => {
  assert.deepEqual([0, 0.002, 0.5, 0.998, 1].map(share), ["0 %", "< 1 %", "50 %", "> 99 %", "100 %"]);
});

test("elapsed time", () => {
  assert.deepEqual([0, 7.9, 754, 3723].map(clock), ["0:00", "0:07", "12:34", "1:02:03"]);
});
