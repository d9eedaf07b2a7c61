"""The scenario editor: `editing` (keys), `marks` (problems by line), `hooks` (drawing), `area` (all together)."""
