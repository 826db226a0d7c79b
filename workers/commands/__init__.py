"""The command line's commands, one file a group. Heavy libraries are imported inside the command that needs them."""
