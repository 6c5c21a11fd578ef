"""Puts records before NHS England's library eps-spine-shared, and compares what it makes of them.

Reads one JSON object a line: a record as it is stored here, the time, and what we make of it (next activity and expiry of
each issue and of the record, index terms, and the answer to cancellations). Writes one line for each difference that is
not among those in DELIBERATE, and a count of all at the end. Run by tests/record_differential.rs.
"""

import copy
import datetime
import json
import sys

from dateutil.relativedelta import relativedelta
from eps_spine_shared.common import indexes
from eps_spine_shared.common.prescription.repeat_dispense import RepeatDispenseRecord
from eps_spine_shared.common.prescription.repeat_prescribe import RepeatPrescribeRecord
from eps_spine_shared.common.prescription.single_prescribe import SinglePrescribeRecord
from eps_spine_shared.errors import EpsErrorBase
from eps_spine_shared.interactions import common

RECORDS = {"0001": SinglePrescribeRecord, "0002": RepeatPrescribeRecord, "0003": RepeatDispenseRecord}
DELIBERATE = {
    "item status after a whole cancellation": "the library leaves the items to be dispensed",
}


# The library calls the module of that name where it means the class in it.
common.relativedelta = relativedelta


class Quiet:
    def write_log(self, *_args, **_kwargs):
        pass

    writeLog = write_log


class Context:
    pass


def instance(number, issue, nomination):
    """An issue as Spine stores it."""
    state = issue["state"]
    status = state["status"]
    release = state.get("release") or {}
    told = state.get("dispensing") or {}
    claim = state.get("claim") or {}
    dispenser = told.get("by") or release.get("to") or state.get("dispenser") or False
    last = (told.get("at") or release.get("at") or "")[:8] or False
    completed = state.get("completed") or state.get("cancelled") or False
    return {
        "instanceNumber": number,
        "prescriptionStatus": status,
        "previousStatus": issue.get("previous") or False,
        "lastDispenseStatus": False,
        "nextActivity": {"activity": None, "date": None},
        "expiryDate": False,
        "dispenseWindowLowDate": issue["window"]["low"],
        "dispenseWindowHighDate": issue["window"]["high"],
        "nominatedDownloadDate": issue.get("nominated_download") or False,
        "completionDate": completed,
        "releaseDate": (release.get("at") or "")[:8] or False,
        "lineItems": [
            {
                "ID": item["id"],
                "order": item["order"],
                "status": item["status"],
                "previousStatus": item.get("previous") or False,
                "maxRepeats": item.get("repeats") or False,
            }
            for item in state.get("items", [])
        ],
        "dispense": {
            "dispensingOrganization": dispenser,
            "lastDispenseNotificationMsgRef": told.get("document") or False,
            "lastDispenseNotificationGuid": told.get("notification") or False,
            "lastDispenseDate": last,
        },
        "dispenseHistory": {},
        "claim": {"claimReceivedDate": claim.get("received") or state.get("noticed") or False},
        "cancellations": [],
    }


def spine_record(stored):
    record = stored["record"]
    nomination = record.get("nomination") or {}
    issues = record["issues"]
    placeholder = not record.get("uploaded")
    time = record["prescribed"]
    return {
        "documents": [],
        "prescription": {
            "prescriptionID": record["id"],
            "prescriptionTreatmentType": False if placeholder else record["treatment"],
            "prescriptionTime": time[:8] if placeholder else time,
            "prescribingOrganization": record["prescriber"],
            "daysSupply": record["days_supply"],
            "maxRepeats": record["last_issue"],
            "pendingCancellations": False,
            "unsuccessfulCancellations": False,
            "currentInstance": str(issues["current"]),
            "prescriptionPresent": not placeholder,
        },
        "patient": {"nhsNumber": record["patient"]["nhs_number"]},
        "nomination": {
            "nominated": bool(nomination),
            "nominatedPerformer": nomination.get("performer") or False,
            "nominationHistory": [],
        },
        "instances": {number: instance(number, issue, nomination) for number, issue in issues["all"].items()},
        "changeLog": {},
        "indexes": {},
        "SCN": record["version"],
    }


def load(stored):
    treatment = stored["record"]["treatment"]
    record = RECORDS[treatment](Quiet(), "differential")
    record.create_record_from_store(spine_record(stored))
    return record


def activities(record, context):
    factory = indexes.EpsIndexFactory(Quiet(), "differential", common.TEST_PRESCRIBING_SITES, common.get_nad_references())
    terms = factory.build_indexes(context)
    terms.pop("delta_bin", None)
    issues = {}
    for number, issue in record.prescription_record["instances"].items():
        next_activity = issue["nextActivity"]
        expiry = issue["expiryDate"] or None
        issues[number] = [f"{next_activity['activity']}_{next_activity['date']}", expiry]
    return issues, {name: sorted(set(values)) for name, values in terms.items() if values}


def answers():
    base = EpsErrorBase
    return {
        base.NOT_CANCELLED_EXPIRED: "0005",
        base.NOT_CANCELLED_CANCELLED: "0006",
        base.NOT_CANCELLED_NOT_DISPENSED: "0010",
        base.NOT_CANCELLED_DISPENSED: "0004",
        base.NOT_CANCELLED_WITH_DISPENSER: "0002",
        base.NOT_CANCELLED_WITH_DISPENSER_ACTIVE: "0003",
        base.PRESCRIPTION_NOT_FOUND: "0008",
    }


def cancel(record, item, context):
    """The answer, and whether the cancellation is applied, waits, or neither."""
    context.cancelLineItemRef = item
    if item is None:
        applied, waits = record.check_current_instance_to_cancel_by_pr_id(), record.check_current_instance_w_dispenser_by_pr_id()
        refused = record.return_error_for_invalid_cancel_by_pr_id
    else:
        applied = record.check_current_instance_to_cancel_by_li_id(item)
        waits = record.check_current_instance_w_dispenser_by_li_id(item)
        refused = lambda: record.return_error_for_invalid_cancel_by_li_id(context)
    if applied:
        return "0001", "applied"
    if waits:
        return answers()[record.return_error_for_invalid_cancel_by_pr_id()], "waits"
    return answers()[refused()], "refused"


def cancelled(stored, item, time):
    """The statuses after a cancellation was applied."""
    record = load(copy.deepcopy(stored))
    target = "Prescription" if item is None else "LineItem"
    record.apply_cancellation(
        {"cancellationID": "x", "cancellationTarget": target, "cancelLineItemRef": item, "cancellationTime": time, "Reasons": []}
    )
    instances = record.prescription_record["instances"]
    return {
        "current": str(record.prescription_record["prescription"]["currentInstance"]),
        "issues": {number: one["prescriptionStatus"] for number, one in instances.items()},
        "items": {number: [line["status"] for line in one["lineItems"]] for number, one in instances.items()},
    }


def differences(line):
    context = Context()
    context.handleTime = datetime.datetime.strptime(line["changed"], "%Y%m%d%H%M%S")
    record = load(line["stored"])
    context.epsRecord = record
    issues, terms = activities(record, context)
    placeholder = not line["stored"]["record"].get("uploaded")
    yield "issues", issues, line["issues"]
    yield "index terms", terms, line["terms"]
    for asked in line["cancels"]:
        if placeholder:
            continue
        answer, effect = cancel(record, asked["item"], context)
        yield "answer to a cancellation", [answer, effect], [asked["answer"], asked["effect"]]
        if effect == "applied":
            after = cancelled(line["stored"], asked["item"], line["now"])
            yield "statuses after a cancellation", [after["current"], after["issues"]], [asked["current"], asked["issues"]]
            kind = "item status after a whole cancellation" if asked["item"] is None else "items after a cancellation"
            yield kind, after["items"], asked["items"]


def main():
    compared, deliberate, unexpected = 0, {}, 0
    for number, text in enumerate(sys.stdin, 1):
        line = json.loads(text)
        for what, theirs, ours in differences(line):
            compared += 1
            if theirs == ours:
                continue
            if what in DELIBERATE:
                deliberate[what] = deliberate.get(what, 0) + 1
                continue
            unexpected += 1
            if unexpected <= 20:
                print(f"line {number}: {what}: theirs {json.dumps(theirs)}, ours {json.dumps(ours)}")
    print(f"compared {compared}, deliberate {json.dumps(deliberate)}, unexpected {unexpected}")
    return 1 if unexpected or not compared else 0


if __name__ == "__main__":
    sys.exit(main())
