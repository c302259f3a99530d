"""The queue of jobs on the page «Система»: what waits, what was given up and why."""

from dataclasses import dataclass

from sqlalchemy.ext.asyncio import AsyncSession

from api.console.system_parts import BAD, GOOD, WARN, Part, lasting, moment
from api.worker import DEFAULT, OUT, READINGS, inspection
from api.worker.inspection import Failed, Queue

QUEUES = {DEFAULT: "Ответы и заказы", OUT: "Отправка сообщений", READINGS: "Чтение учётных систем"}
SLOW_SECONDS, STUCK_SECONDS = 60.0, 600.0
"""A reading may wait behind another of its kind; what a customer waits for may not."""

TASKS = {
    "conversations.handle": "Ответ на сообщение клиента",
    "messages.deliver": "Отправка сообщения",
    "messages.receipt": "Отметка о доставке",
    "orders.send": "Отправка заказа в учётную систему",
    "orders.cancel": "Отмена заказа в учётной системе",
    "orders.resume_lost": "Поиск заказов без задания",
    "cards.write": "Запись карточки клиента",
    "one_time_codes.send": "Отправка одноразового кода",
    "invitations.send": "Отправка приглашения",
    "notifications.order_changed": "Новость о заказе",
    "notifications.request_decided": "Ответ на просьбу клиента",
    "notifications.fall_back": "Доставка через другой канал",
    "notifications.cart_changed": "Новость о корзине коллегам",
    "notifications.credit_decided": "Решение по заказу сверх лимита",
    "notifications.ask_rating": "Просьба об оценке",
    "accounting.read": "Чтение учётной системы",
}
INSTEAD = {
    "orders.send": "Заказ ждёт решения в разделе «Заказы»: там его отправляют снова.",
    "orders.cancel": "Заказ ждёт решения в разделе «Заказы».",
    "one_time_codes.send": "Код уже устарел: клиент запросит новый сам.",
    "invitations.send": "Отправьте приглашение ещё раз со страницы клиента.",
}
BY_ITSELF = "Повторится само по расписанию."
UNKNOWN_WHY = "Причина в журнале `.run/logs/worker.log`."


@dataclass(frozen=True)
class Shown:
    """A given-up job in words. `instead`: what to do where it may not be repeated."""

    id: int
    title: str
    about: str
    at: str
    why: str
    repeatable: bool
    instead: str


async def parts(session: AsyncSession) -> list[Part]:
    """A part for each queue, also when there is nothing in it."""
    found = {queue.name: queue for queue in await inspection.queues(session)}
    return [_part(title, found.get(name, Queue(name, 0, 0, 0, 0, 0))) for name, title in QUEUES.items()]


def _part(title: str, queue: Queue) -> Part:
    facts = [("Ждут", str(queue.waiting)), ("Выполняются", str(queue.running)), ("Отложены", str(queue.later))]
    if queue.waiting:
        facts.append(("Первое ждёт", lasting(queue.oldest_seconds)))
    if queue.failed:
        facts.append(("Не удались", str(queue.failed)))
    slow = queue.oldest_seconds > SLOW_SECONDS and queue.name != READINGS
    if queue.oldest_seconds > STUCK_SECONDS or slow:
        state = BAD if queue.oldest_seconds > STUCK_SECONDS else WARN
        advice = "Если обработчик работает, он не успевает: запустите ещё один worker. Если нет, сначала поднимите его."
        return Part(title, state, f"Задания ждут уже {lasting(queue.oldest_seconds)}.", advice, None, facts)
    if queue.failed:
        return Part(
            title,
            WARN,
            f"Не удалось заданий: {queue.failed}.",
            "Посмотрите причины ниже: повторите или уберите разобранные.",
            ("#failed", "Неудавшиеся"),
            facts,
        )
    return Part(title, GOOD, "Ничего не ждёт." if not queue.waiting else "Разбирается.", facts=facts)


async def failed(session: AsyncSession) -> list[Shown]:
    """The newest first."""
    return [_shown(job) for job in await inspection.failed(session)]


def _shown(job: Failed) -> Shown:
    about = ", ".join(f"{name} {value}" for name, value in job.args.items() if isinstance(value, (str, int)))
    instead = "" if job.repeatable else INSTEAD.get(job.task, BY_ITSELF)
    return Shown(
        job.id,
        TASKS.get(job.task, job.task),
        about,
        moment(job.at, ""),
        job.why or UNKNOWN_WHY,
        job.repeatable,
        instead,
    )
