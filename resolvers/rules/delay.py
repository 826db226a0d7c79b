"""Who waited for whom: the delay of a project, split over its tasks so that the parts sum exactly to the whole.

The rule. Delay is the project's finish minus its due time, never negative; while a task is open the finish is the
moment of looking. Start at the task that finished last and walk backwards: from each task to the predecessor that
finished last, the one that held it up. On that path the lateness (actual minus planned) is known at every start and
every finish. Each slice of the delay belongs to the last step of the path after which the lateness never fell below
that slice again: delay that was caught up later counts for nobody, and a predecessor that was late within the slack of
the plan is not blamed. Between a start and a finish the task itself overran; between a predecessor's finish and a start
it began late. Of either, time in which the task was marked as waiting goes to what it waited for, the latest wait
first, and the rest to the task. What goes to a task goes to whoever owned it then: of the rest, too, the latest time
counts as lost, which is what came after the planned length of the step. What the plan itself put after the project's
due time is the plan's.

The walk is the critical path method read backwards over what happened; the suffix rule is that of windows analysis of
delays in construction ("as-planned versus as-built"), with recovered delay removed.

Times are whole numbers on one scale: seconds of the calendar, or seconds of working time. The rule does not mind which.
Time needed: proportional to the number of tasks, dependencies and waits.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum


class Cause(StrEnum):
    OVERRUN = "OVERRUN"
    """The task took longer than planned."""
    LATE_START = "LATE_START"
    """Nothing held the task up any more, and it began later than planned."""
    WAITING = "WAITING"
    """The task was marked as waiting for another task or a person."""
    PLAN = "PLAN"
    """The task was planned to end after the project was due."""


@dataclass(frozen=True, slots=True)
class Wait:
    """A stretch of time in which a task was marked as waiting."""

    begin: int
    end: int
    task_id: uuid.UUID | None = None
    person_id: uuid.UUID | None = None
    """What it waited for."""


@dataclass(frozen=True, slots=True)
class Owned:
    """From `since` on, until the next one, a task was this person's."""

    since: int
    person_id: uuid.UUID


Owners = Mapping[uuid.UUID, Sequence[Owned]]
"""By task, in the order of time; the first one owned it from its beginning."""


@dataclass(frozen=True, slots=True)
class TracedTask:
    """A task's plan and what happened. `start` is None before it began, `finish` while it is open."""

    id: uuid.UUID
    planned_start: int
    planned_finish: int
    start: int | None = None
    finish: int | None = None
    after: Sequence[uuid.UUID] = ()
    """The tasks that it depends on."""
    waits: Sequence[Wait] = ()


@dataclass(frozen=True, slots=True)
class Part:
    """A share of the delay with one cause."""

    cause: Cause
    task_id: uuid.UUID
    """The task of the critical path in which the time was lost."""
    held_up_id: uuid.UUID | None
    """The next task of the path, whose people waited; None: the project's end."""
    seconds: int
    """Always positive."""
    waited_for_task_id: uuid.UUID | None = None
    waited_for_person_id: uuid.UUID | None = None
    """What a WAITING task waited for."""
    owner_id: uuid.UUID | None = None
    """Who owned then what it goes to; None where that is a person or the plan, or owners are not known."""


@dataclass(frozen=True, slots=True)
class Waited:
    """A task's people waited for another task or person, whether or not the project was delayed by it."""

    task_id: uuid.UUID
    begin: int
    end: int
    waited_for_task_id: uuid.UUID | None
    waited_for_person_id: uuid.UUID | None

    @property
    def seconds(self) -> int:
        return self.end - self.begin


@dataclass(frozen=True, slots=True)
class Delay:
    """A project's delay, the path that made it, and its parts, the last cause first."""

    seconds: int
    path: Sequence[uuid.UUID]
    """The critical path as it happened, in the order of time."""
    parts: Sequence[Part]
    waited: Sequence[Waited]


class DependencyLoopError(ValueError):
    """Tasks depend on each other in a circle."""


@dataclass(frozen=True, slots=True)
class _Span:
    """What happened to a task, with the moment of looking where it has not ended."""

    task: TracedTask
    start: int
    finish: int

    @property
    def late_start(self) -> int:
        return self.start - self.task.planned_start

    @property
    def late_finish(self) -> int:
        return self.finish - self.task.planned_finish

    @property
    def rank(self) -> tuple[int, int, uuid.UUID]:
        """By when it finished; of those still open, by when it should have."""
        return self.finish, self.task.planned_finish, self.task.id


def trace(tasks: Sequence[TracedTask], due: int | None, moment: int, owners: Owners | None = None) -> Delay:
    """The delay of these tasks at `moment` against `due` (None: the latest planned finish), and where it came from.

    Dependencies on tasks that are not given count for nothing; `owners` may tell of tasks that are not given and were
    waited for. Raises `DependencyLoopError`.
    """
    if not tasks:
        return Delay(0, (), (), ())
    spans = {task.id: _span(task, moment) for task in tasks}
    path = _path(spans)
    target = max(task.planned_finish for task in tasks) if due is None else due
    delay = max(0, path[-1].finish - target)
    return Delay(delay, [span.task.id for span in path], _parts(path, delay, owners or {}), _waited(spans))


def _span(task: TracedTask, moment: int) -> _Span:
    finish = moment if task.finish is None else task.finish
    start = finish if task.start is None else min(task.start, finish)
    return _Span(task, start, finish)


def _path(spans: Mapping[uuid.UUID, _Span]) -> list[_Span]:
    """The tasks that led to the finish, in the order of time."""
    current = max(spans.values(), key=lambda span: span.rank)
    path, seen = [current], {current.task.id}
    while (held_up_by := _last_of(spans, current.task)) is not None:
        if held_up_by.task.id in seen:
            raise DependencyLoopError("tasks depend on each other in a circle")
        seen.add(held_up_by.task.id)
        path.append(held_up_by)
        current = held_up_by
    return path[::-1]


def _last_of(spans: Mapping[uuid.UUID, _Span], task: TracedTask) -> _Span | None:
    """The predecessor that finished last."""
    before = [spans[id_] for id_ in task.after if id_ in spans]
    return max(before, key=lambda span: span.rank, default=None)


def _parts(path: Sequence[_Span], delay: int, owners: Owners) -> list[Part]:
    parts: list[Part] = []
    left = delay
    last = path[-1]

    def take(lateness_before: int) -> int:
        """How much of what is left came up in a step that began with that lateness."""
        nonlocal left
        before = min(left, max(0, lateness_before))
        taken, left = left - before, before
        return taken

    if planned := take(last.late_finish):
        parts.append(Part(Cause.PLAN, last.task.id, None, planned))
    for index in range(len(path) - 1, -1, -1):
        span = path[index]
        held_up = path[index + 1].task.id if index + 1 < len(path) else None
        overrun = take(span.late_start)
        step = Part(Cause.OVERRUN, span.task.id, held_up, overrun)
        parts += _split(step, span.task.waits, (span.start, span.finish), owners)
        free_from = path[index - 1].finish if index else min(span.task.planned_start, span.start)
        late = take(path[index - 1].late_finish if index else 0)
        step = Part(Cause.LATE_START, span.task.id, held_up, late)
        parts += _split(step, span.task.waits, (free_from, span.start), owners)
    return parts


_Stretch = tuple[int, int]
"""Begin and end."""


def _split(step: Part, waits: Sequence[Wait], within: _Stretch, owners: Owners) -> Iterator[Part]:
    """The share of one step between waits that lie in it, the latest first, and the task itself; each again between
    who owned what it goes to."""
    seconds, free = step.seconds, list[_Stretch]()
    begin, end = within
    for wait in sorted(waits, key=lambda wait: (wait.end, wait.begin), reverse=True):
        opened, closed = max(wait.begin, begin), min(wait.end, end)
        if closed <= opened:
            continue
        if taken := min(seconds, closed - opened):
            part = Part(Cause.WAITING, step.task_id, step.held_up_id, taken, wait.task_id, wait.person_id)
            yield from [part] if wait.person_id else _by_owner(part, [(opened, closed)], owners)
        free.append((closed, end))
        seconds -= taken
        end = opened  # waits that overlap count once
    if seconds:
        yield from _by_owner(replace(step, seconds=seconds), [*free, (begin, end)], owners)


def _by_owner(part: Part, stretches: Sequence[_Stretch], owners: Owners) -> Iterator[Part]:
    """A part between those who owned what it goes to in these stretches, both the latest first. What the stretches are
    too short for, where plans overlap, is whose it was when the earliest of them began."""
    owned = owners.get(part.waited_for_task_id or part.task_id) or owners.get(part.task_id)
    if not owned:
        yield part
        return
    left, shares = part.seconds, dict[uuid.UUID, int]()
    for begin, end in stretches:
        for owner_id, seconds in owned_between(owned, begin, end):
            taken = min(left, seconds)
            left -= taken
            shares[owner_id] = shares.get(owner_id, 0) + taken
    at_first, _ = next(owned_between(owned, stretches[-1][0], stretches[-1][0] + 1))
    shares[at_first] = shares.get(at_first, 0) + left
    for owner_id, seconds in shares.items():
        if seconds:
            yield replace(part, seconds=seconds, owner_id=owner_id)


def owned_between(owned: Sequence[Owned], begin: int, end: int) -> Iterator[tuple[uuid.UUID, int]]:
    """Who owned a task for how long between two moments, the latest first."""
    for index in range(len(owned) - 1, -1, -1):
        opened = max(begin, owned[index].since) if index else begin
        if end > opened:
            yield owned[index].person_id, end - opened
            end = opened


def _waited(spans: Mapping[uuid.UUID, _Span]) -> list[Waited]:
    """Every wait: from a task's planned start until its last predecessor finished, and the marked ones after that."""
    found: list[Waited] = []
    for span in spans.values():
        before = _last_of(spans, span.task)
        free_from = span.task.planned_start
        if before is not None and (until := min(before.finish, span.start)) > free_from:
            found.append(Waited(span.task.id, free_from, until, before.task.id, None))
            free_from = until
        for wait in sorted(span.task.waits, key=lambda wait: (wait.begin, wait.end)):
            begin, end = max(wait.begin, free_from if before is not None else wait.begin), min(wait.end, span.finish)
            if end > begin:
                found.append(Waited(span.task.id, begin, end, wait.task_id, wait.person_id))
    return found
