/** Candidates of completion: asked of the kernel, which knows the language, and shown in its order. */

import { VERSION } from "./link.js";

const PATIENCE_MS = 2000; // an answer that comes later is of no use to somebody who types

/** The kernel counts characters; CodeMirror counts UTF-16 units. */
export const characters = (text, units) => Array.from(text.slice(0, units)).length;

export function units(text, count) {
  let at = 0;
  for (let left = count; left > 0 && at < text.length; left -= 1) at += text.codePointAt(at) > 0xffff ? 2 : 1;
  return at;
}

/** What CodeMirror shows of an answer; null where nothing is to be offered. */
export function options(answer, text, explicit) {
  if (!answer.options.length || !(explicit || answer.automatic)) return null;
  return {
    from: units(text, answer.start),
    to: units(text, answer.end),
    filter: false,
    options: answer.options.map((each) => ({
      label: each.label,
      detail: each.kind,
      info: each.info || undefined,
      apply(view) {
        const [from, to] = each.span.map((offset) => units(text, offset));
        const anchor = from + units(each.insert, each.caret);
        view.dispatch({ changes: { from, to, insert: each.insert }, selection: { anchor }, userEvent: "input.complete" });
      },
    })),
  };
}

/**
 * Ask through `send`; the answers are messages of the model. `ask(text, position, explicit)` promises what
 * `options` makes of the answer, or null when none comes in time.
 */
export function asking(model, send, { later = setTimeout } = {}) {
  const waiting = new Map();
  let number = 0;
  const receive = (content) => {
    if (content?.type !== "completion" || content.v !== VERSION) return;
    waiting.get(content.number)?.(content);
    waiting.delete(content.number);
  };
  model.on("msg:custom", receive);
  return {
    ask(text, position, explicit) {
      number += 1;
      const mine = number;
      return new Promise((resolve) => {
        waiting.set(mine, (answer) => resolve(options(answer, text, explicit)));
        later(() => waiting.delete(mine) && resolve(null), PATIENCE_MS);
        send({ number: mine, text, offset: characters(text, position) });
      });
    },
    close() {
      model.off("msg:custom", receive);
      waiting.clear();
    },
  };
}
