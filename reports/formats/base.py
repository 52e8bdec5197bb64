"""The contract of a format: a certificate becomes the text of one file in the run folder."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from harness.model.errors import UsageError
from harness.model.registry import Registry
from reports.certificate import Certificate

Render = Callable[[Certificate], str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Format:
    """One format: ``render`` is pure, ``write`` puts its text on disk."""

    name: str
    file_name: str
    render: Render

    def write(self, certificate: Certificate, folder: Path) -> Path:
        """Write the document into the folder, in one step, and return its path.

        Raises:
            UsageError: the folder cannot be written to.
        """
        path = folder / self.file_name
        fresh = path.with_name(path.name + ".new")
        try:
            fresh.write_text(self.render(certificate), encoding="utf-8")
            fresh.replace(path)
        except OSError as error:
            raise UsageError(f"{path} cannot be written: {error.strerror}.") from error
        return path


FORMATS: Registry[Format] = Registry("reports.formats", "format")


def document(name: str, *, file_name: str) -> Callable[[Render], Render]:
    """Register the decorated function as a format."""

    def register(render: Render) -> Render:
        member = Format(name=name, file_name=file_name, render=render)
        FORMATS.register(name, member, module=render.__module__)
        return render

    return register
