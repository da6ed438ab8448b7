"""English. Data only."""

from __future__ import annotations

from mailproc.review.language.lexicon.shape import Calendar, Lexicon, of

ENGLISH = Lexicon(
    language="en",
    forms={
        "approve": of(
            "approve, approves, approved, approving, approval, accept, accepts, accepted, publish, go ahead, looks "
            "good, looks good to me, lgtm"
        ),
        "reject": of("reject, rejects, rejected, rejecting, decline, declined, refuse, refused, turn down"),
        "hold": of(
            "hold, holds, held, holding, on hold, put on hold, later, wait, postpone, postponed, defer, deferred"
        ),
        "ask": of("ask, asks, asked, asking, ask author, ask the author, question, query"),
        "discard": of("discard, discards, discarded, discarding, delete, deleted, trash, drop, spam"),
        "sort": of("sort, sorts, sorted, sorting, sort as, sort to, sort into, file as, move to"),
        "undo": of("undo, undone, revert, take back"),
        "unclaim": of("unclaim, not me, not for me, give to, give it to, pass it to, hand it to"),
        "retract": of("retract, retracted, take down"),
        "replace": of("replace, replace by, replace with"),
        "away": of("away, on holiday, on vacation, I am away, I'm away, I am on holiday, I'm on holiday"),
        "back": of("back, I am back, I'm back"),
        "at once": of("at once"),
        "daily": of("daily, once a day"),
        "quiet": of("quiet, quiet hours"),
        "time zone": of("time zone, timezone"),
        "stand-in": of("stand-in, stand in, standin"),
        "silent": of("silent"),
        "transcripts": of("transcripts"),
        "resign": of("resign"),
        "new address": of("new address"),
        "note": of("note, notes, comment, remark"),
        "show": of("show, show me, display, show all"),
        "status": of("status"),
        "list": of("list, what waits, what is waiting"),
        "help": of("help, commands"),
        "withdraw": of("withdraw, withdraws, withdrawn, withdrawing, take back, retract"),
        "version": of("version, new version, replace, new text"),
        "confirm": of("confirm, confirmed, confirms"),
        "agree": of("agree, agrees, agreed, accept, accepted"),
    },
    kinds={
        "article": of("article, articles"),
        "material": of("material, materials"),
        "membership": of("membership, memberships, request, requests, application, applications"),
        "enquiry": of("enquiry, enquiries, inquiry, inquiries"),
        "unsorted": of("unsorted"),
        "help": of("help"),
    },
    yes=of("yes, yes please, ok, okay, o.k., yep, yeah, aye"),
    no=of("no, nope, nay"),
    leads=of("please, pls, kindly, i, we"),
    particles=of(
        "the, this, item, items, number, numbers, article, articles, author, of, on, for, about, to, material, request"
    ),
    copulas=of("is, are, be, as"),
    courtesies=of(
        "thanks, thanks a lot, thanks very much, many thanks, thank you, thank you very much, thx, ty, cheers, please, "
        "pls, regards, best, best regards, kind regards, best wishes, great, great work, good work, nice work, well "
        "done, lovely, it, this, this one, that one, them, both, from me, for me, by me, now, today, gladly, very "
        "gladly, happily, with pleasure, of course"
    ),
    greetings=of(
        "hi, hello, hey, dear, good morning, good afternoon, good evening, morning, greetings, happy new year"
    ),
    sign_offs=of(
        "regards, best, best regards, kind regards, warm regards, with kind regards, best wishes, thanks, many thanks, "
        "thank you, thanks a lot, thanks again, cheers, yours, yours sincerely, sincerely, all the best, take care, "
        "see you, warmly, love, xx, bye"
    ),
    not_names=of(
        "sure, fine, never, maybe, perhaps, agreed, absolutely, definitely, good, great, done, ditto, same, nothing, "
        "none, pass, abstain, skip, no opinion, go, stop, cancel"
    ),
    negations=of(
        "not, don't, dont, do not, never, can't, cannot, cant, won't, wouldn't, shouldn't, isn't, no, nor, neither, "
        "without, against, unsure, hardly"
    ),
    conditions=of(
        "but, only, unless, except, provided, providing, if, as long as, subject to, on condition, assuming, however, "
        "though, although, once, until, when, after"
    ),
    no_but=of(
        "no, problem, problems, objection, objections, opinion, worries, idea, comment, comments, rush, doubt, need, "
        "issue, issues, one, matter, reason"
    ),
    everything=of("all, everything, all of them, all items, all of these"),
    others=of(
        "rest, the rest, all the rest, the others, others, all others, all the others, the other, all other, "
        "everything else"
    ),
    determiners=of("the, of, these, items, an, into"),
    excepting=of("except, but, except for, apart from, besides, other than, but not, without"),
    joining=of("and, plus, &, +"),
    alternatives=of("or, otherwise, rather"),
    ranging=of("to, through, until, till"),
    thanks=of("thanks, thank you, many thanks, thx, cheers"),
    pointers=of(
        "see below, see my answers below, my answers are below, answers below, see my comments below, see inline, "
        "answers inline, inline, my answers inline, here are mine, here are my answers"
    ),
    handing=of("ask, please ask, give it to, pass it to, hand it to, try"),
    calendar=Calendar(
        weekdays=(
            of("Monday, Mon"),
            of("Tuesday, Tue, Tues"),
            of("Wednesday, Wed"),
            of("Thursday, Thu, Thur, Thurs"),
            of("Friday, Fri"),
            of("Saturday, Sat"),
            of("Sunday, Sun"),
        ),
        months=(
            of("January, Jan"),
            of("February, Feb"),
            of("March, Mar"),
            of("April, Apr"),
            of("May"),
            of("June, Jun"),
            of("July, Jul"),
            of("August, Aug"),
            of("September, Sept, Sep"),
            of("October, Oct"),
            of("November, Nov"),
            of("December, Dec"),
        ),
        until=of("until, till, til, before"),
        through=of("through, thru, up to and including, until and including"),
        inclusive=of("inclusive, included"),
        tomorrow=of("tomorrow"),
        overmorrow=of("the day after tomorrow, day after tomorrow"),
        next_week=of("next week"),
        next_month=of("next month"),
        days=of("day, days"),
        weeks=of("week, weeks"),
        one=of("a, one"),
        within=of("in"),
        lasting=of("for"),
        around=of("the, on, of, this, at, st, nd, rd, th"),
        begin=of("from, between"),
        end=of("to, until, till, and"),
        hours=of("o'clock, oclock"),
        never=of("never, none, off"),
    ),
)
