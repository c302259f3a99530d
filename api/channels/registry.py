"""The channels there are: a new one is a folder and a line here."""

from api.channels.port import Channel
from api.channels.webchat.adapter import WebChat

CHANNELS: dict[str, Channel] = {channel.kind: channel for channel in (WebChat(),)}
