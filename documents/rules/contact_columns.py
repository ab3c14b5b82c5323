"""Columns of lists of contacts: what they may be called in other programs' files, and what their cells mean."""

import re
import unicodedata
from collections.abc import Sequence
from functools import lru_cache

from babel import Locale
from babel.core import get_global

COLUMNS = (
    "name", "kind", "is_person", "tax_id", "email", "phone", "website", "street", "postcode", "city", "region",
    "country", "language", "currency", "payment_days", "withholding_percent", "pays_surcharge", "note",
    "delivery_street", "delivery_postcode", "delivery_city", "delivery_region", "delivery_country",
)  # fmt: skip

# What two contacts that are merged may differ in, in the order in which it is compared.
MERGED_FIELDS = (
    "name", "kind", "is_person", "tax_id", "email", "phone", "website", "street", "postcode", "city", "region",
    "country",
    "delivery", "language", "currency", "payment_days", "withholding_percent", "pays_surcharge", "note",
)  # fmt: skip
MOST_MERGED = 6  # as many as can be compared side by side

# Plain words (no capitals, no accents) in English, Spanish, Catalan, French, German, Portuguese and Italian.
HEADS: dict[str, tuple[str, ...]] = {
    "name": (
        "name", "company", "company name", "business name", "legal name", "full name", "contact", "contact name",
        "customer", "customer name", "client", "client name", "supplier", "supplier name", "nombre", "razon social",
        "nombre fiscal", "nombre comercial", "nombre o razon social", "denominacion", "empresa", "cliente", "proveedor",
        "contacto", "nom", "rao social", "nom fiscal", "empresa o nom", "contacte", "raison sociale", "nom du client",
        "societe", "entreprise", "firma", "firmenname", "unternehmen", "kunde", "kundenname", "nome", "ragione sociale",
        "razao social", "denominazione",
    ),
    "kind": (
        "kind", "type", "contact type", "relation", "tipo", "tipo de contacto", "clase", "tipus", "tipus de contacte",
        "type de contact", "art", "kontaktart", "typ", "tipo di contatto", "kontakttyp",
    ),
    "is_person": (
        "a person", "person", "is person", "company or person", "es persona", "persona", "persona fisica",
        "una persona",
        "particular", "es una persona", "personne", "personne physique", "privatperson", "natuerliche person", "pessoa",
    ),
    "tax_id": (
        "tax id", "taxid", "vat", "vat id", "vat number", "vat no", "tax number", "tax no", "tin", "vat registration",
        "nif", "cif", "nif cif", "cif nif", "dni", "nie", "nif dni", "vat nif", "identificacion fiscal",
        "numero de identificacion fiscal", "id fiscal", "numero fiscal", "nif iva", "codi fiscal", "numero de tva",
        "tva",
        "n tva", "tva intracommunautaire", "siret", "siren", "ust id", "ustid", "ust idnr", "ust id nr", "ustidnr",
        "umsatzsteuer id", "steuernummer", "steuer id", "partita iva", "p iva", "codice fiscale", "nipc",
        "contribuinte",
    ),
    "email": (
        "e mail", "email", "mail", "email address", "e mail address", "correo", "correo electronico", "correu",
        "correu electronic", "adreca electronica", "courriel", "adresse email", "adresse e mail", "adresse mail",
        "e mail adresse", "mailadresse", "posta elettronica", "endereco de email",
    ),
    "phone": (
        "phone", "phone number", "telephone", "telephone number", "tel", "mobile", "mobile phone", "telefono", "movil",
        "telefono movil", "telefon", "mobil", "telefonnummer", "rufnummer", "handy", "portable", "telephone portable",
        "telefone", "cellulare", "telemovel",
    ),
    "website": (
        "website", "web", "web site", "homepage", "url", "pagina web", "sitio web", "web page", "lloc web", "site web",
        "site internet", "webseite", "internet", "sito web", "site",
    ),
    "street": (
        "street", "address", "address line 1", "street address", "billing address", "address 1", "direccion",
        "domicilio",
        "calle", "direccion fiscal", "direccion de facturacion", "adreca", "carrer", "domicili", "adresse", "rue",
        "adresse 1", "strasse", "anschrift", "strasse und hausnummer", "strasse hausnummer", "indirizzo", "via",
        "morada",
        "endereco", "rua",
    ),
    "postcode": (
        "postcode", "postal code", "zip", "zip code", "post code", "codigo postal", "cp", "c p", "cod postal",
        "codi postal", "code postal", "plz", "postleitzahl", "cap", "codice postale",
    ),
    "city": (
        "city", "town", "ciudad", "poblacion", "localidad", "municipio", "ciutat", "poblacio", "localitat", "municipi",
        "ville", "commune", "ort", "stadt", "wohnort", "citta", "comune", "localita", "cidade", "localidade",
    ),
    "region": (
        "region", "state", "province", "county", "provincia", "comunidad", "comunidad autonoma", "estado", "regio",
        "comarca", "departement", "bundesland", "kanton", "regione", "distrito", "regiao",
    ),
    "country": (
        "country", "country code", "pais", "codigo pais", "codigo de pais", "codi de pais", "pays", "code pays", "land",
        "laendercode", "landercode", "staat", "paese", "nazione",
    ),
    "language": ("language", "idioma", "lengua", "llengua", "langue", "sprache", "lingua", "locale"),
    "currency": (
        "currency", "currency code", "moneda", "divisa", "devise", "monnaie", "waehrung", "wahrung", "valuta", "moeda",
    ),
    "payment_days": (
        "days to pay", "payment days", "payment terms", "terms", "due days", "dias de pago", "plazo de pago", "plazo",
        "dias para pagar", "dias hasta el pago", "vencimiento", "dias de vencimiento", "dies de pagament",
        "termini de pagament",
        "delai de paiement", "jours de paiement", "zahlungsziel", "zahlungsfrist", "zahlungsziel tage",
        "giorni di pagamento",
        "prazo de pagamento",
    ),
    "withholding_percent": (
        "withholding", "withholding in percent", "withholding tax", "retencion", "irpf", "retencion irpf", "retencio",
        "retencion en porcentaje", "porcentaje de retencion", "retenue", "retenue a la source", "quellensteuer",
        "ritenuta",
        "retencao",
    ),
    "pays_surcharge": (
        "pays the equivalence surcharge", "equivalence surcharge", "recargo de equivalencia", "recargo",
        "recargo equivalencia",
        "aplica recargo de equivalencia", "recarrec d equivalencia", "surcharge", "paga recargo de equivalencia",
    ),
    "note": (
        "note", "notes", "comment", "comments", "remarks", "nota", "notas", "notas internas", "internal note",
        "observaciones", "comentarios",
        "observacions",
        "notes internes", "remarque", "commentaire", "bemerkung", "notiz", "anmerkung", "note interne", "observacoes",
    ),
    "delivery_street": (
        "delivery street", "delivery address", "shipping address", "shipping street", "delivery address street",
        "direccion de entrega", "calle de entrega", "direccion de envio", "entrega calle", "adreca de lliurament",
        "adreca d enviament",
        "adresse de livraison", "lieferadresse", "lieferanschrift", "indirizzo di consegna", "morada de entrega",
    ),
    "delivery_postcode": (
        "delivery postcode", "shipping postcode", "shipping zip", "delivery zip", "delivery postal code",
        "codigo postal de entrega", "codigo postal de envio", "entrega codigo postal", "codi postal de lliurament",
        "code postal de livraison", "liefer plz", "lieferung plz",
    ),
    "delivery_city": (
        "delivery city", "shipping city", "ciudad de entrega", "poblacion de entrega", "poblacion de envio",
        "entrega ciudad", "ciutat de lliurament", "ville de livraison", "lieferort", "lieferung ort",
    ),
    "delivery_region": (
        "delivery region", "shipping state", "shipping region", "provincia de entrega", "provincia de envio",
        "entrega provincia", "region de livraison", "delivery province", "region de entrega",
    ),
    "delivery_country": (
        "delivery country", "shipping country", "pais de entrega", "pais de envio", "entrega pais",
        "pais de lliurament",
        "pays de livraison", "lieferland",
    ),
}  # fmt: skip
_COLUMN_OF_HEAD = {word: column for column, words in HEADS.items() for word in words}

KINDS = {
    "customer": (
        "customer", "customers", "client", "clients", "cliente", "clientes", "clienta", "kunde", "kunden", "debitor",
        "clienti", "c",
    ),
    "supplier": (
        "supplier", "suppliers", "vendor", "vendors", "proveedor", "proveedores", "proveedora", "proveidor",
        "proveidors",
        "fournisseur", "fournisseurs", "lieferant", "lieferanten", "kreditor", "acreedor", "fornitore", "fornecedor",
        "p",
    ),
    "both": (
        "both", "customer and supplier", "customer supplier", "ambos", "cliente y proveedor", "cliente proveedor",
        "tots dos",
        "client i proveidor", "les deux", "client et fournisseur", "beides", "kunde und lieferant", "entrambi",
        "cliente e fornitore", "cliente e fornecedor", "ambdos",
    ),
}  # fmt: skip
_KIND_OF_WORD = {word: kind for kind, words in KINDS.items() for word in words}
_YES = frozenset("yes y true 1 x si s sim oui ja j vrai verdadero cierto wahr vero verdadeiro".split())
_NO = frozenset("no n false 0 non nein nao faux falso fals falsch".split())
_PERSON = frozenset(("person", "a person", "individual", "persona", "persona fisica", "una persona", "particular",
    "autonomo",
                     "personne", "personne physique", "privatperson", "pessoa"))  # fmt: skip
_COMPANY = frozenset(("company", "a company", "business", "empresa", "una empresa", "sociedad", "persona juridica",
    "societe",
                      "entreprise", "firma", "unternehmen", "azienda", "societa"))  # fmt: skip
_SYMBOLS = {"€": "EUR", "$": "USD", "£": "GBP", "euro": "EUR", "euros": "EUR"}
_OTHER_COUNTRY_CODES = {"EL": "GR", "UK": "GB"}
LANGUAGES_READ = ("en", "es", "ca", "fr", "de", "pt", "it")


def head_words(text: str) -> str:
    """A column's name as it is looked up: "E-Mail:" and "e mail" are the same."""
    plain = unicodedata.normalize("NFKD", text.replace("ß", "ss")).casefold()
    letters = "".join(one if one.isalnum() else " " for one in plain if not unicodedata.combining(one))
    return " ".join(letters.split())


def guessed_columns(heads: Sequence[str]) -> list[str]:
    """What each column of a file seems to hold: a name of COLUMNS, each at most once, or "" for what we do not know.

    The whole name decides; where it says nothing, the name without what stands in brackets behind it.
    """
    guessed = [""] * len(heads)
    for shorten in (False, True):
        for position, head in enumerate(heads):
            words = head_words(re.sub(r"[(\[].*", "", head) if shorten else head)
            column = _COLUMN_OF_HEAD.get(words) or _COLUMN_OF_HEAD.get(words.replace(" ", ""), "")  # N.I.F.
            if column and not guessed[position] and column not in guessed:
                guessed[position] = column
    return guessed


def read_kind(text: str) -> str | None:
    """`customer`, `supplier` or `both` for its word in one of our languages; None for other words."""
    return _KIND_OF_WORD.get(head_words(text))


def read_flag(text: str) -> bool | None:
    """True or False for a yes or no in one of our languages; None for other words."""
    word = head_words(text)
    return True if word in _YES else False if word in _NO else None


def read_is_person(text: str) -> bool | None:
    """Whether the words mean a person (True) or a company (False), a yes or a no; None for other words."""
    word = head_words(text)
    return True if word in _PERSON else False if word in _COMPANY else read_flag(text)


def read_currency(text: str, currencies: Sequence[str]) -> str | None:
    """The ISO 4217 code among `currencies` that a code or a sign means; None for others."""
    code = _SYMBOLS.get(text.casefold(), text.upper())
    return code if code in currencies else None


@lru_cache(maxsize=1)
def _countries() -> dict[str, str]:
    """Country codes by their names in the languages that we read, and by their three letters."""
    names: dict[str, str] = {}
    for three, two in get_global("territory_aliases").items():
        if len(three) == 3 and three.isalpha() and len(two) == 1:
            names[head_words(three)] = two[0]
    for language in LANGUAGES_READ:
        for code, name in Locale.parse(language).territories.items():
            if re.fullmatch("[A-Z]{2}", code):
                names.setdefault(head_words(name), code)
    return names


def read_country(text: str, known: frozenset[str]) -> str | None:
    """The ISO 3166 code among `known` that a code of two or three letters or a name means; None for others."""
    code = _OTHER_COUNTRY_CODES.get(text.upper(), text.upper())
    if code not in known:
        code = _countries().get(head_words(text), "")
    return code if code in known else None


@lru_cache(maxsize=1)
def _languages() -> dict[str, str]:
    names: dict[str, str] = {}
    for language in LANGUAGES_READ:
        for code, name in Locale.parse(language).languages.items():
            names.setdefault(head_words(str(name)), code)
    return names


def read_language(text: str) -> str | None:
    """The code of a language ("es", "pt-br" gives "pt") for its code or its name; None for other words."""
    code = re.split(r"[-_]", text.strip().lower())[0]
    if code in Locale.parse("en").languages:
        return code
    return _languages().get(head_words(text))
