"""What events remember: fields that follow from the actor's events before, and references to earlier events.

Each event type that has such a thing is a stage of the spine (`synthwb.engine.spine`): it sees the rows of every window
in order of event time, before they are numbered, and leaves what it found in their facts, from which the fields are
made as any other.
"""
