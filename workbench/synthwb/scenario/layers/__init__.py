"""Imperfections: the layers of a document, from the document to frozen values, and the truth that undoes them.

`reading` is the door for the reader of scenarios, `model` what all other rooms know. `keys` declares what each kind of
layer says; `targets`, `rates` and `windows` read what kinds have in common: what a layer is about, how often it acts
and when. `formats` holds layers against the sinks, which are read after them.
"""
