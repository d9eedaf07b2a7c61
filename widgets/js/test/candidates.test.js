import assert from "node:assert/strict";
import { test } from "node:test";

import { asking, characters, options, units } from "../lib/candidates.js";

const ANSWER = {
  type: "completion", v: 1, number: 1, start: 3, end: 5, automatic: true,
  options: [{ label: "uuid", kind: "generator", info: "A UUID.", insert: "uuid: ", caret: 6, span: [3, 5] }],
};

function model() {
  const heard = new Set();
  return { on: (_name, act) => heard.add(act), off: (_name, act) => heard.delete(act), says: (m) => heard.forEach((act) => act(m)), heard };
}

test("characters and units differ where a character takes two units", () => {
  assert.equal(characters("a\u{1F600}b", 3), 2);
  assert.equal(units("a\u{1F600}b", 2), 3);
  assert.equal(units("ab", 9), 2);
});

test("an answer replaces its own span and leaves the cursor where it says", () => {
  const made = options(ANSWER, "x: uu", false);
  assert.equal(made.from, 3);
  let change = null;
  made.options[0].apply({ dispatch: (spec) => (change = spec) });
  assert.deepEqual(change.changes, { from: 3, to: 5, insert: "uuid: " });
  assert.deepEqual(change.selection, { anchor: 9 });
});

test("nothing is offered while somebody types unless the answer says so", () => {
  const quiet = { ...ANSWER, automatic: false };
  assert.equal(options(quiet, "x: uu", false), null);
  assert.notEqual(options(quiet, "x: uu", true), null);
  assert.equal(options({ ...ANSWER, options: [] }, "x: uu", true), null);
});

test("a question gets the answer of its number, once, and null when none comes", async () => {
  const page = model();
  const sent = [];
  const timers = [];
  const link = asking(page, (fields) => sent.push(fields), { later: (act) => timers.push(act) });
  const first = link.ask("x: uu", 5, false);
  const second = link.ask("x: u", 4, false);
  assert.deepEqual(sent.map((each) => each.number), [1, 2]);
  page.says({ ...ANSWER, number: 7 });
  page.says(ANSWER);
  assert.equal((await first).options[0].label, "uuid");
  timers[1]();
  assert.equal(await second, null);
  link.close();
  assert.equal(page.heard.size, 0);
});
