"""The pieces of the Explore page: the subject, the point in it, the desk, and one file per section."""
