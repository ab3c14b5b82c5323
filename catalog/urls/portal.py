"""Addresses of the portal's pages."""

from django.urls import URLPattern

PORTAL = "portal/<slug:organisation>/"  # who comes is asked (ActorMiddleware)
DOOR = "portal/<slug:business>/"  # for everybody

portal: list[URLPattern] = []
