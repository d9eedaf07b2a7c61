/**
 * The page's side of the protocol: keep the newest frame only, draw it in an animation frame, then acknowledge it.
 *
 * Everything here works against the five methods that every widget host offers (get, set, on, off, send), so the same
 * file runs in JupyterLab, Voila and marimo. The names of messages stand in Python's `protocol.py`.
 */

export const VERSION = 1;

const WATCH_MS = 500; // how often the watchdog looks
const QUIET_MS = 1000; // so long may a running stream be silent before the page asks
const PATIENCE = 60; // questions without an answer until the page gives up

/** Clocks of a real page; tests pass their own. */
export function browser() {
  const calm = window.matchMedia?.("(prefers-reduced-motion: reduce)");
  let last = 0;
  return {
    now: () => performance.now(),
    every: (ms, act) => {
      const timer = setInterval(act, ms);
      return () => clearInterval(timer);
    },
    paint: (act) => {
      const wait = calm?.matches ? Math.max(0, 500 - (performance.now() - last)) : 0;
      const go = () => {
        last = performance.now();
        act();
      };
      // a hidden tab has no animation frames, but its frames must still be acknowledged
      if (wait > 0 || document.hidden) setTimeout(go, wait);
      else requestAnimationFrame(go);
    },
  };
}

/**
 * Connect a view to its model.
 *
 * `draw(frame)` gets whole snapshots, never older than one it had. `lost()` is called once when the kernel has not
 * answered for a minute. Returns `send(type, fields)`, `expect()` (an answer is due: ask if it does not come) and
 * `close()`.
 */
export function link(model, draw, { env = browser(), lost = () => {} } = {}) {
  let newest = null;
  let painting = false;
  let drawn = -1;
  let due = true;
  let seen = env.now();
  let asked = 0;
  let closed = false;

  const send = (type, fields = {}) => {
    if (!closed) model.send({ type, v: VERSION, ...fields });
  };

  const paint = () => {
    painting = false;
    if (closed || newest === null) return;
    const frame = newest;
    newest = null;
    drawn = frame.seq;
    due = Boolean(frame.live);
    seen = env.now();
    asked = 0;
    draw(frame);
    send("ack", { seq: frame.seq });
  };

  const receive = (content) => {
    if (closed || content?.type !== "frame" || content.v !== VERSION) return;
    if (content.seq <= drawn || (newest !== null && content.seq < newest.seq)) return;
    newest = content;
    if (painting) return;
    painting = true;
    env.paint(paint);
  };

  const unwatch = env.every(WATCH_MS, () => {
    if (!due || asked > PATIENCE || env.now() - seen < QUIET_MS) return;
    seen = env.now();
    asked += 1;
    if (asked > PATIENCE) lost();
    else send("poll");
  });

  model.on("msg:custom", receive);
  send("hello");
  return {
    send,
    expect() {
      if (!due) seen = env.now();
      due = true;
    },
    close() {
      closed = true;
      unwatch();
      model.off("msg:custom", receive);
    },
  };
}
