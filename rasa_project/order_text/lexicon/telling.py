"""Words of sentences that tell, suppose or wish around an order; beginnings of words where not said otherwise."""

# What people say they have done when they order: «забыла: ещё батон 5», «решили взять муки 10».
DECIDED: tuple[str, ...] = (
    "сказал", "просил", "попросил", "велел", "поручил", "забы", "хотел", "реш", "подума", "переду", "вспомн", "надум", "захотел", "понадоб", "законч", "кончи", "собра",
)
# Verbs of past orders: «всё, что я во вторник брала».
ORDERED: tuple[str, ...] = (
    "брал", "заказ", "покуп", "привоз", "привез", "дела", "был", "взял", "отгру", "присыл", "достав", "набира",
)
# Verbs of what has arrived: «всё получили: 60 картофеля».
RECEIVED: tuple[str, ...] = ("получил", "приехал", "привезл", "пришл", "доехал", "довезл", "принял")
# Verbs in the past that order all the same: «хотел бы», «сметана кончилась».
WISHED: tuple[str, ...] = ("хотел", "захотел", "понадоб", "законч", "заканч", "кончил", "реш", "надум")
LACKING: tuple[str, ...] = ("нет", "не", "законч", "кончи", "отсутств")
RAN_OUT: tuple[str, ...] = ("законч", "кончи", "нет")
# Where goods lie that need not come, behind «в» and «на»; «на полку», in another case, is where they shall go.
STORES: tuple[str, ...] = (
    "холодильнике", "морозилке", "морозилках", "складе", "остатке", "остатках", "подсобке", "кладовке", "запасе", "запасах",
    "подвале", "витрине", "полке", "полках",
)
# What customers do as a rule: «мы обычно берём 12».
TAKES: tuple[str, ...] = ("бер", "заказыва", "возьм", "покупа")
# What begins a word to a voice assistant: «напомни в 8 заказать кефир».
REMIND: tuple[str, ...] = ("напомни",)
AHEAD: tuple[str, ...] = ("завтра", "послезавтра", "сегодня")
# Whole words. «если не сложно» is no condition.
POLITE = frozenset({"сложно", "трудно", "затруднит", "против", "забудьте", "забудете", "так"})
RELATIVE = frozenset({"где", "когда", "который", "которую", "которое", "которые"})
GOES_ON = frozenset({"и", "а", "плюс", "также", "еще"})
# First words of a chunk. «…, у меня 12 лотков хлеба, кто принимает?» says a driver; «у нас ремонт» tells a reason.
WITH_ME: tuple[list[str], ...] = (["у", "меня"], ["со", "мной"])
AT_OURS: tuple[list[str], ...] = (["у", "нас"], ["у", "меня"], ["а", "у"], ["у", "них"])
