"""What firms and businesses share: conversations, collaborations, grants, clients and questions."""

from collaborations.models.access import Grant
from collaborations.models.base import Side
from collaborations.models.clients import Client, ClientNote, ManagerAssignment
from collaborations.models.collaboration import Collaboration
from collaborations.models.conversation import Conversation, Message, MessageAttachment, MessageNotice, ReadMark
from collaborations.models.kpis import KpiPreference, KpiReading, SavedView
from collaborations.models.questions import Question, QuestionReply

__all__ = [
    "Client",
    "ClientNote",
    "Collaboration",
    "Conversation",
    "Grant",
    "KpiPreference",
    "KpiReading",
    "ManagerAssignment",
    "Message",
    "MessageAttachment",
    "MessageNotice",
    "Question",
    "QuestionReply",
    "ReadMark",
    "SavedView",
    "Side",
]
