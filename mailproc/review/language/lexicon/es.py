"""Spanish. Data only."""

from __future__ import annotations

from mailproc.review.language.lexicon.shape import Calendar, Lexicon, of

SPANISH = Lexicon(
    language="es",
    forms={
        "approve": of(
            "aprobar, apruebo, apruebe, aprueben, apruébese, aprobamos, aprobado, aprobada, aprobados, aprobadas, "
            "aprobación, aceptar, acepto, aceptado, aceptada, aceptados, aceptadas, publicar, publíquese, publicado, "
            "publicada, adelante, me parece bien, visto bueno"
        ),
        "reject": of(
            "rechazar, rechazo, rechace, rechacen, rechazamos, rechazado, rechazada, rechazados, rechazadas, denegar, "
            "denegado, denegada, rehusar, rehusado"
        ),
        "hold": of(
            "aplazar, aplazo, aplazado, aplazada, aplazados, aplazadas, esperar, en espera, más tarde, posponer, "
            "pospuesto, pospuesta, dejar en espera, retener, retenido, retenida"
        ),
        "ask": of("preguntar, pregunto, pregunte, pregunta, preguntar al autor, preguntar a la autora"),
        "discard": of(
            "descartar, descarto, descarte, descartado, descartada, descartados, descartadas, eliminar, eliminado, "
            "eliminada, borrar, borrado, borrada, desechar, desechado, desechada"
        ),
        "sort": of("clasificar, clasifico, clasificado, clasificada, clasificar como, ordenar como, mover a"),
        "undo": of("deshacer, deshecho, anular, anulado, revertir, revertido"),
        "unclaim": of("no soy yo, que no sea yo, no me toca, no para mí"),
        "retract": of("retirar, retiro, retirado, retirada, retirar de la web, despublicar"),
        "replace": of("sustituir, sustituir por, reemplazar, reemplazar por, sustituido, reemplazado"),
        "away": of("ausente, estoy ausente, de vacaciones"),
        "back": of("de vuelta, de regreso, estoy de vuelta, he vuelto"),
        "at once": of("enseguida, en seguida, de inmediato, inmediatamente"),
        "daily": of("a diario, diariamente, cada día, todos los días, una vez al día"),
        "quiet": of("horas tranquilas, horas de descanso, no molestar"),
        "time zone": of("zona horaria, huso horario"),
        "stand-in": of("suplente, sustituto, sustituta, mi suplente"),
        "silent": of("en silencio, silencioso"),
        "transcripts": of("transcripciones, con transcripciones"),
        "resign": of("dimito, dimitir, renuncio"),
        "new address": of("nueva dirección, dirección nueva"),
        "note": of("nota, notas, comentario, anotar, anotación"),
        "show": of("mostrar, muestra, muéstrame, enseñar, enséñame, ver"),
        "status": of("estado"),
        "list": of("lista, listar, qué espera"),
        "help": of("ayuda, órdenes"),
        "withdraw": of("retirar, retiro, retirado, retirada"),
        "version": of("versión, nueva versión, versión nueva, nuevo texto, texto nuevo"),
        "confirm": of("confirmar, confirmo, confirmado, confirmada"),
        "agree": of("estoy de acuerdo, acepto, aceptar"),
    },
    kinds={
        "article": of("artículo, artículos"),
        "material": of("material, materiales"),
        "membership": of("solicitud, solicitudes, adhesión"),
        "enquiry": of("consulta, consultas"),
        "unsorted": of("sin clasificar"),
        "help": of("ayuda"),
    },
    yes=of("sí, si, vale, sí por favor, sí gracias, de acuerdo"),
    no=of("no"),
    leads=of("por favor, yo, nosotros, nosotras"),
    particles=of("el, la, los, las, este, esta, artículo, artículos, número, números, nº, n°, de, del, al, sobre"),
    copulas=of("está, es, queda, quede, sea, son, están, quedan"),
    courtesies=of(
        "gracias, muchas gracias, mil gracias, por favor, saludos, un saludo, un abrazo, cordialmente, con gusto, con "
        "mucho gusto, encantado, encantada, estupendo, excelente, genial, perfecto, perfecta, buen trabajo, por mí, "
        "por mi parte, ahora, hoy, desde luego"
    ),
    greetings=of(
        "hola, buenas, buenos días, buen día, buenas tardes, buenas noches, estimado, estimada, estimados, estimadas, "
        "querido, querida, queridos, queridas, apreciados"
    ),
    sign_offs=of(
        "saludos, un saludo, saludos cordiales, cordialmente, atentamente, gracias, muchas gracias, un abrazo, "
        "abrazos, besos, hasta luego, hasta pronto, adiós"
    ),
    not_names=of(
        "claro, seguro, bien, bueno, nunca, quizá, quizás, tal vez, nada, ninguno, ninguna, igual, paso, abstengo, me "
        "abstengo, hecho, perfecto, genial"
    ),
    negations=of(
        "no, nunca, jamás, tampoco, sin, nada, ni, ningún, ninguno, ninguna, contra, en contra, de ninguna manera"
    ),
    conditions=of(
        "pero, si, solo, sólo, solamente, únicamente, salvo, excepto, siempre que, siempre y cuando, a menos que, a no "
        "ser que, con tal de que, aunque, cuando, hasta, hasta que, después, mientras, sino, con la condición"
    ),
    no_but=of("problema, problemas, hay problema, pasa nada, importa, objeción, objeciones, duda, prisa, opino"),
    everything=of("todo, todos, todas, todos ellos, todas ellas, todo lo anterior"),
    others=of(
        "resto, el resto, todo el resto, los demás, las demás, lo demás, todos los demás, todas las demás, los otros, "
        "las otras, todo lo demás"
    ),
    determiners=of("los, las, el, la, estos, estas, de"),
    excepting=of("excepto, menos, salvo, pero no, sin, a excepción de, con excepción de, aparte de"),
    joining=of("y, e"),
    alternatives=of("o, u, o bien, más bien"),
    ranging=of("a, al, hasta"),
    thanks=of("gracias, muchas gracias, mil gracias"),
    pointers=of(
        "ver abajo, véase abajo, respuestas abajo, mis respuestas abajo, ver mis respuestas abajo, respondo abajo"
    ),
    handing=of("pregunta a, pregunten a, pregunte a, mejor pregunta a, pídeselo a, dáselo a, pasar a, pásalo a"),
    calendar=Calendar(
        weekdays=(
            of("lunes, lun"),
            of("martes"),
            of("miércoles, mié"),
            of("jueves, jue"),
            of("viernes, vie"),
            of("sábado, sáb"),
            of("domingo, dom"),
        ),
        months=(
            of("enero, ene"),
            of("febrero, feb"),
            of("marzo, mar"),
            of("abril, abr"),
            of("mayo, may"),
            of("junio, jun"),
            of("julio, jul"),
            of("agosto, ago"),
            of("septiembre, setiembre, sept, sep"),
            of("octubre, oct"),
            of("noviembre, nov"),
            of("diciembre, dic"),
        ),
        until=of("hasta, hasta el, antes de, antes del"),
        through=of("incluso hasta"),
        inclusive=of("inclusive, incluido"),
        tomorrow=of("mañana"),
        overmorrow=of("pasado mañana"),
        next_week=of("la semana que viene, la próxima semana, la semana próxima, próxima semana"),
        next_month=of("el mes que viene, el próximo mes, próximo mes"),
        days=of("día, días"),
        weeks=of("semana, semanas"),
        one=of("un, una"),
        within=of("en, dentro de"),
        lasting=of("durante, por"),
        around=of("el, la, de, del, este, a, las, al"),
        begin=of("de, desde, desde las, de las, entre"),
        end=of("a, a las, hasta, hasta las, y, y las"),
        hours=of("horas, hrs"),
        never=of("nunca, ninguna, ninguno"),
    ),
)
