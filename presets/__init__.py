"""The shipped scenarios, as data. Read them through `synthwb.scenario.presets`, never by path."""
