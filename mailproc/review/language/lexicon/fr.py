"""French. Data only."""

from __future__ import annotations

from mailproc.review.language.lexicon.shape import Calendar, Lexicon, of

FRENCH = Lexicon(
    language="fr",
    forms={
        "approve": of(
            "approuver, approuve, approuvez, approuvons, approuvé, approuvée, approuvés, approuvées, approbation, "
            "accepter, accepte, acceptez, acceptons, accepté, acceptée, acceptés, acceptées, publier, publiez, publié, "
            "publiée, valider, validé, validée, bon pour moi, ça me va, feu vert"
        ),
        "reject": of(
            "rejeter, rejette, rejetez, rejetons, rejeté, rejetée, rejetés, rejetées, refuser, refusez, refusons, "
            "refuse, refusé, refusée, refusés, refusées, décliner, décliné, déclinée"
        ),
        "hold": of(
            "attendre, en attente, mettre en attente, mis en attente, mise en attente, plus tard, suspendre, suspendu, "
            "suspendue, ajourner, ajourné, ajournée, patienter"
        ),
        "ask": of(
            "demander, demandez, demandons, demander à l'auteur, demander à l'autrice, poser la question, interroger"
        ),
        "discard": of(
            "écarter, écartez, écarté, écartée, écartés, écartées, supprimer, supprimez, supprimé, supprimée, "
            "supprimés, supprimées, jeter, jeté, jetée, corbeille, effacer, effacé, effacée"
        ),
        "sort": of("classer, classez, classé, classée, classer comme, classer dans, ranger dans, trier"),
        "undo": of("annuler, annulez, annulé, annulée, défaire"),
        "unclaim": of("pas moi, pas pour moi, ce n'est pas pour moi"),
        "retract": of("retirer, retirez, retire, retiré, retirée, dépublier, retirer du site"),
        "replace": of("remplacer, remplacez, remplacer par, remplacé, remplacée"),
        "away": of("absent, absente, je suis absent, je suis absente, en congé, en vacances"),
        "back": of("de retour, je suis de retour"),
        "at once": of("tout de suite, immédiatement, aussitôt"),
        "daily": of("chaque jour, tous les jours, une fois par jour, quotidiennement"),
        "quiet": of("heures calmes, heures de calme, ne pas déranger"),
        "time zone": of("fuseau horaire"),
        "stand-in": of("remplaçant, remplaçante, suppléant, suppléante, mon remplaçant, ma remplaçante"),
        "silent": of("silencieux, en silence"),
        "transcripts": of("transcriptions, comptes rendus, comptes-rendus"),
        "resign": of("démissionner, démissionne, je démissionne"),
        "new address": of("nouvelle adresse"),
        "note": of("note, notes, commentaire, remarque, noter"),
        "show": of("montrer, montre, montrez, montrez-moi, montre-moi, afficher, affiche, voir"),
        "status": of("statut, état"),
        "list": of("liste, lister"),
        "help": of("aide, commandes"),
        "withdraw": of("retirer, retirez, je retire, retiré, retirée"),
        "version": of("version, nouvelle version, nouveau texte"),
        "confirm": of("confirmer, confirme, confirmé, confirmée"),
        "agree": of("je suis d'accord, accepter, accepte"),
    },
    kinds={
        "article": of("article, articles"),
        "material": of("document, documents, matériel, matériels"),
        "membership": of("adhésion, adhésions, candidature, candidatures"),
        "enquiry": of("question, questions"),
        "unsorted": of("non classé, non classés"),
        "help": of("aide"),
    },
    yes=of("oui, ouais, d'accord, oui merci, c'est d'accord"),
    no=of("non"),
    leads=of("s'il vous plaît, s'il te plaît, svp, stp, merci de, veuillez, je, j', nous"),
    particles=of(
        "le, la, les, l', ce, cet, cette, article, articles, numéro, numéros, n°, nº, de, du, des, d', sur, l'article, "
        "l'auteur, l'autrice"
    ),
    copulas=of("est, sont, soit, c'est, à"),
    courtesies=of(
        "merci, merci beaucoup, merci bien, mille mercis, merci d'avance, s'il vous plaît, s'il te plaît, svp, stp, "
        "cordialement, bien cordialement, amicalement, avec plaisir, volontiers, bravo, parfait, parfaite, super, bon "
        "travail, beau travail, très bien, pour moi, pour ma part, maintenant, aujourd'hui, bien sûr"
    ),
    greetings=of("bonjour, bonsoir, salut, coucou, cher, chère, chers, chères, bonne année"),
    sign_offs=of(
        "cordialement, bien cordialement, bien à vous, bien à toi, amicalement, amitiés, salutations, sincères "
        "salutations, meilleures salutations, merci, merci beaucoup, bonne journée, bonne soirée, bises, bisous, à "
        "bientôt, à plus, au revoir"
    ),
    not_names=of(
        "bien, bon, sûr, certainement, jamais, peut-être, rien, aucun, aucune, pareil, idem, fait, volontiers, "
        "parfait, abstention, passe"
    ),
    negations=of("ne, n', pas, jamais, non, aucun, aucune, sans, ni, contre, nullement, guère, ne pas, surtout pas"),
    conditions=of(
        "mais, si, s', sauf, seulement, uniquement, à condition, à moins, pourvu, sous réserve, quoique, bien que, "
        "quand, lorsque, après, dès que, toutefois, cependant, excepté, jusqu'à, tant que, à part"
    ),
    no_but=of("problème, objection, objections, souci, importance, avis"),
    everything=of("tout, tous, toutes, tout ça, tous ceux-ci"),
    others=of("reste, le reste, tout le reste, les autres, tous les autres, toutes les autres, autres, le restant"),
    determiners=of("les, le, la, des, ces"),
    excepting=of("sauf, excepté, hormis, à part, mais pas, à l'exception de, à l'exception d', sans, moins"),
    joining=of("et, ainsi que"),
    alternatives=of("ou, ou bien, sinon, plutôt"),
    ranging=of("à, au, jusqu'à, jusqu'au"),
    thanks=of("merci, merci beaucoup, mille mercis"),
    pointers=of(
        "voir ci-dessous, voir plus bas, mes réponses ci-dessous, réponses ci-dessous, voir mes réponses ci-dessous"
    ),
    handing=of("demandez à, demande à, demander à, voyez avec, donnez à, donner à, passez à"),
    calendar=Calendar(
        weekdays=(
            of("lundi, lun"),
            of("mardi"),
            of("mercredi, mer"),
            of("jeudi, jeu"),
            of("vendredi, ven"),
            of("samedi, sam"),
            of("dimanche, dim"),
        ),
        months=(
            of("janvier, janv"),
            of("février, févr, fév"),
            of("mars"),
            of("avril, avr"),
            of("mai"),
            of("juin"),
            of("juillet, juil"),
            of("août"),
            of("septembre, sept"),
            of("octobre, oct"),
            of("novembre, nov"),
            of("décembre, déc"),
        ),
        until=of("jusqu'à, jusqu'au, jusque, avant, avant le"),
        through=of("jusqu'à la fin de"),
        inclusive=of("inclus, incluse, compris"),
        tomorrow=of("demain"),
        overmorrow=of("après-demain, après demain"),
        next_week=of("la semaine prochaine, semaine prochaine"),
        next_month=of("le mois prochain, mois prochain"),
        days=of("jour, jours"),
        weeks=of("semaine, semaines"),
        one=of("un, une"),
        within=of("dans"),
        lasting=of("pendant, pour"),
        around=of("le, la, l', ce, à, au, er"),
        begin=of("de, entre, depuis"),
        end=of("à, jusqu'à, et"),
        hours=of("h, heure, heures"),
        never=of("jamais, aucune"),
    ),
)
