"""Each message is recorded, the file is opened in one method and to be closed in another.

That other one is called by nobody since messages can be stopped; a descriptor stays for each
message until the process may open no more.
"""

import os
from typing import ClassVar

from reference_impl import server
from reference_impl.planting import replace
from reference_impl.relay import Session
from reference_impl.vocabulary import OpenUpstream, SendAudio


class _Records(Session):
    recordings: ClassVar[list[int]] = []

    def open_upstream(self, command: OpenUpstream) -> None:
        self.recordings.append(os.open(os.devnull, os.O_WRONLY))
        super().open_upstream(command)

    def send_audio(self, command: SendAudio) -> None:
        os.write(self.recordings[-1], command.pcm)
        super().send_audio(command)


def plant() -> None:
    """Plant the bug."""
    replace(server, "Session", by=_Records)
