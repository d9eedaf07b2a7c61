"""synthwb: an interactive workbench for synthetic event streams.

>>> import synthwb
>>> frames = synthwb.preview("events: {page_viewed: {fields: {user_id: uuid}}}", 3)
>>> frames["page_viewed"].height
3
"""

from synthwb._version import __version__

__all__ = ["__version__"]
