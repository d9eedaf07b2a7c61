"""Screens: the workbench itself in layers (`frame`, `live`, `documents`, `workbench`) and the dialogs over it."""
