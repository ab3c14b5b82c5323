"""What kinds of request the views of this app get."""

from django.http import HttpRequest

from partners.models import User


class PersonRequest(HttpRequest):
    """A request of somebody who is logged in, outside every organisation."""

    user: User
