"""Values that follow event time: walks, counters, seasons.

None of them has a state. A walk or a counter is defined over all of event time at once, by draws that are addressed by
cells of time (`dyadic`), so that any stretch of it can be computed alone and is the same as in sequence.
"""
