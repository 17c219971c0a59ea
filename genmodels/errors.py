"""Errors that a person can act on."""


class UserError(ValueError):
    """Bad input. The message is one sentence for a person: what is wrong and how to mend it.

    The app shows the message as it is; the command line prints it and exits with code 2.
    """
