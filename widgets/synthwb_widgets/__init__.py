"""The notebook workbench."""
