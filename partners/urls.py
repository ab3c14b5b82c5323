from django.urls import path

from partners.views import activity, invitations, organisations, people, person, public, roles

app_name = "partners"

WORKSPACE = "o/<slug:organisation>/"
SETTINGS = WORKSPACE + "settings/"

urlpatterns = [
    path("", public.home, name="home"),
    path("terms/", public.terms, name="terms"),
    path("invitations/<str:token>/", invitations.invitation, name="invitation"),
    path("invitations/<str:token>/register/", invitations.register_invited, name="register_invited"),
    path("invitations/<str:token>/accept/", invitations.accept_invitation, name="accept_invitation"),
    path("invitations/<str:token>/switch/", invitations.switch_person, name="switch_person"),
    path("organisations/", organisations.organisations, name="organisations"),
    path("organisations/new/", organisations.new_organisation, name="new_organisation"),
    path("account/", person.profile, name="profile"),
    path("account/notifications/", person.preferences, name="preferences"),
    path("notifications/", person.notifications, name="notifications"),
    path("notifications/read/", person.read_all, name="read_all_notifications"),
    path("notifications/<uuid:notification_id>/open/", person.open_notification, name="open_notification"),
    path(WORKSPACE, organisations.workspace, name="workspace"),
    path(WORKSPACE + "leave/", people.leave, name="leave"),
    path(WORKSPACE + "activity/", activity.activity, name="activity"),
    path(SETTINGS, organisations.organisation_settings, name="organisation_settings"),
    path(SETTINGS + "plan/", organisations.plan, name="plan"),
    path(SETTINGS + "users/", people.users, name="users"),
    path(SETTINGS + "users/invite/", people.invite, name="invite"),
    path(SETTINGS + "users/<uuid:member_id>/", people.member, name="member"),
    path(SETTINGS + "users/<uuid:member_id>/role/", people.give_role, name="give_role"),
    path(SETTINGS + "users/<uuid:member_id>/remove/", people.remove_member, name="remove_member"),
    path(SETTINGS + "invitations/<uuid:invitation_id>/resend/", people.resend, name="resend_invitation"),
    path(SETTINGS + "invitations/<uuid:invitation_id>/revoke/", people.revoke, name="revoke_invitation"),
    path(SETTINGS + "roles/", roles.roles, name="roles"),
    path(SETTINGS + "roles/new/", roles.new_role, name="new_role"),
    path(SETTINGS + "roles/<uuid:role_id>/", roles.role, name="role"),
    path(SETTINGS + "roles/<uuid:role_id>/retire/", roles.retire_role, name="retire_role"),
]
