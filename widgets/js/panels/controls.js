/** Run control: start, pause, resume, stop, and the rate on a logarithmic slider. */

import { h, mark, root, say, unique } from "../lib/dom.js";
import { FASTEST, clock, positionOf, quantity, rateAt, rateText } from "../lib/format.js";
import { link } from "../lib/link.js";

const KEYS = { s: "start", p: "pause", x: "stop" };
const SETTLE_MS = 60; // a drag sends at most so often

/** Show the panel in `el`; returns what undoes it. */
export function render({ model, el }) {
  const box = root(el, "controls", "Run control");
  const rateId = unique("rate");
  const button = (action, label, key) =>
    h("button", { type: "button", "data-do": action, title: `${label} (${key})`, disabled: true, onclick: () => act(action) }, label);
  const buttons = {
    start: button("start", "Start", "s"),
    pause: button("pause", "Pause", "p"),
    stop: button("stop", "Stop", "x"),
  };
  const slider = h("input", { type: "range", id: rateId, min: 0, max: FASTEST, step: 1, "aria-label": "Rate" });
  const wish = h("output", { for: rateId, class: "swb-wish" });
  const state = h("span", { class: "swb-state", role: "status", "data-s": "waiting" }, "waiting for the kernel");
  const total = h("b", { class: "swb-total" }, "0");
  const achieved = h("b", { class: "swb-rate" }, "–");
  const elapsed = h("span", { class: "swb-elapsed" });
  const note = h("p", { class: "swb-note", role: "status", hidden: true });
  box.append(
    h("div", { class: "swb-bar", role: "toolbar", "aria-label": "Run" }, buttons.start, buttons.pause, buttons.stop),
    h("label", { class: "swb-slider", for: rateId }, h("span", {}, "Rate"), slider, wish),
    h("div", { class: "swb-facts" }, state, h("span", {}, total, " events"), h("span", {}, achieved, " achieved"), elapsed),
    note,
  );

  let mine = null; // the position under the user's hand until the kernel has taken it over
  let timer = 0;

  const show = (rate) => {
    const text = rateText(rate);
    say(wish, text);
    mark(slider, "aria-valuetext", text);
  };
  const flush = () => {
    timer = 0;
    if (mine !== null) connection.send("set", { rate: rateAt(mine) });
    connection.expect();
  };
  slider.addEventListener("input", () => {
    mine = Number(slider.value);
    show(rateAt(mine));
    if (!timer) timer = setTimeout(flush, SETTLE_MS);
  });

  function act(action) {
    if (buttons[action].disabled) return;
    connection.send(action);
    connection.expect();
  }
  box.addEventListener("keydown", (event) => {
    const action = KEYS[event.key];
    if (!action || event.ctrlKey || event.metaKey || event.altKey || event.target === slider) return;
    event.preventDefault();
    act(action);
  });

  function draw(frame) {
    const focused = document.activeElement;
    for (const [action, node] of Object.entries(buttons)) node.disabled = !frame.actions.includes(action);
    say(buttons.start, frame.state === "paused" ? "Resume" : "Start");
    // a button that disables itself must not drop the keyboard user out of the toolbar
    if (focused?.disabled && box.contains(focused)) Object.values(buttons).find((node) => !node.disabled)?.focus();
    say(state, frame.state);
    mark(state, "data-s", frame.state);
    mark(box, "data-s", frame.state);
    mark(box, "data-seq", frame.seq);
    mark(box, "data-total", frame.total);
    say(total, frame.total.toLocaleString("en-US"));
    say(achieved, frame.state === "running" ? `${quantity(frame.rate)}/s` : "–");
    say(elapsed, frame.elapsed > 0 ? clock(frame.elapsed) : "");
    const message = frame.error || frame.note;
    note.hidden = !message;
    say(note, message);
    mark(note, "data-level", frame.error ? "error" : "info");
    const position = positionOf(frame.target);
    if (mine !== null && !timer && position === mine) mine = null;
    if (mine === null) {
      slider.value = String(position);
      show(frame.target);
    }
  }

  const connection = link(model, draw, {
    lost: () => {
      say(state, "no answer from the kernel");
      mark(state, "data-s", "failed");
    },
  });
  return () => {
    clearTimeout(timer);
    connection.close();
    box.remove();
  };
}
