"""Portuguese. Data only."""

from __future__ import annotations

from mailproc.review.language.lexicon.shape import Calendar, Lexicon, of

PORTUGUESE = Lexicon(
    language="pt",
    forms={
        "approve": of(
            "aprovar, aprovo, aprovem, aprovamos, aprovado, aprovada, aprovados, aprovadas, aprovação, aceitar, "
            "aceito, aceitamos, aceita, aceitos, aceitas, publicar, publiquem, publicado, publicada, por mim tudo bem"
        ),
        "reject": of(
            "rejeitar, rejeito, rejeitem, rejeitamos, rejeitado, rejeitada, rejeitados, rejeitadas, recusar, recuso, "
            "recusem, recusado, recusada, recusados, recusadas"
        ),
        "hold": of(
            "adiar, adiado, adiada, adiados, adiadas, esperar, em espera, aguardar, mais tarde, depois vejo, "
            "suspender, suspenso, suspensa, pôr em espera"
        ),
        "ask": of("perguntar, pergunto, pergunte, perguntem, pergunta, perguntar ao autor, perguntar à autora"),
        "discard": of(
            "descartar, descarto, descarte, descartado, descartada, descartados, descartadas, eliminar, eliminado, "
            "eliminada, apagar, apagado, apagada, excluir, excluído, excluída"
        ),
        "sort": of("classificar, classifico, classificado, classificada, classificar como, mover para"),
        "undo": of("desfazer, desfeito, anular, anulado, reverter, revertido"),
        "unclaim": of("não sou eu, que não seja eu, não me cabe, não para mim"),
        "retract": of("retirar, retiro, retirado, retirada, tirar do ar, despublicar"),
        "replace": of("substituir, substituir por, substituído, substituída"),
        "away": of("ausente, estou ausente, de férias, estou de férias"),
        "back": of("de volta, estou de volta, voltei"),
        "at once": of("imediatamente, de imediato"),
        "daily": of("diariamente, todos os dias, cada dia, uma vez por dia"),
        "quiet": of("horas de sossego, horas de silêncio, não perturbar"),
        "time zone": of("fuso horário"),
        "stand-in": of("suplente, substituto, substituta, meu substituto"),
        "silent": of("silencioso, em silêncio"),
        "transcripts": of("transcrições, com transcrições"),
        "resign": of("demito-me, renuncio, demitir-me"),
        "new address": of("novo endereço"),
        "note": of("nota, notas, comentário, observação, anotar"),
        "show": of("mostrar, mostra, mostre, mostre-me, exibir, ver"),
        "status": of("estado"),
        "list": of("lista, listar"),
        "help": of("ajuda, comandos"),
        "withdraw": of("retirar, retiro, retirado, retirada"),
        "version": of("versão, nova versão, novo texto"),
        "confirm": of("confirmar, confirmo, confirmado, confirmada"),
        "agree": of("concordo, estou de acordo, aceitar, aceito"),
    },
    kinds={
        "article": of("artigo, artigos"),
        "material": of("material, materiais"),
        "membership": of("adesão, adesões, pedido, pedidos"),
        "enquiry": of("consulta, consultas"),
        "unsorted": of("não classificado, não classificados"),
        "help": of("ajuda"),
    },
    yes=of("sim, sim por favor, sim obrigado, sim obrigada, está bem, de acordo"),
    no=of("não, não obrigado, não obrigada"),
    leads=of("por favor, eu, nós"),
    particles=of("os, as, este, esta, artigo, artigos, número, números, nº, n°, de, do, da, dos, das, ao, sobre"),
    copulas=of("está, é, fica, fique, seja, são, estão, ficam"),
    courtesies=of(
        "obrigado, obrigada, muito obrigado, muito obrigada, obrigadão, por favor, cumprimentos, saudações, abraço, "
        "abraços, um abraço, com prazer, com gosto, excelente, ótimo, ótima, perfeito, perfeita, bom trabalho, belo "
        "trabalho, por mim, da minha parte, agora, hoje, com certeza, claro"
    ),
    greetings=of(
        "olá, oi, bom dia, boa tarde, boa noite, caro, cara, caros, caras, prezado, prezada, prezados, prezadas, "
        "querido, querida, queridos, queridas"
    ),
    sign_offs=of(
        "cumprimentos, com os melhores cumprimentos, melhores cumprimentos, atenciosamente, saudações, obrigado, "
        "obrigada, muito obrigado, muito obrigada, abraço, abraços, um abraço, beijos, beijinhos, até logo, até breve, "
        "tchau, cordialmente"
    ),
    not_names=of(
        "bom, bem, certo, seguro, nunca, talvez, nada, nenhum, nenhuma, igual, idem, feito, passo, abstenho-me, ótimo, "
        "beleza, claro"
    ),
    negations=of(
        "não, nunca, jamais, nem, nenhum, nenhuma, sem, contra, tampouco, nada, de modo nenhum, de jeito nenhum"
    ),
    conditions=of(
        "mas, se, porém, só, só se, somente, apenas, desde que, a menos que, a não ser, salvo, exceto, excepto, "
        "quando, até, até que, depois, embora, contanto, caso, todavia, enquanto"
    ),
    no_but=of("problema, problemas, há problema, tem problema, objeção, objeções, dúvida, pressa, importa"),
    everything=of("tudo, todos, todas, todos eles, todas elas"),
    others=of(
        "resto, o resto, todo o resto, os outros, as outras, todos os outros, todas as outras, os demais, as demais, "
        "os restantes, as restantes"
    ),
    determiners=of("os, as, estes, estas"),
    excepting=of("exceto, excepto, menos, salvo, fora, mas não, sem, à exceção de, com exceção de"),
    joining=of("e"),
    alternatives=of("ou, ou então, senão"),
    ranging=of("a, ao, até, até ao"),
    thanks=of("obrigado, obrigada, muito obrigado, muito obrigada"),
    pointers=of("ver abaixo, veja abaixo, respostas abaixo, minhas respostas abaixo, veja as minhas respostas abaixo"),
    handing=of("pergunte a, pergunta a, pergunte ao, pergunte à, perguntar a, dê a, passe a, passar a"),
    calendar=Calendar(
        weekdays=(
            of("segunda-feira, segunda, seg"),
            of("terça-feira, terça"),
            of("quarta-feira, quarta"),
            of("quinta-feira, quinta"),
            of("sexta-feira, sexta"),
            of("sábado, sáb"),
            of("domingo, dom"),
        ),
        months=(
            of("janeiro, jan"),
            of("fevereiro, fev"),
            of("março, mar"),
            of("abril, abr"),
            of("maio, mai"),
            of("junho, jun"),
            of("julho, jul"),
            of("agosto, ago"),
            of("setembro, set"),
            of("outubro, out"),
            of("novembro, nov"),
            of("dezembro, dez"),
        ),
        until=of("até, até a, até à, até ao, até o, antes de"),
        through=of("até o fim de"),
        inclusive=of("inclusive, incluído"),
        tomorrow=of("amanhã"),
        overmorrow=of("depois de amanhã"),
        next_week=of("a próxima semana, próxima semana, na próxima semana, semana que vem, a semana que vem"),
        next_month=of("o próximo mês, próximo mês, no próximo mês, mês que vem, o mês que vem"),
        days=of("dia, dias"),
        weeks=of("semana, semanas"),
        one=of("um, uma"),
        within=of("em, dentro de"),
        lasting=of("durante, por"),
        around=of("o, a, os, as, de, do, este, esta, à, às, ao, na, no"),
        begin=of("das, de, da, entre, entre as, desde"),
        end=of("às, à, a, até, até às, e, e as"),
        hours=of("h, horas"),
        never=of("nunca, nenhuma"),
    ),
)
