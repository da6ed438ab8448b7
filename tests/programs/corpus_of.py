"""What the programs wrote, kept in tests/corpus, where tests read it without the programs.

`replies`, `taps` and `forwards` hold a folder a composer: the mails less what servers put above them, the letter that
they answer, and `expected.json`: what the letter lists, what each mail decides, and which lines may come back.
"""

from __future__ import annotations

import json
from pathlib import Path

from judge import Judgement
from scenarios import Scenario
from town import REFS, Town, without_trace

from mailproc.store.database import reading
from mailproc.store.work import items


def keep(corpus: Path, composer: str, scenario: Scenario, octets: bytes, judgement: Judgement, town: Town) -> None:
    """Keep one mail, with what must come of it: where lines may come back, what came of it today."""
    kind = "taps" if scenario.by.startswith("mailto:") else "forwards" if scenario.by != "reply" else "replies"
    with reading(town.desk.engine) as conn:
        listed = [each for ref in REFS if (each := items.get(conn, ref))]
    folder = corpus / kind / (composer if len(listed) > 1 else f"{composer}-single")
    folder.mkdir(parents=True, exist_ok=True)
    (folder / f"{scenario.name}.eml").write_bytes(without_trace(octets))
    (folder / "letter.eml").write_bytes(town.digest)
    path = folder / "expected.json"
    told = json.loads(path.read_text()) if path.exists() else {"replies": {}, "asked_back": {}}
    told["listing"] = [[each.ref, each.kind, each.guess] for each in listed]
    as_today = scenario.asks_back and judgement.fine
    decides = judgement.done if as_today else scenario.decides
    told["replies"][f"{scenario.name}.eml"] = [[verb, ref, words] for ref, (verb, words) in decides.items()]
    told["asked_back"][f"{scenario.name}.eml"] = judgement.asked_back if as_today else []
    path.write_text(json.dumps(told, indent=1, sort_keys=True, ensure_ascii=False) + "\n")
