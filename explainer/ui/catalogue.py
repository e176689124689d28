"""What models are called, and what they are asked at first: one table each, for all chapters."""

SEXES = {"girls": "girls", "boys": "boys"}
KINDS = {"bigram": "bigram", "mlp": "MLP", "gpt": "GPT"}  # of models of names
GPTS = {
    "shakespeare": "Shakespeare",
    "polish-books": "Polish books",
    "pan-tadeusz": "Pan Tadeusz",
    "girls-gpt": "girls’ names",
    "boys-gpt": "boys’ names",
}
POLISH_FIRST = {name: GPTS[name] for name in ("polish-books", "pan-tadeusz", *GPTS)}
PROMPTS = {
    "shakespeare": "ROMEO:↵O,␣",
    "polish-books": "Pan Tadeusz wszedł do␣",
    "pan-tadeusz": "Litwo! Ojczyzno moja!␣",
    "girls-gpt": "MA",
    "boys-gpt": "MA",
}
HEADS = {  # layer and head whose habit shows on these prompts
    "shakespeare": "1.6",
    "polish-books": "1.2",
    "pan-tadeusz": "1.2",
    "girls-gpt": "1.4",
    "boys-gpt": "1.4",
}


def called(name: str) -> str:
    """Return what a model of the house is called, such as "GPT, Shakespeare"; the name itself of any other.

    A model that shares its kind and its names with others is told apart by its file.
    """
    sex, _, kind = name.partition("-")
    if name in GPTS:
        return f"GPT, {GPTS[name]}"
    if name == "poem-alone":
        return f"GPT, {GPTS['pan-tadeusz']} alone"
    first, _, variant = kind.partition("-")
    if sex not in SEXES or first not in KINDS:
        return name
    return f"{KINDS[first]}, {sex}’ names{f' ({name})' if variant else ''}"
