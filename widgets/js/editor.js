/** The scenario editor: CodeMirror 6 with YAML colours and the problems that Python found. */

import { acceptCompletion, autocompletion, closeBrackets, closeBracketsKeymap, completionKeymap } from "@codemirror/autocomplete";
import { defaultKeymap, history, historyKeymap, indentWithTab } from "@codemirror/commands";
import { yaml } from "@codemirror/lang-yaml";
import { HighlightStyle, bracketMatching, indentOnInput, indentUnit, syntaxHighlighting } from "@codemirror/language";
import { lintGutter, lintKeymap, nextDiagnostic, setDiagnostics } from "@codemirror/lint";
import { EditorState } from "@codemirror/state";
import { EditorView, drawSelection, highlightActiveLine, highlightActiveLineGutter, keymap, lineNumbers, tooltips } from "@codemirror/view";
import { tags } from "@lezer/highlight";

import { h, mark, root, say, unique } from "./lib/dom.js";
import { asking } from "./lib/candidates.js";
import { link } from "./lib/link.js";
import { place } from "./lib/scale.js";

const DEBOUNCE_MS = 200;

const colours = HighlightStyle.define([
  { tag: [tags.propertyName, tags.definition(tags.propertyName)], color: "var(--swb-code-key)" },
  { tag: [tags.string, tags.special(tags.string), tags.content], color: "var(--swb-code-string)" },
  { tag: [tags.number, tags.bool, tags.null, tags.keyword], color: "var(--swb-code-number)" },
  { tag: tags.comment, color: "var(--swb-code-comment)", fontStyle: "italic" },
  { tag: [tags.punctuation, tags.separator, tags.squareBracket, tags.brace], color: "var(--swb-muted)" },
  { tag: [tags.labelName, tags.typeName, tags.meta], color: "var(--swb-code-number)" },
]);

/** Show the editor in `el`; returns what undoes it. */
function render({ model, el }) {
  const box = root(el, "editor", "Scenario");
  const client = unique("client"); // tells this view's own edits from those of code and of other views
  const statusId = unique("status");
  const status = h("button", { type: "button", class: "swb-problems", id: statusId, "data-level": "none" }, "waiting for the kernel");
  const host = h("div", { class: "swb-code" });
  const hint = h("span", { class: "swb-hint" }, "Tab indents; Escape, then Tab leaves");
  box.append(
    h("div", { class: "swb-head" }, h("h3", {}, "Scenario"), hint),
    host,
    h("div", { class: "swb-status", role: "status", "aria-live": "polite" }, status),
  );

  let version = 0; // of the text here
  let sent = 0;
  let timer = 0;
  let applying = false;

  const complete = (context) => {
    if (!context.explicit && !context.matchBefore(/[\w.]/)) return null;
    const text = context.state.doc.toString();
    return candidates.ask(text, context.pos, context.explicit);
  };

  const flush = () => {
    clearTimeout(timer);
    timer = 0;
    if (sent === version) return;
    sent = version;
    connection.send("edit", { client, version, text: view.state.doc.toString() });
    connection.expect();
  };

  let leaving = false; // Escape was pressed: the next Tab moves the focus
  const escape = EditorView.domEventHandlers({
    keydown(event) {
      if (event.key === "Escape") leaving = true;
      else if (event.key === "Tab" && leaving) {
        leaving = false;
        view.contentDOM.blur();
        const next = event.shiftKey ? null : status;
        if (!next) return false;
        event.preventDefault();
        next.focus();
        return true;
      } else if (event.key !== "Shift") leaving = false;
      return false;
    },
    blur() {
      leaving = false;
      flush();
    },
  });

  const view = new EditorView({
    parent: host,
    state: EditorState.create({
      doc: "",
      extensions: [
        escape,
        lineNumbers(),
        lintGutter(),
        history(),
        drawSelection(),
        indentOnInput(),
        bracketMatching(),
        closeBrackets(),
        highlightActiveLine(),
        highlightActiveLineGutter(),
        indentUnit.of("  "),
        yaml(),
        EditorView.lineWrapping,
        syntaxHighlighting(colours),
        autocompletion({ override: [complete], icons: false }),
        tooltips({ position: "fixed" }),
        keymap.of([
          { key: "Mod-s", run: () => (flush(), true) },
          { key: "Tab", run: acceptCompletion },
          ...closeBracketsKeymap,
          ...completionKeymap,
          ...lintKeymap,
          ...historyKeymap,
          ...defaultKeymap,
          indentWithTab,
        ]),
        EditorView.contentAttributes.of({ "aria-label": "Scenario in YAML", "aria-describedby": statusId, spellcheck: "false", "data-lm-suppress-shortcuts": "true" }),
        EditorView.updateListener.of((update) => {
          if (!update.docChanged || applying) return;
          version += 1;
          mark(box, "data-settled", "false");
          clearTimeout(timer);
          timer = setTimeout(flush, DEBOUNCE_MS);
        }),
      ],
    }),
  });
  status.addEventListener("click", () => {
    nextDiagnostic(view);
    view.focus();
  });

  function adopt(text) {
    applying = true;
    view.dispatch({ changes: { from: 0, to: view.state.doc.length, insert: text } });
    applying = false;
  }

  function draw(frame) {
    const own = frame.client === client;
    if (own ? frame.version < version : sent !== version) return; // older than the text here
    const text = frame.text.replace(/\r\n?/g, "\n");
    if (view.state.doc.toString() !== text) adopt(text);
    const items = frame.diagnostics.map((item) => ({
      ...place(view.state.doc, item),
      severity: item.severity,
      source: item.path || undefined,
      message: item.hint ? `${item.message}\n${item.hint}` : item.message,
      actions: item.edit ? [{ name: item.edit.title, apply: () => mend(item.edit) }] : [],
    }));
    view.dispatch(setDiagnostics(view.state, items.sort((a, b) => a.from - b.from)));
    say(status, frame.summary);
    const level = frame.diagnostics.some((item) => item.severity === "error") ? "error" : items.length ? "warning" : "none";
    mark(status, "data-level", level);
    mark(box, "data-problems", items.length);
    mark(box, "data-lines", frame.diagnostics.map((item) => item.line).join(" "));
    mark(box, "data-settled", "true");
    mark(box, "data-seq", frame.seq);
  }

  function mend(edit) {
    const { from, to } = place(view.state.doc, { ...edit, empty: true });
    const end = edit.line === edit.end_line && edit.column === edit.end_column ? from : to;
    view.dispatch({ changes: { from, to: end, insert: edit.new }, userEvent: "input.mend" });
    flush();
  }

  const candidates = asking(model, (fields) => connection.send("complete", fields));
  const connection = link(model, draw, { lost: () => say(status, "no answer from the kernel") });
  return () => {
    flush();
    candidates.close();
    connection.close();
    view.destroy();
    box.remove();
  };
}

export default { render };
