"""Scenarios as data: operations, fault schedule, isolation. Every check judges every one."""
