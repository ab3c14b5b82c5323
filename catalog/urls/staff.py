"""Addresses of the staff's pages."""

from django.urls import URLPattern

STAFF = "o/<slug:organisation>/catalog/"

staff: list[URLPattern] = []
