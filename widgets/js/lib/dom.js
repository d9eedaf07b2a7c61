/** Building nodes without ever parsing text as HTML: generated strings may be hostile on purpose. */

// JupyterLab's command keys match the focused element itself before they look at what is around it
const CLOSED = "data-lm-suppress-shortcuts";
const FOCUSABLE = new Set(["button", "input", "select", "textarea", "summary"]);

/** `h("td", {class: "n", title: "x"}, child or text ...)`; `on*` functions become listeners. Keys stay with what can be focused. */
export function h(tag, attributes = {}, ...children) {
  const node = document.createElement(tag);
  if (FOCUSABLE.has(tag) || "tabindex" in attributes) node.setAttribute(CLOSED, "true");
  for (const [name, value] of Object.entries(attributes)) {
    if (typeof value === "function") node.addEventListener(name.slice(2), value);
    else if (value === true) node.setAttribute(name, "");
    else if (value !== false && value !== null && value !== undefined) node.setAttribute(name, String(value));
  }
  node.append(...children);
  return node;
}

const SVG = "http://www.w3.org/2000/svg";

/** The same for nodes of a drawing, which have a namespace of their own. */
export function s(tag, attributes = {}) {
  const node = document.createElementNS(SVG, tag);
  for (const [name, value] of Object.entries(attributes)) node.setAttribute(name, String(value));
  return node;
}

/** Set text only where it differs, so that a still view costs nothing and a selection survives. */
export function say(node, text) {
  if (node.textContent !== text) node.textContent = text;
}

/** Set an attribute only where it differs; null removes it. */
export function mark(node, name, value) {
  if (value === null || value === false) node.removeAttribute(name);
  else if (node.getAttribute(name) !== String(value)) node.setAttribute(name, String(value));
}

/** Fill a select with `[value, label]` pairs, leaving it alone while they stay the same. */
export function options(select, pairs, chosen) {
  const wanted = JSON.stringify(pairs);
  if (select.dataset.options !== wanted) {
    select.dataset.options = wanted;
    select.replaceChildren(...pairs.map(([value, label]) => h("option", { value }, label)));
  }
  if (document.activeElement !== select && select.value !== chosen) select.value = chosen;
}

let count = 0;

/** An id that no other element of the page has. */
export function unique(stem) {
  count += 1;
  return `swb-${stem}-${count}-${Math.random().toString(36).slice(2, 8)}`;
}

/** The root of a widget: named for assistive tools, and closed to JupyterLab's single-key commands. */
export function root(el, kind, label) {
  el.classList.add("swb-host");
  const section = h("section", {
    class: `swb swb-${kind}`,
    "aria-label": label,
    [CLOSED]: "true",
  });
  el.append(section);
  return section;
}
