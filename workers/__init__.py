"""Jobs: when work runs, how often it is tried, what it may use; and the command line."""
