"""Arrivals: how often each event happens and each flow begins, from the document to frozen values.

`reading` is the door for the reader of scenarios. `processes` says which keys belong to which process, `individual`
reads what rows of an entity begin by themselves, `crons` a schedule. `shaping`, with `calendars`, reads what varies an
intensity in event time; its values are those of `shape`, which populations use, too.
"""
