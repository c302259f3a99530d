"""What a chunk of a sentence makes of its neighbours: complaints, questions, conditions and stories spread."""

from collections.abc import Sequence

from api.understanding import signs
from api.understanding.candidates import Finder
from api.understanding.labels import COMPLAINT, ORDER, TALK, TOLD, Label
from order_text.lexicon.telling import DECIDED, GOES_ON, LACKING, POLITE, RAN_OUT, RECEIVED, RELATIVE
from order_text.model import Kind, Token

Chunks = Sequence[Sequence[Token]]
_DRIVER: Label = ("chatter", "driver")


def spread(chunks: Chunks, labels: list[Label], finder: Finder, asked: bool) -> list[Label]:
    """The labels of a sentence's chunks, each seen beside the others; `asked`: the sentence ends with «?»."""
    if not asked:
        labels = _told_which(chunks, labels)
    labels = _complaints(chunks, _received(chunks, labels))
    labels = _talk(chunks, _driver(chunks, labels))
    if asked:
        labels = _supposed(chunks, _with_me(chunks, labels))
    return _conditions(chunks, _questions(chunks, labels, finder, asked))


def _told_which(chunks: Chunks, labels: list[Label]) -> list[Label]:
    """«повтори заказ, где были торты»: tells which one."""
    pairs = zip(chunks, [(), *chunks], labels, strict=False)
    return [
        ORDER if RELATIVE & {chunk[0].norm.split(" ")[0]} and signs.refers(before) else label
        for chunk, before, label in pairs
    ]


def _received(chunks: Chunks, labels: list[Label]) -> list[Label]:
    """«всё получили: 60 картофеля, 20 лука»: behind the colon stands what has come."""
    told = (
        at
        for at, chunk in enumerate(chunks)
        if chunk[-1].role == "colon" and any(token.norm.startswith(RECEIVED) for token in chunk)
    )
    first = next(told, len(labels))
    return labels[:first] + [TOLD] * (len(labels) - first)


def _complaints(chunks: Chunks, labels: list[Label]) -> list[Label]:
    """In a sentence that complains only a chunk with an ordering verb and an amount still orders."""
    if all(does != "complaint" for does, _ in labels):
        return labels
    return [
        COMPLAINT if label[0] == "order" and not _still_orders(chunk) else label
        for chunk, label in zip(chunks, labels, strict=True)
    ]


def _still_orders(chunk: Sequence[Token]) -> bool:
    roles = signs.roles_of(chunk)
    return bool(roles & signs.CHANGES or roles & ({"add", "order"} if signs.counts(chunk) else {"remove"}))


def _driver(chunks: Chunks, labels: list[Label]) -> list[Label]:
    """«водителю: заезд со двора, звонить минут за 20»: to the end of the sentence."""
    spoken = (i for i, chunk in enumerate(chunks) if any(token.norm.startswith("водител") for token in chunk))
    first = next(spoken, len(labels))
    at_door = any(role == "driver" for _, role in labels) and not any(signs.ordering(chunk) for chunk in chunks)
    if at_door:
        return [_DRIVER] * len(labels)  # «я на воротах, 2 паллеты картошки, куда разгружать?»
    addressed = first < len(labels) and any(token.role == "colon" for token in chunks[first])
    if first < len(labels) and labels[first][0] == "order" and not addressed:
        return labels
    return labels[:first] + [_DRIVER] * (len(labels) - first)


def _with_me(chunks: Chunks, labels: list[Label]) -> list[Label]:
    """«…, у меня 12 лотков хлеба, кто принимает?»."""
    return [
        _DRIVER if signs.carries(chunk) and label[0] == "order" else label
        for chunk, label in zip(chunks, labels, strict=True)
    ]


def _talk(chunks: Chunks, labels: list[Label]) -> list[Label]:
    """Beside an order: «…, вишню что-то никто не берёт», «…, и чтобы холодные были»."""
    counted = [signs.counts(chunk) for chunk in chunks]
    out = list(labels)
    for at, chunk in enumerate(chunks):
        if labels[at][0] != "order" or not _is_plain(chunk):
            continue
        acts = any(t.kind in (Kind.word, Kind.filler) and "best:VERB" in t.tags for t in chunk)
        wishes = chunk[0].norm == "чтобы" or [t.norm for t in chunk[:2]] == ["и", "чтобы"]
        told = any(t.tags >= signs.PAST_VERB and not t.norm.startswith(DECIDED) for t in chunk)
        behind = at > 0 and counted[at - 1] and (acts or wishes)
        ahead = at == 0 and told and any(counted[1:])  # «Дед до тушёнки добрался, так что свиной 12»
        removed = acts and at + 1 < len(chunks) and signs.removes_it(chunks[at + 1])
        if behind or ahead or removed:
            out[at] = TALK
    return out


def _is_plain(chunk: Sequence[Token]) -> bool:
    marks = (Kind.reference, Kind.operation, Kind.percent, Kind.complaint, Kind.question)
    return not any(token.kind in (*signs.AMOUNTS, *marks) and token.role not in signs.IDLE for token in chunk)


def _supposed(chunks: Chunks, labels: list[Label]) -> list[Label]:
    """«если возьму 2 коробки сиропа, привезёте?» asks."""
    supposed = next((at for at, chunk in enumerate(chunks) if "если" in [t.norm for t in chunk[:2]]), len(labels))
    return labels[:supposed] + [("question", "delivery")] * (len(labels) - supposed)


def _questions(chunks: Chunks, labels: list[Label], finder: Finder, asked: bool) -> list[Label]:
    """A question takes the chunks around it that order nothing by themselves."""
    out = list(labels)
    for place, (does, role) in enumerate(labels):
        if does != "question":
            continue
        for step in (-1, 1):
            at = place + step
            listed = step > 0 and role == "price" and signs.names_goods(chunks[place], finder)
            # «где мой заказ, 12 хлеба и 10 кефира?», «есть 10 кефира и 12 хлеба?»
            told = step > 0 and (role == "status" or (role == "stock" and asked and signs.counts(chunks[place])))
            while (
                0 <= at < len(out)
                and out[at][0] == "order"
                and not (signs.ordering(chunks[at]) if told else _orders(chunks[at], finder, listed, step > 0))
            ):
                if step < 0 and signs.only_amounts(chunks[at]):
                    break  # «молоко 2,5 2 уп, 3,2 1 уп, а снежок есть?»
                out[at] = ("question", role)
                at += step
    return out


def _orders(chunk: Sequence[Token], finder: Finder, listed: bool, behind: bool) -> bool:
    """`listed`: the chunk may be the next item of a price question; `behind`: it follows the question."""
    goods = signs.names_goods(chunk, finder)
    if behind and not goods and chunk[0].norm == "до":
        return False  # «до скольки принимаете, до 16 или до 17?»
    if listed:
        return signs.ordering(chunk) and goods
    return signs.ordering(chunk) or signs.refers(chunk) or (signs.counts(chunk) and goods)


def _conditions(chunks: Chunks, labels: list[Label]) -> list[Label]:
    """«если нет …» holds to the end of the sentence, to its bracket or to «…, и маскарпоне 6»."""
    for place, chunk in enumerate(chunks):
        if labels[place][0] != "order" or not _is_conditional(chunk):
            continue
        closing = [at + 1 for at in range(place, len(chunks)) if any(token.text == ")" for token in chunks[at])]
        further = [at for at in range(place + 1, len(chunks)) if chunks[at][0].norm in GOES_ON]
        end = min([*closing[:1], *further[:1], len(labels)])
        return labels[:place] + [("condition", "")] * (end - place) + labels[end:]
    return labels


def _is_conditional(chunk: Sequence[Token]) -> bool:
    """«если нет, то …», «а не окажется – тогда …», «кончились – кладите …»."""
    words = [word for token in chunk for word in token.norm.split()]
    if POLITE & set(words) or not any(word.startswith(LACKING) for word in words):
        return False
    opens = any(word.startswith(LACKING) for word in words[:2]) and bool({"тогда", "то"} & set(words))
    dashed = any(token.role == "dash" for token in chunk) and words[0].startswith(RAN_OUT)
    return "если" in words or opens or dashed
