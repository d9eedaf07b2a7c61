/** Drawings that Python has laid out: the flow diagram, the event-time chart and the cohorts. */

import { h, mark, options, root, s, say, unique } from "../lib/dom.js";
import { link } from "../lib/link.js";
import { parts } from "../lib/shapes.js";

/** By kind: the heading, and what there is to choose. */
const NAMES = { diagram: ["Flow", "Flow "], times: ["Event time", "Watermark "], cohorts: ["Retention", "Periods "] };

/** Show the panel in `el`; returns what undoes it. */
export function render({ model, el }) {
  const kind = model.get("kind");
  const names = NAMES[kind];
  const box = root(el, kind, names[0]);
  const id = unique("choice");
  const select = h("select", {
    id,
    onchange: () => {
      connection.send("select", { choice: select.value });
      connection.expect();
    },
  });
  const picker = h("label", { for: id }, h("span", {}, names[1]), select);
  const badge = h("span", { class: "swb-badge", hidden: true }, "last good sample");
  const sheets = h("div", { class: "swb-sheets" });
  const about = h("figcaption");
  const hint = h("p", { class: "swb-hint" });
  box.append(h("div", { class: "swb-head" }, h("h3", {}, names[0]), picker, badge), h("figure", {}, sheets, about), hint);

  function draw(frame) {
    box.hidden = !frame.shown;
    el.classList.toggle("swb-absent", !frame.shown);
    options(select, frame.choices, frame.choice);
    picker.hidden = frame.choices.length < 2;
    badge.hidden = !frame.stale;
    box.classList.toggle("swb-stale", Boolean(frame.stale));
    while (sheets.children.length > frame.drawings.length) sheets.lastChild.remove();
    frame.drawings.forEach((drawing, i) => {
      paint(sheets.children[i] ?? sheets.appendChild(s("svg", { role: "img" })), drawing);
    });
    say(about, frame.summary);
    say(hint, frame.hint);
    hint.hidden = !frame.hint;
    mark(box, "data-s", frame.state);
    mark(box, "data-seq", frame.seq);
  }

  const connection = link(model, draw);
  return () => {
    connection.close();
    box.remove();
  };
}

/** Bring a drawing up to date, touching only what differs. */
function paint(node, drawing) {
  mark(node, "class", `swb-sheet swb-sheet-${drawing.name}`);
  mark(node, "viewBox", `0 0 ${drawing.width} ${drawing.height}`);
  mark(node, "width", drawing.width);
  mark(node, "aria-label", drawing.label);
  while (node.children.length > drawing.shapes.length) node.lastChild.remove();
  drawing.shapes.forEach((shape, i) => {
    const { tag, attributes, text } = parts(shape);
    let child = node.children[i];
    if (!child || child.tagName !== tag) {
      const fresh = s(tag);
      if (child) child.replaceWith(fresh);
      else node.append(fresh);
      child = fresh;
    }
    for (const [name, value] of Object.entries(attributes)) mark(child, name, value);
    say(child, text);
  });
}
