"""The WebSocket profile: the upgrade, and then a conversation by one of the presets."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from aiohttp import web

from fake_groq import answers
from fake_groq.conversation import Conversation
from fake_groq.exchange import Exchange
from fake_groq.faults.base import Fault, FaultError
from fake_groq.presets.base import Opening, Preset, Speak
from fake_groq.service import Service
from fake_groq.sockets import Socket
from fake_groq.speech import faults_of, refusal, wrong_fault
from fake_groq.steps import Refuse, Reset, Stall, Step
from fake_groq.wire import Wire

MESSAGE_BYTES_MAX: Final = 1 << 20


async def serve(
    request: web.BaseRequest, service: Service, wire: Wire, preset: type[Preset]
) -> web.StreamResponse:
    """Upgrade, then answer one request after the other until somebody closes."""
    try:
        asked = faults_of(request, service)
    except FaultError as error:
        return refusal(wrong_fault(error), service, wire)
    default = service.rulebook.default.faults
    met = service.at_upgrade((*default, *asked))
    if met is not None:
        return await _not_upgraded(met, service, wire)
    response = web.WebSocketResponse(
        autoclose=False,
        autoping=False,
        compress=False,
        max_msg_size=MESSAGE_BYTES_MAX,
        protocols=preset.subprotocols,
    )
    await response.prepare(request)
    socket = Socket(response, wire)
    faults = _Faults(
        asked=tuple(fault for fault in asked if fault.at_upgrade() is None),
        spent=tuple(fault for fault in default if fault.at_upgrade() is not None),
    )
    conversation = Conversation(
        preset(_opening(request, wire)),
        socket,
        begin=_beginner(service, wire, preset.name, faults),
        complain=lambda sentence: _note(service, wire, sentence),
    )
    await wire.while_there(conversation.hold())
    await socket.answer_close()
    wire.hang_up()
    return response


@dataclass(frozen=True, slots=True, kw_only=True)
class _Faults:
    """Those that the upgrade asked for, and those of the default that it has gone past."""

    asked: tuple[Fault, ...]
    spent: tuple[Fault, ...]


def _beginner(
    service: Service, wire: Wire, preset: str, faults: _Faults
) -> Callable[[Speak], Exchange]:
    def begin(speak: Speak) -> Exchange:
        return service.exchange(
            wire,
            "ws",
            speak.text,
            asked=faults.asked,
            spent=faults.spent,
            preset=preset,
            ending=speak.ending,
        )

    return begin


def _note(service: Service, wire: Wire, sentence: str) -> None:
    service.refuse(wire, status=400, code=sentence)


def _opening(request: web.BaseRequest, wire: Wire) -> Opening:
    return Opening(query=dict(request.query), number=wire.number)


async def _not_upgraded(met: tuple[str, Step], service: Service, wire: Wire) -> web.StreamResponse:
    """Do to the upgrade what the fault of this name does; without an answer its status is 0."""
    name, step = met
    status = step.status if isinstance(step, Refuse) else 0
    number = service.refuse(wire, status=status, code=name)
    if isinstance(step, Refuse):
        wait_s = step.retry_after_s
        error = answers.error_of(status, "", cause=step.cause, retry_after_s=wait_s)
        return refusal(error, service, wire, number=number, retry_after_s=wait_s)
    if isinstance(step, Reset):
        wire.down_ms = step.down_ms
        wire.reset()
    elif isinstance(step, Stall):
        await wire.gone_within(step.ms)
        wire.hang_up()
    return web.Response(status=500)  # nobody is there to see it
