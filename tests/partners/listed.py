"""Published firms in one call, for tests of what is found."""

from typing import Any

from django.test import Client
from django.utils import timezone
from lxml import html

from advisory_portal.core.files import store_file
from partners.actions.listings import list_version
from partners.models import Listing, Organisation, Profile, ProfileVersion
from partners.rules.profiles import complete
from tests.factories import FirmFactory
from tests.partners.programme import CONTENT, picture


def listed(slug: str, *, with_logo: bool = False, **changes: Any) -> Listing:
    """A firm whose profile is published, with the least there must be unless `changes` say more."""
    firm = Organisation.objects.filter(slug=slug).first() or FirmFactory(slug=slug)
    name = slug.replace("-", " ").title()
    content = complete(CONTENT | {"display_name": name, "tagline": "A firm.", "description": "Text."} | changes)
    profile = Profile.objects.create(organisation=firm)
    version = ProfileVersion(profile=profile, organisation=firm, number=1, state="published", content=content)
    version.decided_at = timezone.now()
    if with_logo:
        file = store_file(organisation_id=firm.pk, name="logo.webp", content=picture(), content_type="image/webp")
        version.logo = version.logo_small = file
    version.save()
    list_version(version, version.decided_at)
    return Listing.objects.get(organisation=firm)


def tree_at(client: Client, path: str) -> html.HtmlElement:
    """The page at a path, which must be there."""
    response = client.get(path)
    assert response.status_code == 200, path
    return html.fromstring(response.content.decode())
