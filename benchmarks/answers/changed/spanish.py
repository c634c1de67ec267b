"""Spanish."""

from __future__ import annotations

from benchmarks.answers.changed.language import Language

SPANISH = Language(
    decimal=",",
    thousands=".",
    number_words=tuple("dos tres cuatro cinco seis siete ocho nueve diez once doce".split()),
    months=tuple(
        "enero febrero marzo abril mayo junio julio agosto septiembre octubre noviembre "
        "diciembre".split()
    ),
    units={
        "días": "semanas",
        "días laborables": "semanas laborables",
        "día": "mes",
        "semanas": "meses",
        "meses": "años",
        "años": "meses",
        "horas": "días",
        "minutos": "horas",
        "euros": "dólares",
        "€": "$",
        "kilómetros": "millas",
        "kg": "g",
    },
    labels=r"(?:[Pp]aso|[Pp]unto|versión|cláusula|extensión|teléfono) ",
    names=(
        ("Lucía Ferrán", "Tomás Iriarte", "Andrés Molina", "Pilar Sanchis"),
        ("Madrid", "Barcelona", "Zaragoza", "Sevilla", "Bilbao"),
        ("Baleares", "Canarias"),
        ("conductores", "contables"),
        ("jefe de tráfico", "jefe de ventas"),
        ("directora de personal", "directora de finanzas"),
        ("El jefe directo", "El sindicato"),
        ("El transportista", "El cliente"),
        ("patio trasero", "almacén"),
        ("muelles de carga", "despachos"),
    ),
    negation=r"\b(?:[Nn]o|ni|nunca|nadie|nada|ningún|ninguna?|tampoco|sin)\b",
    negated={
        r"\b(se (?:pagan?|puede|pueden|exige|añaden|descuentan|transportan))\b": r"no \1",
        r"(?<!se )\b(es(?! decir)|son|pueden?|deben?|cuestan?)\b": r"no \1",
        r"(?<!se )\b(dura|tiene|están?)\b": r"no \1",
        r"(?<!se )\b(reciben|corresponden|autoriza|llega|queda|quedan|caducan)\b": r"no \1",
        r"\bResponde\b": "No responde",
        r"\ble (corresponden|pagan)\b": r"no le \1",
    },
    affirmed={
        r"(?<![.] )\bno (?=\w)": "",
        r"(?<=^)No (?=\w)": "",
        r"(?<=[.] )No (?=\w)": "",
        r"\btampoco\b": "también",
    },
    quantifiers={
        r"\bsolo\b": "no solo",
        r"\bel único lugar\b": "uno de los muchos lugares",
        r"\bambas partes pueden\b": "solo una de las partes puede",
        r"\bsalvo\b": "incluso",
        r"\btodos los\b": "algunos",
        r"\bLas multas no\b": "Solo algunas multas no",
    },
    opposites={
        r"\bal menos\b": "como máximo",
        r"\bcomo (?:máximo|mucho)\b": "como mínimo",
        r"\bhasta un máximo de\b": "un mínimo de",
        r"\bhasta (?=\w+ días)": "un mínimo de ",
        r"\bantes de\b": "después de",
        r"\bdespués del?\b": "antes de",
        r"\bmás caro\b": "más barato",
        r"\bmás barato\b": "más caro",
        r"\beuros más que\b": "euros menos que",
        r"\bprohibido\b": "permitido",
        r"(?<!no está )\bpermitido\b": "prohibido",
        r"(?<!no )\bdebe(n?)\b": r"puede\1",
        r"(?<![Nn]o )(?<![Nn]o se )\bpuede(n?)\b": r"debe\1",
        r"\bobligatorio\b": "opcional",
        r"\bexcluidos\b": "incluidos",
        r"\b[Aa] más tardar\b": "Como pronto",
        r"\bporque superan\b": "porque no alcanzan",
        r"\bdentro del límite\b": "por encima del límite",
        r"\ba partir del?\b": "antes de ",
        r"\bpor escrito\b": "de palabra",
    },
)
