"""The preview: rows of the stream as a table, drawn line by line; see `cells`, `table`, `grid` and `pane`."""
