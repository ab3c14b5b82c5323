"""The pages of the catalog: the staff's, and the portal's."""
