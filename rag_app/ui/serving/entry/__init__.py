"""The login before the page: the ways in, and the gate that asks for one."""
