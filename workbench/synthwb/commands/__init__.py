"""The verbs of the command line, one module each. `synthwb.cli` declares their options and calls them.

Data goes to stdout, talk to stderr (`synthwb.commands.talk`). No verb imports numpy, polars or textual before it needs
to generate something.
"""
