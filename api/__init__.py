"""Gateway of the order assistant: catalogue, prices, stock, orders, ERP and channel adapters, console, widget."""
