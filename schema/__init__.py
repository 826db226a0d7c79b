"""The GraphQL contract and the HTTP entry: types, inputs, payloads, context and limits. No SQL and no rules."""
