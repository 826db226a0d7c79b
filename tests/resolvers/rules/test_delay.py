"""Who waited for whom: hand-worked projects, and that the parts always sum to the whole."""

from __future__ import annotations

import random
import uuid
from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from resolvers.rules.delay import Cause, Delay, DependencyLoopError, Owned, Part, TracedTask, Wait, Waited, trace

HOUR = 3600
A, B, C, D = (uuid.UUID(int=number) for number in range(1, 5))
LI, WU, ZHOU = (uuid.UUID(int=number) for number in (97, 98, 99))


def task(
    id_: uuid.UUID,
    plan: tuple[int, int],
    actual: tuple[int | None, int | None],
    *after: uuid.UUID,
    waits: tuple[Wait, ...] = (),
) -> TracedTask:
    start, finish = (None if each is None else each * HOUR for each in actual)
    return TracedTask(id_, plan[0] * HOUR, plan[1] * HOUR, start, finish, after, waits)


def parts(*tasks: TracedTask, due: int | None = None, now: int = 1000) -> list[tuple[str, int, int | None, int]]:
    """Cause, task, the task held up, and hours; the last cause first."""
    found = trace(tasks, None if due is None else due * HOUR, now * HOUR)
    return [
        (part.cause.value, part.task_id.int, part.held_up_id.int if part.held_up_id else None, part.seconds // HOUR)
        for part in found.parts
    ]


def test_a_project_in_time_has_no_delay() -> None:
    found = trace([task(A, (0, 8), (0, 8)), task(B, (8, 16), (8, 16), A)], None, 99 * HOUR)
    assert (found.seconds, list(found.parts), list(found.path)) == (0, [], [A, B])
    assert trace([], None, 0).seconds == 0


def test_an_overrun_is_charged_to_its_task_and_names_who_was_held_up() -> None:
    assert parts(task(A, (0, 8), (0, 13)), task(B, (8, 16), (13, 21), A)) == [("OVERRUN", 1, 2, 5)]


def test_a_late_start_of_a_free_task_is_its_own() -> None:
    assert parts(task(A, (0, 8), (0, 8)), task(B, (8, 16), (11, 20), A)) == [
        ("OVERRUN", 2, None, 1),
        ("LATE_START", 2, None, 3),
    ]


def test_delay_that_was_caught_up_counts_for_nobody() -> None:
    # A is 6 hours late, B makes up 4 of them: 2 hours of delay, all of them A's.
    assert parts(task(A, (0, 8), (0, 14)), task(B, (8, 20), (14, 22), A)) == [("OVERRUN", 1, 2, 2)]
    # A is late within the slack before B; what B overruns is B's alone.
    assert parts(task(A, (0, 8), (0, 12)), task(B, (14, 20), (14, 23), A)) == [("OVERRUN", 2, None, 3)]


def test_the_predecessor_that_finished_last_held_the_task_up() -> None:
    late, later = task(A, (0, 8), (0, 12)), task(B, (0, 8), (0, 18))
    found = trace([late, later, task(C, (8, 16), (18, 26), A, B)], None, 0)
    assert list(found.path) == [B, C]
    assert list(found.parts) == [Part(Cause.OVERRUN, B, C, 10 * HOUR)]
    assert list(found.waited) == [Waited(C, 8 * HOUR, 18 * HOUR, B, None)]


def test_marked_waits_go_to_what_was_waited_for_the_latest_first() -> None:
    waits = (Wait(2 * HOUR, 5 * HOUR, task_id=D), Wait(8 * HOUR, 10 * HOUR, person_id=ZHOU))
    found = trace([task(A, (0, 8), (0, 14), waits=waits)], None, 0)
    assert list(found.parts) == [
        Part(Cause.WAITING, A, None, 2 * HOUR, None, ZHOU),
        Part(Cause.WAITING, A, None, 3 * HOUR, D, None),
        Part(Cause.OVERRUN, A, None, 1 * HOUR),
    ]
    assert [(wait.end - wait.begin) // HOUR for wait in found.waited] == [3, 2]


def test_waits_that_overlap_count_once() -> None:
    waits = (Wait(2 * HOUR, 9 * HOUR, task_id=D), Wait(4 * HOUR, 9 * HOUR, person_id=ZHOU))
    found = trace([task(A, (0, 4), (0, 12), waits=waits)], None, 0)
    assert [(part.waited_for_person_id, part.seconds // HOUR) for part in found.parts] == [
        (ZHOU, 5),
        (None, 2),
        (None, 1),
    ]


def by_owner(*tasks: TracedTask, owners: dict[uuid.UUID, list[tuple[int, uuid.UUID]]]) -> list[tuple[object, ...]]:
    """Cause, who owned it then, and hours."""
    owned = {id_: [Owned(since * HOUR, who) for since, who in some] for id_, some in owners.items()}
    found = trace(tasks, None, 1000 * HOUR, owned)
    return [(part.cause.value, part.owner_id, part.seconds // HOUR) for part in found.parts]


def test_a_task_that_changed_hands_is_charged_to_who_had_it_then() -> None:
    handed = {A: [(0, LI), (10, WU)]}
    assert by_owner(task(A, (0, 8), (0, 14)), owners=handed) == [("OVERRUN", WU, 4), ("OVERRUN", LI, 2)]
    assert by_owner(task(A, (0, 8), (0, 14)), owners={A: [(0, LI), (14, WU)]}) == [("OVERRUN", LI, 6)]
    assert by_owner(task(A, (0, 8), (9, 17)), owners=handed) == [("LATE_START", LI, 9)]
    back = {A: [(0, LI), (10, WU), (12, LI)]}
    assert by_owner(task(A, (0, 8), (0, 14)), owners=back) == [("OVERRUN", LI, 4), ("OVERRUN", WU, 2)]


def test_a_wait_is_charged_to_who_had_what_was_waited_for_then_and_its_time_to_nobody_else() -> None:
    waits = (Wait(8 * HOUR, 12 * HOUR, task_id=D), Wait(2 * HOUR, 3 * HOUR, person_id=ZHOU))
    late = task(A, (0, 6), (0, 14), waits=waits)
    owners = {A: [(0, LI), (13, WU)], D: [(0, WU), (9, ZHOU)]}
    assert by_owner(late, owners=owners) == [
        ("WAITING", ZHOU, 3),
        ("WAITING", WU, 1),
        ("WAITING", None, 1),
        ("OVERRUN", WU, 1),
        ("OVERRUN", LI, 2),
    ]


def test_what_the_plan_put_after_the_due_time_is_the_plans() -> None:
    assert parts(task(A, (0, 12), (0, 13)), due=10) == [("PLAN", 1, None, 2), ("OVERRUN", 1, None, 1)]


def test_an_open_project_is_late_by_the_task_that_is_being_waited_for() -> None:
    tasks = task(A, (0, 8), (0, None)), task(B, (8, 16), (None, None), A), task(C, (0, 4), (0, 4))
    assert parts(*tasks, now=20) == [("OVERRUN", 1, 2, 4)]
    assert parts(*tasks, now=12) == []  # B could still be in time by the plan


def test_a_task_that_nobody_began_is_a_late_start() -> None:
    assert parts(task(A, (0, 8), (0, 8)), task(B, (8, 16), (None, None), A), now=30) == [("LATE_START", 2, None, 14)]


def test_a_circle_is_refused() -> None:
    with pytest.raises(DependencyLoopError):
        trace([task(A, (0, 1), (0, 1), B), task(B, (0, 1), (0, 1), A)], None, 0)


@st.composite
def projects(draw: st.DrawFn) -> tuple[list[TracedTask], int | None, int]:
    """Tasks of which each may depend on earlier ones, with any plan and anything having happened."""
    ids = [uuid.UUID(int=number) for number in range(1, draw(st.integers(1, 12)) + 1)]
    times = st.integers(0, 60)
    tasks = []
    for index, id_ in enumerate(ids):
        planned, start = draw(times), draw(st.none() | times)
        lasted = draw(st.none() | times)
        finish = None if start is None or lasted is None else start + lasted
        waits = [
            Wait(begin, begin + more, *target)
            for begin, more, target in draw(
                st.lists(st.tuples(times, times, st.sampled_from([(A, None), (None, ZHOU)])), max_size=3)
            )
        ]
        after = draw(st.lists(st.sampled_from(ids[:index]), unique=True, max_size=4)) if index else []
        tasks.append(TracedTask(id_, planned, planned + draw(times), start, finish, after, waits))
    return tasks, draw(st.none() | times), draw(st.integers(60, 200))


@given(projects(), st.data())
def test_owners_split_the_parts_and_add_nothing(
    case: tuple[list[TracedTask], int | None, int], data: st.DataObject
) -> None:
    tasks, due, now = case
    hands = st.lists(st.builds(Owned, st.integers(0, 80), st.sampled_from([LI, WU])), min_size=1, max_size=3)
    owners = {one.id: sorted(data.draw(hands), key=lambda each: each.since) for one in tasks}
    plain, owned = trace(tasks, due, now), trace(tasks, due, now, owners)
    assert all(part.seconds > 0 for part in owned.parts)
    assert _totals(owned) == _totals(plain)
    unowned = [part for part in owned.parts if part.owner_id is None]
    assert all(part.cause is Cause.PLAN or part.waited_for_person_id for part in unowned)


def _totals(delay: Delay) -> Counter[tuple[object, ...]]:
    """Seconds of each cause in each task, whoever owned what."""
    found = Counter[tuple[object, ...]]()
    for part in delay.parts:
        found[part.cause, part.task_id, part.waited_for_task_id, part.waited_for_person_id] += part.seconds
    return found


@given(projects())
def test_the_parts_sum_to_the_delay_and_none_is_negative(case: tuple[list[TracedTask], int | None, int]) -> None:
    tasks, due, now = case
    found = trace(tasks, due, now)
    finish = max(now if each.finish is None else each.finish for each in tasks)
    target = max(each.planned_finish for each in tasks) if due is None else due
    assert found.seconds == max(0, finish - target)
    assert sum(part.seconds for part in found.parts) == found.seconds
    assert all(part.seconds > 0 for part in found.parts)
    assert all(wait.end > wait.begin for wait in found.waited)
    known = {each.id: each for each in tasks}
    for before, behind in zip(found.path, found.path[1:], strict=False):
        assert before in known[behind].after
    assert {part.task_id for part in found.parts} <= set(found.path)


def test_ten_thousand_tasks_are_traced() -> None:
    chance = random.Random(7)
    ids = [uuid.UUID(int=number) for number in range(1, 10_001)]
    tasks = []
    for index, id_ in enumerate(ids):
        begin = index * 10
        after = [ids[chance.randrange(max(0, index - 50), index)] for _ in range(3)] if index else []
        tasks.append(TracedTask(id_, begin, begin + 10, begin + 5, begin + 10 + chance.randrange(40), after))
    found = trace(tasks, None, 10**6)
    assert sum(part.seconds for part in found.parts) == found.seconds > 0
    assert len(found.path) > 100
