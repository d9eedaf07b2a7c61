"""Driving runs: `rates` knows the scale, `control` holds the runs, `strip` shows them."""
