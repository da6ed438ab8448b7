"""Italian. Data only."""

from __future__ import annotations

from mailproc.review.language.lexicon.shape import Calendar, Lexicon, of

ITALIAN = Lexicon(
    language="it",
    forms={
        "approve": of(
            "approvare, approvo, approva, approvate, approviamo, approvato, approvata, approvati, approvazione, "
            "accettare, accetto, accettato, accettata, accettati, accettate, pubblicare, pubblicato, pubblicata, per "
            "me va bene, via libera"
        ),
        "reject": of(
            "rifiutare, rifiuto, rifiuta, rifiutiamo, rifiutato, rifiutata, rifiutati, rifiutate, respingere, "
            "respingo, respinto, respinta, respinti, respinte, bocciare, bocciato, bocciata"
        ),
        "hold": of(
            "sospendere, sospeso, sospesa, sospesi, sospese, in sospeso, in attesa, aspettare, attendere, più tardi, "
            "rimandare, rimandato, rimandata, rinviare, rinviato, rinviata"
        ),
        "ask": of("chiedere, chiedo, chiedi, chiedete, domandare, domanda, chiedere all'autore, chiedere all'autrice"),
        "discard": of(
            "scartare, scarto, scarta, scartato, scartata, scartati, scartate, eliminare, eliminato, eliminata, "
            "cancellare, cancellato, cancellata, cestinare, cestino, cestinato, cestinata"
        ),
        "sort": of("classificare, classificato, classificata, classificare come, smistare, smistare come, spostare in"),
        "undo": of("annullare, annullato, annulla, disfare, ripristinare"),
        "unclaim": of("non io, non sono io, non tocca a me, non per me"),
        "retract": of("ritirare, ritiro, ritira, ritirato, ritirata, togliere dal sito"),
        "replace": of("sostituire, sostituire con, sostituito, sostituita, rimpiazzare"),
        "away": of("assente, sono assente, in vacanza, in ferie"),
        "back": of("di ritorno, sono di ritorno, sono tornato, sono tornata, tornato, tornata"),
        "at once": of("subito, immediatamente"),
        "daily": of("ogni giorno, tutti i giorni, una volta al giorno, quotidianamente"),
        "quiet": of("ore di quiete, ore di silenzio, non disturbare"),
        "time zone": of("fuso orario"),
        "stand-in": of("supplente, sostituto, sostituta, il mio sostituto"),
        "silent": of("silenzioso, in silenzio"),
        "transcripts": of("resoconti, trascrizioni"),
        "resign": of("mi dimetto, dimissioni, dimettersi"),
        "new address": of("nuovo indirizzo"),
        "note": of("nota, note, commento, osservazione, annotare"),
        "show": of("mostrare, mostra, mostrami, vedere, fammi vedere"),
        "status": of("stato"),
        "list": of("elenco, lista, elencare"),
        "help": of("aiuto, comandi"),
        "withdraw": of("ritirare, ritiro, ritirato, ritirata"),
        "version": of("versione, nuova versione, nuovo testo"),
        "confirm": of("confermare, confermo, confermato, confermata"),
        "agree": of("sono d'accordo, accettare, accetto"),
    },
    kinds={
        "article": of("articolo, articoli"),
        "material": of("materiale, materiali"),
        "membership": of("iscrizione, iscrizioni, adesione, adesioni"),
        "enquiry": of("domanda, domande"),
        "unsorted": of("non classificato, non classificati"),
        "help": of("aiuto"),
    },
    yes=of("sì, si, va bene, d'accordo, sì grazie"),
    no=of("no, no grazie"),
    leads=of("per favore, per cortesia, io, noi"),
    particles=of(
        "il, lo, la, i, gli, le, l', questo, questa, articolo, articoli, numero, numeri, n°, nº, di, del, della, su, "
        "l'articolo, dell', da, dal"
    ),
    copulas=of("è, sono, sia, come"),
    courtesies=of(
        "grazie, molte grazie, grazie mille, tante grazie, prego, per favore, cordiali saluti, saluti, un saluto, "
        "volentieri, con piacere, ottimo, ottima, ottimo lavoro, bel lavoro, bravi, brava, bravo, perfetto, perfetta, "
        "per me, da parte mia, adesso, oggi, certamente"
    ),
    greetings=of(
        "ciao, salve, buongiorno, buon giorno, buonasera, buona sera, caro, cara, cari, care, gentile, gentili"
    ),
    sign_offs=of(
        "saluti, cordiali saluti, distinti saluti, un saluto, cari saluti, un caro saluto, cordialmente, grazie, "
        "grazie mille, molte grazie, ciao, un abbraccio, abbracci, a presto, arrivederci, buona giornata, buona serata"
    ),
    not_names=of(
        "certo, bene, sicuro, mai, forse, niente, nulla, nessuno, nessuna, idem, uguale, fatto, ottimo, astengo, mi "
        "astengo, passo"
    ),
    negations=of(
        "non, no, mai, nessun, nessuno, nessuna, senza, contro, né, nemmeno, neanche, neppure, contrario, contraria, "
        "mica"
    ),
    conditions=of(
        "ma, se, però, solo, solo se, soltanto, a meno che, purché, tranne, salvo, eccetto, a condizione, a patto, "
        "quando, dopo, finché, tuttavia, anche se, benché, appena, fino, altrimenti"
    ),
    no_but=of("problema, problemi, obiezione, obiezioni, fretta, dubbio, importa"),
    everything=of("tutto, tutti, tutte, tutti quanti, tutte quante"),
    others=of(
        "resto, il resto, tutto il resto, gli altri, le altre, tutti gli altri, tutte le altre, altri, altre, "
        "restanti, rimanenti"
    ),
    determiners=of("gli, i, le, il, questi, queste"),
    excepting=of("tranne, eccetto, salvo, meno, ma non, senza, a parte, ad eccezione di, a eccezione di, escluso"),
    joining=of("e, ed, più, nonché"),
    alternatives=of("o, oppure, ovvero, piuttosto"),
    ranging=of("a, ad, al, fino a, fino ad"),
    thanks=of("grazie, molte grazie, grazie mille, mille grazie"),
    pointers=of("vedi sotto, vedi le mie risposte sotto, risposte sotto, le mie risposte sotto, vedere sotto"),
    handing=of("chiedi a, chiedete a, chiedere a, dallo a, dare a, passare a, meglio chiedere a"),
    calendar=Calendar(
        weekdays=(
            of("lunedì, lun"),
            of("martedì"),
            of("mercoledì, mer"),
            of("giovedì, gio"),
            of("venerdì, ven"),
            of("sabato, sab"),
            of("domenica, dom"),
        ),
        months=(
            of("gennaio, gen"),
            of("febbraio, feb"),
            of("marzo, mar"),
            of("aprile, apr"),
            of("maggio, mag"),
            of("giugno, giu"),
            of("luglio, lug"),
            of("agosto, ago"),
            of("settembre, set, sett"),
            of("ottobre, ott"),
            of("novembre, nov"),
            of("dicembre, dic"),
        ),
        until=of("fino a, fino al, fino alla, fino all', fino, prima di, prima del"),
        through=of("fino a tutto"),
        inclusive=of("compreso, compresa, incluso, inclusa"),
        tomorrow=of("domani"),
        overmorrow=of("dopodomani"),
        next_week=of("la prossima settimana, la settimana prossima, prossima settimana, settimana prossima"),
        next_month=of("il mese prossimo, il prossimo mese, mese prossimo"),
        days=of("giorno, giorni"),
        weeks=of("settimana, settimane"),
        one=of("un, una"),
        within=of("tra, fra"),
        lasting=of("per"),
        around=of("il, lo, l', la, al, alle, questo, questa, di, del"),
        begin=of("dalle, dalla, da, tra le, fra le"),
        end=of("alle, alla, a, e le, fino alle"),
        hours=of("ore"),
        never=of("mai, nessuna"),
    ),
)
