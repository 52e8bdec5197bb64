"""The upstream wants its terms accepted first, and nobody has."""

from dataclasses import dataclass

from fake_groq.faults.base import RefusingFault, fault
from fake_groq.steps import Refuse


@fault
@dataclass(frozen=True, slots=True, kw_only=True)
class TermsRequired(RefusingFault):
    """A 400 with the code `model_terms_required`, which names the page for it."""

    @property
    def refusal(self) -> Refuse:
        """What is answered."""
        return Refuse(status=400, cause="terms")
