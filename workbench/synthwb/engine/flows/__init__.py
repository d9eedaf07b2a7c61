"""Flows: state machines whose sessions walk through event time.

`compiling` makes plans of flows; a `Crowd` (see `crowd`) walks them. `links` says what flows give to the events they
emit, and `context` and `replacing` let the fields of those events read it.
"""
