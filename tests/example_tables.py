"""Small tables as the stages make them, for tests that need the whole set: a dozen documents from a year of news."""

from datetime import date
from itertools import groupby

import polars as pl

from kzties.tables import TABLES, check_table

PARTNER_NAMES = {
    "SRB": "Serbia", "GBR": "United Kingdom", "ESP": "Spain", "KOR": "South Korea", "EU": "European Union",
    "EAEU": "Eurasian Economic Union", "RUS": "Russia", "BLR": "Belarus", "ARM": "Armenia", "KGZ": "Kyrgyzstan",
    "UZB": "Uzbekistan", "CUB": "Cuba", "USA": "United States", "DEU": "Germany",
}
THEME_NAMES = {
    "trade": "Trade", "investment": "Investment", "transport": "Transport", "minerals": "Minerals", "energy": "Energy",
    "industry": "Industry", "agriculture": "Agriculture", "digital": "Digital", "environment": "Environment",
    "people": "People", "institutions": "Institutions", "general": "Economy at large",
}
ACTION_NAMES = {"talk": "Talk", "intent": "Intent", "agreement": "Agreement", "commitment": "Commitment",
                "implementation": "Implementation", "result": "Result"}
LABELS = {**PARTNER_NAMES, **THEME_NAMES, **ACTION_NAMES}
"""What a chart prints for each partner, theme and action code."""

_DOCUMENTS = [
    # name, outlet, published, where the day was read, language
    ("000_digest", "Kazakhstan Today", date(2026, 3, 6), "header", "en"),
    ("001_statement", "Qazinform", date(2026, 2, 27), "header", "en"),
    ("002_mineral_news", None, date(2026, 2, 27), "dateline", "bg"),
    ("003_brussels", None, date(2025, 12, 2), "header", "en"),
    ("004_council", "primeminister.kz", date(2025, 1, 26), "header", "en"),
    ("005_sayahat", "Egemen Qazaqstan", date(2025, 9, 14), "declared", "kk"),
    ("006_berlin", "Деловой Казахстан", date(2025, 6, 19), "declared", "ru"),
]

_EVENTS = [
    # event, title, documents, partners, main partner, first day
    ("2025-01-26-EAEU", "Session of the Eurasian Intergovernmental Council", ["004_council"],
     ["ARM", "BLR", "CUB", "EAEU", "KGZ", "RUS", "UZB"], "EAEU", date(2025, 1, 26)),
    ("2025-06-19-DEU", "Казахстан и Германия расширяют переработку сырья", ["006_berlin"], ["DEU"], "DEU",
     date(2025, 6, 19)),
    ("2025-09-14-KOR", "Қазақстан мен Оңтүстік Корея: жаңа рейстер", ["005_sayahat"], ["KOR"], "KOR",
     date(2025, 9, 14)),
    ("2025-12-02-EU", "Meeting with European Commissioner Jozef Síkela", ["003_brussels"], ["EU"], "EU",
     date(2025, 12, 2)),
    ("2026-02-27-SRB", "Астана и Белград ще добиват и преработват критични суровини",
     ["000_digest", "001_statement", "002_mineral_news"], ["SRB"], "SRB", date(2026, 2, 27)),
    ("2026-02-27-USA", "Договорености със САЩ в областта на критичните суровини", ["002_mineral_news"], ["GBR", "USA"],
     "USA", date(2026, 2, 27)),
    ("2026-03-06-ESP", "Activation of Economic Relations Discussed in Madrid", ["000_digest"], ["ESP"], "ESP",
     date(2026, 3, 6)),
    ("2026-03-06-GBR", "UK strikes critical minerals deal with Kazakhstan", ["000_digest"], ["GBR"], "GBR",
     date(2026, 3, 6)),
    ("2026-03-06-GBR-2", "Kazakhstan and the United Kingdom Deepen Economic Cooperation in Priority Sectors",
     ["000_digest"], ["GBR"], "GBR", date(2026, 3, 6)),
    ("2026-03-06-KOR", "Kazakhstan and South Korea Expand Cooperation in Transport, Logistics and Infrastructure",
     ["000_digest"], ["KOR"], "KOR", date(2026, 3, 6)),
    ("2026-03-06-SRB", "Serbia interested in expanding presence of Kazakhstani companies in joint projects",
     ["000_digest"], ["SRB"], "SRB", date(2026, 3, 6)),
    ("2026-03-06-none", "8,900 km to Be Covered by Road Construction and Repair Works in 2026", ["000_digest"], [],
     None, date(2026, 3, 6)),
]

_TIES = {
    # event and partner: action by theme
    ("2025-01-26-EAEU", "EAEU"): {"trade": "intent", "transport": "intent", "industry": "talk", "agriculture": "talk",
                                  "digital": "talk"},
    ("2025-01-26-EAEU", "RUS"): {"trade": "talk", "transport": "talk"},
    ("2025-01-26-EAEU", "BLR"): {"trade": "talk", "transport": "talk"},
    ("2025-01-26-EAEU", "ARM"): {"trade": "talk", "transport": "talk"},
    ("2025-01-26-EAEU", "KGZ"): {"trade": "talk", "transport": "talk"},
    ("2025-01-26-EAEU", "UZB"): {"trade": "talk"},
    ("2025-01-26-EAEU", "CUB"): {"trade": None},
    ("2025-06-19-DEU", "DEU"): {"industry": "commitment", "minerals": "intent"},
    ("2025-09-14-KOR", "KOR"): {"transport": "implementation", "people": "implementation"},
    ("2025-12-02-EU", "EU"): {"transport": "intent", "investment": "intent", "minerals": "talk", "digital": "talk",
                              "agriculture": "talk", "people": "talk", "environment": "talk"},
    ("2026-02-27-SRB", "SRB"): {"trade": "result", "investment": "intent", "transport": "implementation",
                                "minerals": "agreement", "energy": "talk", "industry": "agreement",
                                "agriculture": "intent", "digital": "talk", "people": "talk",
                                "institutions": "agreement"},
    ("2026-02-27-USA", "USA"): {"minerals": "agreement"},
    ("2026-02-27-USA", "GBR"): {"minerals": "agreement"},
    ("2026-03-06-ESP", "ESP"): {"general": "talk"},
    ("2026-03-06-GBR", "GBR"): {"minerals": "agreement"},
    ("2026-03-06-GBR-2", "GBR"): {"minerals": "talk", "energy": "talk", "digital": "talk", "institutions": "talk"},
    ("2026-03-06-KOR", "KOR"): {"transport": "intent"},
    ("2026-03-06-SRB", "SRB"): {"investment": "talk"},
}

_QUANTITIES = [
    # document, event, partners, value, unit, of, bound, per, role, what, surface, action of its passage
    ("003_brussels", "2025-12-02-EU", ["EU"], 45e6, "EUR", None, "exact", None, None,
     "modernization of the Aktau port", "45 million euros", "intent"),
    ("003_brussels", "2025-12-02-EU", ["EU"], 150e6, "EUR", None, "exact", None, None,
     "reconstruction of highways in Kazakhstan", "150 million euros", "intent"),
    ("004_council", "2025-01-26-EAEU", ["EAEU"], 10e6, "t", None, "exact", "year", "from",
     "capacity of the North-South corridor", "10", "intent"),
    ("004_council", "2025-01-26-EAEU", ["EAEU"], 20e6, "t", None, "exact", "year", "to",
     "capacity of the North-South corridor", "20 million tonnes per year", "intent"),
    ("004_council", "2025-01-26-EAEU", ["EAEU"], 28e6, "t", None, "exact", None, "from",
     "volume of transit traffic", "28 million", "intent"),
    ("004_council", "2025-01-26-EAEU", ["EAEU"], 45e6, "t", None, "exact", None, "to",
     "volume of transit traffic", "45 million tonnes", "intent"),
    ("004_council", "2025-01-26-EAEU", ["EAEU"], 5000.0, "km", None, "approx", None, None,
     "new and second railway tracks", "about 5 thousand kilometres", "intent"),
    ("001_statement", "2026-02-27-SRB", ["SRB"], 60.0, "company", None, "approx", None, None,
     "Serbian companies", "approximately 60 Serbian companies", "implementation"),
    ("006_berlin", "2025-06-19-DEU", ["DEU"], 3.9e12, "KZT", None, "min", None, None,
     "инвестиции в переработку", "более 3,9 трлн тенге", "commitment"),
    ("000_digest", "2026-03-06-GBR", ["GBR"], 22.0, "mineral", 36.0, "exact", None, "part",
     "minerals of the strategy", "22 of the 36 minerals", None),
    ("000_digest", None, [], 8900.0, "km", None, "exact", None, None, "roads", "8,900 km", None),
    ("000_digest", None, [], 3.6e9, "USD", None, "exact", None, None, "exports", "3.6 billion US dollars", None),
    ("000_digest", None, [], 35.3, "%", None, "exact", None, None, "exports", "35.3%", None),
]


def _fill(name: str, rows: list[dict]) -> pl.DataFrame:
    """Return rows as the named table, every column that they leave out empty."""
    schema = TABLES[name].schema
    return check_table(name, pl.DataFrame([{**dict.fromkeys(schema), **row} for row in rows], schema=schema))


def example_tables() -> dict[str, pl.DataFrame]:
    """Return documents, passages, codes, quantities, events, ties and agreement that fit together."""
    outlets = {name: outlet or name for name, outlet, *_ in _DOCUMENTS}
    languages = {name: language for name, *_, language in _DOCUMENTS}
    texts = {name: [] for name in outlets}
    texts["000_digest"].append(("This information may not be reproduced. ", "copyright", "furniture"))
    titles, passages, quantities, codes, amounts = {}, [], [], [], {}
    for event, title, sources, *_ in _EVENTS:
        for source in sources:
            texts[source] += [(title + "\n", None, "headline"), ("The parties discussed cooperation.\n", None, "body")]
            start = sum(len(row[0]) for row in texts[source][:-2])
            titles.setdefault(event, (f"{source}/{len(texts[source]) - 1}", start))
    for (document, what), group in groupby(_QUANTITIES, key=lambda row: (row[0], row[9])):
        place, start = len(texts[document]) + 1, sum(len(row[0]) for row in texts[document])
        text = f"{what}: "
        for _, event, partners, value, unit, of, bound, per, role, _, surface, action in group:
            text += " to " if role == "to" else " and " if text[-2] != ":" else ""
            begin = start + len(text)
            text += surface
            row = {"document_id": document, "item": 1, "passage": place}
            quantities.append({**row, "value": value, "unit": unit, "of": of, "bound": bound, "per": per, "role": role,
                               "what": what, "surface": surface, "start": begin, "end": begin + len(surface)})
            amounts.setdefault(event, []).append((f"{document}/{place}/{begin}-{begin + len(surface)}", partners))
            if action:
                codes.append({**row, "variable": "action", "code": action, "cue_start": begin, "cue_end": begin + 2,
                              "cue": surface[:2], "pattern": surface[:2], "pattern_language": languages[document]})
        texts[document].append((text + ".\n", None, "body"))
    characters = {}
    for document, rows in texts.items():
        start = 0
        for number, (text, reason, kind) in enumerate(rows, start=1):
            passages.append({"document_id": document, "item": None if reason else 1, "passage": number, "kind": kind,
                             "kept": reason is None, "reason": reason, "background": False,
                             "language": languages[document], "start": start, "end": start + len(text), "text": text})
            start += len(text)
        characters[document] = start
    documents = [{"document_id": name, "path": f"data/raw/{name}.txt", "sha256": f"{number:064x}",
                  "bytes": characters[name], "characters": characters[name], "encoding": "utf-8", "status": "read",
                  "outlet": outlet, "published": published, "published_from": published_from, "language": language,
                  "language_confidence": 0.98}
                 for number, (name, outlet, published, published_from, language) in enumerate(_DOCUMENTS)]
    documents.append({"document_id": "007_scan", "path": "data/raw/007_scan.txt", "sha256": "f" * 64, "bytes": 12,
                      "status": "skipped", "problem": "The file is not text.", "published_from": "none",
                      "language": "und"})
    events = [{"event_id": event, "title": title, "title_passage": titles[event][0],
               "items": [f"{source}#1" for source in sources], "documents": sources, "partners": partners,
               "main_partner": main, "first_date": day, "last_date": day,
               "languages": sorted({languages[source] for source in sources}),
               "outlets": sorted({outlets[source] for source in sources}), "link_reasons": []}
              for event, title, sources, partners, main, day in _EVENTS]
    known = {event["event_id"]: event for event in events}
    cues = {event: f"{place}/{start}-{start + 4}" for event, (place, start) in titles.items()}
    ties = [{"event_id": event, "partner": partner, "theme": theme, "action": action,
             "first_date": known[event]["first_date"], "documents": known[event]["documents"],
             "evidence": [cues[event]], "action_evidence": [cues[event]] if action else [],
             "amounts": [key for key, parties in amounts.get(event, []) if partner in parties]}
            for (event, partner), themes in _TIES.items() for theme, action in themes.items()]
    agreement = [
        {"material": "test", "variable": "theme", "code": "trade", "language": "all", "n": 60, "positives": 14, "alpha": 0.86,
         "low": 0.71, "high": 0.97, "precision": 0.93, "recall": 0.88, "f1": 0.9, "coders_alpha": 0.84,
         "tentative": False, "codebook_version": "1"},
        {"material": "test", "variable": "theme", "code": "general", "language": "all", "n": 60, "positives": 3, "alpha": 0.42,
         "low": 0.0, "high": 0.8, "precision": 0.5, "recall": 0.67, "f1": 0.57, "coders_alpha": 0.55,
         "tentative": True, "codebook_version": "1"},
    ]
    return {name: _fill(name, rows) for name, rows in {
        "documents": documents, "passages": passages, "codes": codes, "quantities": quantities, "events": events,
        "ties": ties, "agreement": agreement}.items()}
