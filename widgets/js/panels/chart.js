/** Two small charts on canvases of our own: the distribution of a chosen field, and the rate achieved. */

import { h, mark, options, root, say, unique } from "../lib/dom.js";
import { brief, quantity, rateText } from "../lib/format.js";
import { link } from "../lib/link.js";
import { ceiling, linear, ticks } from "../lib/scale.js";

const FONT = "11px system-ui, sans-serif";

/** Show the panel in `el`; returns what undoes it. */
export function render({ model, el }) {
  const box = root(el, "chart", "Charts");
  const id = unique("field");
  const select = h("select", {
    id,
    onchange: () => {
      connection.send("select", { field: select.value });
      connection.expect();
    },
  });
  const shape = canvas();
  const flow = canvas();
  const about = h("figcaption");
  const pace = h("figcaption");
  const head = (title, ...rest) => h("div", { class: "swb-head" }, h("h3", {}, title), ...rest);
  const field = h("label", { for: id }, h("span", {}, "Field "), select);
  box.append(
    h(
      "div",
      { class: "swb-pair" },
      h("div", {}, head("Distribution", field), h("figure", { class: "swb-shape" }, shape, about)),
      h("div", {}, head("Events per second"), h("figure", { class: "swb-flow" }, flow, pace)),
    ),
  );
  let frame = null;

  function paint() {
    if (!frame || !box.isConnected) return;
    const style = getComputedStyle(box);
    const ink = (name) => style.getPropertyValue(`--swb-${name}`).trim();
    const colors = { bar: ink("accent"), text: ink("muted"), line: ink("line"), aim: ink("warn") };
    if (frame.chart?.kind === "number") histogram(shape, frame.chart, colors);
    else if (frame.chart?.kind === "category") bars(shape, frame.chart, colors);
    else clear(shape);
    throughput(flow, frame.history, frame.target, colors);
  }

  function draw(next) {
    frame = next;
    options(select, next.fields.map((path) => [path, path]), next.field);
    say(about, next.summary);
    mark(shape, "aria-label", next.summary);
    const rates = next.history;
    const words = rates.length ? `last ${quantity(rates[rates.length - 1])}/s, target ${rateText(next.target)}` : "no run yet";
    say(pace, words);
    mark(flow, "aria-label", `Events per second: ${words}`);
    mark(box, "data-s", next.state);
    mark(box, "data-seq", next.seq);
    box.classList.toggle("swb-stale", Boolean(next.stale));
    paint();
  }

  const sizes = new ResizeObserver(() => paint());
  sizes.observe(box);
  // JupyterLab switches themes by attributes of the body; colours on a canvas do not follow by themselves
  const theme = new MutationObserver(() => requestAnimationFrame(paint));
  theme.observe(document.body, { attributes: true, attributeFilter: ["data-jp-theme-name", "data-jp-theme-light", "class"] });
  const connection = link(model, draw);
  return () => {
    connection.close();
    sizes.disconnect();
    theme.disconnect();
    box.remove();
  };
}

function canvas() {
  return h("canvas", { role: "img", "aria-label": "nothing yet" });
}

/** A cleared context in CSS pixels with the canvas's present size. */
function clear(node) {
  const width = node.clientWidth;
  const height = node.clientHeight;
  const dense = window.devicePixelRatio || 1;
  const pixels = [Math.round(width * dense), Math.round(height * dense)];
  if (node.width !== pixels[0]) node.width = pixels[0];
  if (node.height !== pixels[1]) node.height = pixels[1];
  const pen = node.getContext("2d");
  pen.setTransform(dense, 0, 0, dense, 0, 0);
  pen.clearRect(0, 0, width, height);
  pen.font = FONT;
  return { pen, width, height };
}

function baseline(pen, x0, x1, y, color) {
  pen.strokeStyle = color;
  pen.lineWidth = 1;
  pen.beginPath();
  pen.moveTo(x0, Math.round(y) + 0.5);
  pen.lineTo(x1, Math.round(y) + 0.5);
  pen.stroke();
}

function histogram(node, chart, colors) {
  const { pen, width, height } = clear(node);
  const floor = height - 18;
  const most = Math.max(1, ...chart.counts);
  const x = linear(chart.low, chart.high, 4, width - 4);
  const y = linear(0, most, floor, 6);
  const step = (width - 8) / chart.counts.length;
  pen.fillStyle = colors.bar;
  chart.counts.forEach((count, i) => {
    if (count) pen.fillRect(4 + i * step + 0.5, y(count), Math.max(1, step - 1), floor - y(count));
  });
  baseline(pen, 0, width, floor, colors.line);
  pen.fillStyle = colors.text;
  pen.textBaseline = "top";
  for (const tick of ticks(chart.low, chart.high, Math.max(2, Math.floor(width / 80)))) {
    const label = brief(tick);
    const half = pen.measureText(label).width / 2;
    pen.fillText(label, Math.min(width - 2 * half, Math.max(0, x(tick) - half)), floor + 4);
  }
}

function bars(node, chart, colors) {
  const { pen, width, height } = clear(node);
  const all = chart.counts.reduce((sum, count) => sum + count, 0) || 1;
  const most = Math.max(1, ...chart.counts);
  const step = Math.min(24, height / Math.max(1, chart.counts.length));
  const gutter = Math.min(width * 0.4, 8 + Math.max(...chart.labels.map((label) => pen.measureText(label).width)));
  pen.textBaseline = "middle";
  chart.counts.forEach((count, i) => {
    const middle = (i + 0.5) * step;
    const long = ((width - gutter - 46) * count) / most;
    pen.fillStyle = colors.text;
    pen.fillText(clip(pen, chart.labels[i], gutter - 8), 0, middle);
    pen.fillText(`${((100 * count) / all).toFixed(1)} %`, gutter + long + 6, middle);
    pen.fillStyle = colors.bar;
    pen.fillRect(gutter, middle - step * 0.32, Math.max(1, long), step * 0.64);
  });
}

function clip(pen, text, room) {
  if (pen.measureText(text).width <= room) return text;
  let end = text.length;
  while (end > 1 && pen.measureText(`${text.slice(0, end)}…`).width > room) end -= 1;
  return `${text.slice(0, end)}…`;
}

function throughput(node, history, target, colors) {
  const { pen, width, height } = clear(node);
  const top = ceiling(Math.max(1e-9, target ?? 0, ...history) * 1.05);
  const floor = height - 4;
  const y = linear(0, top, floor, 8);
  const x = linear(0, 59, 40, width - 4);
  pen.fillStyle = colors.text;
  pen.textBaseline = "middle";
  for (const tick of [0, top / 2, top]) {
    baseline(pen, 40, width - 4, y(tick), colors.line);
    pen.fillText(brief(tick), 0, Math.min(floor - 4, y(tick) + 1));
  }
  if (target) {
    pen.setLineDash([4, 4]);
    baseline(pen, 40, width - 4, y(target), colors.aim);
    pen.setLineDash([]);
  }
  if (!history.length) return;
  pen.strokeStyle = colors.bar;
  pen.lineWidth = 2;
  pen.lineJoin = "round";
  pen.beginPath();
  const first = 60 - history.length;
  history.forEach((rate, i) => (i ? pen.lineTo(x(first + i), y(rate)) : pen.moveTo(x(first), y(rate))));
  pen.stroke();
}
