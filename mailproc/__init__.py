"""mailproc: an email desk for a small publication that works by email alone.

The rooms, in the order mail flows:

errors     the ways we fail, each with its cure
failpoint  places where a test may let the program die
message    a mail as a value: parse, address, auto, report, identity, quotation, compose, html (pure)
sorting    what kind of mail is this: rules, conditions, verdict (pure)
review     what did the members say: commands, ballots (pure)
workflow   what may follow: one table per kind, (state, event) -> (state, actions) (pure)
config     config.toml and rules/ -> frozen values; every option's meaning
intake     how mail comes in: IMAP, LMTP, files
inspect    a killable parse child, DNS
store      rows, archive, attachments: what we keep and know; what is erased
letters    how a letter is worded: templates -> Draft; the digest
delivery   how a letter leaves: SMTP, folder
publish    how work goes up: bundles, the wanted list
desk       where rooms meet: receive, process, apply, deliver, remind, rebuild; owns clock, ids, transaction
schedule   the timetable: name, when, job
cli        arguments in, words out
"""

__version__ = "0.1.0"
