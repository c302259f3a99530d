"""Conversations: intake, the assistant's turn, replies, sign-in, the hand-over to a person."""
