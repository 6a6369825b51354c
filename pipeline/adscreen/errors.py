"""What can go wrong with what a user gives -> one line: where, what, remedy."""


class InputError(ValueError):
    """Raised when a file, a value or an option given by the user cannot be used.

    The message never holds transcript text. The command line prints it as one line and exits with 2. A parameter is
    named with an equals sign, as in a call (``where="layer="``, "leave it out with where="); the command line writes it
    as its option. ``details`` are further lines, such as one for each file that cannot be read.
    """

    def __init__(self, what: str, *, where: str = "", remedy: str = "", details: tuple[str, ...] = ()) -> None:
        self.what = what
        self.where = where
        self.remedy = remedy
        self.details = details
        super().__init__(what, where, remedy)

    def __str__(self) -> str:
        line = f"{self.where.removesuffix('=')}: {self.what}" if self.where else self.what
        return " ".join(f"{line}; {self.remedy}".split() if self.remedy else line.split())
