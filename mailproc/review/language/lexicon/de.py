"""German. Data only."""

from __future__ import annotations

from mailproc.review.language.lexicon.shape import Calendar, Lexicon, of

GERMAN = Lexicon(
    language="de",
    forms={
        "approve": of(
            "genehmigen, genehmige, genehmigt, Genehmigung, genehmige ich, annehmen, angenommen, nehme an, nehme ich "
            "an, zustimmen, stimme zu, stimme ich zu, Zustimmung, freigeben, freigegeben, gebe frei, gebe ich frei, "
            "Freigabe, veröffentlichen, veröffentlicht, akzeptieren, akzeptiere, akzeptiert, bewilligen, bewilligt, "
            "passt so, sieht gut aus"
        ),
        "reject": of(
            "ablehnen, abgelehnt, lehne ab, lehne ich ab, lehnen wir ab, Ablehnung, zurückweisen, zurückgewiesen"
        ),
        "hold": of(
            "zurückstellen, zurückgestellt, stelle zurück, warten, abwarten, später, aufschieben, aufgeschoben, "
            "verschieben, verschoben, vertagen, vertagt, noch warten"
        ),
        "ask": of(
            "fragen, frage, nachfragen, rückfragen, Rückfrage, nachgefragt, frag nach, frage nach, Autor fragen, "
            "Autorin fragen"
        ),
        "discard": of(
            "verwerfen, verworfen, verwerfe, verwerfe ich, löschen, gelöscht, wegwerfen, Papierkorb, entfernen, "
            "entfernt"
        ),
        "sort": of(
            "einordnen, einordnen als, einsortieren, einsortieren als, sortieren, sortieren als, verschieben nach"
        ),
        "undo": of("rückgängig, rückgängig machen, zurücknehmen, zurückgenommen, widerrufen, nehme zurück"),
        "unclaim": of("nicht ich, bitte nicht ich, nicht für mich, ohne mich"),
        "retract": of("zurückziehen, zurückgezogen, ziehe zurück, vom Netz nehmen"),
        "replace": of("ersetzen, ersetzen durch, ersetze, ersetzt, austauschen"),
        "away": of("abwesend, bin abwesend, ich bin abwesend, im Urlaub, verreist"),
        "back": of("zurück, wieder da, bin zurück, ich bin zurück, bin wieder da, ich bin wieder da"),
        "at once": of("sofort, sofort einzeln"),
        "daily": of("täglich, jeden Tag, einmal am Tag"),
        "quiet": of("Ruhe, Ruhezeit, Ruhezeiten, Ruhestunden, nicht stören"),
        "time zone": of("Zeitzone"),
        "stand-in": of("Vertretung, Vertreter, Vertreterin, Stellvertretung, Stellvertreter, Stellvertreterin"),
        "silent": of("stumm, lautlos"),
        "transcripts": of("Protokolle, mit Protokoll"),
        "resign": of("zurücktreten, ich trete zurück, austreten, ich trete aus"),
        "new address": of("neue Adresse"),
        "note": of("Notiz, Notizen, Anmerkung, Bemerkung, Kommentar, anmerken"),
        "show": of("zeigen, zeige, zeig, zeig mir, anzeigen, ansehen"),
        "status": of("Status, Stand"),
        "list": of("Liste, auflisten, was wartet"),
        "help": of("Hilfe, Befehle"),
        "withdraw": of("zurückziehen, zurückgezogen, ziehe zurück, ich ziehe zurück"),
        "version": of("Fassung, neue Fassung, neue Version, neuer Text"),
        "confirm": of("bestätigen, bestätige, bestätigt"),
        "agree": of("stimme zu, zustimmen, ich bin einverstanden, bin einverstanden"),
    },
    kinds={
        "article": of("Artikel, Artikeln, Beitrag, Beiträge"),
        "material": of("Material, Materialien, Unterlagen"),
        "membership": of("Mitgliedschaft, Mitgliedschaften, Antrag, Anträge, Aufnahmeantrag, Aufnahmeanträge"),
        "enquiry": of("Anfrage, Anfragen"),
        "unsorted": of("unsortiert, Unsortiertes"),
        "help": of("Hilfe"),
    },
    yes=of("ja, jawohl, ja bitte, ja gerne, einverstanden, in Ordnung"),
    no=of("nein, nein danke"),
    leads=of("bitte, ich, wir, ich möchte, wir möchten"),
    particles=of(
        "den, die, das, der, dem, diesen, diese, Artikel, Beitrag, Nummer, Nummern, Nr, Nr., von, vom, zu, zum"
    ),
    copulas=of("ist, sind, wird, werden, sei, als"),
    courtesies=of(
        "danke, vielen Dank, besten Dank, herzlichen Dank, danke schön, danke sehr, danke dir, danke euch, bitte, "
        "gerne, gern, sehr gerne, mit Vergnügen, Gruß, Grüße, viele Grüße, liebe Grüße, beste Grüße, schöne Grüße, LG, "
        "VG, MfG, mit freundlichen Grüßen, super, prima, toll, wunderbar, gute Arbeit, schöne Arbeit, ich, wir, von "
        "mir, von mir aus, für mich, jetzt, heute, natürlich, selbstverständlich"
    ),
    greetings=of(
        "hallo, guten Tag, guten Morgen, guten Abend, moin, servus, grüezi, liebe, lieber, liebes, sehr geehrte, sehr "
        "geehrter, werte, werter, Grüß Gott"
    ),
    sign_offs=of(
        "Gruß, Grüße, viele Grüße, liebe Grüße, beste Grüße, schöne Grüße, herzliche Grüße, freundliche Grüße, mit "
        "freundlichen Grüßen, mit besten Grüßen, mit lieben Grüßen, MfG, LG, VG, danke, vielen Dank, besten Dank, "
        "danke schön, bis dann, bis bald, tschüss, ciao, herzlich, alles Gute"
    ),
    not_names=of(
        "gut, schön, sicher, klar, nie, niemals, vielleicht, eventuell, nichts, keine, keiner, dito, ebenso, erledigt, "
        "Enthaltung, enthalte, fertig, genau, stimmt"
    ),
    negations=of(
        "nicht, nie, niemals, kein, keine, keinen, keiner, keinem, keines, ohne, gegen, weder, nein, kaum, nichts, "
        "keinesfalls, auf keinen Fall, keineswegs, dagegen"
    ),
    conditions=of(
        "aber, wenn, falls, sofern, nur, nur wenn, sobald, außer, ausgenommen, vorausgesetzt, unter der Bedingung, "
        "unter Vorbehalt, mit Vorbehalt, jedoch, allerdings, es sei denn, nachdem, erst, solange, bis, sondern, doch, "
        "obwohl, sonst"
    ),
    no_but=of("Problem, Probleme, Einwand, Einwände, Meinung, Bedenken, Sorge, Eile"),
    everything=of("alle, alles, sämtliche, alle zusammen"),
    others=of(
        "Rest, der Rest, den Rest, alle anderen, alle übrigen, alles andere, alles Übrige, die anderen, die übrigen, "
        "die restlichen, alle restlichen, andere, übrige"
    ),
    determiners=of("die, der, diese, den"),
    excepting=of("außer, ausser, bis auf, ausgenommen, ohne, mit Ausnahme von, aber nicht"),
    joining=of("und, sowie, u., plus"),
    alternatives=of("oder, beziehungsweise, bzw, ansonsten"),
    ranging=of("bis, bis zu"),
    thanks=of("danke, vielen Dank, besten Dank, herzlichen Dank"),
    pointers=of("siehe unten, Antworten unten, meine Antworten unten, siehe meine Antworten unten, s. u."),
    handing=of("fragt, frag, bitte fragt, frag doch, fragt bitte, gebt es, bitte an, gib es"),
    calendar=Calendar(
        weekdays=(
            of("Montag"),
            of("Dienstag"),
            of("Mittwoch"),
            of("Donnerstag"),
            of("Freitag"),
            of("Samstag, Sonnabend"),
            of("Sonntag"),
        ),
        months=(
            of("Januar, Jänner, Jan"),
            of("Februar, Feber, Feb"),
            of("März, Mrz"),
            of("April, Apr"),
            of("Mai"),
            of("Juni, Jun"),
            of("Juli, Jul"),
            of("August, Aug"),
            of("September, Sept, Sep"),
            of("Oktober, Okt"),
            of("November, Nov"),
            of("Dezember, Dez"),
        ),
        until=of("bis, bis zum, vor"),
        through=of("bis einschließlich, bis und mit, bis inklusive"),
        inclusive=of("einschließlich, inklusive"),
        tomorrow=of("morgen"),
        overmorrow=of("übermorgen"),
        next_week=of("nächste Woche, kommende Woche, nächster Woche"),
        next_month=of("nächsten Monat, nächster Monat, kommenden Monat"),
        days=of("Tag, Tage, Tagen"),
        weeks=of("Woche, Wochen"),
        one=of("ein, eine, einen, einer, einem"),
        within=of("in"),
        lasting=of("für"),
        around=of("den, dem, der, am, zum, um, diesen"),
        begin=of("von, zwischen, ab"),
        end=of("bis, und"),
        hours=of("Uhr, h"),
        never=of("nie, keine"),
    ),
    spellings=(("ä", "ae"), ("ö", "oe"), ("ü", "ue"), ("Ü", "Ue"), ("Ä", "Ae"), ("Ö", "Oe")),
)
