from fake_groq.voices import MODELS, VOICE_SETS, voices_of


def test_both_models_have_six_voices_and_share_none() -> None:
    arabic, english = MODELS.values()
    assert len(set(arabic.voices) | set(english.voices)) == 12


def test_a_model_is_listed_under_its_own_name() -> None:
    assert all(model.listing()["id"] == name for name, model in MODELS.items())


def test_arabic_had_four_voices_until_two_were_added() -> None:
    arabic, english = MODELS
    assert voices_of(arabic, "2025-12") == ("fahad", "sultan", "lulwa", "noura")
    assert len(voices_of(arabic, "2026-04")) == 6
    assert {voices_of(english, name) for name in VOICE_SETS} == {MODELS[english].voices}
