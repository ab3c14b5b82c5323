"""Words for what profiles say in codes, one table for every page."""

from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from advisory_portal.core.formatting import locale_of

SERVICES = {
    "bookkeeping": _("Bookkeeping"),
    "vat_returns": _("VAT returns"),
    "income_tax": _("Income tax"),
    "corporate_tax": _("Corporate tax"),
    "annual_accounts": _("Annual accounts"),
    "payroll": _("Payroll"),
    "employment_law": _("Employment law"),
    "company_formation": _("Setting up companies"),
    "self_employed": _("Registering the self-employed"),
    "invoicing": _("Invoicing and collection"),
    "budgeting": _("Budgets and forecasts"),
    "reporting": _("Management reporting"),
    "cash_flow": _("Cash-flow management"),
    "financing": _("Financing and grants"),
    "audit": _("Audit"),
    "tax_inspections": _("Tax inspections and appeals"),
    "business_plans": _("Business plans"),
    "legal_advice": _("Legal advice"),
    "digitalisation": _("Digitalisation"),
    "administrative_procedures": _("Administrative procedures"),
}
SPECIALITIES = {
    "startups": _("Start-ups"),
    "freelancers": _("Freelancers"),
    "small_companies": _("Small companies"),
    "large_companies": _("Large companies"),
    "family_businesses": _("Family businesses"),
    "associations": _("Associations and foundations"),
    "cooperatives": _("Cooperatives"),
    "expatriates": _("Expatriates"),
    "international_trade": _("International trade"),
    "mergers": _("Mergers and acquisitions"),
    "restructuring": _("Restructuring and insolvency"),
    "inheritance": _("Inheritance and succession"),
    "research_incentives": _("Research incentives"),
    "crypto_assets": _("Crypto-assets"),
    "public_sector": _("Public sector"),
}
INDUSTRIES = {
    "agriculture": _("Agriculture and fishing"),
    "automotive": _("Automotive"),
    "construction": _("Construction"),
    "creative": _("Creative and media"),
    "ecommerce": _("E-commerce"),
    "education": _("Education"),
    "energy": _("Energy and environment"),
    "financial": _("Financial services"),
    "food": _("Food and drink"),
    "health": _("Health"),
    "hospitality": _("Hotels and restaurants"),
    "manufacturing": _("Manufacturing"),
    "professional": _("Professional services"),
    "property": _("Property"),
    "retail": _("Retail"),
    "sport": _("Sport and leisure"),
    "technology": _("Technology"),
    "transport": _("Transport and logistics"),
    "tourism": _("Tourism"),
    "wholesale": _("Wholesale"),
}
LANGUAGES = "es ca eu gl en fr de it pt nl pl ro bg ru uk ar zh sv da nb fi el cs hu tr ja hi he".split()
PROVINCES = (
    "A Coruña|Álava|Albacete|Alicante|Almería|Asturias|Ávila|Badajoz|Barcelona|Bizkaia|Burgos|Cáceres|Cádiz|Cantabria|"
    "Castellón|Ceuta|Ciudad Real|Córdoba|Cuenca|Gipuzkoa|Girona|Granada|Guadalajara|Huelva|Huesca|Illes Balears|Jaén|"
    "La Rioja|Las Palmas|León|Lleida|Lugo|Madrid|Málaga|Melilla|Murcia|Navarra|Ourense|Palencia|Pontevedra|Salamanca|"
    "Santa Cruz de Tenerife|Segovia|Sevilla|Soria|Tarragona|Teruel|Toledo|Valencia|Valladolid|Zamora|Zaragoza"
).split("|")
SOCIAL = {
    "linkedin": "LinkedIn",
    "x": "X",
    "facebook": "Facebook",
    "instagram": "Instagram",
    "youtube": "YouTube",
}
# Labels of everything in a profile: forms, checklists, differences and reasons use the same.
FIELDS = {
    "display_name": _("Display name"),
    "logo": _("Logo"),
    "cover": _("Cover picture"),
    "tagline": _("Tagline"),
    "description": _("Description"),
    "profession": _("Profession"),
    "services": _("Services"),
    "specialities": _("Specialities"),
    "industries": _("Industries"),
    "languages": _("Languages"),
    "city": _("City"),
    "postcode": _("Postcode"),
    "region": _("Province or region"),
    "country": _("Country"),
    "regions_served": _("Regions served"),
    "works_remotely": _("Works remotely"),
    "email": _("E-mail"),
    "email_public": _("Show the e-mail publicly"),
    "phone": _("Phone"),
    "phone_public": _("Show the phone publicly"),
    "website": _("Website"),
    "website_public": _("Show the website publicly"),
    "social": _("Social networks"),
    "accreditations": _("Accreditations"),
    "price_from": _("Price from"),
    "price_currency": _("Currency"),
    "accepting_clients": _("Accepting new clients"),
    "staff": _("People"),
    "hidden_from_directory": _("Hidden from the public directory"),
    "general": _("The profile as a whole"),
}

# Why a picture is refused, by the name of its fault (rules.pictures.Fault).
PICTURE_FAULTS = {
    "too_big": _("This file is larger than 10 MB."),
    "too_many_pixels": _("This picture has too many pixels. Use one of less than 40 megapixels."),
    "not_a_picture": _("This is not a picture that can be shown. Use a PNG, JPEG or WebP file."),
    "too_small": _("This picture is too small. Use one of at least 64 pixels on each side."),
}


def language_name(code: str) -> str:
    """A language's name in the reader's language, with a capital."""
    name: str = locale_of(get_language() or "en").languages.get(code, code)
    return name[:1].upper() + name[1:]


def language_choices() -> list[tuple[str, str]]:
    """Every language that a firm may say it speaks, by name in the reader's language; Spain's own first."""
    names = [(code, language_name(code)) for code in LANGUAGES]
    return names[:5] + sorted(names[5:], key=lambda row: row[1])
