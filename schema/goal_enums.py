"""The closed sets of words about goals, with what each word means.

Imported before any type that uses one of them is declared.
"""

from __future__ import annotations

from db.models import goal_changes as change_rows
from db.models import goal_updates as update_rows
from db.models import goals as rows
from resolvers.rules.guards import GuardCode
from resolvers.rules.health import Health
from schema.scalars import described_enum

described_enum(
    rows.GoalKind,
    description="What kind of goal it is.",
    values={
        "OBJECTIVE": "An objective with key results.",
        "KPI": "A key performance indicator.",
        "GS": "Work or skill that is judged against words.",
        "KEY_TASK": "A key task: what the calibration rate counts.",
    },
)
described_enum(
    rows.GoalLevel,
    description="Whose goal it is.",
    values={"ORGANIZATION": "The organisation's.", "DEPARTMENT": "A department's.", "PERSON": "A person's."},
)
described_enum(
    rows.GoalVisibility,
    description="Who sees a confirmed goal, besides the managers above the owner and HR.",
    values={
        "ORGANIZATION": "Everybody of the organisation.",
        "LINE": "The owner and the reports below; of a department's goal, who works in it.",
        "PRIVATE": "The owner.",
    },
)
described_enum(
    rows.GoalStatus,
    description="How far a goal is.",
    values={
        "DRAFT": "Being written; its owner and maker see it.",
        "PROPOSED": "Waits to be confirmed or returned.",
        "CONFIRMED": "Counts; from now on it changes by approved requests.",
        "RUNNING": "Confirmed, and checked in at least once.",
        "DONE": "Finished.",
        "DROPPED": "Given up: as a draft, or by an approved change.",
        "CARRIED_OVER": "Ended here and continued in another cycle.",
    },
)
described_enum(
    rows.MeasureKind,
    description="How a measure tells that a goal is reached.",
    values={"NUMERIC": "By a number.", "STAGED": "By words for what is committed to, the target and the stretch."},
)
described_enum(
    rows.Direction,
    name="MeasureDirection",
    description="Which way a number is to go.",
    values={
        "INCREASE": "Up to the target or beyond.",
        "DECREASE": "Down to the target or below.",
        "KEEP_WITHIN": "Neither below the low nor above the high bound.",
    },
)
described_enum(
    rows.Stage,
    name="MeasureStage",
    description="What a measure in words has reached.",
    values={
        "NONE": "Nothing of it yet: progress 0.",
        "COMMIT": "What was committed to: progress 0.7.",
        "TARGET": "The target: progress 1.",
        "STRETCH": "The stretch: progress 1.3.",
    },
)
described_enum(
    rows.DataSource,
    description="Where values come from.",
    values={
        "MANUAL": "Entered by hand.",
        "FEED": "A scheduled feed of another system.",
        "DELIVERABLE": "Read from a deliverable.",
        "EVENT": "An event of another system.",
    },
)
described_enum(
    Health,
    name="GoalHealth",
    description="Progress against the elapsed share of the cycle; low confidence lowers it.",
    values={
        "AHEAD": "At least 10 points ahead of the elapsed time.",
        "ON_PLAN": "Within 10 points of the elapsed time.",
        "AT_RISK": "Up to 25 points behind, or confidence of at most 3.",
        "BEHIND": "More than 25 points behind.",
        "UNKNOWN": "No progress is known, or the goal does not count yet.",
    },
)
described_enum(
    GuardCode,
    name="GoalWarningCode",
    description="What a warning is about. Warnings refuse nothing.",
    values={
        "TOO_MANY_OBJECTIVES": "More than 3 objectives of one owner in a cycle.",
        "TOO_FEW_KEY_RESULTS": "Fewer than 2 key results of an objective.",
        "TOO_MANY_KEY_RESULTS": "More than 3 key results of an objective.",
        "TOO_MANY_MEASURES": "More measures of one owner in a cycle than the organisation's limit.",
        "MEASURE_WITHOUT_SOURCE": "Measures without a data source.",
    },
)
described_enum(
    update_rows.CommentKind,
    name="GoalCommentKind",
    description="What a comment is.",
    values={"COMMENT": "A remark.", "RETURN": "Why a proposed goal was given back."},
)

described_enum(
    change_rows.ReasonCategory,
    name="ChangeReason",
    description="Why a confirmed goal is to change.",
    values={
        "MARKET": "The market moved.",
        "TECHNOLOGY": "A technology came, failed or changed.",
        "POLICY": "A rule of the state or of the house changed.",
        "CUSTOMER": "A customer wants something else.",
        "RESOURCE": "People, money or time changed.",
        "CORRECTION": "A mistake of writing is put right; does not count in the calibration rate.",
    },
)
