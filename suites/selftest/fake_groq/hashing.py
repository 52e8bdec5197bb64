"""One number for what some plans would send."""

import hashlib

from fake_groq.steps import Plan, hash_plan


def plan_sha256(plans: tuple[Plan, ...]) -> str:
    digest = hashlib.sha256()
    for plan in plans:
        hash_plan(plan, digest)
    return digest.hexdigest()
