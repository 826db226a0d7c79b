"""Where evidence comes from: one file for each kind of record, listed in `resolvers.briefs.evidence`."""
