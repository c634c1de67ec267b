"""Measurements that the documents cite. None is part of the tests."""
