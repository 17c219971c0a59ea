"""Pictures from plain arrays, testable without the app."""
