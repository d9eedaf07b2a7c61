/** The last events as a table: types and null shares in the head, newest row at the foot. */

import { h, mark, options, root, say, unique } from "../lib/dom.js";
import { share } from "../lib/format.js";
import { link } from "../lib/link.js";

const NEAR = 24; // so close to the foot (pixels) the table follows new rows

/** Show the panel in `el`; returns what undoes it. */
export function render({ model, el }) {
  const box = root(el, "preview", "Preview");
  const id = unique("event");
  const select = h("select", {
    id,
    onchange: () => {
      connection.send("select", { event: select.value });
      connection.expect();
    },
  });
  const picker = h("label", { for: id }, h("span", {}, "Event "), select);
  const badge = h("span", { class: "swb-badge", hidden: true }, "last good sample");
  const caption = h("caption");
  const head = h("tr");
  const body = h("tbody");
  const region = h(
    "div",
    { class: "swb-scroll", role: "region", tabindex: 0, "aria-label": "Last events" },
    h("table", {}, caption, h("thead", {}, head), body),
  );
  const empty = h("p", { class: "swb-empty", hidden: true });
  box.append(h("div", { class: "swb-head" }, h("h3", {}, "Preview"), picker, badge), region, empty);

  function columns(frame) {
    const key = JSON.stringify(frame.columns.map((column) => [column.name, column.type]));
    if (head.dataset.key !== key) {
      head.dataset.key = key;
      head.replaceChildren(
        ...frame.columns.map((column) =>
          h(
            "th",
            { scope: "col", class: column.numeric ? "n" : null },
            h("span", { class: "swb-name" }, column.name),
            h("span", { class: "swb-type" }, column.type),
            h("span", { class: "swb-null" }),
          ),
        ),
      );
      body.replaceChildren();
    }
    head.classList.toggle("swb-full", frame.columns.every((column) => !column.nulls));
    frame.columns.forEach((column, i) => {
      const node = head.children[i].lastChild;
      say(node, column.nulls > 0 ? `${share(column.nulls)} empty` : "");
      node.style.setProperty("--swb-share", `${column.nulls * 100}%`);
    });
  }

  function rows(frame) {
    while (body.children.length > frame.rows.length) body.lastChild.remove();
    frame.rows.forEach((values, i) => {
      const row = body.children[i] ?? body.appendChild(h("tr", {}, ...values.map(() => h("td"))));
      values.forEach((value, j) => {
        const cell = row.children[j];
        const kind = value === null ? "null" : value === false ? "absent" : frame.columns[j].numeric ? "n" : null;
        mark(cell, "class", kind);
        mark(cell, "title", value === false ? "the key is absent" : value && value.length > 24 ? value : null);
        say(cell, value === null ? "null" : value === false ? "–" : value);
      });
    });
  }

  function draw(frame) {
    const foot = region.scrollHeight - region.scrollTop - region.clientHeight < NEAR;
    options(select, frame.events.map((name) => [name, name]), frame.event);
    picker.hidden = frame.events.length < 2;
    badge.hidden = !frame.stale;
    box.classList.toggle("swb-stale", Boolean(frame.stale));
    columns(frame);
    rows(frame);
    say(caption, frame.caption);
    empty.hidden = frame.rows.length > 0;
    say(empty, frame.rows.length > 0 ? "" : frame.empty);
    region.hidden = frame.columns.length === 0;
    if (!frame.made) region.scrollTop = 0;
    else if (foot || box.dataset.made !== "true") region.scrollTop = region.scrollHeight;
    mark(box, "data-made", Boolean(frame.made) ? "true" : "false");
    mark(box, "data-s", frame.state);
    mark(box, "data-seq", frame.seq);
  }

  const connection = link(model, draw);
  return () => {
    connection.close();
    box.remove();
  };
}
