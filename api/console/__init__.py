"""The managers' pages: who asked for a person, the conversation, answering and handing back."""
