"""The views beside the table: a flow as a graph with its funnel, and event time against arrival time.

`canvas` holds characters with styles; `graph`, `flow` and `time` draw lines of text from the values of `synthwb.views`;
`panes` shows them. All but the last are pure.
"""
