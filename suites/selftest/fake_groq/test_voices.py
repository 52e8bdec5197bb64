from fake_groq.voices import MODELS


def test_both_models_have_six_voices_and_share_none() -> None:
    arabic, english = MODELS.values()
    assert len(set(arabic.voices) | set(english.voices)) == 12


def test_a_model_is_listed_under_its_own_name() -> None:
    assert all(model.listing()["id"] == name for name, model in MODELS.items())
