"""What the whole must keep: layers, the permission map, the committed schema, and who sees what."""
