"""What can be told to whoever it happens to."""


def told(error: Exception) -> str:
    """Return an error as a command says it; of a file, its name and what is the matter with it."""
    if isinstance(error, OSError) and error.strerror:
        return f"{error.filename}: {error.strerror}." if error.filename else f"{error.strerror}."
    return str(error)


class Fault(Exception):
    """Something cannot be done; the message says why and what to do, in words for whoever asked for it."""
