from allauth.account.utils import perform_login
from django.contrib import messages
from django.contrib.auth import logout
from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from advisory_portal.core.access import person, public, utc_now
from advisory_portal.core.http import submit
from advisory_portal.core.limits import limited
from partners import actions
from partners.forms import JoinForm
from partners.models import Invitation, User
from partners.rules.values import NewPerson
from partners.views.requests import PersonRequest


@public
@limited("invitation")
@require_GET
def invitation(request: HttpRequest, token: str) -> HttpResponse:
    row = Invitation.objects.with_token(token).first()
    if row is not None and row.is_open(utc_now()):
        return page(request, row, token, JoinForm(email=row.email), status=200)
    if row is not None and request.user.is_authenticated and row.has_joined(request.user.actor):
        return redirect("partners:workspace", row.organisation.slug)
    return render(request, "partners/invitation_closed.html", status=404)


@public
@limited("invitation")
@require_POST
def register_invited(request: HttpRequest, token: str) -> HttpResponse:
    row = Invitation.objects.with_token(token).first()
    if row is None or request.user.is_authenticated:
        return redirect("partners:invitation", token)
    form = JoinForm(request.POST, email=row.email)
    made: list[User] = []
    if submit(form, lambda: made.append(register(form, row, token))):
        url = reverse("partners:workspace", args=[row.organisation.slug])
        answer: HttpResponse = perform_login(request, made[0], redirect_url=url, signup=True)
        return answer
    return page(request, row, token, form, status=422)


@person
@limited("invitation")
@require_POST
def accept_invitation(request: PersonRequest, token: str) -> HttpResponse:
    organisation = actions.accept_invitation(actor=request.user.actor, token=token, now=utc_now())
    messages.success(request, _("Welcome to %(name)s.") % {"name": organisation.name})
    return redirect("partners:workspace", organisation.slug)


@public
@require_POST
def switch_person(request: HttpRequest, token: str) -> HttpResponse:
    logout(request)
    return redirect_to_login(reverse("partners:invitation", args=[token]))


def page(request: HttpRequest, row: Invitation, token: str, form: JoinForm, *, status: int) -> HttpResponse:
    context = {
        "invitation": row,
        "token": token,
        "form": form,
        "has_account": User.objects.filter(email=row.email).exists(),
        "is_mine": request.user.is_authenticated and request.user.email == row.email,
    }
    return render(request, "partners/invitation.html", context, status=status)


def register(form: JoinForm, row: Invitation, token: str) -> User:
    data = form.cleaned_data
    language = get_language() or row.language
    person = NewPerson(name=data["name"], email=row.email, password=data["password"], language=language)
    visitor = User(name=data["name"]).actor
    return actions.register_invited(actor=visitor, token=token, person=person, now=utc_now())
