"""Goals: drafted, proposed, confirmed, checked in, changed by approval, seen as tree, map and figures."""
