"""Keyboard layout, transliteration, look-alike letters."""

_KEYS = "qwertyuiop[]asdfghjkl;'zxcvbnm,.`" + "{}:\"<>~"
_RUSSIAN = "йцукенгшщзхъфывапролджэячсмитьбюё" + "хъжэбюё"
LAYOUT = str.maketrans(_KEYS, _RUSSIAN)

LATIN_LOOKALIKES = str.maketrans("aceopxykmthbABCEHKMOPTXY", "асеорхукмтнвАВСЕНКМОРТХУ")

# Typographic characters that mean the same as plain ones.
CONFUSABLE = str.maketrans({
    "\u00a0": " ", "\u2009": " ", "\u202f": " ", "\t": " ", "\u2028": "\n", "\u2029": "\n", "\x0b": "\n",
    "–": "-", "—": "-", "−": "-", "‑": "-", "‒": "-", "×": "х", "✕": "х", "✖": "х",
    "“": '"', "”": '"', "«": '"', "»": '"', "„": '"', "’": "'", "‘": "'",
    "½": "1/2", "¼": "1/4", "¾": "3/4", "٪": "%", "％": "%", "＋": "+", "➕": "+", "•": "\n", "●": "\n", "▪": "\n",
})

TRANSLIT_DIGRAPHS = (
    ("shch", "щ"), ("sch", "щ"), ("sh", "ш"), ("ch", "ч"), ("zh", "ж"), ("kh", "х"), ("ph", "ф"), ("ck", "к"),
    ("ya", "я"), ("ja", "я"), ("yu", "ю"), ("ju", "ю"), ("yo", "е"), ("jo", "е"), ("ye", "е"), ("je", "е"),
    ("ts", "ц"), ("iy", "ий"), ("yj", "ый"), ("yi", "ый"), ("ee", "и"), ("oo", "у"),
)
TRANSLIT_LETTERS = {
    "a": "а", "b": "б", "c": "ц", "d": "д", "e": "е", "f": "ф", "g": "г", "h": "х", "i": "и", "j": "й", "k": "к",
    "l": "л", "m": "м", "n": "н", "o": "о", "p": "п", "q": "к", "r": "р", "s": "с", "t": "т", "u": "у", "v": "в",
    "w": "в", "x": "кс", "y": "ы", "z": "з", "'": "ь",
}

# What is written after ж, ш, ч, щ, by ear and by rule.
SPELLING = {"ы": "и", "я": "а", "ю": "у"}

# «2сл» said in full.
LAYERS = {"1": "одно", "2": "двух", "3": "трех", "4": "четырех", "5": "пяти"}

# Behind a figure: «2½».
PARTS = {"½": ",5", "¼": ",25", "¾": ",75"}
