/** The panels that need no editor, in one small module: which one is shown is a constant of the model. */

import { render as chart } from "./panels/chart.js";
import { render as controls } from "./panels/controls.js";
import { render as drawing } from "./panels/drawing.js";
import { render as preview } from "./panels/preview.js";

const panels = { chart, controls, preview, diagram: drawing, times: drawing, cohorts: drawing };

export default {
  render(context) {
    return panels[context.model.get("kind")](context);
  },
};
