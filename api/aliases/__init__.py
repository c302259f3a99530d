"""Personal vocabulary: what a customer calls goods, learnt from its answers or told by a manager."""
