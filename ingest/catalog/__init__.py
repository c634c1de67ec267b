"""The catalog: the SQLite database of a collection. All SQL on it stands in this folder."""

from ingest.catalog.view import Catalog, CatalogView

__all__ = ["Catalog", "CatalogView"]
