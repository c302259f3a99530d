"""What a browser calls itself, in two words that a person knows again in the list of their sessions."""

BROWSERS = (
    ("YaBrowser", "Яндекс Браузер"),
    ("Edg", "Edge"),
    ("OPR", "Opera"),
    ("SamsungBrowser", "Samsung Internet"),
    ("Firefox", "Firefox"),
    ("FxiOS", "Firefox"),
    ("CriOS", "Chrome"),
    ("Chrome", "Chrome"),
    ("Safari", "Safari"),
)
"""The first that occurs: every Chromium calls itself Chrome and Safari too."""
MACHINES = (
    ("iPhone", "iPhone"),
    ("iPad", "iPad"),
    ("Android", "Android"),
    ("Windows", "Windows"),
    ("Macintosh", "Mac"),
    ("Linux", "Linux"),
)


def known_as(user_agent: str) -> str:
    """«Chrome, Windows»; what is not in the tables is «другой браузер»."""
    browser = next((name for sign, name in BROWSERS if sign in user_agent), "другой браузер")
    machine = next((name for sign, name in MACHINES if sign in user_agent), "")
    return f"{browser}, {machine}" if machine else browser
