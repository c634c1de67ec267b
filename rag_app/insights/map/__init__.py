"""A map: all passages as points in two dimensions, where near in meaning is near on the map."""
