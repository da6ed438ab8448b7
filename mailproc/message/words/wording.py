"""What mail programs, phones and gateways write around people's words, in many languages: tables, no code.

Each row is a language (ISO 639-1) and the pattern of its phrases, to be matched without case. A language that is
missing here is still known by shape in most programs (`attribution`): a date, an address, a colon, a quotation.
"""
# ruff: noqa: RUF001 - these languages are written so

from __future__ import annotations

WROTE = {  # how an attribution ends, or what stands in the middle of it
    "en": r"wrote|writes|replied|said|wrote the following",
    "de": r"schrieb|schreibt|geschrieben",
    "fr": r"a écrit|écrit",
    "es": r"escribió|ha escrito",
    "it": r"ha scritto|scrive",
    "pt": r"escreveu",
    "ru": r"написала?|пишет|писала?",
    "nl": r"schreef|geschreven",
    "sv": r"skrev",
    "no": r"skrev følgende|skreiv",
    "da": r"skrev følgende",
    "fi": r"kirjoitti",
    "pl": r"napisał(?:\(a\)|a)?|pisze",
    "cs": r"napsal(?:\(a\)|a)?",
    "sk": r"napísal(?:\(a\)|a)?",
    "hu": r"írta",
    "ro": r"a scris",
    "tr": r"yazdı|yazmış",
    "el": r"έγραψε",
    "uk": r"написа(?:в|ла)|пише",
    "bg": r"написа",
    "hr": r"je napisa(?:o|la)|napisao/la",
    "sr": r"је написа(?:о|ла)",
    "sl": r"je napisal(?:a)?",
    "ca": r"va escriure|ha escrit",
    "lt": r"rašė",
    "lv": r"rakstīja",
    "et": r"kirjutas",
    "id": r"menulis",
    "vi": r"đã viết",
    "ar": r"كتبت?",
    "he": r"כתב(?:/ה|ה)?",
}
WROTE_GLUED = {  # the same in scripts without blanks
    "ja": r"のメール|のメッセージ|書きました|さんからのメール",
    "zh": r"写道|寫道|编写|來信|来信|于.{0,40}写",
    "ko": r"작성|썼습니다|님이 쓴 글",
    "th": r"เขียน(?:ว่า)?",
}
OPENS = {  # what an attribution begins with, where it does not begin with its date
    "en": r"on|in (?:a|your) (?:message|mail)",
    "de": r"am|vom",
    "fr": r"le|en date du",
    "es": r"el",
    "it": r"il(?: giorno)?|in data",
    "pt": r"em|a|no dia",
    "nl": r"op",
    "sv": r"den|på",
    "no": r"på|den",
    "da": r"den",
    "pl": r"dnia|w dniu",
    "cs": r"dne",
    "sk": r"dňa",
    "ro": r"în data(?: de)?|pe(?: data de)?|la",
    "el": r"στις|την",
    "hr": r"dana",
    "sl": r"dne",
    "ca": r"el dia|el",
    "id": r"pada",
    "vi": r"vào",
    "ar": r"في|بتاريخ",
    "he": r"ב-?|בתאריך",
}
FOOTERS = {  # what a device or service writes below the words
    "en": r"sent (?:from|via|with|using|by) (?:my |the )?[^\s,.!?][^,.!?]{0,40}"
    r"(?:, (?:an? )?(?:at&t|samsung|verizon|t-mobile|sprint|lg|htc)\b[^,.!?]{0,40})?"
    r"|get (?:outlook|the \w+ app) for \w+|begin forwarded message:?"
    r"|(?:sent|posted) from [^,.!?]{0,30}(?:phone|mobile|tablet|mail|android|ios)"
    r"|\w{0,12} ?sent (?:from|by) (?:a )?(?:mobile|handheld)(?: device)?|please excuse (?:any |my )?(?:brevity|typos)",
    "de": r"(?:von|vom) (?:meinem|meiner|mein) .{0,30}gesendet|gesendet (?:mit|von|aus) .{0,40}|outlook für \w+ .{0,20}"
    r"|diese nachricht wurde von .{0,60} gesendet",
    "fr": r"envoyé (?:de|depuis|à partir de|avec|par) .{0,40}|télécharger outlook pour \w+|obtenez outlook pour \w+",
    "es": r"enviado (?:desde|con) .{0,40}|obtener outlook para \w+",
    "it": r"inviato (?:da|dal|con) .{0,40}|scarica outlook per \w+",
    "pt": r"enviado (?:do|da|de|a partir|com|pelo) .{0,40}|obter o outlook para \w+",
    "ru": r"отправлено (?:с|из) .{0,40}|загрузить outlook для \w+",
    "nl": r"verzonden (?:vanaf|met|via|vanuit) .{0,40}|verstuurd vanaf .{0,40}|outlook voor \w+ downloaden",
    "sv": r"skickat (?:från|med) .{0,40}|hämta outlook för \w+",
    "no": r"sendt (?:fra|med) (?:min |mitt )?.{0,40}|hent outlook for \w+",
    "da": r"sendt (?:fra|med|via) (?:min |mit )?.{0,40}|få outlook til \w+",
    "fi": r"lähetetty .{0,30}(?:sta|stä|lta|ltä)|hanki outlook .{0,20}",
    "pl": r"wysłan[eoya] z .{0,40}|pobierz outlook .{0,20}",
    "cs": r"odesláno z .{0,40}|získejte outlook .{0,20}",
    "sk": r"odoslané z .{0,40}",
    "hu": r".{0,30}(?:ról|ről|ból|ből|mről|mról) küldve|küldve .{0,30}",
    "ro": r"trimis (?:de pe|din|de la|cu) .{0,40}",
    "tr": r".{0,30}(?:dan|den|tan|ten) gönderildi",
    "el": r"στάλθηκε (?:από|με) .{0,40}|εστάλη από .{0,40}",
    "uk": r"надіслано (?:з|із|зі) .{0,40}",
    "bg": r"изпратено от .{0,40}",
    "hr": r"poslano s .{0,40}",
    "sl": r"poslano (?:z|s|iz) .{0,40}",
    "ca": r"enviat (?:des|amb) .{0,40}",
    "ja": r".{0,20}から送信",
    "zh": r"(?:发自|發自|从我的|從我的|傳自|来自)(?:我的)? ?.{0,20}(?:发送|傳送|寄出)?",
    "ko": r".{0,20}에서 보냄",
    "ar": r"(?:تم ال|أ)?رسال?ت? ?من .{0,30}|أُ?رسلت? من .{0,30}",
    "he": r"נשלח מ.{0,30}",
}
DISCLAIMERS = {  # phrases that only gateways write
    "en": r"intended recipient|intended (?:solely|only) for|(?:legally )?privileged and confidential"
    r"|confidential and (?:may|intended|privileged)|(?:scanned|checked) (?:for|by) |virus-free|antivirus"
    r"|originated (?:from )?outside|external (?:e-?mail|sender)|do not click|unsubscribe from"
    r"|consider the environment|mailing list$|notify the sender|^\W*disclaimer:|message clipped"
    r"|you (?:do not|don.t) often get e?mail from|learn why this is important|^\W*caution:|^\[?external\b\W*[\]:]",
    "de": r"vertrauliche informationen|nicht der (?:richtige|beabsichtigte) (?:adressat|empfänger)|virenfrei"
    r"|externe e-?mail|sie erhalten nicht (?:oft|häufig) e-?mails",
    "fr": r"destinataire prévu|confidentiel(?:le)?s? et|sans virus|courriel externe|message externe",
    "es": r"destinatario previsto|confidencial y|libre de virus|correo externo",
    "it": r"destinatario previsto|riservat[oe] e|privo di virus|mail esterna",
    "pt": r"destinatário pretendido|confidencial e|sem vírus|e-?mail externo",
    "ru": r"конфиденциальн\w+ информаци|проверено на вирусы|внешний отправитель",
    "nl": r"uitsluitend bestemd voor|vertrouwelijke informatie|externe afzender|virusvrij",
    "sv": r"avsedda? mottagare|konfidentiell information|extern avsändare",
    "no": r"tiltenkte? mottaker|konfidensiell informasjon|ekstern avsender",
    "da": r"tilsigtede modtager|fortrolige oplysninger|ekstern afsender",
    "fi": r"tarkoitettu vain vastaanottajalle|luottamuksellista tietoa|ulkoinen lähettäjä",
    "pl": r"wyłącznie dla adresata|informacje poufne|nadawca zewnętrzny|wolna od wirusów",
    "cs": r"určen[aoy]? pouze adresátovi|důvěrné informace|externí odesílatel",
    "hu": r"kizárólag a címzett|bizalmas információ|külső feladó",
    "ro": r"destinatarului vizat|informații confidențiale|expeditor extern",
    "tr": r"yalnızca alıcı|gizli bilgi|harici gönderen",
    "el": r"προορίζεται (?:μόνο|αποκλειστικά)|εμπιστευτικές πληροφορίες|εξωτερικός αποστολέας",
    "uk": r"конфіденційн\w+ інформаці|перевірено на віруси|зовнішній відправник",
    "ja": r"機密情報|社外からのメール|外部メール",
    "zh": r"仅供指定收件人|保密信息|機密資訊|外部邮件|外部郵件",
    "ko": r"기밀 정보|외부 메일|외부에서 발송",
    "ar": r"معلومات سرية|مرسل خارجي",
    "he": r"מידע חסוי|שולח חיצוני",
}
ORIGINAL = {  # what stands above a letter that is sent along whole
    "en": r"original (?:message|appointment)|forwarded (?:message|mail|by .{1,60})|begin forwarded message"
    r"|reply message",
    "de": r"ursprüngliche nachricht|originalnachricht|weitergeleitete nachricht|anfang der weitergeleiteten nachricht",
    "fr": r"message (?:d.origine|original|transféré)|début du message réexpédié|courriel original",
    "es": r"mensaje (?:original|reenviado)|inicio del mensaje reenviado",
    "it": r"messaggio (?:originale|inoltrato)|inizio messaggio inoltrato",
    "pt": r"mensagem (?:original|encaminhada|reencaminhada)|início da mensagem reencaminhada",
    "ru": r"исходное сообщение|пересылаемое сообщение|начало переадресованного сообщения",
    "nl": r"oorspronkelijk bericht|doorgestuurd bericht|begin doorgestuurd bericht",
    "sv": r"ursprungligt meddelande|vidarebefordrat (?:brev|meddelande)",
    "no": r"opprinnelig melding|videresendt melding",
    "da": r"oprindelig meddelelse|videresendt (?:besked|meddelelse)",
    "fi": r"alkuperäinen viesti|välitetty viesti",
    "pl": r"(?:oryginalna|pierwotna|przekazana) wiadomość|wiadomość (?:oryginalna|przekazana)",
    "cs": r"původní (?:zpráva|e-mail)|přeposlaná zpráva",
    "hu": r"eredeti üzenet|továbbított üzenet",
    "ro": r"mesaj(?:ul)? (?:original|redirecționat)",
    "tr": r"orijinal (?:mesaj|ileti)|iletilen (?:mesaj|ileti)",
    "el": r"αρχικό μήνυμα|προωθημένο μήνυμα",
    "uk": r"(?:оригінальне|вихідне|переслане) повідомлення",
    "ja": r"元のメッセージ|転送メッセージ",
    "zh": r"原始邮件|原始郵件|转发的邮件|轉寄的郵件",
    "ko": r"원본 (?:메일|메시지)|전달된 메시지",
    "ar": r"الرسالة الأصلية|رسالة معاد توجيهها",
    "he": r"הודעה מקורית|הודעה שהועברה",
}
LABELS = {  # header fields as programs name them above what they quote
    "from": r"from|von|de|da|van|от|från|fra|lähettäjä|od|feladó|de la|kimden|gönderen|από|від|差出人"
    r"|发件人|寄件者|寄件人|보낸 사람|من|מאת",
    "date": r"sent|date|gesendet|datum|envoyé|enviado(?: el)?|fecha|inviato|data|enviada(?: em)?|verzonden"
    r"|отправлено|дата|skickat|sendt|dato|lähetetty|päiväys|wysłano|odesláno|elküldve|dátum|trimis|gönderildi|tarih"
    r"|στάλθηκε|ημερομηνία|надіслано|送信日時|日時|发送时间|日期|寄件日期|보낸 날짜|날짜|التاريخ|תאריך|נשלח",
    "to": r"to|an|à|para|a|aan|кому|till|til|vastaanottaja|do|komu|címzett|către|kime|προς"
    r"|宛先|收件人|收件者|받는 사람|إلى|אל",
    "subject": r"subject|betreff|objet|asunto|oggetto|assunto|onderwerp|тема|ämne|emne|aihe|temat|předmět|predmet|tárgy"
    r"|subiect|konu|θέμα|件名|主题|主旨|제목|الموضوع|נושא",
}


def any_of(*tables: dict[str, str]) -> str:
    """One pattern for all rows."""
    return "|".join(row for table in tables for row in table.values())
