"""Checks: what is expected of a stream, from the document to frozen values.

`reading` is the door for the reader of scenarios and reads what a check looks at, `rules` what it expects there;
`model` is what all other rooms know.
"""
