"""From verdicts to documents; decides nothing.

===============  ==================================================================================
``certificate``  pure: manifest and judgement become the one view model of all formats
``parts``        the shapes that a certificate is made of
``checklist``    the catalogue of all rules, and the eight requirements that they belong to
``formats/``     one writer a file: HTML, JSON, text
``templates/``   the HTML document; ``assets/`` its style; ``schema/`` the JSON schema
===============  ==================================================================================
"""
