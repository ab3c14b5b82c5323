from django.urls import path

from collaborations.views import (
    advisory,
    client_imports,
    clients,
    conversations,
    entering,
    grants,
    handovers,
    kpis,
    portal,
    questions,
    requests,
)

app_name = "collaborations"

QUESTION = "questions/<uuid:question_id>/"
CONVERSATION = "conversations/<uuid:conversation_id>/"
COLLABORATION = "collaborations/<uuid:collaboration_id>/"
CLIENT = "my-portal/clients/<uuid:client_id>/"
CLIENT_IMPORT = "my-portal/clients/imports/<uuid:client_import_id>/"

urlpatterns = [
    # My portal, and what each person has there of their own.
    path("my-portal/", portal.my_portal, name="my_portal"),
    path("my-portal/export/", portal.export_clients, name="export_clients"),
    path("my-portal/enter/", portal.enter_from_list, name="enter_from_list"),
    path("my-portal/columns/", kpis.choose_columns, name="choose_columns"),
    path("my-portal/notifications/", kpis.kpi_notifications, name="kpi_notifications"),
    path("my-portal/views/", kpis.saved_views, name="saved_views"),
    path("my-portal/views/<uuid:view_id>/rename/", kpis.rename_view, name="rename_view"),
    path("my-portal/views/<uuid:view_id>/delete/", kpis.delete_view, name="delete_view"),
    path(CLIENT + "notifications/", kpis.client_notifications, name="client_notifications"),
    # The firm's requests, the business's My advisory, and what both do in their conversation.
    path("my-portal/requests/", requests.requests, name="requests"),
    path("my-portal/requests/<uuid:conversation_id>/", requests.request_page, name="request"),
    path("my-advisory/", advisory.my_advisory, name="my_advisory"),
    path("my-advisory/firms/<slug:firm>/", advisory.write_to_firm, name="write_to_firm"),
    path("my-advisory/<uuid:conversation_id>/", advisory.conversation, name="advisory_conversation"),
    path(CONVERSATION + "write/", conversations.write, name="write_message"),
    path(CONVERSATION + "news/", conversations.news, name="news"),
    path(CONVERSATION + "read/", conversations.mark_read, name="mark_read"),
    path(CONVERSATION + "archive/", conversations.archive, name="archive"),
    path(CONVERSATION + "unarchive/", conversations.unarchive, name="unarchive"),
    path(CONVERSATION + "block/", requests.block, name="block"),
    path(CONVERSATION + "unblock/", requests.unblock, name="unblock"),
    path(CONVERSATION + "ask/", advisory.ask, name="ask_to_collaborate"),
    path("conversations/files/<uuid:sent_file_id>/", conversations.sent_file, name="sent_file"),
    # Access to the client's account.
    path("my-advisory/roles/<uuid:role_id>/firms/", grants.role_firms, name="role_firms"),
    path("my-advisory/<uuid:conversation_id>/access/", grants.grant, name="grant"),
    path("my-advisory/<uuid:conversation_id>/access/remove/", grants.remove_access, name="remove_access"),
    path(CONVERSATION + "steps/", grants.send_steps, name="send_steps"),
    path(CONVERSATION + "request-access/", grants.request_access, name="request_access"),
    path("my-portal/clients/<uuid:client_id>/enter/", entering.enter_client, name="enter_client"),
    path("leave-client/", entering.leave_client, name="leave_client"),
    # Questions on an item: asked in the client's account, answered on one page.
    path("questions/", questions.questions, name="questions"),
    path("questions/waiting/", questions.waiting, name="questions_waiting"),
    path("questions/files/<uuid:reply_id>/", questions.answer_file, name="answer_file"),
    path("questions/documents/<uuid:document_id>/", questions.on_document, name="questions_on_document"),
    path("questions/bank-lines/<uuid:line_id>/", questions.on_bank_line, name="questions_on_bank_line"),
    path("questions/inbox/<uuid:file_id>/", questions.on_inbox_file, name="questions_on_file"),
    path(QUESTION, questions.question, name="question"),
    path(QUESTION + "answer/", questions.answer, name="answer_question"),
    path(QUESTION + "follow/", questions.follow, name="follow_question"),
    path(QUESTION + "settle/", questions.settle, name="settle_question"),
    path(COLLABORATION + "accept/", requests.accept, name="accept_collaboration"),
    path(COLLABORATION + "decline/", requests.decline, name="decline_collaboration"),
    path(COLLABORATION + "withdraw/", advisory.withdraw, name="withdraw_request"),
    path(COLLABORATION + "end/", advisory.end, name="end_collaboration"),
    # The page of a client, and clients without an account here.
    path("my-portal/clients/add/", clients.add_client, name="add_client"),
    path("my-portal/clients/imports/", client_imports.import_clients, name="import_clients"),
    path(CLIENT_IMPORT, client_imports.client_import, name="client_import"),
    path(CLIENT_IMPORT + "columns/", client_imports.client_import_columns, name="client_import_columns"),
    path(CLIENT_IMPORT + "preview/", client_imports.client_import_preview, name="client_import_preview"),
    path(CLIENT_IMPORT + "report/", client_imports.client_import_report, name="client_import_report"),
    path(CLIENT_IMPORT + "start/", client_imports.start_client_import, name="start_client_import"),
    path(CLIENT, clients.client, name="client"),
    path(CLIENT + "edit/", clients.edit_client, name="edit_client"),
    path(CLIENT + "tags/", clients.client_tags, name="client_tags"),
    path(CLIENT + "retire/", clients.retire_client, name="retire_client"),
    path(CLIENT + "restore/", clients.restore_client, name="restore_client"),
    path(CLIENT + "end/", clients.end_client, name="end_client"),
    path(CLIENT + "handovers/start/", handovers.start_handover, name="start_handover"),
    path("my-portal/clients/handovers/<uuid:handover_id>/", handovers.handover, name="handover"),
    path("my-portal/clients/handovers/<uuid:handover_id>/file/", handovers.handover_file, name="handover_file"),
    path(CLIENT + "notes/write/", clients.write_note, name="write_note"),
    path("my-portal/clients/notes/<uuid:note_id>/remove/", clients.remove_note, name="remove_note"),
    path(CLIENT + "managers/assign/", clients.assign_managers, name="assign_managers"),
    path("my-portal/clients/managers/<uuid:assignment_id>/remove/", clients.remove_manager, name="remove_manager"),
]
