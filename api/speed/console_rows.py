"""A distributor after a year of work, invented inside PostgreSQL: what the console's pages are measured on.

Statements only, in the order of the foreign keys; `%(name)s` is a volume or the present moment. Number 1 is the newest
of everything that has a time, and is inserted last, so that ids grow with time as they do in a real database.
"""

YEAR = "interval '365 days'"
WORDS = (
    "ARRAY['молоко 3,2%% 10 шт','как обычно, только сметаны 5','где мой заказ?','хлеб бородинский 20 и батон 15',"
    "'позовите менеджера','сколько я должен?','творог 9%% кор','добавь масла 4 пачки','спасибо','привезите завтра к 9']"
)
ANSWERS = (
    "ARRAY['Добавил: молоко — 10 шт. Оформить?','Заказ принят! Доставка завтра.','Ваш заказ собирается на складе.',"
    "'Какой творог положить?','Передаю менеджеру, он ответит здесь.']"
)
REASONS = "ARRAY['asked','complaint','not_understood','attachment','order_failed','order_review','documents']"
KINDS = "ARRAY['fallback','low_confidence','unknown_product','answered_otherwise','corrected','handed_off']"
CHANNELS = "ARRAY['telegram','whatsapp','max','webchat']"
GOODS = "ARRAY['молоко','сметана','творог','кефир','масло','сыр','хлеб','батон','сок','вода','чай','кофе']"
EVENTS = (
    "ARRAY['turn','turn','turn','turn','question','order_confirmed','order_accepted','handoff','sign_in','alias_used']"
)


def _pick(words: str, number: str) -> str:
    return f"({words})[1 + ({number}) %% array_length({words}, 1)]"


def _uuid(number: str) -> str:
    return f"md5('c' || ({number}))::uuid"


def _back(number: str, count: str) -> str:
    """The moment of the n-th newest of so many that a year brought."""
    return f"%(now)s - {YEAR} * (({number})::float / {count})"


CUSTOMER = "'k' || (1 + ({}) %% %(customers)s)"
SAID = "%(now)s - " + YEAR + " * (i::float / %(conversations)s) - make_interval(secs => 30 * (n - k))"

STATEMENTS: tuple[tuple[str, str], ...] = (
    (
        "people",
        """
        INSERT INTO staff_users (login, name, role, password_hash)
        SELECT CASE i WHEN 1 THEN %(login)s ELSE 'manager' || i END, 'Менеджер ' || i,
               CASE WHEN i = 1 THEN 'admin' WHEN i %% 10 = 0 THEN 'trainer' ELSE 'manager' END, %(hash)s
        FROM generate_series(1, %(staff)s) i
        """,
    ),
    (
        "products",
        f"""
        INSERT INTO products (id, sku, name, base_unit, brand)
        SELECT 'p' || i, lpad(i::text, 6, '0'), initcap({_pick(GOODS, "i")}) || ' «Марка ' || i %% 300 || '» ' || i,
               'шт', 'Марка ' || i %% 300
        FROM generate_series(1, %(products)s) i
        """,
    ),
    (
        "prices",
        """
        INSERT INTO prices (product_id, amount, price_list_id)
        SELECT 'p' || i, 50 + i %% 400, 'bulk' FROM generate_series(1, %(products)s) i
        """,
    ),
    ("price lists", "INSERT INTO price_lists (id, name) VALUES ('bulk', 'Опт')"),
    (
        "customers",
        """
        INSERT INTO customers (id, name, price_list_id, tax_id, credit_limit, manager_name, pilot)
        SELECT 'k' || i, (ARRAY['ООО','ИП','АО'])[1 + i %% 3] || ' «' || (ARRAY['Ромашка','Кофейня','Гастроном',
               'Пекарня','Столовая','Ресторан'])[1 + i %% 6] || ' ' || i || '»', 'bulk', lpad(i::text, 10, '7'),
               100000 + i, 'Менеджер ' || i %% 30, i %% 20 = 0
        FROM generate_series(1, %(customers)s) i
        """,
    ),
    (
        "outlets",
        """
        INSERT INTO outlets (id, customer_id, name, address, delivery_days, window_start, window_end)
        SELECT 'o' || i || '-' || n, 'k' || i, 'Точка ' || n, 'ул. Мира, ' || i, '[1, 3, 5]', '09:00', '13:00'
        FROM generate_series(1, %(customers)s) i, generate_series(1, 2) n
        """,
    ),
    (
        "contacts",
        """
        INSERT INTO contacts (id, customer_id, name, phone)
        SELECT 'c' || i || '-' || n, 'k' || i, (ARRAY['Вера','Олег'])[n], '+7900' || lpad((i * 2 + n)::text, 7, '0')
        FROM generate_series(1, %(customers)s) i, generate_series(1, 2) n
        """,
    ),
    (
        "phones",
        """
        INSERT INTO contact_phones (contact_id, phone, source, added_at)
        SELECT id, phone, 'erp', %(now)s FROM contacts
        """,
    ),
    (
        "codes",
        """
        INSERT INTO company_codes (digest, customer_id, source, hint)
        SELECT md5('code' || i), 'k' || i, 'own', 'ABCD' FROM generate_series(1, %(customers)s) i
        """,
    ),
    (
        "balances",
        """
        INSERT INTO balances (customer_id, debt, overdue, as_of)
        SELECT 'k' || i, i * 7 %% 90000, CASE i %% 9 WHEN 0 THEN i ELSE 0 END, %(now)s
        FROM generate_series(1, %(customers)s) i
        """,
    ),
    (
        "invoices",
        """
        INSERT INTO invoices (customer_id, number, issued, due, amount, rest)
        SELECT 'k' || i, 'СЧ-' || i || '-' || n, %(now)s::date - n * 20, %(now)s::date - n * 20 + 14, 5000 + i,
               CASE n WHEN 1 THEN 5000 + i ELSE 0 END
        FROM generate_series(1, %(customers)s) i, generate_series(1, 6) n
        """,
    ),
    (
        "conversations",
        f"""
        INSERT INTO conversations (id, channel, channel_user, customer_id, contact_id, served_customer_id, mode, name,
            last_seq, last_inbound_at, created_at, last_at, last_text, last_sender, unanswered_since, staff_seen_seq)
        SELECT {_uuid("i")}, {_pick(CHANNELS, "i")}, 'u' || i, customer, contact, customer, mode, 'Гость ' || i,
               count, at, at - {YEAR} / 4, at,
               CASE mode WHEN 'bot' THEN {_pick(ANSWERS, "i")} ELSE {_pick(WORDS, "i")} END,
               CASE mode WHEN 'bot' THEN 'bot' ELSE 'customer' END,
               CASE WHEN mode = 'waiting' OR (mode = 'manager' AND i %% 3 = 0) THEN at END,
               CASE WHEN mode = 'bot' OR i %% 2 = 0 THEN count ELSE 0 END
        FROM (
            SELECT i, CASE WHEN i %% 50 <> 0 THEN {CUSTOMER.format("i")} END AS customer,
                   CASE WHEN i %% 50 <> 0 THEN 'c' || (1 + i %% %(customers)s) || '-' || (1 + i %% 2) END AS contact,
                   CASE WHEN i > %(open)s THEN 'bot' WHEN i %% 5 < 2 THEN 'waiting' ELSE 'manager' END AS mode,
                   CASE i WHEN 1 THEN %(long)s ELSE %(messages)s END AS count,
                   {_back("i", "%(conversations)s")} AS at
            FROM generate_series(%(conversations)s, 1, -1) i
        ) made
        """,
    ),
    (
        "inbox",
        f"""
        INSERT INTO inbox (channel, provider_id, conversation_id, seq, at, text, raw, handled_at, intent, confidence)
        SELECT {_pick(CHANNELS, "i")}, i || ':' || k, {_uuid("i")}, k, at, {_pick(WORDS, "i + k")},
               jsonb_build_object('id', i || ':' || k, 'user', 'u' || i), at,
               CASE WHEN k %% 4 = 1 THEN 'order' ELSE 'status' END, 0.35 + (i + k) %% 60 / 100.0
        FROM (
            SELECT i, n, k, {SAID} AS at FROM generate_series(%(conversations)s, 1, -1) i,
            LATERAL (SELECT CASE i WHEN 1 THEN %(long)s ELSE %(messages)s END) sizes (n),
            LATERAL generate_series(1, n - 1, 2) k
        ) said
        """,
    ),
    (
        "outbox",
        f"""
        INSERT INTO outbox (conversation_id, seq, at, sender, author, text, buttons, customer_id, state, provider_ids)
        SELECT {_uuid("i")}, k, at, CASE WHEN k %% 20 = 10 THEN 'manager' ELSE 'bot' END,
               CASE WHEN k %% 20 = 10 THEN 'Менеджер 2' ELSE '' END, {_pick(ANSWERS, "i + k")},
               '[{{"title": "Оформить", "payload": "/confirm_order"}}]',
               CASE WHEN i %% 50 <> 0 THEN {CUSTOMER.format("i")} END, 'sent', jsonb_build_array(i || ':' || k)
        FROM (
            SELECT i, n, k, {SAID} AS at FROM generate_series(%(conversations)s, 1, -1) i,
            LATERAL (SELECT CASE i WHEN 1 THEN %(long)s ELSE %(messages)s END) sizes (n),
            LATERAL generate_series(2, n, 2) k
        ) said
        """,
    ),
    (
        "handoffs",
        f"""
        INSERT INTO handoffs (conversation_id, customer_id, reason, note, requested_at, taken_at, taken_by, closed_at,
            alerted_at)
        SELECT {_uuid("i")}, CASE WHEN i %% 50 <> 0 THEN {CUSTOMER.format("i")} END, {_pick(REASONS, "i")},
               {_pick(WORDS, "i")}, at, CASE WHEN i > %(open)s OR i %% 5 >= 2 THEN at + interval '4 minutes' END,
               CASE WHEN i > %(open)s OR i %% 5 >= 2 THEN 'manager' || (2 + i %% 20) ELSE '' END,
               CASE WHEN i > %(open)s THEN at + interval '20 minutes' END, at
        FROM (SELECT i, {_back("i", "%(conversations)s")} AS at FROM generate_series(%(handoffs)s, 1, -1) i) asked
        """,
    ),
    (
        "orders",
        f"""
        INSERT INTO orders (key, customer_id, outlet_id, conversation_id, contact_id, status, number, created_at,
            delivery_date, window_start, window_end, total, reason, evidence, differences)
        SELECT md5('order' || i), {CUSTOMER.format("i")},
               'o' || (1 + i %% %(customers)s) || '-' || (1 + i %% 2), {_uuid("1 + i %% %(conversations)s")},
               'c' || (1 + i %% %(customers)s) || '-' || (1 + i %% 2), status,
               CASE WHEN status NOT IN ('sending', 'failed') THEN 'ЗК-' || lpad(i::text, 8, '0') END,
               at, at::date + 1, '09:00', '13:00', 500 + i %% 9000,
               CASE status WHEN 'failed' THEN (ARRAY['credit','stock','goods','price'])[1 + i %% 4] ELSE '' END,
               CASE status WHEN 'failed' THEN 'HTTP 400: не удалось записать документ' ELSE '' END,
               CASE status WHEN 'review' THEN '[{{"field": "price", "sent": "100.00", "stored": "110.00"}}]' ELSE '[]'
               END::jsonb
        FROM (
            SELECT i, CASE WHEN i %% 997 = 0 THEN 'failed' WHEN i %% 991 = 0 THEN 'review'
                WHEN i <= 20 THEN 'sending' WHEN i <= 600 THEN (ARRAY['accepted','picking','shipped'])[1 + i %% 3]
                WHEN i %% 40 = 0 THEN 'cancelled' ELSE 'delivered' END AS status,
                {_back("i", "%(orders)s")} AS at
            FROM generate_series(%(orders)s, 1, -1) i
        ) made
        """,
    ),
    (
        "order lines",
        """
        INSERT INTO order_lines (order_id, position, product_id, quantity, price, path)
        SELECT id, n, 'p' || (1 + (id * 7 + n * 13) %% %(products)s), 1 + (id + n) %% 20, 50 + (id + n) %% 300,
               jsonb_build_array(jsonb_build_object('at', created_at, 'how', 'message', 'words', 'молоко 10', 'score',
               0.93, 'quantity', '10'))
        FROM orders, generate_series(1, 4) n
        """,
    ),
    (
        "carts",
        """
        INSERT INTO carts (customer_id, outlet_id, version, lines)
        SELECT 'k' || i, 'o' || i || '-1', 1, '[]' FROM generate_series(1, %(customers)s, 3) i
        """,
    ),
    (
        "events",
        f"""
        INSERT INTO events (at, kind, customer_id, conversation_id, data)
        SELECT {_back("i", "%(events)s")}, {_pick(EVENTS, "i")}, {CUSTOMER.format("i")},
               {_uuid("1 + i %% %(conversations)s")},
               CASE {_pick(EVENTS, "i")}
                   WHEN 'turn' THEN jsonb_build_object('inbox', i, 'intent', 'order', 'confidence', 0.91, 'button',
                       i %% 3 = 0)
                   WHEN 'question' THEN jsonb_build_object('reason', 'ambiguous', 'phrase', 'молоко', 'by', 'message')
                   WHEN 'order_confirmed' THEN jsonb_build_object('order_id', 1 + i %% %(orders)s, 'total',
                       '5500.00', 'lines', 4)
                   WHEN 'handoff' THEN jsonb_build_object('reason', {_pick(REASONS, "i")})
                   WHEN 'sign_in' THEN jsonb_build_object('way', 'code')
                   WHEN 'alias_used' THEN jsonb_build_object('alias', 1 + i %% %(aliases)s)
                   ELSE '{{}}' END
        FROM generate_series(%(events)s, 1, -1) i
        """,
    ),
    (
        "readings",
        f"""
        INSERT INTO readings (at, inbox_id, conversation_id, customer_id, text, operation, spans, lines, questions)
        SELECT at, id, conversation_id, 'k1', text, 'message',
               '[{{"start": 0, "end": 6, "kind": "product"}}, {{"start": 7, "end": 9, "kind": "quantity"}}]',
               jsonb_build_array(jsonb_build_object('phrase', {_pick(GOODS, "id")}, 'op', 'add', 'sku', '000001',
                   'name', 'Молоко', 'quantity', '10', 'unit', 'шт', 'score', 0.9)), '[]'
        FROM (SELECT id, at, conversation_id, text FROM inbox ORDER BY id DESC LIMIT %(readings)s) newest ORDER BY id
        """,
    ),
    (
        "misunderstood",
        """
        INSERT INTO misunderstood (at, conversation_id, customer_id, inbox_id, text, intent, confidence, stage)
        SELECT at, conversation_id, 'k1', id, text, 'order', 0.3, 1 + (id %% 2)::int
        FROM (SELECT id, at, conversation_id, text FROM inbox ORDER BY id DESC LIMIT %(review)s / 2) newest
        ORDER BY id
        """,
    ),
    (
        "decisions",
        f"""
        INSERT INTO review_decisions (at, by, kind, text, items)
        SELECT {_back("i", "%(decisions)s")}, 'manager' || (2 + i %% 9),
               (ARRAY['alias','example','not_order','not_carried','skipped'])[1 + i %% 5], {_pick(WORDS, "i")}, 5
        FROM generate_series(%(decisions)s, 1, -1) i
        """,
    ),
    (
        "review items",
        f"""
        INSERT INTO review_items (at, source, kind, conversation_id, customer_id, inbox_id, text, phrase, key, guess,
            meant, cost, decision_id)
        SELECT {_back("i", "%(review)s")}, 'event:' || i, {_pick(KINDS, "i")},
               {_uuid("1 + i %% %(conversations)s")}, {CUSTOMER.format("i")}, i, {_pick(WORDS, "i")},
               {_pick(GOODS, "i")} || ' ' || i %% 4000, 'goods: ' || {_pick(GOODS, "i")} || ' ' || i %% 4000,
               '{{"intent": "order", "confidence": 0.44, "sku": "000001", "name": "Молоко", "score": 0.51}}', '{{}}',
               1 + i %% 5, CASE WHEN i %% 5 = 0 THEN 1 + i %% %(decisions)s END
        FROM generate_series(%(review)s, 1, -1) i
        """,
    ),
    (
        "aliases",
        f"""
        INSERT INTO aliases (customer_id, phrase, said, product_id, origin, made_by, confirmed, created_at,
            effective_at)
        SELECT CASE WHEN i %% 20 <> 0 THEN {CUSTOMER.format("i")} END, {_pick(GOODS, "i")} || ' ' || i,
               {_pick(GOODS, "i")} || ' ' || i, 'p' || (1 + i %% %(products)s),
               CASE WHEN i %% 2 = 0 THEN 'answer' ELSE 'manager' END, 'manager2', 2, at,
               CASE WHEN i %% 4 <> 0 THEN at END
        FROM (SELECT i, {_back("i", "%(aliases)s")} AS at FROM generate_series(%(aliases)s, 1, -1) i) made
        """,
    ),
    (
        "audit log",
        f"""
        INSERT INTO audit_log (at, actor, action, subject, data)
        SELECT {_back("i", "%(audit)s")}, 'manager' || (2 + i %% 20),
               (ARRAY['reply','take','hand_back','code_issue','alias_add','order_retry'])[1 + i %% 6],
               ({_uuid("1 + i %% %(conversations)s")})::text, '{{}}'
        FROM generate_series(%(audit)s, 1, -1) i
        """,
    ),
    (
        "ratings",
        """
        INSERT INTO ratings (order_id, asked_at, customer_id, conversation_id, score, comment, rated_at)
        SELECT id, created_at, customer_id, conversation_id, CASE WHEN id %% 3 > 0 THEN 1 + id %% 5 END,
               CASE WHEN id %% 7 = 0 THEN 'быстро и удобно' ELSE '' END,
               CASE WHEN id %% 3 > 0 THEN created_at + interval '1 hour' END
        FROM (SELECT * FROM orders WHERE id %% (%(orders)s / %(ratings)s) = 0) rated
        """,
    ),
    (
        "credit blocks",
        f"""
        INSERT INTO credit_blocks (at, customer_id, outlet_id, conversation_id, rule, total, over, state, decided_at,
            decided_by)
        SELECT {_back("i", "%(blocks)s")}, {CUSTOMER.format("i")}, 'o' || (1 + i %% %(customers)s) || '-1',
               {_uuid("1 + i %% %(conversations)s")}, CASE WHEN i %% 2 = 0 THEN 'credit_limit' ELSE 'overdue' END,
               9000 + i, i, CASE WHEN i <= %(blocks)s / 20 THEN 'open' ELSE 'released' END,
               CASE WHEN i > %(blocks)s / 20 THEN {_back("i", "%(blocks)s")} END, ''
        FROM generate_series(%(blocks)s, 1, -1) i
        """,
    ),
    (
        "credit releases",
        f"""
        INSERT INTO credit_releases (at, customer_id, by, until, amount, reason)
        SELECT {_back("i", "%(blocks)s")}, {CUSTOMER.format("i")}, 'manager2',
               {_back("i", "%(blocks)s")} + interval '3 days', 20000, 'гарантийное письмо'
        FROM generate_series(%(blocks)s, 1, -1) i
        """,
    ),
    (
        "requests",
        f"""
        INSERT INTO profile_requests (at, customer_id, conversation_id, kind, data, state)
        SELECT {_back("i", "%(blocks)s")}, {CUSTOMER.format("i")}, {_uuid("1 + i %% %(conversations)s")}, 'address',
               '{{"text": "переехали"}}', CASE WHEN i <= %(blocks)s / 50 THEN 'open' ELSE 'done' END
        FROM generate_series(%(blocks)s, 1, -1) i
        """,
    ),
    (
        "sign-in attempts",
        f"""
        INSERT INTO sign_in_attempts (at, channel, conversation_id, customer_id, succeeded)
        SELECT {_back("i", "%(conversations)s")}, {_pick(CHANNELS, "i")}, {_uuid("i")}, {CUSTOMER.format("i")},
               i %% 7 > 0
        FROM generate_series(%(conversations)s, 1, -1) i
        """,
    ),
)
