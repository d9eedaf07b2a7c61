/** Numbers as people read them, and the logarithmic scale of the rate slider. */

const DECADES = [-1, 5]; // 0.1/s to 100,000/s
const PER_DECADE = 20; // one arrow key multiplies the rate by 1.12

/** The last position of the slider: as fast as it can. */
export const FASTEST = (DECADES[1] - DECADES[0]) * PER_DECADE + 1;

/** Events per second at a position of the slider; null at the last one, which means flat out. */
export function rateAt(position) {
  if (position >= FASTEST) return null;
  const exact = 10 ** (DECADES[0] + Math.max(0, position) / PER_DECADE);
  return Number(exact.toPrecision(2));
}

/** The position nearest to a rate; null (flat out) is the last one. */
export function positionOf(rate) {
  if (rate === null || rate === undefined) return FASTEST;
  const position = Math.round((Math.log10(Math.max(rate, 1e-9)) - DECADES[0]) * PER_DECADE);
  return Math.min(FASTEST - 1, Math.max(0, position));
}

/** A rate in words: `50/s`, `0.25/s`, `12,000/s`, `as fast as it can`. */
export function rateText(rate) {
  if (rate === null || rate === undefined) return "as fast as it can";
  return `${quantity(rate)}/s`;
}

/** A number with at most three significant digits below 1,000 and thousands separators above. */
export function quantity(value) {
  if (!Number.isFinite(value)) return "–";
  const size = Math.abs(value);
  if (size >= 1000) return Math.round(value).toLocaleString("en-US");
  if (size === 0) return "0";
  return String(Number(value.toPrecision(3)));
}

/** A tick label that stays short: `1.2k`, `35k`, `1.5M`. */
export function brief(value) {
  const size = Math.abs(value);
  if (size >= 1e6) return `${Number((value / 1e6).toPrecision(3))}M`;
  if (size >= 1e4) return `${Number((value / 1e3).toPrecision(3))}k`;
  return quantity(value);
}

/** A share in percent, never rounded to 0 % or 100 % when it is neither. */
export function share(part) {
  if (part <= 0) return "0 %";
  if (part < 0.01) return "< 1 %";
  if (part < 1 && part > 0.99) return "> 99 %";
  return `${Math.round(part * 100)} %`;
}

/** Seconds as `0:07`, `12:34`, `1:02:03`. */
export function clock(seconds) {
  const whole = Math.max(0, Math.floor(seconds));
  const two = (number) => String(number).padStart(2, "0");
  const hours = Math.floor(whole / 3600);
  const minutes = Math.floor(whole / 60) % 60;
  return hours ? `${hours}:${two(minutes)}:${two(whole % 60)}` : `${minutes}:${two(whole % 60)}`;
}
