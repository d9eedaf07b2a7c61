"""Text by the column: UUIDs, patterns, templates, times, and the words of Faker's providers.

A provider's methods are read once as a grammar (`provider`, `grammar`) and evaluated for a whole block at a time
(`wording`, `numerals`); everything of fixed width is written as a matrix of bytes.
"""
