"""What can be told to whoever it happens to."""


class Fault(Exception):
    """Something cannot be done; the message says why and what to do, in words for whoever asked for it."""
