"""The settings of `.env` in Russian, by theme. The README's table has the same names: a test compares them."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Setting:
    """`secret`: only whether it is set is shown. `default`: of one that no settings class of the api knows."""

    name: str
    explained: str
    secret: bool = False
    default: str = ""


THEMES: tuple[tuple[str, tuple[Setting, ...]], ...] = (
    ("Компания", (
        Setting("COMPANY_NAME", "название, которое видят клиенты"),
        Setting("MANAGER_NAME", "кого называть, если в учётной системе у клиента нет своего менеджера"),
        Setting("MANAGER_PHONE", "телефон этого человека"),
        Setting("OFFICE_OPENS", "с какого часа отвечают люди"),
        Setting("OFFICE_CLOSES", "до какого часа"),
        Setting("CUTOFF", "заказы до этого времени уходят в ближайшую доставку"),
        Setting("REQUISITES", "что услышит клиент, который хочет оплатить"),
        Setting("TIMEZONE", "часовой пояс"),
        Setting("CLOCK_OFFSET_SECONDS", "сдвиг часов всех процессов, для показов и проверок"),
        Setting("DEMO", "страница с придуманными клиентами по адресу /"),
    )),
    ("Долг и лимит", (
        Setting("CREDIT_LIMIT_POLICY", "сверх лимита: warn предупредить, ask спросить менеджера, block не пускать"),
        Setting("OVERDUE_POLICY", "просроченный долг: тот же выбор"),
    )),
    ("Учётные системы", (
        Setting("ERP_KIND", "какая учётная система: docs/accounting.md"),
        Setting("ERP_URL", "её адрес; пусто — демонстрационная 1С"),
        Setting("ERP_USER", "пользователь бота в ней", default="bot"),
        Setting("ERP_PASSWORD", "его пароль", secret=True),
        Setting("ERP_MORE", "имена ещё учётных систем, по одной на юридическое лицо"),
        Setting("EXCHANGE_DIR", "папка с файлами, которые приносят и забирают учётные системы"),
        Setting("SECRETS_DIR", "папка с паролями учётных систем в отдельных файлах"),
        Setting("STOCK_SYNC_MINUTES", "как часто читать остатки, минут"),
        Setting("SYNC_GOODS_MINUTES", "как часто читать товары, минут; раз в ночь всё читается целиком"),
        Setting("SYNC_PRICES_MINUTES", "то же для цен"),
        Setting("SYNC_CUSTOMERS_MINUTES", "то же для клиентов, точек и сотрудников"),
        Setting("SYNC_BALANCES_MINUTES", "то же для долгов и неоплаченных накладных"),
        Setting("ORDER_UNFETCHED_HOURS", "сколько часов заказ может ждать, пока учётная система его заберёт"),
        Setting("SYNC_MAX_GONE_PERCENT", "если из прочитанного пропала большая доля, решает менеджер"),
        Setting("SYNC_MAX_REPRICED_PERCENT", "то же, если разом изменилась большая доля цен"),
    )),
    ("Вход клиентов и приглашения", (
        Setting("SIGN_IN_WAYS", "как клиенты подтверждают, кто они, по порядку: phone, code, login, otp"),
        Setting("OTP_WHEN", "когда просить одноразовый код кроме номера: doubt — при сомнении, always — всегда"),
        Setting("SIGN_IN_TRIES", "неудачных попыток в чате до паузы"),
        Setting("SIGN_IN_LOCKOUT_MINUTES", "на сколько минут пауза"),
        Setting("SMTP_URL", "почтовый сервер для одноразовых кодов и приглашений", secret=True),
        Setting("MAIL_FROM", "от чьего имени письма"),
        Setting("LOG_COURIER_SMS", "только для разработки: SMS пишутся в журнал вместе с кодами"),
        Setting("LOG_COURIER_EMAIL", "то же для писем"),
        Setting("INVITATION_DAYS", "сколько дней действует ссылка приглашения"),
        Setting("INVITE_TELEGRAM", "имя бота для ссылок в приглашениях; пусто — не предлагать"),
        Setting("INVITE_MAX", "то же для MAX"),
        Setting("INVITE_WHATSAPP", "номер WhatsApp для того же, только цифры"),
        Setting("INVITE_WEB", "страница с чатом для того же; пусто — /chat на PUBLIC_URL"),
    )),
    ("Telegram", (
        Setting("TELEGRAM_TOKEN", "токен бота от @BotFather; пусто — без Telegram", secret=True),
        Setting("TELEGRAM_BOT_NAME", "имя бота, для ссылок и групп"),
        Setting("TELEGRAM_MODE", "webhook или polling; пусто — webhook, если задан PUBLIC_URL"),
        Setting("TELEGRAM_SECRET", "что Telegram повторяет в запросах; пусто — выводится из SECRET_KEY", secret=True),
        Setting("TELEGRAM_API_URL", "другой сервер Bot API"),
        Setting("TELEGRAM_PROXY", "HTTP-прокси на пути туда", secret=True),
    )),
    ("MAX", (
        Setting("MAX_TOKEN", "токен бота; пусто — без MAX", secret=True),
        Setting("MAX_MODE", "webhook или polling; пусто — webhook, если задан PUBLIC_URL"),
        Setting("MAX_SECRET", "что MAX повторяет в каждом запросе; пусто — выводится из SECRET_KEY", secret=True),
        Setting("MAX_CA_FILE", "сертификаты, которым верить для MAX; пусто — сертификаты Минцифры, они уже здесь"),
        Setting("MAX_PROXY", "HTTP-прокси на пути туда", secret=True),
        Setting("MAX_API_URL", "адрес API"),
        Setting("MAX_FILE_HOSTS", "с каких доменов можно брать файлы клиентов"),
    )),
    ("WhatsApp", (
        Setting("WHATSAPP_PROVIDER", "через кого: meta или 360dialog"),
        Setting("WHATSAPP_TOKEN", "токен Meta или ключ 360dialog; пусто — без WhatsApp", secret=True),
        Setting("WHATSAPP_PHONE_ID", "идентификатор нашего номера у Meta"),
        Setting("WHATSAPP_APP_SECRET", "секрет, которым Meta подписывает запросы", secret=True),
        Setting("WHATSAPP_VERIFY_TOKEN", "придуманный секрет для проверки адреса", secret=True),
        Setting("WHATSAPP_API_URL", "адрес провайдера; пусто — обычный"),
        Setting("WHATSAPP_PROXY", "HTTP-прокси на пути туда", secret=True),
        Setting("WHATSAPP_TEMPLATE", "одобренный шаблон для сообщений позже 24 часов; пусто — они не уйдут"),
        Setting("WHATSAPP_TEMPLATE_LANGUAGE", "его язык"),
    )),
    ("Чат на сайте и адреса", (
        Setting("PUBLIC_URL", "адрес снаружи (https://…); пусто — порт на этой машине"),
        Setting("WEBCHAT_ORIGINS", "сайты, которым можно встроить чат; * — любым"),
        Setting("WEBCHAT_FILE_MB", "самый большой файл в чате, мегабайт"),
        Setting("TRUSTED_PROXIES", "обратные прокси, которым верить про адрес клиента", default="127.0.0.1"),
        Setting("API_PORT", "порт чата, консоли и API"),
        Setting("RASA_PORT", "порт Rasa, только на этой машине"),
        Setting("RASA_2_PORT", "порт второй Rasa: в ней пробуют и вводят новую модель"),
        Setting("ACTIONS_PORT", "порт действий помощника, только на этой машине"),
        Setting("DEMO_ERP_PORT", "порт демонстрационной 1С"),
        Setting("DEMO_ERP_DATA", "данные демонстрационной 1С", default=".run/demo-1c.sqlite3"),
        Setting("RASA_URL", "где отвечает Rasa; пусто — по порту"),
        Setting("RASA_2_URL", "где отвечает вторая Rasa; пусто — по порту"),
        Setting("TRAINING_DIR", "где лежат data и models; пусто — в папке программы"),
        Setting("KEEP_MODELS", "сколько обученных моделей хранить"),
        Setting("ACTIONS_URL", "где отвечают действия; пусто — по порту"),
    )),
    ("База данных и ключи", (
        Setting("DATABASE_URL", "PostgreSQL 15 или новее; пусто — встроенный, в .run/postgres", secret=True),
        Setting("RASA_DB_URL", "разговоры Rasa; пусто — схема rasa в DATABASE_URL", secret=True),
        Setting("SECRET_KEY", "подписывает токены", secret=True),
        Setting("RASA_GATEWAY_SECRET", "открывает Rasa для шлюза", secret=True),
        Setting("ADMIN_PASSWORD", "пароль первого входа в консоль, admin", secret=True),
        Setting("ADMIN_SECOND_FACTOR", "второй фактор администраторов: required или optional; пусто — по DEMO"),
    )),
)  # fmt: skip
