"""Who sees which entry of the side bar and of the settings. Composition only."""

from collections.abc import Callable

from advisory_portal.core.access import Actor, ActorKind, Level, Section


def viewer_of(section: Section) -> Callable[[Actor], bool]:
    """True for actors who may view the section."""
    return lambda actor: actor.may(section, Level.VIEW)


def may_import(actor: Actor) -> bool:
    """Imported files become sales or purchases: managing one of them is enough."""
    return actor.may(Section.SALES, Level.MANAGE) or actor.may(Section.PURCHASES, Level.MANAGE)


def of_a_firm(actor: Actor) -> bool:
    """The partner programme is for firms; a business finds its page by its address."""
    return actor.place.kind == "firm"


def of_a_business(actor: Actor) -> bool:
    """Firms keep no books here."""
    return actor.place.kind == "business"


def may_see_questions(actor: Actor) -> bool:
    """Questions are asked about documents, bank lines and files: for whoever sees some of these, and for firms."""
    sections = (Section.SALES, Section.PURCHASES, Section.BANKING, Section.INBOX)
    return of_a_firm(actor) or any(actor.may(section, Level.VIEW) for section in sections)


def own_business(actor: Actor) -> bool:
    """The marketplace is where businesses look for a firm: their own people, not those of a firm at work there."""
    return of_a_business(actor) and actor.kind == ActorKind.MEMBER


def may_see_documents(actor: Actor) -> bool:
    """Jobs and figures are of documents of either section; firms have none."""
    return of_a_business(actor) and (actor.may(Section.SALES, Level.VIEW) or actor.may(Section.PURCHASES, Level.VIEW))


def without_documents(actor: Actor) -> bool:
    """Everybody else begins with the workspace's own page."""
    return not may_see_documents(actor)


def may_read_log(actor: Actor) -> bool:
    """Owners and administrators read the whole log, a firm its own part (HistoryEntries.visible_to)."""
    return actor.kind == ActorKind.GRANT or actor.role in ("owner", "administrator")


def may_see_document_settings(actor: Actor) -> bool:
    """Firms have no documents."""
    return of_a_business(actor) and actor.may(Section.SETTINGS, Level.VIEW)


def books_of(section: Section) -> Callable[[Actor], bool]:
    """True in businesses for actors who may view the section: firms keep no books here."""
    return lambda actor: of_a_business(actor) and actor.may(section, Level.VIEW)
