/** Geometry of the charts: pure functions from values to pixels and from positions in Python to positions here. */

/** A linear map from [d0, d1] to [r0, r1]; a domain of no width maps to the middle. */
export function linear(d0, d1, r0, r1) {
  if (d1 === d0) return () => (r0 + r1) / 2;
  const slope = (r1 - r0) / (d1 - d0);
  return (value) => r0 + (value - d0) * slope;
}

/** A round number that is not below `value`: 1, 2, 2.5 or 5 times a power of ten. */
export function ceiling(value) {
  if (!(value > 0)) return 1;
  const power = 10 ** Math.floor(Math.log10(value));
  for (const step of [1, 2, 2.5, 5, 10]) if (value <= step * power * (1 + 1e-12)) return step * power;
  return 10 * power;
}

/** At most `count` round tick positions inside [low, high]. */
export function ticks(low, high, count = 4) {
  if (!(high > low)) return [low];
  const step = ceiling((high - low) / count);
  const found = [];
  for (let i = Math.ceil(low / step - 1e-9); i * step <= high + step * 1e-9; i += 1) found.push(Number((i * step).toPrecision(12)));
  return found;
}

/**
 * The offset in UTF-16 units of a 1-based column in code points: Python counts characters, the editor counts units.
 */
export function unitOffset(line, column) {
  let offset = 0;
  for (let points = 1; points < column && offset < line.length; points += 1) {
    offset += line.codePointAt(offset) > 0xffff ? 2 : 1;
  }
  return offset;
}

/**
 * A diagnostic's place as offsets into a document, always inside it, and empty only on an empty line.
 *
 * `doc` offers `lines`, `length` and `line(n) -> {from, to, text}` as CodeMirror's Text does.
 */
export function place(doc, item) {
  const start = doc.line(Math.min(Math.max(1, item.line), doc.lines));
  const end = doc.line(Math.min(Math.max(item.line, item.end_line), doc.lines));
  const from = start.from + unitOffset(start.text, item.column);
  let to = end.from + unitOffset(end.text, item.end_column);
  if (to <= from) to = Math.min(from + 1, Math.max(start.to, from));
  if (to === from && from > start.from) return { from: from - 1, to };
  return { from, to };
}
