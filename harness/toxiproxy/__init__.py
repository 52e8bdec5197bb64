"""Toxiproxy: find or build the server, supervise it, speak to it; or take the stand-in's place.

binary     where the real server comes from (environment, path, cache, build with Go)
server     one supervised server for as long as a block lasts
client     the HTTP API, with the checks that the server and its Python library leave out
stand_in   the same HTTP API in Python, for machines where the real server cannot be had
link       how the stand-in moves bytes: one link per direction, a chain of toxics in each
toxics/    one toxic per file: its attributes with their ranges, and what it does to a link
"""
