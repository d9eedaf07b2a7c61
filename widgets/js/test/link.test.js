import assert from "node:assert/strict";
import { test } from "node:test";

import { link } from "../lib/link.js";

/** The five methods of a host's model, of them what a view uses, and a clock that stands still until told. */
function stage() {
  const listeners = new Set();
  const sent = [];
  const painting = [];
  const watching = new Set();
  let time = 0;
  return {
    sent,
    types: () => sent.map((message) => message.type),
    model: {
      send: (content) => sent.push(content),
      on: (_name, listener) => listeners.add(listener),
      off: (_name, listener) => listeners.delete(listener),
    },
    env: {
      now: () => time,
      every: (_ms, act) => {
        watching.add(act);
        return () => watching.delete(act);
      },
      paint: (act) => painting.push(act),
    },
    frame: (seq, rest = {}) => listeners.forEach((listen) => listen({ type: "frame", v: 1, seq, ...rest })),
    paint: () => painting.splice(0).forEach((act) => act()),
    pass: (ms) => {
      for (const end = time + ms; time < end; ) {
        time += 500;
        watching.forEach((act) => act());
      }
    },
    left: () => listeners.size + watching.size,
  };
}

test("says hello, draws, and acknowledges what it drew", () => {
  const { model, env, frame, paint, sent } = stage();
  const drawn = [];
  link(model, (it) => drawn.push(it.seq), { env });
  frame(1);
  assert.deepEqual(drawn, []);
  paint();
  assert.deepEqual(drawn, [1]);
  assert.deepEqual(sent, [{ type: "hello", v: 1 }, { type: "ack", v: 1, seq: 1 }]);
});

test("of several frames before a repaint only the newest is drawn", () => {
  const { model, env, frame, paint } = stage();
  const drawn = [];
  link(model, (it) => drawn.push(it.seq), { env });
  [1, 3, 2].forEach((seq) => frame(seq));
  paint();
  frame(2);
  paint();
  assert.deepEqual(drawn, [3]);
});

test("messages of another kind or version are left alone", () => {
  const { model, env, frame, paint, types } = stage();
  link(model, () => assert.fail("drawn"), { env });
  frame(1, { v: 2 });
  frame(1, { type: "other" });
  paint();
  assert.deepEqual(types(), ["hello"]);
});

test("asks when a running stream falls silent, not when a still one does", () => {
  const { model, env, frame, paint, pass, types } = stage();
  link(model, () => {}, { env });
  frame(1, { live: true });
  paint();
  pass(2000);
  assert.equal(types().filter((type) => type === "poll").length, 2);
  frame(2, { live: false });
  paint();
  pass(10_000);
  assert.equal(types().filter((type) => type === "poll").length, 2);
});

test("an expected answer that does not come is asked for", () => {
  const { model, env, frame, paint, pass, types } = stage();
  const connection = link(model, () => {}, { env });
  frame(1);
  paint();
  connection.expect();
  pass(1000);
  assert.equal(types().at(-1), "poll");
});

test("gives up on a dead kernel once, and says so", () => {
  const { model, env, pass, types } = stage();
  let lost = 0;
  link(model, () => {}, { env, lost: () => (lost += 1) });
  pass(300_000);
  assert.equal(types().filter((type) => type === "poll").length, 60);
  assert.equal(lost, 1);
});

test("closing leaves no listener and no clock behind", () => {
  const { model, env, frame, paint, pass, left, types } = stage();
  const connection = link(model, () => assert.fail("drawn"), { env });
  frame(1);
  connection.close();
  paint();
  pass(5000);
  connection.send("start");
  assert.equal(left(), 0);
  assert.deepEqual(types(), ["hello"]);
});
