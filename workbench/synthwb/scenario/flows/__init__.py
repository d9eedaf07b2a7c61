"""Flows: the state machines of actors, from the document to frozen values.

`reading` is the door for the reader of scenarios, `model` what all other rooms know. A flow is read in two passes, so
that the fields of events can refer to what a walk carries: `heads` says who walks and which states there are
(`drafts`), the events are read in their `scopes`, and only then `states` reads what happens in each. `graph` looks at
the machine as a whole, `fields` at the values that one state gives to its events.
"""
