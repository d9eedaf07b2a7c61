"""The chart of the field under the cursor: `bins` measures, `blocks` draws text, `pane` shows it."""
