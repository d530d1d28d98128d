"""Property tests draw the same cases everywhere, and none of them fails because a machine was busy."""

from hypothesis import settings

settings.register_profile("course", deadline=None, derandomize=True)
settings.load_profile("course")
