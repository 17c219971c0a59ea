"""What pages share. Interactive parts live in one folder each: Python, JavaScript and CSS side by side."""
