from django.urls import path

from partners.views import (
    activity,
    invitations,
    listings,
    organisations,
    people,
    person,
    pictures,
    profile,
    programme,
    public,
    roles,
    sitemaps,
)

app_name = "partners"

WORKSPACE = "o/<slug:organisation>/"
SETTINGS = WORKSPACE + "settings/"
PROFILE = WORKSPACE + "my-portal/profile/"
MARKETPLACE = WORKSPACE + "marketplace/"

urlpatterns = [
    path("", public.home, name="home"),
    path("terms/", public.terms, name="terms"),
    path("directory/", listings.directory, name="directory"),
    path("directory/<slug:firm>/", listings.directory_firm, name="directory_firm"),
    path("directory/<slug:firm>/<slug:which>.webp", pictures.listing_picture, name="listing_picture"),
    path("sitemap.xml", sitemaps.sitemap, name="sitemap"),
    path("sitemap-<int:part>.xml", sitemaps.sitemap_part, name="sitemap_part"),
    path("robots.txt", sitemaps.robots, name="robots"),
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
    path(WORKSPACE + "advisory-services/", programme.advisory_services, name="advisory_services"),
    path(WORKSPACE + "advisory-services/send/", programme.send_request, name="send_request"),
    path(MARKETPLACE, listings.marketplace, name="marketplace"),
    path(MARKETPLACE + "<slug:firm>/", listings.marketplace_firm, name="marketplace_firm"),
    path(MARKETPLACE + "<slug:firm>/<slug:which>.webp", pictures.marketplace_picture, name="marketplace_picture"),
    path(WORKSPACE + "my-portal/", profile.my_portal, name="my_portal"),
    path(PROFILE, profile.profile_editor, name="profile_editor"),
    path(PROFILE + "save/", profile.save_profile, name="save_profile"),
    path(PROFILE + "submit/", profile.submit_profile, name="submit_profile"),
    path(PROFILE + "withdraw/", profile.withdraw_profile, name="withdraw_profile"),
    path(PROFILE + "<slug:which>/", profile.profile_picture, name="profile_picture"),
    path(PROFILE + "<slug:which>/set/", profile.set_profile_picture, name="set_profile_picture"),
    path(PROFILE + "<slug:which>/remove/", profile.remove_profile_picture, name="remove_profile_picture"),
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
