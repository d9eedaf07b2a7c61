"""Imperfections: layers over the clean stream, in the document's order.

What changes when records arrive happens on the spine, as a stage of its own; what changes their values happens when
they are realised; what breaks their text is decided here and done by the encoder. Every decision is a draw at the
address of the record under the key of the layer, so that it can be made again from either end: nothing is written
down on the way but what the truth needs to undo it.
"""
