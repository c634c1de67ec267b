"""Kinds of archives: what is in a file that holds files, one by one."""
