"""mailproc: an email desk for a small publication that works by email alone.

The rooms, in the order mail flows:

errors     the ways we fail, each with its cure
failpoint  places where a test may let the program die
kinds      what there is to decide on: one module a kind, with its table (state, event) -> (state, actions) (pure)
phrase     what there is to say, before it is worded (pure)
message    a mail as a value (pure): its header fields, its MIME parts, its author, whose words it holds
sorting    what kind of mail is this: rules, conditions, verdict (pure)
review     what did the members say: the language they speak, the reply they wrote; ballots, the rota (pure)
document   the words of documents: what a file shows its reader, from hostile octets (pure)
workflow   what may follow: item and event in, item and actions out (pure)
dossier    what a group file is made of, and how the house lays one out (pure)
config     config.toml and rules/ -> frozen values; every option's meaning
intake     how mail comes in: IMAP, LMTP, files
inspect    children that may be killed: one parses mail, others read one document each; DNS
store      octets on disk; rows of mail, work, people and the service; what is erased
letters    how a letter is worded: templates -> Draft; the digest
delivery   how a letter leaves: SMTP, folder
publish    how work goes up: bundles, the wanted list
desk       where rooms meet; owns clock, ids, transaction. On its ground a message takes its turn; the desk tells
           people, decides, erases, hears what mails say and what the clock says, serves the queue, carries mail in
           and letters out, keeps it all whole, and is watched
schedule   the timetable: name, when, job
cli        arguments in, words out
"""

__version__ = "0.1.0"
