"""What all tests share: laws are never judged by the clock of a busy machine."""

from hypothesis import settings

settings.register_profile("crosswalk", deadline=None)
settings.load_profile("crosswalk")
