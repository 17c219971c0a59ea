"""Public recipes, written anew and faithfully, to measure against."""
